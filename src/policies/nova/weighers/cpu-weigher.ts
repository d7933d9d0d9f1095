// Prefers hosts with many free vCPUs, counted with the allocation ratio.
import { defineWeigher } from "../weigher.ts";

export const cpuWeigher = defineWeigher({
  name: "CPUWeigher",
  source: "nova/scheduler/weights/cpu.py",
  meaning: "Prefers hosts with more free vCPUs.",
  multiplier: {
    name: "cpu_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of free vCPUs in the sum; negative packs instead of spreading.",
  },
  minval: 0,
  dependsOn: "host",
  weigh: (hosts) => (host) => hosts.freeVcpus(host),
});
