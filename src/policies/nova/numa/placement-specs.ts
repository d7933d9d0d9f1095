// The other way to ask for dedicated CPUs: in Placement's words, `resources:PCPU=4` and `trait:HW_CPU_HYPERTHREADING=required`.
// @source nova/virt/hardware.py (_get_vcpu_pcpu_resources, _get_hyperthreading_trait)

import { integerIn } from "../../python/text-values.ts";
import type { ImageNumaProperties } from "./image-properties.ts";
import type { CpuPolicy, CpuThreadPolicy, EmulatorThreadsPolicy } from "./instance-topology.ts";
import { Refusal } from "./refusal.ts";

type ExtraSpecs = ReadonlyMap<string, string>;

/** Sum over all groups. The key need only begin so, hence `resources:VCPU_OTHER` counts too; what is no number is somebody else's error. */
function requested(specs: ExtraSpecs, resourceClass: "VCPU" | "PCPU"): number {
  const pattern = resourceClass === "VCPU" ? /^resources([1-9][0-9]*)?:VCPU/ : /^resources([1-9][0-9]*)?:PCPU/;
  let sum = 0;
  for (const [key, text] of specs) if (pattern.test(key)) sum += integerIn(text) ?? 0;
  return sum;
}

/** The CPU policy, once amounts of VCPU or PCPU have had their say. */
export function policyFromResources(
  specs: ExtraSpecs,
  policy: CpuPolicy | null,
  emulator: EmulatorThreadsPolicy | null,
  vcpus: number,
): CpuPolicy | null {
  const shared = requested(specs, "VCPU");
  const dedicated = requested(specs, "PCPU");
  if (policy !== null && (shared !== 0 || dedicated !== 0)) {
    throw new Refusal("InvalidRequest", "resources:VCPU and resources:PCPU do not go together with a CPU policy");
  }
  if (shared !== 0 && dedicated !== 0) throw new Refusal("InvalidRequest", "resources:VCPU and resources:PCPU do not go together");
  if (dedicated !== 0) {
    const needed = emulator === "isolate" ? vcpus + 1 : vcpus;
    if (dedicated !== needed)
      throw new Refusal("InvalidRequest", `resources:PCPU asks for ${dedicated}, the server needs exactly ${needed}`);
    return "dedicated";
  }
  return shared !== 0 ? "shared" : policy;
}

/** The thread policy, once the hyperthreading trait has had its say: forbidden means isolate, required means require. */
export function threadPolicyFromTrait(
  specs: ExtraSpecs,
  image: ImageNumaProperties,
  policy: CpuThreadPolicy | null,
): CpuThreadPolicy | null {
  const inFlavor = [...specs].find(([key]) => /^trait([1-9][0-9]*)?:HW_CPU_HYPERTHREADING/.test(key));
  const trait = inFlavor?.[1] ?? (image.requiresHyperthreading ? "required" : "");
  if (trait !== "" && policy !== null) {
    throw new Refusal("InvalidRequest", "trait HW_CPU_HYPERTHREADING does not go together with a CPU thread policy");
  }
  if (trait === "forbidden") return "isolate";
  return trait === "required" ? "require" : policy;
}
