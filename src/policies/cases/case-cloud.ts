// What scheduling cases say of configuration, requests and groups, in the terms of the scheduler.
import type { Flavor, Image } from "../../datacenter/flavor.ts";
import type { Stream } from "../../kernel/random.ts";
import { RandomStreams } from "../../kernel/random.ts";
import type { OptionValue } from "../nova/config.ts";
import type { AggregateRecord, HostRecord, HostRecords } from "../nova/host-records.ts";
import type { PolicySpec } from "../nova/policy.ts";
import type { GroupStates, RequestSpec } from "../nova/request-spec.ts";

/** Options that differ from their default; those of `[DEFAULT]` without a group. */
export type CaseConfig = Readonly<Record<string, OptionValue | Readonly<Record<string, OptionValue>>>> & {
  readonly filter_scheduler: { readonly enabled_filters: readonly string[]; readonly weight_classes: readonly string[] };
};

export interface CaseCloud {
  readonly config: CaseConfig;
  readonly hosts: readonly HostRecord[];
  readonly aggregates: readonly AggregateRecord[];
}

export interface CaseFlavor {
  readonly name: string;
  readonly vcpus: number;
  readonly memory_mb: number;
  readonly root_gb: number;
  readonly ephemeral_gb: number;
  readonly swap_mb: number;
  readonly extra_specs: Readonly<Record<string, string>>;
}

export interface CaseImage {
  readonly id?: string | null;
  readonly properties: Readonly<Record<string, string>>;
}

/** Nova's options, whatever their group, by the names of the scheduler's table. */
export function policyOf(config: CaseConfig): PolicySpec {
  const options = new Map<string, OptionValue>();
  for (const [group, value] of Object.entries(config)) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) options.set(group, value as OptionValue);
    else for (const [name, set] of Object.entries(value)) options.set(group === "filter_scheduler" ? name : `${group}.${name}`, set);
  }
  return {
    name: "case",
    enabledFilters: config.filter_scheduler.enabled_filters,
    weighers: config.filter_scheduler.weight_classes,
    options,
    // Cases ask for the order before anything is drawn: nothing is shuffled, and the first of the best is taken.
    hostSubsetSize: 1,
    shuffleBestSameWeighedHosts: false,
  };
}

/** For a scheduler that draws nothing. */
export function noChoice(): Stream {
  return new RandomStreams("0", 0).stream("scheduler.choice");
}

export function flavorOf(flavor: CaseFlavor): Flavor {
  return {
    name: flavor.name,
    vcpuMilli: flavor.vcpus * 1000,
    ramMb: flavor.memory_mb,
    diskGb: flavor.root_gb + flavor.ephemeral_gb,
    ephemeralGb: flavor.ephemeral_gb,
    swapMb: flavor.swap_mb,
    volumeGb: 0,
    volumeType: null,
    extraSpecs: new Map(Object.entries(flavor.extra_specs)),
  };
}

export function imageOf(image: CaseImage | null | undefined): Image | null {
  if (image === null || image === undefined) return null;
  const id = typeof image.id === "string" ? { id: image.id } : {};
  return { name: image.id ?? "", bytes: 0, properties: new Map(Object.entries(image.properties)), ...id };
}

export const hintsOf = (hints: Readonly<Record<string, readonly string[]>> | undefined): NonNullable<RequestSpec["hints"]> =>
  new Map(Object.entries(hints ?? {}));

/** One group of a case: members by uuid, hosts by name. Number 0; without a policy there is none. */
export class CaseGroup implements GroupStates {
  private readonly policy: string | null;
  private readonly most: number;
  private readonly members: ReadonlySet<string>;
  private readonly hostNames: Set<string>;
  private readonly records: HostRecords;

  constructor(
    records: HostRecords,
    group: { readonly policy: string; readonly rules: { readonly max_server_per_host?: number } } | null,
    members: Iterable<string>,
    hostNames: Iterable<string>,
  ) {
    this.records = records;
    this.policy = group?.policy ?? null;
    this.most = group?.rules?.max_server_per_host ?? 1;
    this.members = new Set(members);
    this.hostNames = new Set(hostNames);
  }

  policyOf(): string | null {
    return this.policy;
  }

  maxServerPerHost(): number {
    return this.most;
  }

  countOn(_group: number, host: number): number {
    return this.records.countOf(host, this.members);
  }

  hasHosts(): boolean {
    return this.hostNames.size > 0;
  }

  holdsHost(_group: number, host: number): boolean {
    return this.hostNames.has(this.records.hostName(host));
  }

  addHost(host: number): void {
    this.hostNames.add(this.records.hostName(host));
  }
}
