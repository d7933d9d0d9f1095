// Launching a server in a cloud with users: the policy is asked, and the quota is checked twice. The API compares what is counted with the limit; a server
// counts from when the conductor has written it to its cell, and requests that raced past the API may be too many then: the quota is checked again
// (recheck_quota), and who finds it exceeded is taken down, in ERROR.
// @source nova/conductor/manager.py (schedule_and_build_instances), nova/quota.py (Zed)
import { placement } from "../../services/placement.ts";
import type { Cloud } from "../cloud.ts";
import { launching } from "../launch-server.ts";
import { act, attempt, call, decide, type Workflow } from "../vocabulary.ts";
import { withTokens } from "./access-of-servers.ts";

const nothingMore = { instances: 0, vcpuMilli: 0, ramMb: 0 };

function exceeds(cloud: Cloud, server: number): boolean {
  if (!cloud.identity!.recheckQuota || cloud.isWithinQuota(cloud.servers.project[server]!, nothingMore)) return false;
  cloud.scheduling.refuse(server, "quota", -1);
  return true;
}

const launch: Workflow = withTokens(
  launching({
    policy: [decide("policy", (cloud, server) => cloud.accessOfServers!.authorise(server, "os_compute_api:servers:create"))],
    quota: decide("quota", (cloud, server) => (cloud.checkQuotas(server) ? null : "OverQuota")),
    inCell: [
      act("they count", (cloud, server) => cloud.countAll(server)),
      attempt([decide("quota once more", (cloud, server) => (exceeds(cloud, server) ? "OverQuota" : null))], {
        undo: [
          call(placement.api.deleteAllocations, "allocation"),
          act("leave the host", (cloud, server) => {
            for (const member of cloud.membersOf(server)) cloud.leaveHost(member);
          }),
        ],
      }),
    ],
  }),
  true,
);

export const launchWithTokens: Workflow = {
  ...launch,
  ended(cloud, server, outcome) {
    launch.ended(cloud, server, outcome);
    // What has found no host is buried in a cell of its own (cell0), and counts there.
    if (cloud.servers.vmStateOf(server) === "error") cloud.countAll(server);
  },
};
