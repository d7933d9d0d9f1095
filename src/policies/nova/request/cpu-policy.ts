// Pinned CPUs are a resource class of their own: a dedicated policy asks for PCPU instead of VCPU, a mixed one for some of each.
// @source nova/virt/hardware.py, get_cpu_policy_constraint and its neighbours; nova/scheduler/utils.py (nova 26.2.2)

import { booleanIn } from "../../python/text-values.ts";
import { cpusInMask } from "../cpu-list.ts";
import { wish } from "./flavor-and-image.ts";
import { RequestRefused, type SchedulingRequest } from "./scheduling-request.ts";

export interface CpuNeeds {
  /** Null: no statement, the flavor's vcpus count as VCPU. */
  readonly vcpus: number | null;
  readonly pcpus: number | null;
  /** Whether hyperthreads must, or must not, be there. */
  readonly hyperthreading: "required" | "forbidden" | null;
  /** All CPUs are pinned: hosts that report them as VCPU may be asked for in a second query. */
  readonly dedicated: boolean;
}

/** Throws `RequestRefused` when flavor and image contradict each other or use words that do not exist. */
export function cpuNeeds(request: SchedulingRequest): CpuNeeds {
  const policy = cpuPolicy(request);
  const threads = threadPolicy(request);
  const emulator = emulatorThreadsPolicy(request);
  const { vcpus } = request.flavor;
  const extra = emulator === "isolate" ? 1 : 0;
  const hyperthreading = threads === "require" ? "required" : threads === "isolate" ? "forbidden" : null;
  if (policy === "dedicated") return { vcpus: null, pcpus: vcpus + extra, hyperthreading, dedicated: true };
  if (policy !== "mixed") return { vcpus: null, pcpus: null, hyperthreading, dedicated: false };
  const dedicated = dedicatedCpus(request);
  const realtime = realtimeCpus(request, emulator);
  const pinned = (dedicated ?? realtime)?.length ?? 0;
  return { vcpus: vcpus - pinned, pcpus: pinned + extra, hyperthreading, dedicated: false };
}

/** The flavor decides; it may pin what the image shares, but not share what the image pins. */
function cpuPolicy(request: SchedulingRequest): string | undefined {
  const { flavor, image } = wish(request, "cpu_policy");
  known("InvalidCPUAllocationPolicy", flavor, ["dedicated", "shared", "mixed"]);
  known("ValueError", image, ["dedicated", "shared", "mixed"]);
  if (flavor === "dedicated" || !flavor) return flavor || image;
  if (image === "dedicated" || (flavor === "shared" && image === "mixed")) {
    throw new RequestRefused("ImageCPUPinningForbidden", `hw:cpu_policy is ${flavor}, but the image's hw_cpu_policy is ${image}`);
  }
  return flavor;
}

function threadPolicy(request: SchedulingRequest): string | undefined {
  const { flavor, image } = wish(request, "cpu_thread_policy");
  known("InvalidCPUThreadAllocationPolicy", flavor, ["prefer", "isolate", "require"]);
  known("ValueError", image, ["prefer", "isolate", "require"]);
  if (flavor === undefined || flavor === "prefer") return flavor ?? image;
  if (image && image !== flavor) {
    throw new RequestRefused("ImageCPUThreadPolicyForbidden", `hw:cpu_thread_policy is "${flavor}", hw_cpu_thread_policy "${image}"`);
  }
  return flavor;
}

function emulatorThreadsPolicy({ flavor }: SchedulingRequest): string | undefined {
  const policy = flavor.extraSpecs.get("hw:emulator_threads_policy");
  known("InvalidEmulatorThreadsPolicy", policy, ["share", "isolate"]);
  return policy || undefined;
}

/** Some of the flavor's CPUs, not all and not none; undefined without a mask. */
function dedicatedCpus({ flavor }: SchedulingRequest): readonly number[] | undefined {
  const mask = flavor.extraSpecs.get("hw:cpu_dedicated_mask");
  if (!mask) return undefined;
  const cpus = maskedCpus(mask, flavor.vcpus);
  if (cpus.length === 0 || cpus.length >= flavor.vcpus || !areWithin(cpus, flavor.vcpus)) {
    throw new RequestRefused("InvalidMixedInstanceDedicatedMask", `"${mask}" must select some, not all, of ${flavor.vcpus} CPUs`);
  }
  return cpus;
}

/** The mask of the image goes before that of the flavor; without one all CPUs are meant, which needs an emulator threads policy. */
function realtimeCpus(request: SchedulingRequest, emulator: string | undefined): readonly number[] | undefined {
  const { vcpus, extraSpecs } = request.flavor;
  if (!booleanIn(extraSpecs.get("hw:cpu_realtime") ?? "")) return undefined;
  const masks = wish(request, "cpu_realtime_mask");
  const mask = masks.image || masks.flavor;
  const cpus = maskedCpus(mask || `0-${vcpus - 1}`, vcpus);
  if (cpus.length === 0 || !areWithin(cpus, vcpus) || (cpus.length === vcpus && emulator === undefined)) {
    throw new RequestRefused("RealtimeMaskNotFoundOrInvalid", `"${mask ?? ""}" must leave one of ${vcpus} CPUs to the emulator`);
  }
  return cpus;
}

function maskedCpus(mask: string, vcpus: number): readonly number[] {
  const cpus = cpusInMask(mask, vcpus);
  if (cpus === null) throw new RequestRefused("Invalid", `"${mask}" is no list of CPUs`);
  return cpus;
}

function areWithin(cpus: readonly number[], vcpus: number): boolean {
  return cpus.every((cpu) => cpu >= 0 && cpu < vcpus);
}

function known(errorType: string, value: string | undefined, words: readonly string[]): void {
  if (value && !words.includes(value)) throw new RequestRefused(errorType, `"${value}" is none of ${words.join(", ")}`);
}
