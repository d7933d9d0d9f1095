// How near to its memory a server wants its PCI devices: on the same NUMA cell (required), there if possible (preferred), there or on a
// device that does not say (legacy), or on a cell of the same socket (socket).
// @source nova/objects/fields.py (PCINUMAAffinityPolicy)

export type PciNumaPolicy = "required" | "preferred" | "legacy" | "socket";

export const pciNumaPolicies: readonly PciNumaPolicy[] = ["required", "preferred", "legacy", "socket"];
