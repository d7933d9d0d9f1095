// The COMPUTE_* traits that a virt driver reports for its host: what the request filters on image types and image properties look for.
//
// Assumes the QEMU of a current distribution; the lists are from memory.
// @source nova/virt/libvirt/driver.py (capabilities, capabilities_as_traits, _get_vif_model_traits, _get_storage_bus_traits, _get_video_model_traits)

const libvirt = [
  ...["COMPUTE_ACCELERATORS", "COMPUTE_SOCKET_PCI_NUMA_AFFINITY"],
  ...["AKI", "AMI", "ARI", "ISO", "QCOW2", "RAW"].map((format) => `COMPUTE_IMAGE_TYPE_${format}`),
  ...["E1000", "E1000E", "NE2K_PCI", "PCNET", "RTL8139", "VIRTIO", "VMXNET3"].map((model) => `COMPUTE_NET_VIF_MODEL_${model}`),
  ...["FDC", "IDE", "SATA", "SCSI", "USB", "VIRTIO"].map((bus) => `COMPUTE_STORAGE_BUS_${bus}`),
  ...["BOCHS", "CIRRUS", "NONE", "QXL", "VGA", "VIRTIO"].map((model) => `COMPUTE_GRAPHICS_MODEL_${model}`),
];

/** None for drivers that are not known here: a request that needs one of their traits finds no host. */
export function driverTraits(hypervisorType: string, architecture: string): readonly string[] {
  const known = ["QEMU", "KVM", "Xen", "LXC"].includes(hypervisorType) ? libvirt : [];
  return [...known, `HW_ARCH_${architecture.toUpperCase()}`];
}
