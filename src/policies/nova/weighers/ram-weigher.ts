// Prefers hosts with much free RAM, which spreads servers; a negative multiplier packs them instead.
import { defineWeigher } from "../weigher.ts";

export const ramWeigher = defineWeigher({
  name: "RAMWeigher",
  source: "nova/scheduler/weights/ram.py",
  meaning: "Prefers hosts with more free RAM.",
  multiplier: {
    name: "ram_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of free RAM in the sum; negative packs instead of spreading.",
  },
  minval: 0,
  dependsOn: "host",
  weigh: (hosts) => (host) => hosts.freeRamMb(host),
});
