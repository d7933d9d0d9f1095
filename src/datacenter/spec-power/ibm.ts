// SPECpower_ssj2008 results of servers by IBM, by test date.
// @source SPECpower_ssj2008 published results, https://www.spec.org/power_ssj2008/results/ (see NOTICE)
import type { SpecPowerRow } from "./row.ts";

const vendor = "IBM Corporation";

// biome-ignore format: one result per row, to be compared with the published table by eye
export const ibm: readonly SpecPowerRow[] = [
  ["ibm-x3250-m3-x3470-2009-09-18", vendor, "System x3250 M3", "Intel Xeon X3470", 1, 4, 2, 8, "2009-09-18",
    [43, 48.9, 53.1, 60, 68.9, 74.4, 82.2, 90.3, 99.8, 108, 115]],
  ["ibm-x3250-m3-x3470-2009-11-02", vendor, "System x3250 M3", "Intel Xeon X3470", 1, 4, 2, 8, "2009-11-02",
    [41.6, 46.7, 52.3, 57.9, 65.4, 73, 80.7, 89.5, 99.6, 105, 113]],
  ["ibm-x3550-m3-x5670", vendor, "System x3550 M3", "Intel Xeon X5670", 2, 6, 2, 12, "2010-03-09",
    [66, 107, 120, 131, 143, 156, 173, 191, 211, 229, 247]],
  ["ibm-x3250-m3-x3480", vendor, "System x3250 M3", "Intel Xeon X3480", 1, 4, 2, 8, "2010-09-27",
    [42.3, 46.7, 49.7, 55.4, 61.8, 69.3, 76.1, 87, 96.1, 106, 113]],
  ["ibm-x3550-m3", vendor, "System x3550 M3", "Intel Xeon X5675", 2, 6, 2, 16, "2011-03-28",
    [58.4, 98, 109, 118, 128, 140, 153, 170, 189, 205, 222]],
];
