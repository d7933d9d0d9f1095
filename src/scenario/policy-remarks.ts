// A policy may set an option that none of its filters and weighers reads, as max_instances_per_host without NumInstancesFilter. Nova says nothing
// of it, and the option does nothing; whoever set it believes otherwise, so it is told. So is what hosts without metrics make of [metrics].
import { NovaConfig, type OptionValue } from "../policies/nova/config.ts";
import { formatPlace, type Located, valueAt } from "./located.ts";
import type { PolicyRemark, PolicySpec } from "./scenario.ts";
import { printOption } from "./value-kinds.ts";
import type { Catalogue } from "./vocabulary.ts";

/** What is to be said of the options written in the policies of the scenario at `root`. What a policy inherits is left alone. */
export function policyRemarks(root: Located, policies: readonly PolicySpec[], { options }: Catalogue): readonly PolicyRemark[] {
  const monitors = valueAt(root, ["cloud", "nova", "compute_monitors"]);
  const monitored = monitors?.kind === "list" && monitors.items.length > 0;
  return policies.flatMap((policy, index) => {
    const path = ["study", "policies", index];
    const written = valueAt(root, path);
    if (written?.kind !== "map") return [];
    return [...written.entries].flatMap(([name, { value }]): PolicyRemark[] => {
      const set = policy.options.get(name);
      const says =
        set === undefined ? null : (unread(options.get(name)?.readBy, policy) ?? (monitored ? null : withoutMetrics(name, set, policy)));
      if (set === undefined || says === null) return [];
      return [{ path: [...path, name].join("."), value: printOption(set), source: formatPlace(value.place), says }];
    });
  });
}

function unread(readBy: readonly string[] | undefined, { enabledFilters, weighers }: PolicySpec): string | null {
  if (readBy === undefined || readBy.some((reader) => enabledFilters.includes(reader) || weighers.includes(reader))) return null;
  return `has no effect: only ${readBy.join(" and ")} read${readBy.length === 1 ? "s" : ""} it, which the policy does not have`;
}

/** Hosts report metrics only where a monitor is set up. */
function withoutMetrics(name: string, set: OptionValue, { enabledFilters, options }: PolicySpec): string | null {
  if (name !== "metrics.weight_setting" || (set as readonly string[]).length === 0) return null;
  const because = "hosts report no metrics without cloud.nova.compute_monitors";
  if (enabledFilters.includes("MetricsFilter")) return `keeps every host out: ${because}, and MetricsFilter wants them`;
  return new NovaConfig(options).flag("metrics.required")
    ? `makes every request fail: ${because}, and metrics.required is true`
    : `has no effect: ${because}`;
}
