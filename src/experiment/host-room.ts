// What a request asks of hosts and what hosts have of it: each resource as the columns of the hosts count it, and which hosts could answer.
import type { Amounts, Hosts } from "../datacenter/hosts.ts";
import { type Resource, resourcesIn } from "../datacenter/shortage.ts";
import type { HostQuery } from "../policies/nova/request/placement-asks.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";

/** One resource as the hosts have it. */
export interface Column {
  readonly resource: Resource;
  /** Column units in one unit as people say it: vCPUs are counted in thousandths. */
  readonly per: number;
  /** Nova's allocation ratio; null: the resource has none. */
  readonly option: string | null;
  readonly asked: (amounts: Amounts) => number;
  readonly used: (hosts: Hosts, host: number) => number;
  readonly capacity: (hosts: Hosts, host: number) => number;
  readonly total: (hosts: Hosts, host: number) => number;
  readonly reserved: (hosts: Hosts, host: number) => number;
  readonly ratio: (hosts: Hosts, host: number) => number;
}

const everywhere: readonly Column[] = [
  {
    resource: "VCPU",
    per: 1000,
    option: "cpu_allocation_ratio",
    asked: (amounts) => amounts.vcpuMilli,
    used: (hosts, host) => hosts.usedVcpuMilli[host]!,
    capacity: (hosts, host) => hosts.capacityVcpuMilli[host]!,
    total: (hosts, host) => hosts.vcpuMilli[host]!,
    reserved: (hosts, host) => hosts.descriptions[host]!.reservedVcpuMilli,
    ratio: (hosts, host) => hosts.cpuAllocationRatio(host),
  },
  {
    resource: "MEMORY_MB",
    per: 1,
    option: "ram_allocation_ratio",
    asked: (amounts) => amounts.ramMb,
    used: (hosts, host) => hosts.usedRamMb[host]!,
    capacity: (hosts, host) => hosts.capacityRamMb[host]!,
    total: (hosts, host) => hosts.ramMb[host]!,
    reserved: (hosts, host) => hosts.descriptions[host]!.reservedRamMb,
    ratio: (hosts, host) => hosts.ramAllocationRatio(host),
  },
  {
    resource: "DISK_GB",
    per: 1,
    option: "disk_allocation_ratio",
    asked: (amounts) => amounts.diskGb,
    used: (hosts, host) => hosts.usedDiskGb[host]!,
    capacity: (hosts, host) => hosts.capacityDiskGb[host]!,
    total: (hosts, host) => hosts.diskGb[host]!,
    reserved: (hosts, host) => hosts.descriptions[host]!.reservedDiskGb,
    ratio: (hosts, host) => hosts.diskAllocationRatio(host),
  },
];

/** In the order of the bits of a shortage of these amounts. */
export function columnsOf(amounts: Amounts): readonly Column[] {
  return amounts.others === undefined ? everywhere : resourcesIn(amounts).map((name, i) => everywhere[i] ?? furtherColumn(name));
}

function furtherColumn(resource: Resource): Column {
  const total = (hosts: Hosts, host: number) => hosts.furtherResource(resource)?.total[host] ?? 0;
  return {
    ...{ resource, per: 1, option: null, capacity: total, total },
    asked: (amounts) => amounts.others?.get(resource) ?? 0,
    used: (hosts, host) => hosts.furtherResource(resource)?.used[host] ?? 0,
    reserved: () => 0,
    ratio: () => 1,
  };
}

/** By how much a host falls short, in units of the column; 0 or less = it does not. */
export function deficit(column: Column, hosts: Hosts, host: number, amounts: Amounts): number {
  const asked = column.asked(amounts);
  return Math.max(column.used(hosts, host) + asked - column.capacity(hosts, host), asked - column.total(hosts, host));
}

/** What a request asks of Placement; where nothing has been prepared, the amounts of its flavor, of any host. */
export function queriesOf(request: RequestSpec, limit: number): readonly HostQuery[] {
  return request.placement ?? [{ amounts: request.flavor, allowed: null, limit }];
}

export function allows({ allowed }: Pick<HostQuery, "allowed">, host: number): boolean {
  return allowed === null || allowed[host] === 1;
}

export function allowedRows(hosts: Hosts, query: Pick<HostQuery, "allowed">): readonly number[] {
  return Array.from({ length: hosts.count }, (_, host) => host).filter((host) => allows(query, host));
}

/** Hosts that Placement could offer for the query, however long its list may be, in the order in which it looks at them. */
export function answering(hosts: Hosts, query: HostQuery, start = 0): readonly number[] {
  const rows: number[] = [];
  for (let place = 0; place < hosts.count; place++) {
    const host = (start + place) % hosts.count;
    if (allows(query, host) && hosts.fits(host, query.amounts)) rows.push(host);
  }
  return rows;
}
