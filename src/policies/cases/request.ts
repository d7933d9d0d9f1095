// The kinds "resource-request" and "request-filter": a request in, the question it puts to Placement out, and what the request filters made of it.
import { fallbackQuery, type PlacementQuery, placementQuery } from "../nova/request/placement-query.ts";
import { queryParameters, queryString } from "../nova/request/query-string.ts";
import { runRequestFilters } from "../nova/request/request-filters.ts";
import { defaultRequestOptions } from "../nova/request/request-options.ts";
import { RequestRefused, type SchedulingRequest } from "../nova/request/scheduling-request.ts";
import type { CandidatesRequest } from "../placement/candidates-request.ts";

type Texts = Readonly<Record<string, string>>;
type Lists = readonly (readonly string[])[];

/** `request-filter`: all request filters run first. */
export interface RequestCase {
  readonly kind: "resource-request" | "request-filter";
  readonly input: {
    readonly config: { readonly scheduler?: object; readonly workarounds?: object };
    readonly aggregates: readonly { readonly uuid: string; readonly metadata: Texts }[];
    readonly nodes: readonly { readonly host: string; readonly node: string; readonly cell: string; readonly uuid: string }[];
    readonly request: {
      readonly project_id: string;
      readonly availability_zone: string | null;
      readonly is_bfv: boolean;
      readonly scheduler_hints: object;
      readonly flavor: {
        readonly vcpus: number;
        readonly memory_mb: number;
        readonly root_gb: number;
        readonly ephemeral_gb: number;
        readonly swap_mb: number;
        readonly extra_specs: Texts;
      };
      readonly image: { readonly disk_format: string | null; readonly properties: Texts } | null;
      readonly requested_destination: {
        readonly host?: string | null;
        readonly node?: string | null;
        readonly cell?: string | null;
        readonly member_of?: Lists;
        readonly forbidden_aggregates?: readonly string[];
      } | null;
      readonly force_hosts: readonly string[] | null;
      readonly force_nodes: readonly string[] | null;
      readonly requested_resources: readonly {
        readonly requester_id: string | null;
        readonly resources: Readonly<Record<string, number>>;
        readonly required?: readonly string[];
        readonly forbidden?: readonly string[];
        readonly member_of?: Lists;
      }[];
      readonly request_level_params: {
        readonly root_required?: readonly string[];
        readonly root_forbidden?: readonly string[];
        readonly same_subtree?: Lists;
      };
      readonly requested_networks: readonly { readonly port_id: string | null; readonly remote_managed?: boolean }[] | null;
    };
  };
}

export interface RequestAnswer {
  /** Null: the queries could be built. `component`: the filter that refused. */
  readonly error: {
    readonly stage: "filter" | "request" | "fallback";
    readonly component: string | null;
    /** Nova's exception. */
    readonly error_type: string;
  } | null;
  /** The filters completed, with what each added. */
  readonly filters?: readonly object[];
  readonly request?: object;
  readonly destination?: object | null;
  readonly pinning_requested?: boolean;
  readonly fallback?: object | null;
}

function requestOf({ input: { request } }: RequestCase): SchedulingRequest {
  const { flavor, image, requested_destination: destination, request_level_params: params } = request;
  return {
    projectId: request.project_id,
    availabilityZone: request.availability_zone,
    flavor: {
      vcpus: flavor.vcpus,
      memoryMb: flavor.memory_mb,
      rootGb: flavor.root_gb,
      ephemeralGb: flavor.ephemeral_gb,
      swapMb: flavor.swap_mb,
      extraSpecs: new Map(Object.entries(flavor.extra_specs)),
    },
    image: image && { diskFormat: image.disk_format, properties: new Map(Object.entries(image.properties)) },
    isBfv: request.is_bfv,
    destination: destination && {
      host: destination.host ?? null,
      node: destination.node ?? null,
      cell: destination.cell ?? null,
      memberOf: destination.member_of ?? [],
      forbiddenAggregates: new Set(destination.forbidden_aggregates ?? []),
    },
    forceHosts: request.force_hosts ?? [],
    forceNodes: request.force_nodes ?? [],
    schedulerHints: new Set(Object.keys(request.scheduler_hints)),
    outsideGroups: request.requested_resources.map((group) => ({
      requesterId: group.requester_id,
      resources: new Map(Object.entries(group.resources)),
      required: group.required ?? [],
      forbidden: group.forbidden ?? [],
      memberOf: group.member_of ?? [],
      forbiddenAggregates: [],
    })),
    rootRequired: new Set(params.root_required ?? []),
    rootForbidden: new Set(params.root_forbidden ?? []),
    sameSubtree: params.same_subtree ?? [],
    requestedNetworks:
      request.requested_networks?.map((network) => ({
        portId: network.port_id,
        remoteManaged: network.remote_managed ?? false,
        segmentAggregates: [],
      })) ?? null,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sorted = (texts: Iterable<string>): string[] => [...texts].sort(compare);
const sortedLists = (lists: Lists): string[][] => lists.map(sorted).sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));

/** The query as the cases write it. */
function shape(query: CandidatesRequest): object {
  const groups = [...query.groups].map(([suffix, group]) => [
    suffix,
    {
      resources: Object.fromEntries(group.resources),
      required: sorted(group.required.map(([trait]) => trait!)),
      forbidden: sorted(group.forbidden),
      member_of: sortedLists(group.memberOf),
      forbidden_aggregates: sorted(group.forbiddenAggregates),
      in_tree: group.inTree,
    },
  ]);
  return {
    groups: Object.fromEntries(groups),
    group_policy: query.groupPolicy,
    limit: query.limit,
    root_required: sorted(query.rootRequired),
    root_forbidden: sorted(query.rootForbidden),
    same_subtree: sortedLists(query.sameSubtree),
    query: queryParameters(query),
    querystring: queryString(query),
  };
}

/** What a filter has added, named as in the cases; nothing for what was there before. */
function added(before: SchedulingRequest, after: SchedulingRequest): object {
  const fresh = (now: Iterable<string>, then: Iterable<string>): string[] => {
    const known = new Set(then);
    return sorted(now).filter((name) => !known.has(name));
  };
  const lists = (request: SchedulingRequest): string[] => (request.destination?.memberOf ?? []).map((any) => JSON.stringify(sorted(any)));
  const changes = {
    added_root_required: fresh(after.rootRequired, before.rootRequired),
    added_root_forbidden: fresh(after.rootForbidden, before.rootForbidden),
    added_member_of: fresh(lists(after), lists(before)).map((text) => JSON.parse(text) as string[]),
    added_forbidden_aggregates: fresh(after.destination?.forbiddenAggregates ?? [], before.destination?.forbiddenAggregates ?? []),
  };
  return Object.fromEntries(Object.entries(changes).filter(([, names]) => names.length > 0));
}

/** A query, or the refusal; `stage` is where Nova would be. */
function attempt(stage: "request" | "fallback", build: () => PlacementQuery): PlacementQuery | NonNullable<RequestAnswer["error"]> {
  try {
    return build();
  } catch (error) {
    if (error instanceof RequestRefused) return { stage, component: null, error_type: error.errorType };
    throw error;
  }
}

export function answerRequest(one: RequestCase): RequestAnswer {
  const options = { ...defaultRequestOptions, ...one.input.config.scheduler, ...one.input.config.workarounds };
  const aggregates = one.input.aggregates.map(({ uuid, metadata }) => ({ uuid, metadata: new Map(Object.entries(metadata)) }));
  let request = requestOf(one);
  let ran: { readonly filters?: readonly object[] } = {};
  if (one.kind === "request-filter") {
    const { steps, refusal, request: filtered } = runRequestFilters(request, options, aggregates);
    ran = {
      filters: steps.map((step, i) => ({ name: step.name, ran: step.ran, ...added(steps[i - 1]?.request ?? request, step.request) })),
    };
    if (refusal !== null) return { error: { stage: "filter", component: refusal.filter, error_type: refusal.error.errorType }, ...ran };
    request = filtered;
  }
  // Whether CPUs are pinned is told even where the second query for them is switched off.
  const asking = { ...options, disable_fallback_pcpu_query: false };
  const first = attempt("request", () => placementQuery(request, asking, one.input.nodes));
  if ("stage" in first) return { error: first, ...ran };
  const wantsFallback = first.wantsFallback && !options.disable_fallback_pcpu_query;
  const second = wantsFallback ? attempt("fallback", () => fallbackQuery(first.request, options, one.input.nodes)) : null;
  const after = second !== null && "query" in second ? second.request : first.request;
  return {
    error: second !== null && "stage" in second ? second : null,
    ...ran,
    request: shape(first.query),
    destination: after.destination && { host: after.destination.host, node: after.destination.node },
    pinning_requested: first.wantsFallback,
    fallback: second !== null && "query" in second ? shape(second.query) : null,
  };
}
