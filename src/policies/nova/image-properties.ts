// The image properties that Nova knows, with the type it gives each when it reads the image. Others do not exist for the scheduler. Old names
// count where the present ones are missing; architectures, hypervisors and VM modes have canonical spellings.
// @source nova/objects/image_meta.py, nova/objects/fields.py
import type { Image } from "../../datacenter/flavor.ts";
import { toInt } from "../python/python-values.ts";

export type ImageProperty = string | number | boolean;

const names = (text: string): readonly string[] => text.split(/\s+/);

const texts = names(
  `hw_cdrom_bus hw_cpu_policy hw_cpu_thread_policy hw_cpu_mask hw_cpu_realtime_mask hw_disk_bus hw_disk_type
  hw_ephemeral_encryption_format hw_firmware_type hw_input_bus hw_machine_type hw_mem_page_size hw_pci_numa_affinity_policy hw_pointer_model
  hw_rescue_bus hw_rescue_device hw_rng_model hw_scsi_model hw_tpm_model hw_tpm_version hw_video_model hw_vif_model hw_viommu_model
  hw_watchdog_action hw_auto_disk_config img_cache_in_nova img_config_drive img_hv_requested_version img_owner_id img_root_device_name
  img_signature img_signature_hash_method img_signature_certificate_uuid img_signature_key_type os_admin_user os_command_line os_distro
  os_secure_boot os_type`,
);
const integers = names(
  `hw_cpu_cores hw_cpu_sockets hw_cpu_threads hw_cpu_max_cores hw_cpu_max_sockets hw_cpu_max_threads hw_device_id hw_numa_nodes
  hw_serial_port_count hw_video_ram img_compression_level img_version`,
);
const flags = names(
  `hw_boot_menu hw_ephemeral_encryption hw_ipxe_boot hw_locked_memory hw_mem_encryption hw_pmu hw_qemu_guest_agent hw_time_hpet
  hw_vif_multiqueue_enabled hw_virtio_packed_ring img_bdm_v2 img_bittorrent img_hide_hypervisor_id img_linked_clone img_use_agent
  os_require_quiesce os_skip_agent_inject_files_at_boot os_skip_agent_inject_ssh`,
);

const oldNames: Readonly<Record<string, string>> = {
  hw_architecture: "architecture",
  hw_auto_disk_config: "auto_disk_config",
  hw_disk_type: "vmware_disktype",
  hw_vm_mode: "vm_mode",
  img_bdm_v2: "bdm_v2",
  img_cache_in_nova: "cache_in_nova",
  img_hv_requested_version: "hypervisor_version_requires",
  img_hv_type: "hypervisor_type",
  img_linked_clone: "vmware_linked_clone",
  img_owner_id: "owner_id",
  img_root_device_name: "root_device_name",
  img_version: "vmware_image_version",
  os_distro: "vmware_ostype",
};

const architectures: Readonly<Record<string, string>> = {
  amd64: "x86_64",
  i386: "i686",
  i486: "i686",
  i586: "i686",
  x86_32: "i686",
  x86_32p: "i686",
};
const vmModes: Readonly<Record<string, string>> = { pv: "xen", hv: "hvm", baremetal: "hvm" };

const respelt = (spellings: Readonly<Record<string, string>>) => (text: string) => {
  const lower = text.toLowerCase();
  return Object.hasOwn(spellings, lower) ? spellings[lower]! : lower;
};
export const canonicalArchitecture = respelt(architectures);
const trueWords = ["1", "t", "true", "on", "y", "yes"];

const readers: ReadonlyMap<string, (text: string) => ImageProperty> = new Map<string, (text: string) => ImageProperty>([
  ...texts.map((name) => [name, (text: string) => text] as const),
  ...integers.map((name) => [name, toInt] as const),
  ...flags.map((name) => [name, (text: string) => trueWords.includes(text.trim().toLowerCase())] as const),
  ["hw_architecture", canonicalArchitecture],
  ["hw_emulation_architecture", canonicalArchitecture],
  ["hw_vm_mode", respelt(vmModes)],
  ["img_hv_type", respelt({ xapi: "xen" })],
]);

/**
 * The value of a property Nova knows; undefined if the image does not have it, or Nova does not know it.
 * @throws PythonError ValueError for a text where a whole number must be
 */
export function imageProperty(image: Image | null, name: string): ImageProperty | undefined {
  const read = readers.get(name);
  if (image === null || read === undefined) return undefined;
  const written = image.properties.get(name) ?? (Object.hasOwn(oldNames, name) ? image.properties.get(oldNames[name]!) : undefined);
  return written === undefined ? undefined : read(written);
}
