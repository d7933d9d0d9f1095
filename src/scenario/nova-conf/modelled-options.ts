// The options of nova.conf and placement.conf that Orrery knows, a row each: their type in the service, and where they take effect in a
// scenario. A row takes effect as soon as scenarios have one of its places; until then it is listed as ignored, with its reason.
// @source the files named in nova/conf and placement/conf (nova 26.2.2, placement 8.0.0) for names, types and smallest values
import type { Path, Scalar } from "../located.ts";
import type { OptionSetting, OptionType } from "./option-values.ts";
import type { OptionName } from "./settings.ts";

/** The value as it would be written in a scenario. */
type Write = (value: OptionSetting) => Scalar | readonly string[];

/** A key of the scenario, or an option of the policy `nova.conf`. */
export type Target = { readonly path: Path; readonly write: Write } | { readonly policyOption: string };

export interface ModelledOption {
  readonly group: string;
  readonly name: string;
  readonly type: OptionType;
  readonly least?: number;
  /** Names the service still reads it under. */
  readonly formerly?: readonly OptionName[];
  /** The first of these that scenarios have. */
  readonly targets: readonly Target[];
  /** Why a value has no effect; null = it has. */
  readonly idle?: (value: OptionSetting) => string | null;
  /** Another option whose value takes this one's effect away: says why, or null. */
  readonly unless?: { readonly option: OptionName; readonly says: (value: string) => string | null };
  /** Said where scenarios have none of the targets. */
  readonly otherwise: string;
}

const asIs: Write = (value) => value;
const inMib: Write = (value) => (value === -1 ? -1 : `${String(value)} MiB`);
const inSeconds: Write = (value) => `${String(value)} s`;
const at = (path: string, write: Write = asIs): Target => ({ path: path.split("."), write });
const inPolicy = (policyOption: string): Target => ({ policyOption });

const unlessZero = (because: string) => (value: OptionSetting) => (value === 0 ? because : null);

function option(group: string, name: string, type: OptionType, more: Partial<ModelledOption> = {}): ModelledOption {
  return { group, name, type, targets: [], otherwise: "", ...more };
}

const ratio = (resource: string): readonly ModelledOption[] => {
  const targets = [at(`cloud.host_defaults.${resource}_allocation_ratio`)];
  return [
    option("DEFAULT", `${resource}_allocation_ratio`, "number", {
      least: 0,
      targets,
      idle: unlessZero(`0 leaves initial_${resource}_allocation_ratio in force`),
    }),
    option("DEFAULT", `initial_${resource}_allocation_ratio`, "number", { least: 0, targets }),
  ];
};

const workers = (group: string, name: string, component: string, least?: number): ModelledOption =>
  option(group, name, "integer", {
    ...(least === undefined ? {} : { least }),
    targets: [{ path: ["cloud", "workers", component], write: asIs }],
    idle: unlessZero("0 leaves the number of workers to the service"),
  });

/** Other drivers than the default know no limits, or take them from Keystone. */
const quotaDriver = {
  option: ["quota", "driver"],
  says: (driver: string) => (driver === "nova.quota.DbQuotaDriver" ? null : `with the driver ${driver} no limit of [quota] holds`),
} as const;

const quota = (name: string, write: Write = asIs): ModelledOption =>
  option("quota", name, "integer", {
    least: -1,
    formerly: [["DEFAULT", `quota_${name}`]],
    targets: [at(`cloud.quota.${name}`, write)],
    unless: quotaDriver,
  });

const ofPolicy = (name: string, type: OptionType, least?: number): ModelledOption =>
  option("filter_scheduler", name, type, {
    ...(least === undefined ? {} : { least }),
    targets: [inPolicy(name)],
    otherwise: "scenarios have nothing for the filter or weigher that reads it",
  });

const ofMetrics = (name: string, type: OptionType, ...others: readonly string[]): ModelledOption =>
  option("metrics", name, type, {
    targets: [inPolicy(`metrics.${name}`), ...others.map(inPolicy)],
    otherwise: "hosts of a scenario report no metrics",
  });

const requestFilter = (name: string): ModelledOption =>
  option("scheduler", name, "flag", { targets: [at(`cloud.nova.${name}`)], otherwise: "scenarios have no request filters to switch" });

const LIBVIRT = "libvirt.LibvirtDriver";
/** Drivers that stand for one hypervisor; libvirt's goes by `[libvirt] virt_type`. */
const driverHypervisors: Readonly<Record<string, string>> = {
  "vmwareapi.VMwareVCDriver": "vmware",
  "hyperv.driver.HyperVDriver": "hyperv",
  "hyperv.HyperVDriver": "hyperv",
};

/** Classes of filters and weighers are read apart from these, see scheduler-classes.ts. */
export const novaOptionTable: readonly ModelledOption[] = [
  ...ratio("cpu"),
  ...ratio("ram"),
  ...ratio("disk"),
  option("DEFAULT", "reserved_host_cpus", "integer", { least: 0, targets: [at("cloud.host_defaults.reserved_host_cpus")] }),
  option("DEFAULT", "reserved_host_memory_mb", "integer", { least: 0, targets: [at("cloud.host_defaults.reserved_host_memory", inMib)] }),
  option("DEFAULT", "reserved_host_disk_mb", "integer", { least: 0, targets: [at("cloud.host_defaults.reserved_host_disk", inMib)] }),
  option("DEFAULT", "compute_driver", "text", {
    targets: [at("cloud.host_defaults.hypervisor", (value) => driverHypervisors[String(value)]!)],
    idle: (value) => {
      if (Object.hasOwn(driverHypervisors, String(value))) return null;
      return value === LIBVIRT ? "with libvirt, [libvirt] virt_type names the hypervisor" : "Orrery has no such driver";
    },
  }),
  option("libvirt", "virt_type", "text", {
    targets: [at("cloud.host_defaults.hypervisor")],
    idle: (value) => (value === "kvm" || value === "qemu" ? null : "Orrery has no such hypervisor"),
    unless: {
      option: ["DEFAULT", "compute_driver"],
      says: (driver) => (driver === "" || driver === LIBVIRT ? null : `compute_driver is ${driver}`),
    },
  }),
  option("DEFAULT", "max_concurrent_builds", "integer", { least: 0, targets: [at("cloud.nova.max_concurrent_builds")] }),
  option("DEFAULT", "instance_build_timeout", "integer", { least: 0, targets: [at("cloud.nova.instance_build_timeout", inSeconds)] }),
  option("scheduler", "max_attempts", "integer", { least: 1, targets: [at("cloud.nova.max_attempts")] }),
  option("scheduler", "max_placement_results", "integer", { least: 1, targets: [at("cloud.nova.max_placement_results")] }),
  workers("scheduler", "workers", "nova.scheduler", 0),
  workers("conductor", "workers", "nova.conductor"),
  workers("DEFAULT", "osapi_compute_workers", "nova.api", 1),
  option("quota", "driver", "text", { otherwise: "it only decides whether the limits of [quota] hold" }),
  quota("instances"),
  quota("cores"),
  quota("ram", inMib),

  ofPolicy("host_subset_size", "integer", 1),
  ofPolicy("shuffle_best_same_weighed_hosts", "flag"),
  ofPolicy("max_io_ops_per_host", "integer", 0),
  ofPolicy("max_instances_per_host", "integer", 1),
  ofPolicy("ram_weight_multiplier", "number"),
  ofPolicy("cpu_weight_multiplier", "number"),
  ofPolicy("disk_weight_multiplier", "number"),
  ofPolicy("io_ops_weight_multiplier", "number"),
  ofPolicy("pci_weight_multiplier", "number", 0),
  ofPolicy("soft_affinity_weight_multiplier", "number", 0),
  ofPolicy("soft_anti_affinity_weight_multiplier", "number", 0),
  ofPolicy("build_failure_weight_multiplier", "number"),
  ofPolicy("cross_cell_move_weight_multiplier", "number"),
  ofPolicy("hypervisor_version_weight_multiplier", "number"),
  ofPolicy("num_instances_weight_multiplier", "number"),
  ofPolicy("image_props_weight_multiplier", "number"),
  ofPolicy("image_props_weight_setting", "list"),
  ofPolicy("image_properties_default_architecture", "text"),
  ofPolicy("isolated_images", "list"),
  ofPolicy("isolated_hosts", "list"),
  ofPolicy("restrict_isolated_hosts_to_isolated_images", "flag"),
  ofPolicy("aggregate_image_properties_isolation_namespace", "text"),
  ofPolicy("aggregate_image_properties_isolation_separator", "text"),
  ofMetrics("weight_multiplier", "number", "metrics_weight_multiplier"),
  ofMetrics("weight_setting", "list"),
  ofMetrics("required", "flag"),
  ofMetrics("weight_of_unavailable", "number"),

  option("DEFAULT", "default_availability_zone", "text", {
    targets: [at("cloud.nova.default_availability_zone"), inPolicy("default_availability_zone")],
    otherwise: "scenarios have no availability zones",
  }),
  option("DEFAULT", "default_schedule_zone", "text", {
    targets: [at("cloud.nova.default_schedule_zone")],
    otherwise: "scenarios have no availability zones",
  }),
  requestFilter("limit_tenants_to_placement_aggregate"),
  requestFilter("placement_aggregate_required_for_tenants"),
  requestFilter("query_placement_for_availability_zone"),
  requestFilter("query_placement_for_image_type_support"),
  requestFilter("query_placement_for_routed_network_aggregates"),
  requestFilter("enable_isolated_aggregate_filtering"),
  requestFilter("image_metadata_prefilter"),

  option("compute", "cpu_dedicated_set", "text", {
    targets: [at("cloud.host_defaults.cpu_dedicated_set")],
    otherwise: "hosts of a scenario pin no CPUs",
  }),
  option("compute", "cpu_shared_set", "text", {
    targets: [at("cloud.host_defaults.cpu_shared_set")],
    otherwise: "hosts of a scenario pin no CPUs",
  }),
  option("DEFAULT", "vcpu_pin_set", "text", { otherwise: "hosts of a scenario pin no CPUs" }),
  option("DEFAULT", "reserved_huge_pages", "texts", { otherwise: "hosts of a scenario have no huge pages" }),
  option("workarounds", "disable_fallback_pcpu_query", "flag", {
    targets: [at("cloud.nova.disable_fallback_pcpu_query")],
    otherwise: "hosts of a scenario pin no CPUs",
  }),
  option("pci", "alias", "texts", { formerly: [["DEFAULT", "pci_alias"]], otherwise: "hosts of a scenario have no PCI devices" }),
  option("pci", "device_spec", "texts", {
    formerly: [
      ["pci", "passthrough_whitelist"],
      ["DEFAULT", "pci_passthrough_whitelist"],
    ],
    otherwise: "hosts of a scenario have no PCI devices",
  }),
  option("DEFAULT", "service_down_time", "integer", { otherwise: "the compute services of a scenario are always heard of" }),
  option("DEFAULT", "report_interval", "integer", { otherwise: "the compute services of a scenario are always heard of" }),
  option("DEFAULT", "force_raw_images", "flag", { otherwise: "images are always made raw, at cloud.nova.image_conversion_rate" }),
  option("compute", "consecutive_build_service_disable_threshold", "integer", { otherwise: "failed builds are always counted" }),
];

export const placementOptionTable: readonly ModelledOption[] = [
  option("placement", "randomize_allocation_candidates", "flag", {
    targets: [at("cloud.placement.randomize_allocation_candidates")],
    otherwise: "Placement offers hosts in their order in the scenario",
  }),
];
