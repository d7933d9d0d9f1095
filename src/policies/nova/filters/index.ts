// The filters: those of Nova's default first, in its order, then the others by name. To add one: write its file, and give it a line here.
import type { Filter } from "../filter.ts";
import { aggregateImagePropertiesIsolation } from "./aggregate-image-properties-isolation.ts";
import { aggregateInstanceExtraSpecsFilter } from "./aggregate-instance-extra-specs-filter.ts";
import { aggregateIoOpsFilter } from "./aggregate-io-ops-filter.ts";
import { aggregateMultiTenancyIsolation } from "./aggregate-multi-tenancy-isolation.ts";
import { aggregateNumInstancesFilter } from "./aggregate-num-instances-filter.ts";
import { aggregateTypeAffinityFilter } from "./aggregate-type-affinity-filter.ts";
import { allHostsFilter } from "./all-hosts-filter.ts";
import { availabilityZoneFilter } from "./availability-zone-filter.ts";
import { computeCapabilitiesFilter } from "./compute-capabilities-filter.ts";
import { computeFilter } from "./compute-filter.ts";
import { differentHostFilter } from "./different-host-filter.ts";
import { imagePropertiesFilter } from "./image-properties-filter.ts";
import { ioOpsFilter } from "./io-ops-filter.ts";
import { isolatedHostsFilter } from "./isolated-hosts-filter.ts";
import { jsonFilter } from "./json-filter.ts";
import { metricsFilter } from "./metrics-filter.ts";
import { numInstancesFilter } from "./num-instances-filter.ts";
import { numaTopologyFilter } from "./numa-topology-filter.ts";
import { pciPassthroughFilter } from "./pci-passthrough-filter.ts";
import { sameHostFilter } from "./same-host-filter.ts";
import { serverGroupAffinityFilter } from "./server-group-affinity-filter.ts";
import { serverGroupAntiAffinityFilter } from "./server-group-anti-affinity-filter.ts";
import { simpleCidrAffinityFilter } from "./simple-cidr-affinity-filter.ts";

/** Nova's default `enabled_filters`, in its order. */
export const defaultFilters: readonly Filter[] = [
  computeFilter, //
  computeCapabilitiesFilter,
  imagePropertiesFilter,
  serverGroupAntiAffinityFilter,
  serverGroupAffinityFilter,
];

export const filters: readonly Filter[] = [
  ...defaultFilters,
  aggregateImagePropertiesIsolation,
  aggregateInstanceExtraSpecsFilter,
  aggregateIoOpsFilter,
  aggregateMultiTenancyIsolation,
  aggregateNumInstancesFilter,
  aggregateTypeAffinityFilter,
  allHostsFilter,
  availabilityZoneFilter,
  differentHostFilter,
  ioOpsFilter,
  isolatedHostsFilter,
  jsonFilter,
  metricsFilter,
  numInstancesFilter,
  numaTopologyFilter,
  pciPassthroughFilter,
  sameHostFilter,
  simpleCidrAffinityFilter,
];
