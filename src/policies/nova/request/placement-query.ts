// From a request to the question put to Placement. A request for dedicated CPUs puts a second one, for hosts that still report them as
// VCPU; its candidates come after those of the first.
// @source nova/scheduler/utils.py, resources_from_request_spec; nova/scheduler/manager.py (nova 26.2.2)
import type { CandidatesRequest, RequestGroup } from "../../placement/candidates-request.ts";
import type { RequestOptions } from "./request-options.ts";
import { type GroupDraft, groupOf, namedCount, requestedGroups } from "./requested-groups.ts";
import { type NodeRecord, RequestRefused, type SchedulingRequest } from "./scheduling-request.ts";

export interface PlacementQuery {
  readonly query: CandidatesRequest;
  /** The request afterwards: its destination filled in when it names exactly one node, zeros of outside groups gone. */
  readonly request: SchedulingRequest;
  /** A fallback query is wanted; build it from `request`. */
  readonly wantsFallback: boolean;
}

/** The first query. Throws `RequestRefused` (`NoValidHost` for a destination that is no node). */
export function placementQuery(request: SchedulingRequest, options: RequestOptions, nodes: readonly NodeRecord[]): PlacementQuery {
  return buildQuery(request, options, nodes, true);
}

/** The second query, with VCPU for PCPU. Throws `RequestRefused`, among others for an outside group that asked only for zeros. */
export function fallbackQuery(request: SchedulingRequest, options: RequestOptions, nodes: readonly NodeRecord[]): PlacementQuery {
  return buildQuery(request, options, nodes, false);
}

function buildQuery(
  request: SchedulingRequest,
  options: RequestOptions,
  nodes: readonly NodeRecord[],
  translatePinning: boolean,
): PlacementQuery {
  const { groups, groupPolicy, namedByFlavor, dedicatedCpus, outsideGroups } = requestedGroups(request, translatePinning);
  let { destination } = request;
  if (destination !== null) {
    const { memberOf, forbiddenAggregates } = destination;
    if (memberOf.length > 0) groups.set("", { ...groupOf(groups, ""), memberOf });
    if (forbiddenAggregates.size > 0) groups.set("", { ...groupOf(groups, ""), forbiddenAggregates });
  }

  let limit: number | null = options.max_placement_results;
  let inTree: string | null = null;
  const host = destination?.host || request.forceHosts[0];
  const node = destination?.node || request.forceNodes[0];
  if (host || node) {
    const cell = destination?.cell;
    const found = nodes.filter((at) => (!host || at.host === host) && (!node || at.node === node) && (!cell || at.cell === cell));
    if (found.length === 0) throw new RequestRefused("NoValidHost", `there is no host ${host ?? "-"} with a node ${node ?? "-"}`);
    // Placement takes one tree only. For a host with several nodes all candidates are wanted instead, so that its own are among them.
    if (found.length > 1) limit = null;
    else {
      inTree = found[0]!.uuid;
      groupOf(groups, "");
      if (destination !== null) destination = { ...destination, host: found[0]!.host, node: found[0]!.node };
    }
  }
  if (["group", "same_host", "different_host"].some((hint) => request.schedulerHints.has(hint))) limit = null;

  // Placement insists on a policy for several named groups; Nova chooses one only if they are not all the flavor's doing.
  const byDefault = namedCount(groups) >= 2 && namedByFlavor <= 1 ? "none" : null;
  return {
    query: {
      groups: new Map([...groups].map(([suffix, group]) => [suffix, requestGroup(group, suffix === "" ? inTree : null)])),
      groupPolicy: groupPolicy ?? byDefault,
      rootRequired: sorted(request.rootRequired),
      rootForbidden: sorted(request.rootForbidden),
      sameSubtree: request.sameSubtree,
      limit,
    },
    request: { ...request, destination, outsideGroups },
    wantsFallback: dedicatedCpus && !options.disable_fallback_pcpu_query,
  };
}

function requestGroup({ resources, required, forbidden, memberOf, forbiddenAggregates }: GroupDraft, inTree: string | null): RequestGroup {
  return {
    resources,
    required: sorted(required).map((trait) => [trait]),
    forbidden: sorted(forbidden),
    memberOf,
    forbiddenAggregates: sorted(forbiddenAggregates),
    inTree,
  };
}

function sorted(names: Iterable<string>): readonly string[] {
  return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
