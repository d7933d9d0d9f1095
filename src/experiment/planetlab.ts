// The consolidation experiment of CloudSim on a day of PlanetLab, without consolidation: 800 small servers, a thousand virtual machines placed
// first fit, and the energy of the day. Two baselines: `npa`, where every host runs flat out all day, and `dvfs`, where a host's power follows
// its load and a host without load is off. It has been published many times and depends on nothing random, so it is a check of trace,
// power curve, placement and clock together, to a hundredth of a kilowatt-hour.
//
// What is copied from CloudSim, since the published figures contain it: the host is asked every 300 s, 0.1 s late; energy between two looks
// is the mean of the watts at both, idle watts included, and nothing when there was no load at the first; the last 299.9 s of the day are not simulated. What is a
// choice: CloudSim takes a machine whose demand is 0 for finished and deletes it (`losesIdleServers`), which strict runs do not.
//
// @source Beloglazov and Buyya, CCPE 24(13), 2012; CloudSim 3.0.3 (46c46604), power examples
import { hostTypes } from "../datacenter/host-types.ts";
import { HostPower, type PowerModel, wattsAt } from "../datacenter/power.ts";
import { Simulation } from "../kernel/simulation.ts";
import { MILLISECOND, SECOND } from "../kernel/time.ts";
import { PLANETLAB_STEPS, type PlanetLabDay } from "../workload/traces/planetlab.ts";

export interface PlanetLabOptions {
  readonly policy: "npa" | "dvfs";
  readonly losesIdleServers: boolean;
}

export interface PlanetLabOutcome {
  /** By CloudSim's rule of frames. */
  readonly energyKwh: number;
  /** The same watts, each held until the next look: what Orrery's own books say. */
  readonly bookedKwh: number;
  readonly hostsUsed: number;
  readonly serversLost: number;
  /** Changes from load to no load; every host counts as loaded before the first look. */
  readonly shutdowns: number;
  readonly fingerprint: string;
}

const HOSTS = 800;
const STEP = 300 * SECOND;
/** CloudSim's shortest time between two events, by which the tasks start late. */
const LATE = 100 * MILLISECOND;
const JOULES_OF_KWH = 3_600_000;
const HOST_RAM_MB = 4096;

interface HostKind {
  readonly type: string;
  readonly cores: number;
  readonly mipsOfCore: number;
}

/** Even and odd numbers of hosts. */
const hostKinds: readonly [HostKind, HostKind] = [
  { type: "hp-ml110-g4", cores: 2, mipsOfCore: 1860 },
  { type: "hp-ml110-g5", cores: 2, mipsOfCore: 2660 },
];

/** The sizes of virtual machines, one for each quarter of the day's list; one vCPU each. */
const sizes: readonly (readonly [mips: number, ramMb: number])[] = [
  [2500, 870],
  [2000, 1740],
  [1000, 1740],
  [500, 613],
];

const kindOf = (host: number): HostKind => hostKinds[host % 2]!;
const curveOf = (host: number) => hostTypes.get(kindOf(host).type)!.wattsByLoad;
const totalMips = (host: number) => kindOf(host).cores * kindOf(host).mipsOfCore;

/** @throws RangeError when the day has more machines than the hosts have room for */
export function runPlanetLab(day: PlanetLabDay, { policy, losesIdleServers }: PlanetLabOptions): PlanetLabOutcome {
  const servers = day.names.length;
  const mipsOf = (server: number) => sizes[Math.floor(server / Math.ceil(servers / sizes.length))]![0];
  const hostOf = placeFirstFit(servers);
  const simulation = new Simulation(undefined, `PlanetLab, ${policy}`);
  const placed = simulation.recordKind("server placed");
  const lost = simulation.recordKind("server lost");
  for (let server = 0; server < servers; server++) simulation.record(placed, server, hostOf[server]!);
  const power = new HostPower(Array.from({ length: HOSTS }, (_, host) => modelOf(host, policy)));
  const watched = { frames: 0, shutdowns: 0, lost: 0, lastLook: 0 };
  const demanded = new Float64Array(HOSTS);
  const loaded = new Uint8Array(HOSTS).fill(1);
  const gone = new Uint8Array(servers);

  const look = simulation.kind("look at hosts", (_, step) => {
    const { now } = simulation;
    demanded.fill(0);
    for (let server = 0; server < servers; server++) {
      if (gone[server] === 1) continue;
      const demand = mipsOf(server) * demandAt(day, server, step);
      demanded[hostOf[server]!]! += demand;
      if (!losesIdleServers || demand > 0) continue;
      gone[server] = 1;
      simulation.record(lost, server, hostOf[server]!);
      watched.lost++;
    }
    for (let host = 0; host < HOSTS; host++) {
      const before = power.watts(host);
      const utilisation = demanded[host]! / totalMips(host);
      power.setUtilisation(host, now, utilisation);
      const after = policy === "npa" ? before : wattsAt(curveOf(host), utilisation);
      if (before > 0) watched.frames += ((before + after) / 2) * (now - watched.lastLook);
      const active = demanded[host]! > 0 ? 1 : 0;
      if (loaded[host]! > active) watched.shutdowns++;
      loaded[host] = active;
    }
    watched.lastLook = now;
    if (step + 1 < PLANETLAB_STEPS) simulation.schedule(STEP, look, 0, step + 1);
  });
  simulation.schedule(LATE + STEP, look, 0, 1);
  simulation.run();

  return {
    energyKwh: watched.frames / SECOND / JOULES_OF_KWH,
    bookedKwh: power.totalJoules(simulation.now) / JOULES_OF_KWH,
    hostsUsed: new Set(hostOf).size,
    serversLost: watched.lost,
    shutdowns: watched.shutdowns,
    fingerprint: simulation.fingerprint.hash,
  };
}

/** A host without load is off and draws nothing, except where power management is not there at all. */
function modelOf(host: number, policy: PlanetLabOptions["policy"]): PowerModel {
  const curve = curveOf(host);
  if (policy === "npa") return () => wattsAt(curve, 1);
  return (utilisation) => (utilisation === 0 ? 0 : wattsAt(curve, utilisation));
}

/** Between two samples demand changes linearly, so a look 0.1 s late sees a three-thousandth of the change. The last sample holds. */
function demandAt(day: PlanetLabDay, server: number, step: number): number {
  const sample = day.cpu.at(server, step);
  const next = day.cpu.at(server, Math.min(step + 1, PLANETLAB_STEPS - 1));
  return sample + ((next - sample) * LATE) / STEP;
}

/** By number of the server the first host whose cores are fast enough and which has MIPS and RAM left, nominal sizes counted. */
function placeFirstFit(servers: number): Int32Array {
  const freeMips = Float64Array.from({ length: HOSTS }, (_, host) => totalMips(host));
  const freeRamMb = new Float64Array(HOSTS).fill(HOST_RAM_MB);
  return Int32Array.from({ length: servers }, (_, server) => {
    const [mips, ramMb] = sizes[Math.floor(server / Math.ceil(servers / sizes.length))]!;
    const host = freeMips.findIndex((free, i) => kindOf(i).mipsOfCore >= mips && free >= mips && freeRamMb[i]! >= ramMb);
    if (host < 0)
      throw new RangeError(`server ${server} of ${servers} finds no host with ${mips} MIPS and ${ramMb} MB free among ${HOSTS}`);
    freeMips[host]! -= mips;
    freeRamMb[host]! -= ramMb;
    return host;
  });
}
