// Lets every host pass: a list of filters must name one.
import { defineFilter } from "../filter.ts";

export const allHostsFilter = defineFilter({
  name: "AllHostsFilter",
  source: "nova/scheduler/filters/all_hosts_filter.py",
  meaning: "Every host passes.",
  oncePerRequest: true,
  dependsOn: "host",
  passes: () => null,
});
