// From flavor and image to the NUMA topology that a server asks for. The order of the steps is the order in which refusals win.
// @source nova/virt/hardware.py (numa_get_constraints)
import type { Flavor } from "../../../datacenter/flavor.ts";
import { allVcpus, cpuPolicyOf, dedicatedCpusOf, emulatorThreadsPolicyOf, realtimeCpusOf, threadPolicyOf } from "./cpu-policies.ts";
import { nodeCountOf, slicesOf } from "./guest-cells.ts";
import { type ImageNumaProperties, readImage } from "./image-properties.ts";
import type { CpuPolicy, CpuThreadPolicy, EmulatorThreadsPolicy, InstanceTopology } from "./instance-topology.ts";
import { checkLockedMemory, pageSizeOf } from "./page-size.ts";
import { policyFromResources, threadPolicyFromTrait } from "./placement-specs.ts";
import { orRefused, Refusal, type Refused } from "./refusal.ts";

export type NumaFlavor = Pick<Flavor, "vcpuMilli" | "ramMb" | "extraSpecs">;

type Asked = { readonly outcome: "topology"; readonly topology: InstanceTopology } | { readonly outcome: "none"; readonly topology: null };

/** `stage` tells whether the image was unreadable, or what flavor and image say is refused. */
export type NumaConstraints = Asked | (Refused & { readonly stage: "image" | "constraints" });

/**
 * The topology asked for, none, or the name of Nova's refusal. Only a number of nodes, a page size, a dedicated or mixed CPU policy or
 * persistent memory ask for one; everything else is checked, then ignored.
 */
export function numaConstraints(flavor: NumaFlavor, imageProperties: ReadonlyMap<string, string>): NumaConstraints {
  const image = orRefused(() => readImage(imageProperties));
  if ("outcome" in image) return { ...image, stage: "image" };
  const asked = orRefused(() => askedBy(flavor, image));
  return asked.outcome === "error" ? { ...asked, stage: "constraints" } : asked;
}

function askedBy(flavor: NumaFlavor, image: ImageNumaProperties): Asked {
  const specs = flavor.extraSpecs;
  // A fraction of a vCPU, as some traces have it, is a whole CPU to the guest.
  const vcpus = Math.ceil(flavor.vcpuMilli / 1000);
  const statedPolicy = cpuPolicyOf(specs, image);
  const statedThreads = threadPolicyOf(specs, image);
  const realtime = realtimeCpusOf(specs, image, vcpus);
  const mask = dedicatedCpusOf(specs, vcpus);
  const emulatorThreadsPolicy = emulatorThreadsPolicyOf(specs);
  const cpuPolicy = policyFromResources(specs, statedPolicy, emulatorThreadsPolicy, vcpus);
  const threadPolicy = threadPolicyFromTrait(specs, image, statedThreads);
  checkTogether(cpuPolicy, threadPolicy, emulatorThreadsPolicy, realtime, mask);

  const nodes = nodeCountOf(specs, image);
  const pageSize = pageSizeOf(specs, image);
  checkLockedMemory(specs, image);
  const pins = cpuPolicy === "dedicated" || cpuPolicy === "mixed";
  const persistentMemory = (specs.get("hw:pmem") ?? "").split(",").some((label) => label.trim() !== "");
  if (nodes === null && !pageSize && !pins && !persistentMemory) return { outcome: "none", topology: null };

  const dedicated = new Set(cpuPolicy === "dedicated" ? allVcpus(vcpus) : cpuPolicy === "mixed" ? (mask ?? realtime) : []);
  const cells = slicesOf(specs, image, nodes ?? 1, vcpus, flavor.ramMb).map(({ cpus, memoryMb }, id) => ({
    id,
    cpuset: cpus.filter((cpu) => !dedicated.has(cpu)),
    pcpuset: cpus.filter((cpu) => dedicated.has(cpu)),
    memoryMb,
    pageSizeKb: pageSize === null ? null : Math.trunc(pageSize) + 0, // no -0
    cpuPolicy,
    threadPolicy,
    pinning: null,
    reservedCpus: [],
  }));
  return { outcome: "topology", topology: { emulatorThreadsPolicy, cells } };
}

/** Properties that mean something only with certain CPU policies. */
function checkTogether(
  cpuPolicy: CpuPolicy | null,
  threadPolicy: CpuThreadPolicy | null,
  emulator: EmulatorThreadsPolicy | null,
  realtime: readonly number[] | null,
  mask: readonly number[] | null,
): void {
  if (cpuPolicy === "mixed") {
    if ((realtime === null) === (mask === null)) {
      throw new Refusal("RequiredMixedOrRealtimeCPUMask", "a mixed server needs a dedicated mask or realtime, one of them");
    }
    return;
  }
  const shared = cpuPolicy !== "dedicated";
  if (shared && threadPolicy !== null) throw new Refusal("CPUThreadPolicyConfigurationInvalid", "a thread policy needs dedicated CPUs");
  if (shared && emulator === "isolate") {
    throw new Refusal("BadRequirementEmulatorThreadsPolicy", "isolated emulator threads need dedicated CPUs");
  }
  if (mask !== null) throw new Refusal("RequiredMixedInstancePolicy", "a dedicated mask needs the mixed policy");
  if (shared && realtime !== null) throw new Refusal("RealtimeConfigurationInvalid", "realtime needs dedicated CPUs");
}
