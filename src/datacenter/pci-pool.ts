// Free PCI devices of one kind on one NUMA cell of a host, counted: what the scheduler sees of a host's devices.
// @source nova/objects/pci_device_pool.py

export interface PciPool {
  /** `vendor_id`, `product_id` and every tag, such as `dev_type` (type-PCI, type-PF, type-VF) or `physical_network`. */
  readonly properties: ReadonlyMap<string, string>;
  /** Id of the host's NUMA cell, null when the host does not say. */
  readonly numaNode: number | null;
  /** Free devices. */
  readonly count: number;
}
