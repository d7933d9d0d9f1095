// Prefers hosts with much free local disk.
import { defineWeigher } from "../weigher.ts";

export const diskWeigher = defineWeigher({
  name: "DiskWeigher",
  source: "nova/scheduler/weights/disk.py",
  meaning: "Prefers hosts with more free disk.",
  multiplier: {
    name: "disk_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of free disk in the sum; negative packs instead of spreading.",
  },
  minval: 0,
  dependsOn: "host",
  weigh: (hosts) => (host) => hosts.freeDiskMb(host),
});
