// Keeps out hosts that do not report all the metrics that the MetricsWeigher weighs.
import { metricRatios } from "../config.ts";
import { defineFilter } from "../filter.ts";

export const metricsFilter = defineFilter({
  name: "MetricsFilter",
  source: "nova/scheduler/filters/metrics_filter.py",
  meaning: "The host must report every metric of weight_setting.",
  needs: "metrics",
  options: ["metrics.weight_setting"],
  passes: (hosts, _request, config) => {
    const wanted = metricRatios(config).map(([name]) => name);
    return (host) => {
      const reported = new Set(hosts.metrics(host).map(({ name }) => name));
      return wanted.every((name) => reported.has(name));
    };
  },
  because: (hosts, _request, config) => {
    const wanted = metricRatios(config).map(([name]) => name);
    return (host) => {
      const reported = new Set(hosts.metrics(host).map(({ name }) => name));
      return `does not report ${wanted.filter((name) => !reported.has(name)).join(", ")} (metrics.weight_setting)`;
    };
  },
});
