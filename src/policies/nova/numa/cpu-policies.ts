// Which vCPUs want host CPUs of their own, and how these should lie on the cores: the policies of flavor and image, merged.
// @source nova/virt/hardware.py (get_cpu_policy_constraint and the functions after it)
import { booleanIn } from "../../python/text-values.ts";
import { parseCpuMask } from "./cpu-list.ts";
import type { ImageNumaProperties } from "./image-properties.ts";
import {
  type CpuPolicy,
  type CpuThreadPolicy,
  cpuPolicies,
  cpuThreadPolicies,
  type EmulatorThreadsPolicy,
  emulatorThreadsPolicies,
} from "./instance-topology.ts";
import { Refusal, type RefusalName } from "./refusal.ts";

type ExtraSpecs = ReadonlyMap<string, string>;

/** The value of an extra spec with few possible values; null when absent or empty. */
function choice<Value extends string>(specs: ExtraSpecs, key: string, values: readonly Value[], refusal: RefusalName): Value | null {
  const text = specs.get(key);
  if (text === undefined || text === "") return null;
  const value = values.find((value) => value === text);
  if (value === undefined) throw new Refusal(refusal, `extra spec ${key} is "${text}", expected one of ${values.join(", ")}`);
  return value;
}

/** The image may ask for less than the flavor, not for more. */
export function cpuPolicyOf(specs: ExtraSpecs, image: ImageNumaProperties): CpuPolicy | null {
  const flavor = choice(specs, "hw:cpu_policy", cpuPolicies, "InvalidCPUAllocationPolicy");
  const forbidden =
    (flavor === "mixed" && image.cpuPolicy === "dedicated") ||
    (flavor === "shared" && (image.cpuPolicy === "mixed" || image.cpuPolicy === "dedicated"));
  if (forbidden) throw new Refusal("ImageCPUPinningForbidden", `the image asks for ${image.cpuPolicy} CPUs, the flavor gives ${flavor}`);
  return flavor ?? image.cpuPolicy;
}

/** A flavor that says prefer keeps to it, whatever the image says. */
export function threadPolicyOf(specs: ExtraSpecs, image: ImageNumaProperties): CpuThreadPolicy | null {
  const key = "hw:cpu_thread_policy";
  const flavor = choice(specs, key, cpuThreadPolicies, "InvalidCPUThreadAllocationPolicy");
  const inherits = !specs.has(key) || flavor === "prefer";
  if (!inherits && image.threadPolicy !== null && image.threadPolicy !== flavor) {
    throw new Refusal("ImageCPUThreadPolicyForbidden", `the image asks for ${image.threadPolicy}, the flavor for ${specs.get(key)}`);
  }
  return flavor ?? (inherits ? image.threadPolicy : null);
}

export function emulatorThreadsPolicyOf(specs: ExtraSpecs): EmulatorThreadsPolicy | null {
  return choice(specs, "hw:emulator_threads_policy", emulatorThreadsPolicies, "InvalidEmulatorThreadsPolicy");
}

/** Realtime vCPUs, null when realtime is off. Some vCPU or the emulator must be left to do the housekeeping. */
export function realtimeCpusOf(specs: ExtraSpecs, image: ImageNumaProperties, vcpus: number): readonly number[] | null {
  if (!booleanIn(specs.get("hw:cpu_realtime") ?? "")) return null;
  const mask = image.realtimeMask || specs.get("hw:cpu_realtime_mask");
  const realtime = mask ? parseCpuMask(mask, vcpus) : allVcpus(vcpus);
  const refuse = (why: string) => new Refusal("RealtimeMaskNotFoundOrInvalid", `realtime mask "${mask ?? ""}" ${why}`);
  if (realtime.length === 0) throw refuse("selects no vCPU");
  const emulator = emulatorThreadsPolicyOf(specs);
  const inside = realtime.filter((cpu) => cpu < vcpus).length;
  if (inside === vcpus && realtime.length === vcpus && emulator === null) throw refuse("leaves no vCPU for other work");
  if (inside < realtime.length) throw refuse(`names more than the ${vcpus} vCPUs of the flavor`);
  return realtime;
}

/** Dedicated vCPUs of a mixed server, null when the flavor has no mask. */
export function dedicatedCpusOf(specs: ExtraSpecs, vcpus: number): readonly number[] | null {
  const mask = specs.get("hw:cpu_dedicated_mask");
  if (mask === undefined || mask === "") return null;
  const dedicated = parseCpuMask(mask, vcpus);
  const inside = dedicated.filter((cpu) => cpu < vcpus).length;
  if (dedicated.length === 0 || inside === vcpus || inside < dedicated.length) {
    throw new Refusal("InvalidMixedInstanceDedicatedMask", `mask "${mask}" does not select some, but not all, of ${vcpus} vCPUs`);
  }
  return dedicated;
}

export const allVcpus = (vcpus: number): readonly number[] => Array.from({ length: vcpus }, (_, cpu) => cpu);
