// What Placement and the NUMA and PCI filters see of a host: traits, further resources, cells, CPU sets, huge pages, devices.
import { defaulted, defaultedList, optional, required, section, table } from "./grammar.ts";
import { cpuSet, pciId, refusePageSize, refuseResourceClass, traits } from "./hardware-kinds.ts";
import { count, flag, text, word } from "./value-kinds.ts";

const NONE = { source: "an ordinary host", evidence: "assumed" } as const;
export const DEVICE_TYPES = ["type-PCI", "type-PF", "type-VF"] as const;

const CELL = {
  ...count("NUMA cells", 0, 1023),
  expected: "the number of a NUMA cell, counted from 0",
  print: (cell: number) => `cell ${cell}`,
};

const device = section("PCI devices of one kind", {
  vendor_id: required(pciId("a vendor id"), "Vendor of the devices"),
  product_id: required(pciId("a product id"), "Product of the devices"),
  dev_type: defaulted(
    word("device type", DEVICE_TYPES),
    "Whole device (type-PCI), SR-IOV physical function (type-PF) or virtual function (type-VF)",
    {
      default: "type-PCI",
      source: "a device without SR-IOV",
      evidence: "assumed",
    },
  ),
  count: required(count("devices", 1, 4096), "Devices of this kind in one host"),
  numa_cell: optional(CELL, "NUMA cell of the host that they are attached to, counted from 0", {
    absent: "the host does not say",
    ...NONE,
  }),
  physical_network: optional(
    text("the name of a physical network"),
    "Physical network that they are connected to: a tag of the device pool",
    {
      absent: "none",
      ...NONE,
    },
  ),
});

/** Keys of a group of hosts and of `cloud.host_defaults`. */
export function hardwareShape() {
  return {
    traits: defaulted(traits, "Traits of the compute node's resource provider", { default: [], ...NONE }),
    resources: table(
      "Inventory of one host beyond vCPUs, memory and disk, by resource class",
      { noun: "resource class", names: null, refuse: refuseResourceClass },
      required(count("units", 1, 2_147_483_647), "Units of this resource class in one host"),
      { default: {}, source: "none", evidence: "assumed" },
    ),
    disabled: defaulted(flag, "Whether the compute service is disabled", {
      default: false,
      source: "Nova enables new compute services (enable_new_services)",
      evidence: "from memory",
    }),
    numa_cells: optional(count("NUMA cells", 1, 1024), "NUMA cells of one host: 1, or a multiple of its sockets", {
      absent: "not reported; the sockets of the host type where CPU sets, huge pages or the NUMA cell of a device are given",
      source: "a choice of Orrery; one cell per socket is how machines are delivered",
      evidence: "assumed",
    }),
    cpu_shared_set: optional(cpuSet, "Host CPUs for shared vCPUs", {
      absent: "all CPUs; none where cpu_dedicated_set is given",
      source: "nova/conf/compute.py, cpu_shared_set",
      evidence: "from memory",
    }),
    cpu_dedicated_set: optional(cpuSet, "Host CPUs for dedicated vCPUs, the inventory of PCPU", {
      absent: "none",
      source: "nova/conf/compute.py, cpu_dedicated_set",
      evidence: "from memory",
    }),
    huge_pages: table(
      "Huge pages set aside in each NUMA cell, by page size",
      { noun: "page size", names: null, refuse: refusePageSize },
      required(count("pages", 1, 2 ** 40), "Pages of this size in each NUMA cell"),
      { default: {}, source: "none", evidence: "assumed" },
    ),
    pci_devices: defaultedList("PCI devices of one host that Nova may hand to servers", 1000, device, { default: [], ...NONE }),
  };
}
