// SPECpower_ssj2008 results of servers by Dell, by test date.
// @source SPECpower_ssj2008 published results, https://www.spec.org/power_ssj2008/results/ (see NOTICE)
import type { SpecPowerRow } from "./row.ts";

const vendor = "Dell Inc.";

// biome-ignore format: one result per row, to be compared with the published table by eye
export const dell: readonly SpecPowerRow[] = [
  ["dell-r640-8180", vendor, "PowerEdge R640", "Intel Xeon Platinum 8180", 2, 28, 2, 192, "2017-08-27",
    [55, 125, 151, 176, 202, 232, 261, 301, 357, 421, 469]],
  ["dell-r740-8180", vendor, "PowerEdge R740", "Intel Xeon Platinum 8180", 2, 28, 2, 192, "2017-08-27",
    [52.3, 129, 147, 170, 195, 224, 255, 292, 344, 408, 457]],
  ["dell-r740-8280", vendor, "PowerEdge R740", "Intel Xeon Platinum 8280", 2, 28, 2, 192, "2019-04-03",
    [49.8, 114, 137, 159, 182, 208, 240, 277, 319, 376, 432]],
  ["dell-r7515", vendor, "PowerEdge R7515", "AMD EPYC 7742", 1, 64, 2, 128, "2019-09-02",
    [99.5, 117, 130, 141, 151, 164, 186, 205, 220, 236, 246]],
  ["dell-r6525-7702", vendor, "PowerEdge R6525", "AMD EPYC 7702", 2, 64, 2, 128, "2020-03-09",
    [81.6, 188, 214, 236, 258, 280, 305, 331, 358, 382, 404]],
  ["dell-r7525", vendor, "PowerEdge R7525", "AMD EPYC 7702", 2, 64, 2, 128, "2020-03-21",
    [72.3, 181, 207, 229, 250, 270, 294, 321, 347, 370, 393]],
  ["dell-r6515", vendor, "PowerEdge R6515", "AMD EPYC 7702P", 1, 64, 2, 64, "2020-07-22",
    [54.5, 123, 139, 150, 161, 169, 181, 194, 207, 218, 231]],
];
