// What changed in Nova's scheduling from release to release, as far as Orrery models it: which filters, weighers and options a release has,
// and the defaults that moved. A name that appears in no change is in every release listed.
// @source the Debian package of nova 26.2.2; for later releases nova/doc/source/admin/scheduling.rst (its notes "versionadded" and "Starting
// with") and nova/releasenotes/notes, each named where it is used
import type { Evidence } from "../../kernel/parameter.ts";

export interface NovaRelease {
  /** Nova's own number: 27 for 27.0.0 and its fixes. */
  readonly major: number;
  /** OpenStack's: `2023.1`, or `zed` while releases had names only. */
  readonly series: string;
  readonly name: string;
}

export const novaReleases: readonly NovaRelease[] = [
  { major: 26, series: "zed", name: "Zed" },
  { major: 27, series: "2023.1", name: "Antelope" },
  { major: 28, series: "2023.2", name: "Bobcat" },
  { major: 29, series: "2024.1", name: "Caracal" },
  { major: 30, series: "2024.2", name: "Dalmatian" },
  { major: 31, series: "2025.1", name: "Epoxy" },
  { major: 32, series: "2025.2", name: "Flamingo" },
  { major: 33, series: "2026.1", name: "Gazpacho" },
  { major: 34, series: "2026.2", name: "Hibiscus" },
];

/** Its defaults hold where a scenario names no release. */
export const newestRelease: NovaRelease = novaReleases.at(-1)!;

/** `Nova 27 (2023.1 Antelope)`. */
export function releaseTitle({ major, series, name }: NovaRelease): string {
  return `Nova ${major} (${series === name.toLowerCase() ? name : `${series} ${name}`})`;
}

/** By series, name or version, in any case: `zed`, `2023.1`, `antelope`, `27`, `27.1.0`. Undefined: not one of those listed. */
export function releaseNamed(text: string): NovaRelease | undefined {
  const word = text.trim().toLowerCase();
  const major = /^(\d\d)(\.\d+){0,2}$/.exec(word)?.[1];
  return novaReleases.find((release) => word === release.series || word === release.name.toLowerCase() || major === String(release.major));
}

/** A filter or a weigher of Nova: its class and the module that holds it, without Nova's own prefix. */
export interface SchedulerClass {
  readonly name: string;
  readonly module: string;
}

const classesOf = (modules: Readonly<Record<string, string>>): readonly SchedulerClass[] =>
  Object.entries(modules).flatMap(([module, names]) => names.split(" ").map((name) => ({ name, module })));

export const FILTER_PACKAGE = "nova.scheduler.filters";
export const ALL_FILTERS = `${FILTER_PACKAGE}.all_filters`;
export const WEIGHER_PACKAGE = "nova.scheduler.weights";
export const ALL_WEIGHERS = `${WEIGHER_PACKAGE}.all_weighers`;

/** Every filter of any release listed. @source nova/scheduler/filters of nova 26.2.2; none was added up to 34 */
export const novaFilterClasses: readonly SchedulerClass[] = classesOf({
  affinity_filter: "DifferentHostFilter SameHostFilter SimpleCIDRAffinityFilter ServerGroupAntiAffinityFilter ServerGroupAffinityFilter",
  aggregate_image_properties_isolation: "AggregateImagePropertiesIsolation",
  aggregate_instance_extra_specs: "AggregateInstanceExtraSpecsFilter",
  aggregate_multitenancy_isolation: "AggregateMultiTenancyIsolation",
  all_hosts_filter: "AllHostsFilter",
  availability_zone_filter: "AvailabilityZoneFilter",
  compute_capabilities_filter: "ComputeCapabilitiesFilter",
  compute_filter: "ComputeFilter",
  image_props_filter: "ImagePropertiesFilter",
  io_ops_filter: "IoOpsFilter AggregateIoOpsFilter",
  isolated_hosts_filter: "IsolatedHostsFilter",
  json_filter: "JsonFilter",
  metrics_filter: "MetricsFilter",
  num_instances_filter: "NumInstancesFilter AggregateNumInstancesFilter",
  numa_topology_filter: "NUMATopologyFilter",
  pci_passthrough_filter: "PciPassthroughFilter",
  type_filter: "AggregateTypeAffinityFilter",
});

/** Every weigher of any release listed. @source nova/scheduler/weights of nova 26.2.2, and of the development branch for the last three */
export const novaWeigherClasses: readonly SchedulerClass[] = classesOf({
  ram: "RAMWeigher",
  cpu: "CPUWeigher",
  disk: "DiskWeigher",
  io_ops: "IoOpsWeigher",
  metrics: "MetricsWeigher",
  pci: "PCIWeigher",
  affinity: "ServerGroupSoftAffinityWeigher ServerGroupSoftAntiAffinityWeigher",
  compute: "BuildFailureWeigher",
  cross_cell: "CrossCellWeigher",
  hypervisor_version: "HypervisorVersionWeigher",
  num_instances: "NumInstancesWeigher",
  image_props: "ImagePropertiesWeigher",
});

/** Filters that Nova had once, none of them in a release listed: what replaced them. From memory. */
export const formerFilters: ReadonlyMap<string, string> = new Map([
  ["RetryFilter", "Nova tries the alternate hosts of a decision instead"],
  ["TrustedFilter", "it has no successor"],
  ["TypeAffinityFilter", "AggregateTypeAffinityFilter is near to it"],
  ...["CoreFilter", "RamFilter", "DiskFilter", "ExactCoreFilter", "ExactRamFilter", "ExactDiskFilter"].map(
    (name) => [name, "Placement checks the room on hosts"] as const,
  ),
  ...["AggregateCoreFilter", "AggregateRamFilter", "AggregateDiskFilter"].map(
    (name) => [name, "Placement checks the room on hosts, with the allocation ratios of each"] as const,
  ),
]);

/** A filter, weigher or option that not every release has. */
export interface Change {
  readonly name: string;
  /** The first release that has it. */
  readonly since?: number;
  /** The first release that has it no more. */
  readonly removed?: number;
  readonly source: string;
  readonly evidence: Evidence;
}

const SCHEDULING = "nova/doc/source/admin/scheduling.rst";
const AZ_REMOVAL =
  "nova/releasenotes/notes/az-filter-removal-587f7337040b6216.yaml; the release from reports of upgrades to 28 and from 27";

export const changes: readonly Change[] = [
  { name: "AvailabilityZoneFilter", removed: 28, source: AZ_REMOVAL, evidence: "derived" },
  { name: "query_placement_for_availability_zone", removed: 28, source: AZ_REMOVAL, evidence: "derived" },
  { name: "HypervisorVersionWeigher", since: 28, source: SCHEDULING, evidence: "verified" },
  { name: "hypervisor_version_weight_multiplier", since: 28, source: SCHEDULING, evidence: "verified" },
  { name: "NumInstancesWeigher", since: 28, source: SCHEDULING, evidence: "verified" },
  { name: "num_instances_weight_multiplier", since: 28, source: SCHEDULING, evidence: "verified" },
  { name: "ImagePropertiesWeigher", since: 31, source: SCHEDULING, evidence: "verified" },
  { name: "image_props_weight_multiplier", since: 31, source: SCHEDULING, evidence: "verified" },
  { name: "image_props_weight_setting", since: 31, source: SCHEDULING, evidence: "verified" },
];

/** Why the release does not have what is called `name`: `it came with Nova 28 (2023.2 Bobcat)`. Null: it has. */
export function missingIn(release: NovaRelease, name: string): string | null {
  const change = changes.find((entry) => entry.name === name);
  const titleOf = (major: number) => releaseTitle(novaReleases.find((entry) => entry.major === major)!);
  if (change?.since !== undefined && release.major < change.since) return `it came with ${titleOf(change.since)}`;
  if (change?.removed !== undefined && release.major >= change.removed) return `it was removed in ${titleOf(change.removed)}`;
  return null;
}

export interface InitialRatios {
  readonly cpu: number;
  readonly ram: number;
  readonly disk: number;
}

/**
 * `initial_cpu_allocation_ratio` and its likes, which hold where the configuration gives no ratio.
 * @source nova/conf/compute.py of nova 26.2.2; scheduling.rst: "Starting with the 27.0.0 Antelope release"
 */
export function initialRatios({ major }: NovaRelease): InitialRatios {
  return major < 27 ? { cpu: 16, ram: 1.5, disk: 1 } : { cpu: 4, ram: 1, disk: 1 };
}
