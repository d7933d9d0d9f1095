// Which host CPUs a guest cell's dedicated vCPUs get. "isolate" takes one thread of wholly free cores, "require" only siblings, and the
// default fills cores with as many threads as it can: with t threads a core it uses only cores with at least t free, so the last core may
// be left partly used. Where emulator threads are isolated, one more CPU is set aside.
//
// Where Nova walks a set of CPUs in the order of Python's hash table, the order here is ascending.
// @source nova/virt/hardware.py (_pack_instance_onto_cores)
import { freeCores, type HostCell, hasOneCpuSet, threadsPerCore } from "../../../datacenter/numa/host-cell.ts";
import type { CpuThreadPolicy } from "./instance-topology.ts";

type Core = readonly number[];

export interface Packing {
  /** Host CPU of each vCPU. */
  readonly pinning: ReadonlyMap<number, number>;
  /** Host CPUs for emulator threads. */
  readonly reservedCpus: readonly number[];
}

/** Packs `vcpus` (ascending) and sets `reserve` more CPUs aside; null if that cannot be done, or if there is no vCPU to pack. */
export function packOntoCores(host: HostCell, vcpus: readonly number[], policy: CpuThreadPolicy | null, reserve: number): Packing | null {
  const free = freeCores(host).filter((core) => core.length > 0);
  const pack = (pinning: ReadonlyMap<number, number> | null, reserved: (pinned: ReadonlySet<number>) => readonly number[]) => {
    if (pinning === null || pinning.size === 0) return null;
    const reservedCpus = reserve === 0 ? [] : reserved(new Set(pinning.values())).slice(0, reserve);
    return reserve > 0 && reservedCpus.length === 0 ? null : { pinning, reservedCpus };
  };
  const unpinned = (pinned: ReadonlySet<number>) => free.flat().filter((cpu) => !pinned.has(cpu));

  const threads = threadsPerCore(host);
  if (policy === "isolate") {
    const whole = coresWith(free, threads);
    // Nova cannot keep siblings idle on a host with separate sets for shared and dedicated CPUs.
    if (whole.length === 0 || (threads > 1 && !hasOneCpuSet(host))) return null;
    return pack(take(1, whole, vcpus), (pinned) => free.filter((core) => !core.some((cpu) => pinned.has(cpu))).flat());
  }
  if (policy === "require" && threads <= 1) return null;
  const widest = free.reduce((most, core) => Math.max(most, core.length), 0);
  const fewest = policy === "require" ? 2 : 1;
  for (let t = widest; t >= fewest; t--) {
    const packing = pack(take(t, coresWith(free, t), vcpus), unpinned);
    if (packing !== null) return packing;
  }
  if (policy === "require") return null;
  const everyCpuAlone = free.flat().map((cpu) => [cpu]);
  return pack(take(1, everyCpuAlone, vcpus), unpinned);
}

const coresWith = (cores: readonly Core[], threads: number) => cores.filter((core) => core.length >= threads);

/** The first `threads` CPUs of each core, one core after the other, given to the vCPUs in order; null if they do not suffice. */
function take(threads: number, cores: readonly Core[], vcpus: readonly number[]): ReadonlyMap<number, number> | null {
  if (threads * cores.length < vcpus.length) return null;
  const cpus = cores.flatMap((core) => core.slice(0, threads));
  return new Map(vcpus.map((vcpu, i) => [vcpu, cpus[i]!]));
}
