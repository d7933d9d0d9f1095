// SPECpower_ssj2008 results of servers by Lenovo, by test date.
// @source SPECpower_ssj2008 published results, https://www.spec.org/power_ssj2008/results/ (see NOTICE)
import type { SpecPowerRow } from "./row.ts";

const vendor = "Lenovo Global Technology";

// biome-ignore format: one result per row, to be compared with the published table by eye
export const lenovo: readonly SpecPowerRow[] = [
  ["lenovo-sr650-8176-2017-06-19", vendor, "ThinkSystem SR650", "Intel Xeon Platinum 8176", 2, 28, 2, 192, "2017-06-19",
    [57.7, 119, 139, 159, 177, 197, 217, 242, 273, 314, 357]],
  ["lenovo-sr650-8176-1s", vendor, "ThinkSystem SR650", "Intel Xeon Platinum 8176", 1, 28, 2, 96, "2017-09-18",
    [45.6, 70.3, 79.8, 88.8, 97.4, 106, 117, 129, 144, 163, 183]],
  ["lenovo-sr650", vendor, "ThinkSystem SR650", "Intel Xeon Platinum 8176", 2, 28, 2, 192, "2019-03-08",
    [67.7, 114, 136, 157, 178, 201, 225, 250, 273, 305, 352]],
  ["lenovo-sr650-8280", vendor, "ThinkSystem SR650", "Intel Xeon Platinum 8280", 1, 28, 2, 96, "2019-03-12",
    [50, 71.1, 81, 91.1, 101, 112, 124, 136, 150, 164, 177]],
  ["lenovo-sr665-7742-2020-02-27", vendor, "ThinkSystem SR665", "AMD EPYC 7742", 2, 64, 2, 256, "2020-02-27",
    [82.3, 181, 205, 228, 249, 268, 288, 309, 332, 352, 395]],
  ["lenovo-sr665-7742-2020-02-29", vendor, "ThinkSystem SR665", "AMD EPYC 7742", 2, 64, 2, 256, "2020-02-29",
    [92.4, 181, 206, 228, 248, 268, 288, 308, 328, 353, 394]],
  ["lenovo-sr665-7742-2020-05-12-a", vendor, "ThinkSystem SR665", "AMD EPYC 7742", 2, 64, 2, 256, "2020-05-12",
    [82.8, 180, 205, 226, 246, 267, 286, 306, 325, 349, 391]],
  ["lenovo-sr665-7742-2020-05-12-b", vendor, "ThinkSystem SR665", "AMD EPYC 7742", 2, 64, 2, 256, "2020-05-12",
    [93.9, 180, 205, 227, 246, 265, 285, 305, 329, 350, 392]],
  ["lenovo-sr665", vendor, "ThinkSystem SR665", "AMD EPYC 7763", 2, 64, 2, 256, "2021-03-12",
    [79.3, 172, 194, 216, 239, 258, 281, 304, 332, 382, 454]],
  ["lenovo-sr665-7763-2021-04-06", vendor, "ThinkSystem SR665", "AMD EPYC 7763", 2, 64, 2, 256, "2021-04-06",
    [108, 171, 192, 215, 237, 256, 281, 304, 331, 382, 455]],
];
