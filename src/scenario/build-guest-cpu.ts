// The guests' side of the hosts' CPUs, where a scenario has them share.
import { cpuTune } from "../datacenter/cputune.ts";
import { HostCpu } from "../datacenter/host-cpu.ts";
import type { Amounts } from "../datacenter/hosts.ts";
import type { HostPower } from "../datacenter/power.ts";
import type { Servers } from "../datacenter/servers.ts";
import type { RandomStreams } from "../kernel/random.ts";
import type { Simulation } from "../kernel/simulation.ts";
import { GuestCpu } from "../workflows/guest-cpu.ts";
import { cpuSeries } from "../workload/cpu-pattern.ts";
import type { Flavor } from "../workload/workload.ts";
import type { InventoryHost } from "./build.ts";
import { localityOf } from "./build-guest-memory.ts";
import type { Scenario } from "./scenario.ts";

export interface GuestCpuSurroundings {
  readonly simulation: Simulation;
  readonly streams: RandomStreams;
  readonly servers: Servers;
  readonly power: HostPower;
  readonly inventory: readonly InventoryHost[];
  readonly flavors: readonly Flavor[];
  /** What a server holds of its host. */
  readonly claimOf: (server: number) => Amounts | undefined;
  /** Has the server NUMA cells of its own? */
  readonly hasCells: (server: number) => boolean;
}

/** Null: guests get the CPU they ask for. @throws InputError for a broken trace of their demand */
export function buildGuestCpu(
  scenario: Scenario,
  { simulation, streams, servers, power, inventory, flavors, claimOf, hasCells }: GuestCpuSurroundings,
): GuestCpu | null {
  const { cloud, workload, cpuPattern = null } = scenario;
  const sharing = cloud.cpuSharing ?? null;
  if (sharing === null) return null;
  const flavorOf = (server: number) => flavors[servers.flavor[server]!]!;
  const cpu = new HostCpu(
    inventory.map(({ cpus }) => ({ ...cpus, smtGain: cpus.threadsPerCore === 1 ? 1 : Math.min(sharing.smtGain, cpus.threadsPerCore) })),
  );
  const pattern =
    cpuPattern === null ? null : cpuSeries(cpuPattern, workload.cpuUtilisation, (server) => servers.cpuUtilisation[server]!, streams);
  const locality = localityOf(scenario, inventory, hasCells);
  return new GuestCpu({
    ...(locality === undefined ? {} : { localityOf: locality }),
    ...{ simulation, servers, power, cpu, flavorOf, pattern, hosts: inventory.length },
    describe: (server) => {
      const vcpus = flavorOf(server).vcpuMilli / 1000;
      const { weight, capThreads } = cpuTune(vcpus, flavorOf(server).extraSpecs, sharing.weighting);
      return { vcpus, weight, capThreads, dedicated: (claimOf(server)?.others?.get("PCPU") ?? 0) >= vcpus };
    },
    overheadShare: Float64Array.from(inventory, ({ cpus }) => cpus.overhead ?? 0),
  });
}
