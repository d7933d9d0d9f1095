// What nova-compute looks at when a build begins: NUMA cells and devices, and the server's group. Here it is asked without anything being
// claimed, so that somebody who looks on can tell what it would say.
// @source nova/compute/manager.py (_validate_instance_group_policy), nova/compute/claims.py
import type { Hosts } from "../datacenter/hosts.ts";
import { ascending } from "../datacenter/numa/host-cell.ts";
import type { ServerGroups } from "../datacenter/server-groups.ts";
import type { FilterScheduler } from "../policies/nova/filter-scheduler.ts";
import { type HostRoom, type RoomAsked, takeRoom } from "../policies/nova/host-claims.ts";
import type { CellOrder } from "../policies/nova/numa/fit-to-host.ts";
import type { InstanceTopology } from "../policies/nova/numa/instance-topology.ts";
import type { RequestSpec } from "../policies/nova/request-spec.ts";

interface Parts {
  readonly hosts: Hosts;
  readonly groups: ServerGroups;
  readonly scheduler: FilterScheduler;
  readonly packHostNumaCells: boolean;
}

export class LastWord {
  private readonly parts: Parts;
  private readonly order: CellOrder;

  constructor(parts: Parts) {
    this.parts = parts;
    this.order = parts.packHostNumaCells ? "pack" : "spread";
  }

  /** The limits are set by NUMATopologyFilter, which forced hosts are not put through. */
  roomAsked({ numa, pciRequests = [], forceHosts = [] }: RequestSpec, host: number): RoomAsked {
    const { hosts, scheduler } = this.parts;
    const limited = forceHosts.length === 0 && scheduler.policy.enabledFilters.includes("NUMATopologyFilter");
    const limits = limited
      ? { cpuAllocationRatio: hosts.cpuAllocationRatio(host), ramAllocationRatio: hosts.ramAllocationRatio(host) }
      : null;
    return { topology: numa?.topology ?? null, devices: pciRequests, limits };
  }

  /** Why it would refuse the request on the host at this instant; null: it would not. `limited` false: as if there were no NUMATopologyFilter. */
  on(request: RequestSpec, host: number, limited = true): "group" | "host" | null {
    const asked = this.roomAsked(request, host);
    const wantsRoom = asked.topology !== null || asked.devices.length > 0;
    if (wantsRoom && takeRoom(this.roomOf(host), limited ? asked : { ...asked, limits: null }, this.order, false) === null) return "host";
    return request.group >= 0 && !suits(this.parts.groups, request.group, host) ? "group" : null;
  }

  /** What the host would have too little of for the request even if it were empty; null: nothing. */
  onEmpty(request: RequestSpec, host: number): EmptyHostLack | null {
    const asked = this.roomAsked(request, host);
    const { topology, devices } = asked;
    const { cells = null, pciPools = [] } = this.parts.hosts.descriptions[host]!;
    // A host that reports no cells is not asked for them by nova-compute, but NUMATopologyFilter keeps such servers away from it.
    if (topology !== null && asked.limits !== null && (cells === null || cells.length === 0)) return "NUMA cells";
    const holds = (part: Partial<RoomAsked>) => takeRoom({ cells, pools: pciPools }, { ...asked, ...part }, this.order, false) !== null;
    if (holds({})) return null;
    if (devices.length > 0 && !holds({ topology: null })) return "PCI devices";
    if (topology === null || holds({ devices: [] })) return "PCI devices near its NUMA cells";
    if (holds({ devices: [], topology: withoutPages(topology) })) return "pages of the size asked for";
    return holds({ devices: [], topology: withSharedCpus(topology) }) ? "dedicated CPUs of its NUMA cells" : "NUMA cells";
  }

  /** For how many servers of the request, at most `most`, the host has cells and devices, one after another. */
  servers(request: RequestSpec, host: number, most: number): number {
    const asked = this.roomAsked(request, host);
    if (asked.topology === null && asked.devices.length === 0) return most;
    let room = this.roomOf(host);
    for (let servers = 0; servers < most; servers++) {
      const taken = takeRoom(room, asked, this.order, false);
      if (taken === null) return servers;
      room = taken;
    }
    return most;
  }

  private roomOf(host: number): HostRoom {
    const { cells, pools } = this.parts.hosts;
    return { cells: cells[host]!, pools: pools[host]! };
  }
}

/** One thing that would be enough to leave out, where there is one; `NUMA cells`: their CPUs or memory. */
export type EmptyHostLack =
  | "PCI devices"
  | "PCI devices near its NUMA cells"
  | "pages of the size asked for"
  | "dedicated CPUs of its NUMA cells"
  | "NUMA cells";

const withoutPages = (topology: InstanceTopology): InstanceTopology => ({
  ...topology,
  cells: topology.cells.map((cell) => ({ ...cell, pageSizeKb: null })),
});

const withSharedCpus = (topology: InstanceTopology): InstanceTopology => ({
  emulatorThreadsPolicy: null,
  cells: topology.cells.map((cell) => {
    const cpuset = ascending([...cell.cpuset, ...cell.pcpuset]);
    return { ...cell, cpuset, pcpuset: [], cpuPolicy: null, threadPolicy: null };
  }),
});

/** The check of nova-compute, on who is there now. */
export function suits(groups: ServerGroups, group: number, host: number): boolean {
  const policy = groups.policyOf(group);
  if (policy === "anti-affinity") return groups.countOn(group, host) < groups.maxServerPerHost(group);
  return policy !== "affinity" || !groups.hasHosts(group) || groups.holdsHost(group, host);
}
