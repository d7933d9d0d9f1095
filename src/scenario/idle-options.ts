// A policy may set an option that none of its filters and weighers reads, as max_instances_per_host without NumInstancesFilter. Nova says nothing
// of it, and the option does nothing; whoever set it believes otherwise, so it is told.
import { formatPlace, type Located, toPlain, valueAt } from "./located.ts";
import type { IdleOption, PolicySpec } from "./scenario.ts";
import { printOption } from "./value-kinds.ts";
import type { Catalogue } from "./vocabulary.ts";

/** Options that the policies of the scenario at `root` set to no effect. What a policy inherits is left alone. */
export function idleOptions(root: Located, policies: readonly PolicySpec[], { options }: Catalogue): readonly IdleOption[] {
  return policies.flatMap(({ enabledFilters, weighers, options: set }, index) => {
    const path = ["study", "policies", index];
    const written = valueAt(root, path);
    if (written?.kind !== "map") return [];
    return [...written.entries].flatMap(([name, { value }]): IdleOption[] => {
      const readBy = options.get(name)?.readBy;
      if (readBy === undefined || readBy.some((reader) => enabledFilters.includes(reader) || weighers.includes(reader))) return [];
      const shown = printOption(set.get(name) ?? (toPlain(value) as string));
      return [{ path: [...path, name].join("."), value: shown, source: formatPlace(value.place), readBy }];
    });
  });
}
