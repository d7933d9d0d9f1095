// The guests' side of the hosts' memory, where a scenario has them share it, and how far away their memory is.
import { HostMemory } from "../datacenter/host-memory.ts";
import { guestMemoryOverheadMb } from "../datacenter/hypervisors.ts";
import { memoryRelief, mergeRates } from "../datacenter/memory-relief.ts";
import { remoteAccessRate, remoteShareOf } from "../datacenter/numa/remote-access.ts";
import type { Servers } from "../datacenter/servers.ts";
import type { RandomStreams } from "../kernel/random.ts";
import type { Simulation } from "../kernel/simulation.ts";
import { GuestMemory, type TouchedInTime } from "../workflows/guest-memory.ts";
import { memorySeries } from "../workload/cpu-pattern.ts";
import type { Flavor } from "../workload/workload.ts";
import type { InventoryHost } from "./build.ts";
import type { MemoryDemandSpec, Scenario } from "./scenario.ts";

export interface GuestMemorySurroundings {
  readonly simulation: Simulation;
  readonly streams: RandomStreams;
  readonly servers: Servers;
  readonly inventory: readonly InventoryHost[];
  readonly flavors: readonly Flavor[];
}

/** Null: guests get the memory they ask for. @throws InputError for a broken trace of their use of it */
export function buildGuestMemory(
  { cloud, memoryDemand }: Scenario,
  { simulation, streams, servers, inventory, flavors }: GuestMemorySurroundings,
): GuestMemory | null {
  const sharing = cloud.memorySharing ?? null;
  if (sharing === null || memoryDemand === undefined) return null;
  const { merging, balloon } = sharing;
  const flavorOf = (server: number) => flavors[servers.flavor[server]!]!;
  const hosts = inventory.map(({ description, hypervisor }) => ({
    ramMb: description.ramMb,
    reservedMb: Math.min(description.ramMb, description.reservedRamMb),
    swapMb: hypervisor.memorySwapping.value ? sharing.swapMb : 0,
    merging: merging !== null && hypervisor.memoryMerging.value,
    ballooning: balloon !== null && hypervisor.memoryBallooning.value,
  }));
  const options = {
    ...(merging === null ? {} : { mergeRates: mergeRates(merging), sharable: merging.sharable }),
    ...(balloon === null ? {} : { balloonMbPerSecond: balloon.mbPerSecond }),
  };
  return new GuestMemory({
    ...{ simulation, servers, hosts: inventory.length, touched: touchedInTime(memoryDemand, streams) },
    memory: (killed) => new HostMemory(hosts, killed, options, simulation.now),
    describe: (server, host) => {
      const { ramMb, vcpuMilli } = flavorOf(server);
      return {
        ramMb,
        overheadMb: guestMemoryOverheadMb(inventory[host]!.hypervisor, vcpuMilli / 1000, ramMb),
        ...(servers.image[server]! < 0 ? {} : { image: servers.image[server]! }),
        ...(balloon === null ? {} : { balloonFloorMb: balloon.floorShare * ramMb }),
      };
    },
    lookMicros: sharing.lookMicros,
    memoryBound: memoryDemand.memoryBound,
    swapAccesses: sharing.swapAccesses,
    swapLatencySeconds: sharing.swapLatencySeconds,
    memoryLatencySeconds: memoryRelief.memoryLatencySeconds.value,
  });
}

/** A server's mean is drawn once for its life. */
function touchedInTime({ utilisation, pattern }: MemoryDemandSpec, streams: RandomStreams): TouchedInTime {
  const means = streams.stream("server.memory_utilisation");
  const meanOf = (server: number) => Math.min(1, Math.max(0, means.sample(utilisation, server, 0)));
  return pattern === null ? { stepMicros: null, at: meanOf } : memorySeries(pattern, utilisation, meanOf, streams);
}

/**
 * What guests get done on each host with their CPU time. One without a NUMA topology of its own runs on all cells alike and has its memory in
 * all of them; one that has one works within its cells. Assumes that the kernel moves neither threads nor pages together.
 */
export function localityOf(
  { cloud, memoryDemand }: Scenario,
  inventory: readonly InventoryHost[],
  hasCells: (server: number) => boolean,
): ((server: number, host: number) => number) | undefined {
  const latency = cloud.cpuSharing?.remoteLatency;
  if (latency === undefined || memoryDemand === undefined) return undefined;
  const spread = Float64Array.from(inventory, ({ description: { cells } }) => {
    if (cells === undefined || cells.length < 2) return 1;
    const cpus = cells.map(({ cpuset }) => cpuset.length);
    if (cpus.every((count) => count === 0)) return 1;
    const share = remoteShareOf(
      cpus,
      cells.map(({ memoryMb }) => memoryMb),
    );
    return remoteAccessRate(share, memoryDemand.memoryBound, latency);
  });
  return (server, host) => (hasCells(server) ? 1 : spread[host]!);
}
