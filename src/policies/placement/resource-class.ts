// What a provider has an inventory of is a resource class: one of the standard names, or an operator's own that begins with CUSTOM_.
// @source os_resource_classes (placement 8.0.0, nova 26.2.2)

/** In Placement's own order, which is the order in which the classes of a request are looked at. */
export const standardResourceClasses: readonly string[] = [
  ...["VCPU", "MEMORY_MB", "DISK_GB", "PCI_DEVICE", "SRIOV_NET_VF", "NUMA_SOCKET", "NUMA_CORE", "NUMA_THREAD", "NUMA_MEMORY_MB"],
  ...["IPV4_ADDRESS", "VGPU", "VGPU_DISPLAY_HEAD", "NET_BW_EGR_KILOBIT_PER_SEC", "NET_BW_IGR_KILOBIT_PER_SEC", "PCPU"],
  ...["MEM_ENCRYPTION_CONTEXT", "FPGA", "PGPU", "NET_PACKET_RATE_KILOPACKET_PER_SEC", "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC"],
  "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC",
];

const rank = new Map(standardResourceClasses.map((name, index) => [name, index]));

/** Case matters: `vcpu` is no class. */
export function isResourceClass(name: string): boolean {
  return name.startsWith("CUSTOM_") || rank.has(name);
}

/** Standard classes first, in Placement's order; then the others by name. */
export function compareResourceClasses(a: string, b: string): number {
  const byRank = (rank.get(a) ?? rank.size) - (rank.get(b) ?? rank.size);
  return byRank !== 0 ? byRank : a < b ? -1 : a > b ? 1 : 0;
}
