// What operators say of placement beside policies: host aggregates, the switches of Nova's request filters, names for PCI devices.
import { pciNumaPolicies } from "../policies/nova/numa/pci-numa-policy.ts";
import { defaultRequestOptions, type RequestOptions } from "../policies/nova/request/request-options.ts";
import { defaulted, defaultedList, optional, required, section, table } from "./grammar.ts";
import { pciId, texts } from "./hardware-kinds.ts";
import { DEVICE_TYPES } from "./schema-hardware.ts";
import { flag, property, text, word, words } from "./value-kinds.ts";

export function aggregatesShape() {
  const aggregate = section("A host aggregate", {
    name: required(text("the name of an aggregate"), "Name of the aggregate"),
    hosts: defaulted(
      texts("hosts", "[gpu, compute-3, compute-10..compute-19]"),
      "Its hosts: names of groups of hosts, hosts, or ranges of hosts",
      { default: [], source: "an aggregate without hosts", evidence: "verified" },
    ),
    availability_zone: optional(text("the name of an availability zone", 255), "Availability zone that its hosts are in", {
      absent: "none",
      source: "Nova: an aggregate makes a zone only when told to",
      evidence: "verified",
    }),
    metadata: table(
      "Metadata that filters, weighers and request filters read, e.g. ssd: true",
      { noun: "metadata key", names: null },
      required(property, "Metadata of the aggregate"),
      { default: {}, source: "none", evidence: "verified" },
    ),
  });
  return defaultedList("Host aggregates", 10_000, aggregate, { default: [], source: "a cloud without aggregates", evidence: "assumed" });
}

/** Scenarios have no routed networks, and `max_placement_results` stands with the numbers. */
export type RequestSwitch = Exclude<keyof RequestOptions, "max_placement_results" | "query_placement_for_routed_network_aggregates">;

const switchMeanings: Readonly<Record<RequestSwitch, string>> = {
  limit_tenants_to_placement_aggregate: "Keep projects with aggregates of their own (metadata filter_tenant_id...) inside them",
  placement_aggregate_required_for_tenants: "Refuse projects without; has no effect alone",
  query_placement_for_availability_zone: "Let Placement keep to the aggregates of the availability zone",
  query_placement_for_image_type_support: "Require hosts with the trait of the image's disk_format",
  enable_isolated_aggregate_filtering: "Keep requests without the traits of an aggregate (metadata trait:X: required) out of it",
  image_metadata_prefilter: "Require hosts with the traits of what the image's properties name",
  disable_fallback_pcpu_query: "Ask for PCPU only, without a second query for hosts that report dedicated CPUs as VCPU",
};

export const requestSwitches = Object.keys(switchMeanings) as readonly RequestSwitch[];

const PREFERRED_CELLS = "packing_host_numa_cells_allocation_strategy";

/** Keys of `cloud.nova`. */
export function placementShape() {
  const nova = (value: unknown, file: string) => ({ default: value, source: `nova/conf/${file}`, evidence: "verified" }) as const;
  const switches = Object.fromEntries(
    requestSwitches.map((name) => {
      const file = name === "disable_fallback_pcpu_query" ? "workarounds.py" : "scheduler.py";
      return [name, defaulted(flag, switchMeanings[name], nova(defaultRequestOptions[name], `${file}, ${name}`))];
    }),
  ) as Record<RequestSwitch, ReturnType<typeof defaulted<boolean>>>;
  return {
    ...switches,
    [PREFERRED_CELLS]: defaulted(
      flag,
      "Place servers on the fullest NUMA cells of a host first, instead of the emptiest",
      nova(false, `compute.py, ${PREFERRED_CELLS}`),
    ),
    disable_group_policy_check_upcall: defaulted(
      flag,
      "Keep nova-compute from looking once more, when a build begins, whether the host suits the server's group",
      nova(false, "workarounds.py, disable_group_policy_check_upcall"),
    ),
    compute_monitors: defaulted(
      words("monitor", ["cpu.virt_driver"]),
      "Monitors that report metrics of the hosts, for MetricsFilter and MetricsWeigher: cpu.percent, cpu.user.percent, cpu.idle.percent, ...",
      nova([], "compute.py, compute_monitors"),
    ),
    pci_alias: defaultedList(
      "Names under which flavors ask for PCI devices (pci_passthrough:alias)",
      1000,
      alias(),
      nova([], "pci.py, alias"),
    ),
  };
}

function alias() {
  const any = (what: string) => ({ absent: `any ${what}`, source: "nova/pci/request.py", evidence: "verified" }) as const;
  return section("A name for PCI devices; entries of one name are alternatives", {
    name: required(text("a name for devices", 256), "Name of the alias"),
    vendor_id: optional(pciId("a vendor id"), "Vendor that the devices must have", any("vendor")),
    product_id: optional(pciId("a product id"), "Product that the devices must be", any("product")),
    device_type: optional(word("device type", DEVICE_TYPES), "Kind of function that the devices must be", any("but physical functions")),
    capability_type: optional(word("capability", ["pci"]), "Capability that the devices must name; those of a scenario name none", {
      ...any("capability"),
      evidence: "from memory",
    }),
    numa_policy: defaulted(word("NUMA policy", pciNumaPolicies), "How near to a server's memory its devices must be", {
      default: "legacy",
      source: "nova/conf/pci.py, alias",
      evidence: "verified",
    }),
  });
}
