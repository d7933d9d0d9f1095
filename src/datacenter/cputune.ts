// What a flavor's `quota:cpu_*` extra specs make of a server's CPU: its weight among its neighbours where cores are short, and the hard cap
// beyond which it is throttled even where they are not.
//
// Nova has not given shares of its own accord since it stopped setting `cputune/shares` by default: neighbours then weigh alike, however many
// vCPUs they have. Before, a server weighed 1024 times its vCPUs. A flavor's own `quota:cpu_shares` goes before either.
//
// @source nova/virt/libvirt/driver.py (_update_guest_cputune); release note remove-default-cputune-shares-values; libvirt, domain XML: cputune
import type { Parameter } from "../kernel/parameter.ts";
import { parameter } from "../kernel/parameter.ts";

/** How a server weighs whose flavor does not say: every server alike, or by its vCPUs as in older Nova. */
export const cpuWeightings = ["perVm", "perVcpu"] as const;
export type CpuWeighting = (typeof cpuWeightings)[number];

export const cpuWeighting: Parameter<string> = parameter<string>({
  name: "cloud.cpu_sharing.weighting",
  value: "perVm",
  unit: "text",
  meaning: "Weight of a server without quota:cpu_shares where cores are short: perVm (all alike) or perVcpu (by its vCPUs, as older Nova).",
  source: "nova, release note remove-default-cputune-shares-values",
  evidence: "verified",
});

export const defaultShares: Parameter = parameter({
  name: "cloud.cpu_sharing.cpu_shares",
  value: 1024,
  unit: "1",
  meaning: "cgroup CPU shares of a server (perVm) or of each of its vCPUs (perVcpu) unless its flavor says otherwise.",
  source: "Linux: weight of a task of nice 0",
  evidence: "from memory",
});

export const cpuPeriod: Parameter = parameter({
  name: "cloud.cpu_sharing.cpu_period",
  value: 100_000,
  unit: "us",
  meaning: "Period over which quota:cpu_quota is enforced where a flavor does not set quota:cpu_period.",
  source: "libvirt, domain XML: cputune period",
  evidence: "from memory",
});

export interface CpuTune {
  /** Weight in the max-min sharing of the host's cores. */
  readonly weight: number;
  /** Host threads' worth of CPU time the server gets at most; Infinity for no cap. */
  readonly capThreads: number;
}

/**
 * A quota is meant for each vCPU: a quota of half a period caps a server of 4 vCPUs at 2 host threads. None, 0 or a negative one is no cap.
 * @throws RangeError when an extra spec is not a whole number in libvirt's range.
 */
export function cpuTune(vcpus: number, extraSpecs: ReadonlyMap<string, string>, weighting: CpuWeighting = "perVm"): CpuTune {
  if (!(vcpus > 0 && vcpus < Number.POSITIVE_INFINITY)) throw new RangeError(`a server of ${vcpus} vCPUs; expected more than 0`);
  const shares = wholeNumber(extraSpecs, "quota:cpu_shares", 2, 262_144);
  const quota = wholeNumber(extraSpecs, "quota:cpu_quota", 1_000, 17_592_186_044_415);
  const period = wholeNumber(extraSpecs, "quota:cpu_period", 1_000, 1_000_000) ?? cpuPeriod.value;
  return {
    weight: shares ?? defaultShares.value * (weighting === "perVcpu" ? vcpus : 1),
    capThreads: quota === null ? Number.POSITIVE_INFINITY : (vcpus * quota) / period,
  };
}

/** Null where nothing is set, or 0, or for a quota a negative number: libvirt's words for "none". */
function wholeNumber(extraSpecs: ReadonlyMap<string, string>, name: string, least: number, most: number): number | null {
  const text = extraSpecs.get(name);
  if (text === undefined) return null;
  const value = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value === 0 || (value < 0 && name === "quota:cpu_quota")) return null;
  if (value >= least && value <= most) return value;
  throw new RangeError(`${name} is "${text}"; expected a whole number from ${least} to ${most}`);
}
