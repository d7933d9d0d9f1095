// What would have let a refused server in, at the very instant of its refusal: a smaller flavor, a larger allocation ratio, one filter less, a
// longer list of candidates. Each is the smallest such change, and each is tried on the state of the cloud before it is told: nothing is guessed.
import type { Flavor } from "../datacenter/flavor.ts";
import type { Hosts } from "../datacenter/hosts.ts";
import { type Resource, resources, shortageOf } from "../datacenter/shortage.ts";
import type { Filter } from "../policies/nova/filter.ts";
import type { FilterScheduler } from "../policies/nova/filter-scheduler.ts";
import { PythonError } from "../policies/nova/python-values.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";
import type { Cloud } from "../workflows/cloud.ts";

/** Amounts are in vCPUs, MiB and GiB; `hosts` are those that would have taken the server then. */
export type Remedy =
  | { readonly change: "flavor"; readonly less: readonly Reduction[]; readonly hosts: readonly string[] }
  | {
      readonly change: "ratio";
      readonly resource: Resource;
      readonly option: string;
      readonly from: number;
      readonly to: number;
      readonly hosts: readonly string[];
    }
  | { readonly change: "filter"; readonly filter: string; readonly hosts: readonly string[] }
  | { readonly change: "limit"; readonly from: number; readonly to: number; readonly hosts: readonly string[] };

export interface Reduction {
  readonly resource: Resource;
  readonly from: number;
  readonly to: number;
}

/** Row numbers of the hosts that all filters but `without` let pass. @throws PythonError where one of the filters raises */
export function passing(scheduler: FilterScheduler, request: RequestSpec, rows: Iterable<number>, without: Filter | null = null): number[] {
  const { hosts, config, filters } = scheduler;
  const tests = filters.flatMap((filter) => (filter === without ? [] : (filter.passes(hosts, request, config) ?? [])));
  return [...rows].filter((host) => tests.every((passes) => passes(host)));
}

/** One resource as the columns of the hosts have it. */
interface Column {
  readonly resource: Resource;
  /** Column units in one unit as people say it: vCPUs are counted in thousandths. */
  readonly per: number;
  readonly option: string;
  readonly asked: (flavor: Flavor) => number;
  readonly used: (hosts: Hosts, host: number) => number;
  readonly capacity: (hosts: Hosts, host: number) => number;
  readonly total: (hosts: Hosts, host: number) => number;
  readonly reserved: (hosts: Hosts, host: number) => number;
  readonly ratio: (hosts: Hosts, host: number) => number;
  readonly reduced: (flavor: Flavor, to: number) => Flavor;
}

export const columns: readonly Column[] = [
  {
    resource: "VCPU",
    per: 1000,
    option: "cpu_allocation_ratio",
    asked: (flavor) => flavor.vcpuMilli,
    used: (hosts, host) => hosts.usedVcpuMilli[host]!,
    capacity: (hosts, host) => hosts.capacityVcpuMilli[host]!,
    total: (hosts, host) => hosts.vcpuMilli[host]!,
    reserved: (hosts, host) => hosts.descriptions[host]!.reservedVcpuMilli,
    ratio: (hosts, host) => hosts.descriptions[host]!.cpuAllocationRatio,
    reduced: (flavor, vcpuMilli) => ({ ...flavor, vcpuMilli }),
  },
  {
    resource: "MEMORY_MB",
    per: 1,
    option: "ram_allocation_ratio",
    asked: (flavor) => flavor.ramMb,
    used: (hosts, host) => hosts.usedRamMb[host]!,
    capacity: (hosts, host) => hosts.capacityRamMb[host]!,
    total: (hosts, host) => hosts.ramMb[host]!,
    reserved: (hosts, host) => hosts.descriptions[host]!.reservedRamMb,
    ratio: (hosts, host) => hosts.descriptions[host]!.ramAllocationRatio,
    reduced: (flavor, ramMb) => ({ ...flavor, ramMb }),
  },
  {
    resource: "DISK_GB",
    per: 1,
    option: "disk_allocation_ratio",
    asked: (flavor) => flavor.diskGb,
    used: (hosts, host) => hosts.usedDiskGb[host]!,
    capacity: (hosts, host) => hosts.capacityDiskGb[host]!,
    total: (hosts, host) => hosts.diskGb[host]!,
    reserved: (hosts, host) => hosts.descriptions[host]!.reservedDiskGb,
    ratio: (hosts, host) => hosts.descriptions[host]!.diskAllocationRatio,
    reduced: (flavor, diskGb) => ({ ...flavor, diskGb }),
  },
];

/** Everything that would have helped, by itself; to be asked at the instant of the decision. None where a filter raises. */
export function remediesFor(cloud: Cloud, request: RequestSpec, candidates: readonly number[]): readonly Remedy[] {
  try {
    return [
      ...withLongerList(cloud, request, candidates),
      ...withoutOneFilter(cloud, request, candidates),
      ...withLess(cloud, request),
      ...withLargerRatio(cloud, request),
    ];
  } catch (error) {
    if (error instanceof PythonError) return [];
    throw error;
  }
}

/** Hosts with room that Placement did not offer, because its list ended before, and that the filters let pass. */
export function cutOff({ hosts, scheduler }: Cloud, request: RequestSpec, candidates: readonly number[]): readonly number[] {
  if (candidates.length < scheduler.maxPlacementResults || candidates.length === 0) return [];
  const rest: number[] = [];
  for (let host = candidates.at(-1)! + 1; host < hosts.count; host++) if (hosts.fits(host, request.flavor)) rest.push(host);
  return passing(scheduler, request, rest);
}

function withLongerList(cloud: Cloud, request: RequestSpec, candidates: readonly number[]): readonly Remedy[] {
  const { hosts, scheduler } = cloud;
  const beyond = cutOff(cloud, request, candidates);
  if (beyond.length === 0) return [];
  let place = candidates.length;
  for (let host = candidates.at(-1)! + 1; host <= beyond[0]!; host++) if (hosts.fits(host, request.flavor)) place++;
  return [{ change: "limit", from: scheduler.maxPlacementResults, to: place, hosts: named(hosts, beyond) }];
}

function withoutOneFilter({ hosts, scheduler }: Cloud, request: RequestSpec, candidates: readonly number[]): readonly Remedy[] {
  return scheduler.filters.flatMap((filter): Remedy[] => {
    const letIn = passing(scheduler, request, candidates, filter);
    return letIn.length === 0 ? [] : [{ change: "filter", filter: filter.name, hosts: named(hosts, letIn) }];
  });
}

/** By how much a host falls short, in units of the column; 0 or less = it does not. */
function deficit(column: Column, hosts: Hosts, host: number, flavor: Flavor): number {
  const asked = column.asked(flavor);
  return Math.max(column.used(hosts, host) + asked - column.capacity(hosts, host), asked - column.total(hosts, host));
}

/** The least by which a flavor must be smaller to make up for a deficit: whole vCPUs where it has whole ones. Null: nothing would be left. */
function lessened(column: Column, flavor: Flavor, by: number): number | null {
  const asked = column.asked(flavor);
  const step = asked % column.per === 0 ? column.per : 1;
  const to = asked - Math.ceil(by / step) * step;
  return to > 0 ? to : null;
}

/** For each resource, how much less of it alone would do; where that helps nowhere, the smallest reduction of several at once. */
function withLess(cloud: Cloud, request: RequestSpec): readonly Remedy[] {
  const { hosts, scheduler } = cloud;
  const { flavor } = request;
  const short = passing(scheduler, request, all(hosts)).filter((host) => shortageOf(hosts, host, flavor) !== 0);
  const alone = columns.flatMap((column, i) => {
    const rows = short.filter((host) => shortageOf(hosts, host, flavor) === 1 << i);
    const by = least(rows.map((host) => deficit(column, hosts, host, flavor)));
    return rows.length === 0 ? [] : tried(cloud, request, new Map([[column, lessened(column, flavor, by)]]));
  });
  if (alone.length > 0) return alone;
  let nearest: { readonly share: number; readonly to: ReadonlyMap<Column, number | null> } | null = null;
  for (const host of short) {
    const lacking = columns.filter((_, i) => (shortageOf(hosts, host, flavor) & (1 << i)) !== 0);
    const share = Math.max(...lacking.map((column) => deficit(column, hosts, host, flavor) / column.asked(flavor)));
    if (nearest !== null && share >= nearest.share) continue;
    nearest = { share, to: new Map(lacking.map((column) => [column, lessened(column, flavor, deficit(column, hosts, host, flavor))])) };
  }
  return nearest === null ? [] : tried(cloud, request, nearest.to);
}

/** Asks Placement and the filters about the smaller flavor; nothing if they say no, or nothing would be left of it. */
function tried({ hosts, scheduler }: Cloud, request: RequestSpec, to: ReadonlyMap<Column, number | null>): readonly Remedy[] {
  let smaller = request.flavor;
  const less: Reduction[] = [];
  for (const [column, amount] of to) {
    if (amount === null) return [];
    less.push({ resource: column.resource, from: column.asked(request.flavor) / column.per, to: amount / column.per });
    smaller = column.reduced(smaller, amount);
  }
  const changed = { ...request, flavor: smaller };
  const taking = passing(scheduler, changed, scheduler.offered(changed));
  return taking.length === 0 ? [] : [{ change: "flavor", less, hosts: named(hosts, taking) }];
}

/** For each resource, the smallest ratio, in hundredths, with which a host that lacks nothing else has room. A ratio makes no host larger. */
function withLargerRatio({ hosts, scheduler }: Cloud, request: RequestSpec): readonly Remedy[] {
  const { flavor } = request;
  const rows = passing(scheduler, request, all(hosts));
  return columns.flatMap((column, i): Remedy[] => {
    const asked = column.asked(flavor);
    const roomAt = (host: number, ratio: number) =>
      Math.floor((column.total(hosts, host) - column.reserved(hosts, host)) * ratio) >= column.used(hosts, host) + asked;
    const lacking = rows.filter(
      (host) =>
        shortageOf(hosts, host, flavor) === 1 << i &&
        asked <= column.total(hosts, host) &&
        column.reserved(hosts, host) < column.total(hosts, host),
    );
    if (lacking.length === 0) return [];
    const needed = lacking.map((host) => {
      const exact = (column.used(hosts, host) + asked) / (column.total(hosts, host) - column.reserved(hosts, host));
      let hundredths = Math.floor(exact * 100);
      while (!roomAt(host, hundredths / 100)) hundredths++;
      return hundredths / 100;
    });
    const to = least(needed);
    const from = column.ratio(hosts, lacking[needed.indexOf(to)]!);
    const taking = lacking.filter((host) => roomAt(host, to));
    return [{ change: "ratio", resource: resources[i]!, option: column.option, from, to, hosts: named(hosts, taking) }];
  });
}

const all = (hosts: Hosts) => Array.from({ length: hosts.count }, (_, host) => host);
const named = (hosts: Hosts, rows: readonly number[]) => rows.map((host) => hosts.hostName(host));
const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
