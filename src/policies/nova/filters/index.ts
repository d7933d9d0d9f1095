// The filters, in Nova's default order. To add one: write its file, and give it a line here.
import type { Filter } from "../filter.ts";
import { computeCapabilitiesFilter } from "./compute-capabilities-filter.ts";
import { computeFilter } from "./compute-filter.ts";
import { imagePropertiesFilter } from "./image-properties-filter.ts";
import { serverGroupAffinityFilter } from "./server-group-affinity-filter.ts";
import { serverGroupAntiAffinityFilter } from "./server-group-anti-affinity-filter.ts";

export const filters: readonly Filter[] = [
  computeFilter, //
  computeCapabilitiesFilter,
  imagePropertiesFilter,
  serverGroupAntiAffinityFilter,
  serverGroupAffinityFilter,
];
