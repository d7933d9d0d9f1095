// The quotas of projects in Nova, looked at and changed while the cloud runs: what is launched afterwards is held against the new limits, what there is
// stays.
// @source nova/api/openstack/compute/quota_sets.py (Zed)
import { nova } from "../../services/nova.ts";
import type { ApiOperation, Parameter } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import type { Cloud } from "../cloud.ts";
import { compute } from "../nova/compute-api.ts";
import { decide } from "../vocabulary.ts";
import { projectName } from "./identity-spec.ts";
import { answered } from "./keystone-answers.ts";
import { named } from "./keystone-api.ts";

const resources = ["instances", "cores", "ram"] as const;

const projectOf = (cloud: Cloud, request: number): string =>
  cloud.requests.text(request, "of") ?? projectName(cloud.requests.project(request));

const ofProject = named("project", "The project", "that of the request");
const amount = (meaning: string): Parameter => ({ kind: { is: "count" }, meaning, absent: "as it is" });

/** Nova asks Keystone whether there is such a project. */
const projectIsThere = decide("project", (cloud, request) =>
  answered(() => cloud.identity!.directory.project(projectOf(cloud, request))) === null ? null : "ValidationError",
);

export const quotaSet: ApiOperation = {
  name: "quota set",
  meaning: "Change what a project's servers may count together",
  service: compute,
  rule: "os_compute_api:os-quota-sets:update",
  parameters: {
    of: ofProject,
    instances: amount("Servers"),
    cores: amount("vCPUs of all servers"),
    ram: amount("Memory of all servers, in MiB"),
    unlimited: { kind: { is: "texts" }, meaning: "Resources without a limit from now on: instances, cores, ram", absent: "none" },
  },
  target: (cloud, request) => new Map([["project_id", projectOf(cloud, request)]]),
  workflow: apiRequest(
    "update-quotas",
    nova.api.updateQuotas,
    "project id, limits",
    projectIsThere,
    decide("limits", (cloud, request) => {
      const unlimited = cloud.requests.texts(request, "unlimited");
      if (unlimited.some((name) => !resources.some((resource) => resource === name))) return "ValidationError";
      const { novaQuotas } = cloud.identity!;
      const project = projectOf(cloud, request);
      for (const resource of resources) {
        const limit = unlimited.includes(resource) ? -1 : cloud.requests.number(request, resource);
        if (limit !== undefined) novaQuotas.setLimit(project, resource, limit);
      }
      return null;
    }),
    answer(200),
  ),
};

export const quotaShow: ApiOperation = {
  name: "quota show",
  meaning: "Look at what a project's servers may count together",
  service: compute,
  rule: "os_compute_api:os-quota-sets:show",
  parameters: { of: ofProject },
  target: (cloud, request) => new Map([["project_id", projectOf(cloud, request)]]),
  workflow: apiRequest("show-quotas", nova.api.showQuotas, "project id", projectIsThere, answer(200)),
};
