// What a server asks of NUMA: guest cells with vCPUs and memory, each to be put on a host cell of its own. After fitting, a cell's id is
// that of its host cell, its page size is one the host has, and its dedicated vCPUs have host CPUs.
// @source nova/objects/instance_numa.py

export type CpuPolicy = "dedicated" | "shared" | "mixed";
export type CpuThreadPolicy = "prefer" | "isolate" | "require";
export type EmulatorThreadsPolicy = "share" | "isolate";

export const cpuPolicies: readonly CpuPolicy[] = ["dedicated", "shared", "mixed"];
export const cpuThreadPolicies: readonly CpuThreadPolicy[] = ["prefer", "isolate", "require"];
export const emulatorThreadsPolicies: readonly EmulatorThreadsPolicy[] = ["share", "isolate"];

/** Page sizes asked for by kind instead of in KiB, with Nova's numbers. */
export const smallPages = -1;
export const largePages = -2;
export const anyPages = -3;

export interface InstanceCell {
  /** Index among the guest cells; the host cell's id after fitting. */
  readonly id: number;
  /** Shared vCPUs, ascending. */
  readonly cpuset: readonly number[];
  /** Dedicated vCPUs, ascending. */
  readonly pcpuset: readonly number[];
  readonly memoryMb: number;
  /** KiB, or `smallPages`, `largePages`, `anyPages`; null and 0 when nothing is asked. */
  readonly pageSizeKb: number | null;
  readonly cpuPolicy: CpuPolicy | null;
  readonly threadPolicy: CpuThreadPolicy | null;
  /** Host CPU of each dedicated vCPU; null before any was pinned. */
  readonly pinning: ReadonlyMap<number, number> | null;
  /** Host CPUs set aside for emulator threads. */
  readonly reservedCpus: readonly number[];
}

export interface InstanceTopology {
  readonly emulatorThreadsPolicy: EmulatorThreadsPolicy | null;
  readonly cells: readonly InstanceCell[];
}

/** With a dedicated or mixed policy some vCPUs get host CPUs of their own. */
export const pinsCpus = ({ cpuPolicy }: InstanceCell): boolean => cpuPolicy === "dedicated" || cpuPolicy === "mixed";
