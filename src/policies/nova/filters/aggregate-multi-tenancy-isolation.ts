// Keeps aggregates to the projects that their metadata name in `filter_tenant_id`.
import { splitMetadata } from "../aggregate-metadata.ts";
import { defineFilter } from "../filter.ts";

export const aggregateMultiTenancyIsolation = defineFilter({
  name: "AggregateMultiTenancyIsolation",
  source: "nova/scheduler/filters/aggregate_multitenancy_isolation.py",
  meaning: "Hosts of an aggregate with filter_tenant_id take servers of those projects only.",
  needs: "aggregates",
  oncePerRequest: true,
  passes:
    (hosts, { projectId = null }) =>
    (host) => {
      const projects = splitMetadata(hosts.aggregates(host), "filter_tenant_id").get("filter_tenant_id");
      return projects === undefined || (projectId !== null && projects.has(projectId));
    },
  because:
    (hosts, { projectId = null }) =>
    (host) => {
      const projects = splitMetadata(hosts.aggregates(host), "filter_tenant_id").get("filter_tenant_id") ?? [];
      return `kept for the projects ${[...projects].join(", ")} (filter_tenant_id of its aggregates), not ${projectId ?? "none"}`;
    },
});
