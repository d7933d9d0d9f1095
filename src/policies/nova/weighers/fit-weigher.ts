// The textbook's best fit, which Nova does not have: prefers the host that the server would fill most. With a negative multiplier it is worst
// fit. Fullness is the mean share of vCPUs, RAM and disk used once the server is there; a resource the host has none of is left out.
import { defineWeigher } from "../weigher.ts";

export const fitWeigher = defineWeigher({
  name: "FitWeigher",
  source: "best-fit and worst-fit bin packing (Johnson 1974), over shares of several resources",
  meaning: "Prefers the host that the server would fill most (best fit).",
  multiplier: { name: "fit_weight_multiplier", default: 1, unit: "1", meaning: "1 is best fit, -1 is worst fit." },
  minval: null,
  dependsOn: "flavor",
  weigh: (hosts, request) => (host) => hosts.shareUsedWith(host, request.flavor),
});
