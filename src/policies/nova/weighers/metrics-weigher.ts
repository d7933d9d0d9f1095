// Adds up the metrics that hosts report, each with its ratio.

import { PythonError } from "../../python/python-values.ts";
import { metricRatios } from "../config.ts";
import { defineWeigher } from "../weigher.ts";

export const metricsWeigher = defineWeigher({
  name: "MetricsWeigher",
  source: "nova/scheduler/weights/metrics.py",
  meaning: "Prefers hosts by the metrics they report, each with the ratio that weight_setting gives it.",
  needs: "metrics",
  multiplier: {
    name: "metrics_weight_multiplier",
    option: "metrics.weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of the sum of metrics in the sum.",
  },
  minval: null,
  options: ["metrics.weight_setting", "metrics.required", "metrics.weight_of_unavailable"],
  dependsOn: "metrics",
  weigh: (hosts, _request, config, multiplier) => {
    const ratios = metricRatios(config);
    if (ratios.length === 0) return null;
    const required = config.flag("metrics.required");
    const unavailable = config.number("metrics.weight_of_unavailable");
    return (host) => {
      const reported = new Map(hosts.metrics(host).map(({ name, value }) => [name, value]));
      let sum = 0;
      for (const [name, ratio] of ratios) {
        const value = reported.get(name);
        if (value !== undefined) sum += value * ratio;
        else if (required) throw new PythonError("ComputeHostMetricNotFound", `host ${hosts.nodeName(host)} reports no ${name}`);
        else if (ratio * multiplier(host) !== 0) return unavailable;
      }
      return sum;
    };
  },
});
