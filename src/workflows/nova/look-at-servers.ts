// Looking at servers: one, or all of a project. Whoever may read may look.
// @source nova/api/openstack/compute/servers.py (index, show) (Zed)
import { nova } from "../../services/nova.ts";
import { type ApiOperation, theServer } from "../api/api-operation.ts";
import { answer, apiRequest, decideOfServer } from "../api/steps.ts";
import { compute } from "./compute-api.ts";

export const serverShow: ApiOperation = {
  name: "server show",
  meaning: "Look at a server",
  service: compute,
  rule: "os_compute_api:servers:show",
  parameters: { server: theServer },
  workflow: apiRequest(
    "show-server-details",
    nova.api.showServer,
    "server id",
    decideOfServer("server", ({ servers }, server) => {
      const there = server < servers.count && !["requested", "deleted"].includes(servers.vmStateOf(server));
      return there ? null : "InstanceNotFound";
    }),
    answer(200),
  ),
};

export const serverList: ApiOperation = {
  name: "server list",
  meaning: "List the servers of the project",
  service: compute,
  rule: "os_compute_api:servers:index",
  parameters: {},
  workflow: apiRequest("list-servers", nova.api.listServers, "project id", answer(200)),
};
