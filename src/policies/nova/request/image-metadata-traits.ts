// What the properties of an image name, the host must be able to do: `hw_disk_bus: virtio` needs COMPUTE_STORAGE_BUS_VIRTIO.
// @source nova/scheduler/request_filter.py, transform_image_metadata (nova 26.2.2); os_traits

const storageBuses = "FDC IDE LXC SATA SCSI USB VIRTIO UML XEN";
const architectures =
  "ALPHA ARMV6 ARMV7 ARMV7B AARCH64 CRIS I686 IA64 LM32 M68K MICROBLAZE MICROBLAZEEL MIPS MIPSEL MIPS64 MIPS64EL OPENRISC PARISC " +
  "PARISC64 PPC PPCLE PPC64 PPC64LE PPCEMB S390 S390X SH4 SH4EB SPARC SPARC64 UNICORE32 X86_64 XTENSA XTENSAEB";

/** The property, what its traits begin with, and the endings that exist. */
const properties: readonly (readonly [property: string, prefix: string, endings: ReadonlySet<string>])[] = [
  row("hw_cdrom_bus", "COMPUTE_STORAGE_BUS", storageBuses),
  row("hw_disk_bus", "COMPUTE_STORAGE_BUS", storageBuses),
  row("hw_video_model", "COMPUTE_GRAPHICS_MODEL", "BOCHS CIRRUS GOP NONE QXL VGA VIRTIO VMVGA XEN"),
  row(
    "hw_vif_model",
    "COMPUTE_NET_VIF_MODEL",
    "E1000 E1000E LAN9118 NETFRONT NE2K_PCI PCNET RTL8139 SPAPR_VLAN SRIOV VIRTIO VMXNET VMXNET3",
  ),
  row("hw_architecture", "HW_ARCH", architectures),
  row("hw_emulation_architecture", "COMPUTE_ARCH", "AARCH64 PPC64LE MIPSEL S390X RISCV64 X86_64"),
  // The real traits are called COMPUTE_VIOMMU_MODEL_..., so none is ever found.
  row("hw_viommu_model", "COMPUTE_VIOMMU", ""),
];

function row(property: string, prefix: string, endings: string) {
  return [property, prefix, new Set(endings.split(" ").filter((ending) => ending !== ""))] as const;
}

/** The traits needed; null as soon as one of them does not exist, for then Nova asks for none. */
export function imageMetadataTraits(image: ReadonlyMap<string, string>): readonly string[] | null {
  const traits: string[] = [];
  for (const [property, prefix, endings] of properties) {
    const value = property === "hw_architecture" ? (image.get(property) ?? image.get("architecture")) : image.get(property);
    if (value === undefined) continue;
    const canonical = property.endsWith("architecture") ? canonicalArchitecture(value) : value;
    const ending = canonical.replaceAll("-", "_").toUpperCase();
    if (!endings.has(ending)) return null;
    traits.push(`${prefix}_${ending}`);
  }
  return traits;
}

/** @source nova/objects/fields.py, Architecture.canonicalize */
function canonicalArchitecture(name: string): string {
  const lower = name.toLowerCase();
  if (["i386", "i486", "i586", "x86_32", "x86_32p"].includes(lower)) return "i686";
  return lower === "amd64" ? "x86_64" : lower;
}
