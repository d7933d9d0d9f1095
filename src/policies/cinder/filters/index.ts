// The filters: those of Cinder's default first, in its order, then the others by name. To add one: write its file, and give it a line here.
import type { Filter } from "../filter.ts";
import { availabilityZoneFilter } from "./availability-zone-filter.ts";
import { capabilitiesFilter } from "./capabilities-filter.ts";
import { capacityFilter } from "./capacity-filter.ts";
import { differentBackendFilter } from "./different-backend-filter.ts";
import { driverFilter } from "./driver-filter.ts";
import { ignoreAttemptedHostsFilter } from "./ignore-attempted-hosts-filter.ts";
import { instanceLocalityFilter } from "./instance-locality-filter.ts";
import { jsonFilter } from "./json-filter.ts";
import { sameBackendFilter } from "./same-backend-filter.ts";

export const cinderFilters: readonly Filter[] = [
  availabilityZoneFilter,
  capacityFilter,
  capabilitiesFilter,
  differentBackendFilter,
  driverFilter,
  ignoreAttemptedHostsFilter,
  instanceLocalityFilter,
  jsonFilter,
  sameBackendFilter,
];
