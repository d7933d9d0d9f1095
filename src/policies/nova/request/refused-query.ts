// Some queries that Nova builds are no questions to Placement: it answers 400, Nova then has no candidates, and the server gets NoValidHost.
// @source placement/handlers/allocation_candidate.py, placement/lib.py (placement 8.0.0); nova/scheduler/client/report.py (nova 26.2.2)
import type { CandidatesRequest } from "../../placement/candidates-request.ts";
import { namedCount } from "./requested-groups.ts";

/** Why Placement refuses the query; null when it takes it. Assumes that all traits and resource classes it names exist. */
export function refusedByPlacement(query: CandidatesRequest): string | null {
  for (const [suffix, { resources }] of query.groups) {
    if (resources.size === 0) return `badly formed resources${suffix} parameter: it is empty`;
  }
  if (query.groups.size === 0) return "at least one group of resources is needed";
  if (namedCount(query.groups) >= 2 && query.groupPolicy === null) return "several named groups need a group_policy";
  const unknown = query.sameSubtree.flat().find((suffix) => suffix === "" || !query.groups.has(suffix));
  return unknown === undefined ? null : `same_subtree names "${unknown}", which is no named group`;
}
