// Encrypted memory, persistent memory, a TPM, secure boot: wishes of flavor and image that Placement knows as resources and traits.
// @source nova/virt/hardware.py; nova/scheduler/utils.py, _translate_memory_encryption and its neighbours (nova 26.2.2)
import { agreed, asksFor } from "./flavor-and-image.ts";
import { RequestRefused, type SchedulingRequest } from "./scheduling-request.ts";

export interface DeviceNeeds {
  readonly resources: ReadonlyMap<string, number>;
  readonly required: readonly string[];
}

/** Throws `RequestRefused` when flavor and image contradict each other or ask for what does not exist. */
export function deviceNeeds(request: SchedulingRequest): DeviceNeeds {
  const resources = new Map<string, number>();
  if (needsMemoryEncryption(request)) resources.set("MEM_ENCRYPTION_CONTEXT", 1);
  for (const name of persistentMemoryClasses(request)) resources.set(name, (resources.get(name) ?? 0) + 1);
  const required: string[] = [];
  const tpm = tpmVersion(request);
  if (tpm !== undefined) required.push(`COMPUTE_SECURITY_TPM_${tpm.replace(".", "_")}`);
  const affinity = agreed(request, "pci_numa_affinity_policy", ["required", "legacy", "preferred", "socket"]);
  if (affinity === "socket") required.push("COMPUTE_SOCKET_PCI_NUMA_AFFINITY");
  const secureBoot = agreed(request, "secure_boot", ["required", "optional", "disabled"], "os");
  if (secureBoot === "required") required.push("COMPUTE_SECURITY_UEFI_SECURE_BOOT");
  return { resources, required };
}

/** Needs UEFI firmware, and a q35 machine if the image names one. */
function needsMemoryEncryption(request: SchedulingRequest): boolean {
  if (!asksFor(request, "mem_encryption")) return false;
  const properties = request.image?.properties;
  if (properties?.get("hw_firmware_type") !== "uefi") {
    throw new RequestRefused("FlavorImageConflict", "memory encryption needs an image with hw_firmware_type uefi");
  }
  const machine = properties.get("hw_machine_type");
  if (machine !== undefined && !machine.includes("q35")) {
    throw new RequestRefused("InvalidMachineType", `memory encryption needs a q35 machine, not ${machine}`);
  }
  return true;
}

/** `hw:pmem: "4GB,4GB,large"` is two of CUSTOM_PMEM_NAMESPACE_4GB and one of CUSTOM_PMEM_NAMESPACE_LARGE. */
function persistentMemoryClasses({ flavor }: SchedulingRequest): readonly string[] {
  const labels = (flavor.extraSpecs.get("hw:pmem") ?? "").split(",").map((label) => label.trim());
  return labels.filter((label) => label !== "").map((label) => `CUSTOM_PMEM_NAMESPACE_${label.toUpperCase().replace(/[^0-9A-Z]+/g, "_")}`);
}

/** The model is looked at only beside a version; tpm-crb needs 2.0. */
function tpmVersion(request: SchedulingRequest): string | undefined {
  const version = agreed(request, "tpm_version", ["1.2", "2.0"]);
  if (version === undefined) return undefined;
  const model = agreed(request, "tpm_model", ["tpm-tis", "tpm-crb"]);
  if (model === "tpm-crb" && version !== "2.0") throw new RequestRefused("Invalid", `tpm-crb needs TPM 2.0, not ${version}`);
  return version;
}
