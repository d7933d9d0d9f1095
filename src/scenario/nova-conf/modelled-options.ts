// The options of nova.conf and placement.conf that Orrery knows, a row each: their type in the service, and where they take effect in a
// scenario. A row takes effect as soon as scenarios have one of its places; until then it is listed with its reason.
// @source the files named in nova/conf and placement/conf (nova 26.2.2, placement 8.0.0) for names, types and smallest values
import type { OptionValue } from "../../policies/nova/config.ts";
import { type InitialRatios, initialRatios, type NovaRelease } from "../../policies/nova/releases.ts";
import { defaultRequestOptions, type RequestOptions } from "../../policies/nova/request/request-options.ts";
import { type Located, type Path, type Place, toPlain, valueAt } from "../located.ts";
import type { OptionSetting, OptionType } from "./option-values.ts";
import { readAlias } from "./pci-alias.ts";
import type { Written } from "./placed.ts";
import type { OptionName } from "./settings.ts";

/** The value as it would be written in a scenario. */
type Write = (value: OptionSetting) => Written;

/** One time of an option that may be given several times, as an entry of a list. */
export type ReadItem = (text: string, place: Place) => ItemReading;
/** The part of a value that Orrery has no use for, holding no secret, and why. */
export interface LeftOut {
  readonly part: string;
  readonly reason: string;
}
export type ItemReading =
  | { readonly ok: true; readonly located: Located; readonly left: LeftOut | null }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** A key of the scenario, or an option of the policy `nova.conf`. */
export type Target =
  | { readonly path: Path; readonly write: Write }
  | { readonly path: Path; readonly readItem: ReadItem }
  | { readonly policyOption: string };

export interface ModelledOption {
  readonly group: string;
  readonly name: string;
  readonly type: OptionType;
  readonly least?: number;
  /** The service's default, null = none. Absent: that of the policy's option, or not known. */
  readonly usual?: OptionValue | ((release: NovaRelease) => OptionValue);
  /** Names the service still reads it under. */
  readonly formerly?: readonly OptionName[];
  /** The first of these that scenarios have. */
  readonly targets: readonly Target[];
  /** Does the scenario have a use for it? Absent = any has. */
  readonly where?: (root: Located) => boolean;
  /** Why a value has no effect; null = it has. */
  readonly idle?: (value: OptionSetting) => string | null;
  /** Another option whose value takes this one's effect away: says why, or null. */
  readonly unless?: { readonly option: OptionName; readonly says: (value: string) => string | null };
  /** Said where scenarios have none of the targets. */
  readonly otherwise: string;
  /** Said in its place where a scenario says the same thing in another way. */
  readonly elsewhere?: string;
}

const asIs: Write = (value) => value;
const inMib: Write = (value) => (value === -1 ? -1 : `${String(value)} MiB`);
const inSeconds: Write = (value) => `${String(value)} s`;
/** Of the update task: 0 is every run of the periodic tasks, a negative number none at all. */
const interval: Write = (value) => (Number(value) < 0 ? "never" : value === 0 ? "60 s" : inSeconds(value));
const at = (path: string, write: Write = asIs): Target => ({ path: path.split("."), write });
const inPolicy = (policyOption: string): Target => ({ policyOption });

const unlessZero = (because: string) => (value: OptionSetting) => (value === 0 ? because : null);

function option(group: string, name: string, type: OptionType, more: Partial<ModelledOption> = {}): ModelledOption {
  return { group, name, type, targets: [], otherwise: "", ...more };
}

const ratio = (resource: keyof InitialRatios): readonly ModelledOption[] => {
  const targets = [at(`cloud.host_defaults.${resource}_allocation_ratio`)];
  return [
    option("DEFAULT", `${resource}_allocation_ratio`, "number", {
      least: 0,
      usual: null,
      targets,
      idle: unlessZero(`0 leaves initial_${resource}_allocation_ratio in force`),
    }),
    option("DEFAULT", `initial_${resource}_allocation_ratio`, "number", {
      least: 0,
      usual: (release) => initialRatios(release)[resource],
      targets,
    }),
  ];
};

const workers = (group: string, name: string, component: string, least?: number): ModelledOption =>
  option(group, name, "integer", {
    ...(least === undefined ? {} : { least }),
    usual: null,
    targets: [{ path: ["cloud", "workers", component], write: asIs }],
    idle: unlessZero("0 leaves the number of workers to the service"),
  });

/** Other drivers than the default know no limits, or take them from Keystone. */
const quotaDriver = {
  option: ["quota", "driver"],
  says: (driver: string) => (driver === "nova.quota.DbQuotaDriver" ? null : `with the driver ${driver} no limit of [quota] holds`),
} as const;

const quota = (name: string, usual: number, write: Write = asIs): ModelledOption =>
  option("quota", name, "integer", {
    least: -1,
    usual,
    formerly: [["DEFAULT", `quota_${name}`]],
    targets: [at(`cloud.quota.${name}`, write)],
    unless: quotaDriver,
  });

const NO_READER = "Orrery offers scenarios no filter or weigher that reads it";

const ofPolicy = (name: string, type: OptionType, least?: number): ModelledOption =>
  option("filter_scheduler", name, type, {
    ...(least === undefined ? {} : { least }),
    targets: [inPolicy(name)],
    otherwise: NO_READER,
  });

const ofMetrics = (name: string, type: OptionType, ...others: readonly string[]): ModelledOption =>
  option("metrics", name, type, {
    targets: [inPolicy(`metrics.${name}`), ...others.map(inPolicy)],
    otherwise: NO_READER,
  });

const requestFilter = (name: keyof RequestOptions, otherwise = ""): ModelledOption =>
  option("scheduler", name, "flag", { usual: defaultRequestOptions[name], targets: [at(`cloud.nova.${name}`)], otherwise });

/** Can a host of the scenario go down? */
function hostsFail(root: Located): boolean {
  if (["components", "bursts"].some((key) => valueAt(root, ["failures", key]) !== undefined)) return true;
  const plain = (key: string): unknown => {
    const located = valueAt(root, [key]);
    return located === undefined ? null : toPlain(located);
  };
  const strikes = (step: unknown) => {
    if (typeof step !== "object" || step === null) return false;
    return "fail" in step || "reboot" in step || ("do" in step && (step.do === "fail" || step.do === "reboot"));
  };
  const [timeline, profiles] = [plain("timeline"), plain("profiles")];
  const steps = [timeline, ...(typeof profiles === "object" && profiles !== null ? Object.values(profiles) : [])];
  return steps.some((list) => Array.isArray(list) && list.some(strikes));
}

const ALWAYS_HEARD_OF = "the compute services of a scenario without failures or a timeline are always heard of";

const LIBVIRT = "libvirt.LibvirtDriver";
/** Drivers that stand for one hypervisor; libvirt's goes by `[libvirt] virt_type`. */
const driverHypervisors: Readonly<Record<string, string>> = {
  "vmwareapi.VMwareVCDriver": "vmware",
  "hyperv.driver.HyperVDriver": "hyperv",
  "hyperv.HyperVDriver": "hyperv",
  "ironic.IronicDriver": "ironic",
};

/** Classes of filters and weighers are read apart from these, see scheduler-classes.ts. */
export const novaOptionTable: readonly ModelledOption[] = [
  ...ratio("cpu"),
  ...ratio("ram"),
  ...ratio("disk"),
  option("DEFAULT", "reserved_host_cpus", "integer", { usual: 0, least: 0, targets: [at("cloud.host_defaults.reserved_host_cpus")] }),
  option("DEFAULT", "reserved_host_memory_mb", "integer", {
    usual: 512,
    least: 0,
    targets: [at("cloud.host_defaults.reserved_host_memory", inMib)],
  }),
  option("DEFAULT", "reserved_host_disk_mb", "integer", {
    usual: 0,
    least: 0,
    targets: [at("cloud.host_defaults.reserved_host_disk", inMib)],
  }),
  option("DEFAULT", "compute_driver", "text", {
    usual: null,
    targets: [at("cloud.host_defaults.hypervisor", (value) => driverHypervisors[String(value)]!)],
    idle: (value) => {
      if (Object.hasOwn(driverHypervisors, String(value))) return null;
      return value === LIBVIRT ? "with libvirt, [libvirt] virt_type names the hypervisor" : "Orrery has no such driver";
    },
  }),
  option("libvirt", "virt_type", "text", {
    usual: "kvm",
    targets: [at("cloud.host_defaults.hypervisor")],
    idle: (value) => (value === "kvm" || value === "qemu" ? null : "Orrery has no such hypervisor"),
    unless: {
      option: ["DEFAULT", "compute_driver"],
      says: (driver) => (driver === "" || driver === LIBVIRT ? null : `compute_driver is ${driver}`),
    },
  }),
  option("DEFAULT", "max_concurrent_builds", "integer", { usual: 10, least: 0, targets: [at("cloud.nova.max_concurrent_builds")] }),
  option("DEFAULT", "instance_build_timeout", "integer", {
    usual: 0,
    least: 0,
    targets: [at("cloud.nova.instance_build_timeout", inSeconds)],
  }),
  option("DEFAULT", "shelved_offload_time", "integer", {
    usual: 0,
    least: -1,
    targets: [at("cloud.nova.shelved_offload_time", (value) => (value === -1 ? "never" : inSeconds(value)))],
  }),
  option("DEFAULT", "reclaim_instance_interval", "integer", {
    usual: 0,
    targets: [at("cloud.nova.reclaim_instance_interval", inSeconds)],
  }),
  option("scheduler", "max_attempts", "integer", { usual: 3, least: 1, targets: [at("cloud.nova.max_attempts")] }),
  option("scheduler", "max_placement_results", "integer", {
    usual: defaultRequestOptions.max_placement_results,
    least: 1,
    targets: [at("cloud.nova.max_placement_results")],
  }),
  workers("scheduler", "workers", "nova.scheduler", 0),
  workers("conductor", "workers", "nova.conductor"),
  workers("DEFAULT", "osapi_compute_workers", "nova.api", 1),
  option("quota", "driver", "text", { otherwise: "it only decides whether the limits of [quota] hold" }),
  quota("instances", 10),
  quota("cores", 20),
  quota("ram", 51_200, inMib),

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
    targets: [inPolicy("default_availability_zone")],
    otherwise: NO_READER,
  }),
  option("DEFAULT", "default_schedule_zone", "text", {
    usual: null,
    elsewhere: "workload.availability_zones says which zones servers are asked for in",
  }),
  requestFilter("limit_tenants_to_placement_aggregate"),
  requestFilter("placement_aggregate_required_for_tenants"),
  requestFilter("query_placement_for_availability_zone"),
  requestFilter("query_placement_for_image_type_support"),
  requestFilter("query_placement_for_routed_network_aggregates", "scenarios have no routed networks"),
  requestFilter("enable_isolated_aggregate_filtering"),
  requestFilter("image_metadata_prefilter"),

  option("compute", "cpu_dedicated_set", "text", { usual: null, targets: [at("cloud.host_defaults.cpu_dedicated_set")] }),
  option("compute", "cpu_shared_set", "text", { usual: null, targets: [at("cloud.host_defaults.cpu_shared_set")] }),
  option("compute", "packing_host_numa_cells_allocation_strategy", "flag", {
    usual: false,
    targets: [at("cloud.nova.packing_host_numa_cells_allocation_strategy")],
  }),
  option("DEFAULT", "vcpu_pin_set", "text", {
    usual: null,
    otherwise: "hosts of a scenario have its successors only, cpu_shared_set and cpu_dedicated_set",
  }),
  option("DEFAULT", "reserved_huge_pages", "texts", {
    usual: null,
    elsewhere: "huge_pages of hosts counts the pages that servers may have",
  }),
  option("DEFAULT", "update_resources_interval", "integer", { usual: 0, targets: [at("cloud.nova.update_resources_interval", interval)] }),
  option("DEFAULT", "compute_monitors", "list", { usual: [], targets: [at("cloud.nova.compute_monitors")] }),
  option("workarounds", "disable_fallback_pcpu_query", "flag", {
    usual: defaultRequestOptions.disable_fallback_pcpu_query,
    targets: [at("cloud.nova.disable_fallback_pcpu_query")],
  }),
  option("workarounds", "disable_group_policy_check_upcall", "flag", {
    usual: false,
    targets: [at("cloud.nova.disable_group_policy_check_upcall")],
  }),
  option("pci", "alias", "texts", {
    usual: [],
    formerly: [["DEFAULT", "pci_alias"]],
    targets: [{ path: ["cloud", "nova", "pci_alias"], readItem: readAlias }],
  }),
  option("pci", "device_spec", "texts", {
    usual: [],
    formerly: [
      ["pci", "passthrough_whitelist"],
      ["DEFAULT", "pci_passthrough_whitelist"],
    ],
    elsewhere: "pci_devices of hosts are the devices that servers may have",
  }),
  ...[
    option("DEFAULT", "service_down_time", "integer", { usual: 60, least: 1, otherwise: ALWAYS_HEARD_OF }),
    option("DEFAULT", "report_interval", "integer", { usual: 10, least: 1, otherwise: ALWAYS_HEARD_OF }),
    option("DEFAULT", "resume_guests_state_on_host_boot", "flag", { usual: false, otherwise: "no host of the scenario ever goes down" }),
  ].map((row) => ({
    ...row,
    targets: [at(`failures.${row.name}`, row.type === "flag" ? asIs : inSeconds)],
    where: hostsFail,
  })),
  option("DEFAULT", "force_raw_images", "flag", {
    usual: true,
    otherwise: "images are always made raw, at cloud.nova.image_conversion_rate",
  }),
  option("compute", "consecutive_build_service_disable_threshold", "integer", { usual: 10, otherwise: "failed builds are always counted" }),
];

export const placementOptionTable: readonly ModelledOption[] = [
  option("placement", "randomize_allocation_candidates", "flag", {
    usual: false,
    targets: [at("cloud.placement.randomize_allocation_candidates")],
    otherwise: "Placement offers hosts in their order in the scenario",
  }),
];
