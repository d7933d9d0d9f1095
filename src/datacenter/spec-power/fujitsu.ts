// SPECpower_ssj2008 results of servers by Fujitsu, by test date.
// @source SPECpower_ssj2008 published results, https://www.spec.org/power_ssj2008/results/ (see NOTICE)
import type { SpecPowerRow } from "./row.ts";

const vendor = "Fujitsu";

// biome-ignore format: one result per row, to be compared with the published table by eye
export const fujitsu: readonly SpecPowerRow[] = [
  ["fujitsu-rx2540-m1-2699v3", vendor, "PRIMERGY RX2540 M1", "Intel Xeon E5-2699 v3", 2, 18, 2, 64, "2014-09-27",
    [39, 82.6, 98.2, 113, 128, 143, 161, 186, 216, 244, 271]],
  ["fujitsu-rx2540-m2-2699v4", vendor, "PRIMERGY RX2540 M2", "Intel Xeon E5-2699 v4", 2, 22, 2, 64, "2016-04-07",
    [43.6, 84.7, 98.9, 114, 132, 145, 158, 174, 196, 224, 255]],
  ["fujitsu-rx2540-m4-8176m", vendor, "PRIMERGY RX2540 M4", "Intel Xeon Platinum 8176M", 2, 28, 2, 192, "2017-12-15",
    [57.3, 109, 129, 147, 166, 188, 212, 237, 269, 309, 355]],
  ["fujitsu-rx2540-m5-8276l", vendor, "PRIMERGY RX2540 M5", "Intel Xeon Platinum 8276L", 2, 28, 2, 192, "2019-03-13",
    [58.2, 112, 129, 146, 163, 183, 208, 235, 269, 303, 332]],
  ["fujitsu-rx2540-m5-8280l", vendor, "PRIMERGY RX2540 M5", "Intel Xeon Platinum 8280L", 2, 28, 2, 192, "2019-04-18",
    [58.3, 112, 132, 150, 169, 189, 213, 242, 276, 322, 388]],
  ["fujitsu-rx2540-m6", vendor, "PRIMERGY RX2540 M6", "Intel Xeon Platinum 8380", 2, 40, 2, 256, "2021-05-18",
    [135, 198, 224, 249, 274, 302, 335, 378, 437, 489, 564]],
  ["fujitsu-rx2540-m6-8380-2021-05-18-b", vendor, "PRIMERGY RX2540 M6", "Intel Xeon Platinum 8380", 2, 40, 2, 256, "2021-05-18",
    [137, 199, 225, 250, 275, 304, 340, 387, 438, 492, 550]],
];
