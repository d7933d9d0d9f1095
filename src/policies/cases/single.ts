// One decision of the scheduler, told step by step: hosts that entered the filters, those that passed each, what each weigher said, the order.
import { FilterScheduler, SchedulingError, type SchedulingObserver } from "../nova/filter-scheduler.ts";
import { HostRecords } from "../nova/host-records.ts";
import type { RequestSpec } from "../nova/request-spec.ts";
import {
  type CaseCloud,
  type CaseFlavor,
  CaseGroup,
  type CaseImage,
  flavorOf,
  hintsOf,
  imageOf,
  noChoice,
  policyOf,
} from "./case-cloud.ts";

export interface SingleCase extends CaseCloud {
  /** Only hosts whose inventory has room go on. */
  readonly placement_check?: boolean;
  readonly request: {
    readonly instance_uuid: string;
    readonly project_id: string;
    readonly availability_zone: string | null;
    readonly flavor: CaseFlavor;
    readonly image: CaseImage | null;
    readonly scheduler_hints: Readonly<Record<string, readonly string[]>>;
    readonly instance_group: {
      readonly policy: string;
      readonly rules: { readonly max_server_per_host?: number };
      readonly members: readonly string[];
      readonly hosts: readonly string[];
    } | null;
    readonly ignore_hosts: readonly string[] | null;
    readonly force_hosts: readonly string[] | null;
    readonly force_nodes: readonly string[] | null;
    readonly requested_destination: {
      readonly host?: string | null;
      readonly node?: string | null;
      readonly cell?: string | null;
      readonly allow_cross_cell_move?: boolean;
    } | null;
    readonly pci_requests: readonly { readonly count: number; readonly spec: readonly Readonly<Record<string, string>>[] }[];
    readonly is_bfv: boolean;
  };
}

export interface SingleAnswer {
  /** Nodes with room; only where that was checked. */
  readonly candidates?: readonly string[];
  /** Null: the filters were passed over. */
  readonly entered_filters: readonly string[] | null;
  readonly filters: readonly { readonly name: string; readonly passed: readonly string[] }[];
  readonly outcome: "selected" | "no_valid_host" | "error";
  readonly stage?: "filter" | "weigher";
  readonly component?: string;
  readonly error_type?: string;
  readonly filtered?: readonly string[];
  readonly weighers?: readonly {
    readonly name: string;
    readonly raw: readonly number[];
    readonly normalized: readonly number[];
    readonly multipliers: readonly number[];
  }[];
  readonly weighed?: readonly { readonly node: string; readonly weight: number }[];
  /** Nodes from which Nova would draw. */
  readonly choice_set?: readonly string[];
  /** The first of the best, where there is nothing to draw. */
  readonly selected?: string;
  readonly sorted?: readonly string[];
}

export function requestOf(request: SingleCase["request"], records: HostRecords): RequestSpec {
  const { instance_group: group, requested_destination: to } = request;
  return {
    server: 0,
    flavor: flavorOf(request.flavor),
    image: imageOf(request.image),
    group: group === null ? -1 : 0,
    groups: new CaseGroup(records, group, group?.members ?? [], group?.hosts ?? []),
    instanceUuid: request.instance_uuid,
    projectId: request.project_id,
    availabilityZone: request.availability_zone,
    hints: hintsOf(request.scheduler_hints),
    ignoreHosts: request.ignore_hosts ?? [],
    forceHosts: request.force_hosts ?? [],
    forceNodes: request.force_nodes ?? [],
    destination:
      to === null
        ? null
        : { host: to.host ?? null, node: to.node ?? null, cell: to.cell ?? null, allowCrossCellMove: to.allow_cross_cell_move === true },
    pciRequests: request.pci_requests.map(({ count, spec }) => ({
      count,
      specs: spec.map((one) => new Map(Object.entries(one))),
      numaPolicy: "legacy",
    })),
    bootFromVolume: request.is_bfv,
  };
}

export function answerSingle(one: SingleCase): SingleAnswer {
  const records = new HostRecords(one.hosts, one.aggregates);
  const nodes = (hosts: readonly number[]) => hosts.map((host) => records.nodeName(host));
  let entered: readonly string[] | null = null;
  let filtered: readonly number[] | null = null;
  let ranked: readonly { readonly node: string; readonly weight: number }[] = [];
  const filters: { name: string; passed: readonly string[] }[] = [];
  const weighers: NonNullable<SingleAnswer["weighers"]>[number][] = [];
  const observer: SchedulingObserver = {
    entered: (hosts) => {
      entered = hosts === null ? null : nodes(hosts);
    },
    filtered: (name, hosts) => filters.push({ name, passed: nodes(hosts) }),
    weighing: (hosts) => {
      filtered = hosts;
    },
    weighed: (name, raw, normalized, multipliers) => weighers.push({ name, raw, normalized, multipliers }),
    ranked: (hosts, weights) => {
      ranked = hosts.map((host, i) => ({ node: records.nodeName(host), weight: weights[i]! }));
    },
  };
  const scheduler = new FilterScheduler(records, policyOf(one.config), noChoice(), one.hosts.length, { observer });
  const request = requestOf(one.request, records);
  const hosts = one.placement_check === true ? scheduler.offered(request) : one.hosts.map((_, host) => host);
  const candidates = one.placement_check === true ? { candidates: nodes(hosts) } : {};
  let sorted: readonly string[];
  try {
    sorted = nodes(scheduler.sort(hosts, request, 0));
  } catch (error) {
    if (!(error instanceof SchedulingError)) throw error;
    const { stage, component, type } = error;
    return { ...candidates, outcome: "error", stage, component, error_type: type, entered_filters: entered, filters };
  }
  const told = { ...candidates, entered_filters: entered, filters };
  if (filtered === null) return { ...told, outcome: "no_valid_host" };
  const choice = choiceOf(one, ranked);
  return {
    ...told,
    outcome: "selected",
    filtered: nodes(filtered),
    weighers,
    weighed: ranked,
    choice_set: choice,
    sorted,
    ...(choice.length === 1 ? { selected: choice[0]! } : {}),
  };
}

/** The first `host_subset_size`; where the best are shuffled, any of those that tie may come into it. */
function choiceOf({ config }: SingleCase, ranked: readonly { readonly node: string; readonly weight: number }[]): readonly string[] {
  const { host_subset_size: size = 1, shuffle_best_same_weighed_hosts: shuffled = false } = config.filter_scheduler as Readonly<
    Record<string, unknown>
  >;
  const ties = ranked.filter(({ weight }) => weight === ranked[0]!.weight).length;
  const most = Math.max(1, size as number);
  return ranked.slice(0, shuffled === true ? Math.max(most, ties) : most).map(({ node }) => node);
}
