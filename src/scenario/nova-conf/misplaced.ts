// Options under names or in groups that Nova does not read any more, as files that came through many releases have them: they look as if they
// did something.
import { novaOptionTable } from "./modelled-options.ts";
import type { WrittenOption } from "./option-text.ts";

/** Groups among which the options of the scheduler have moved. */
const groups = ["DEFAULT", "scheduler", "filter_scheduler", "metrics", "compute", "quota", "conductor"];
/** Names that several groups use for options of their own. */
const common = ["workers", "driver", "required"];

const classOptions = ["available_filters", "enabled_filters", "weight_classes"];
const current = new Map<string, string>([
  ...novaOptionTable
    .filter(({ group, name }) => groups.includes(group) && !common.includes(name))
    .map(({ group, name }) => [name, group] as const),
  ...classOptions.map((name) => [name, "filter_scheduler"] as const),
]);

/** Names of old, from memory; nova 26.2.2 has none of them. */
const formerNames: Readonly<Record<string, string>> = {
  scheduler_default_filters: "enabled_filters",
  scheduler_tracks_instance_changes: "track_instance_changes",
};

/** Where Nova reads the option instead; null where it knows no such name. */
export function modelledElsewhere({ group, name }: WrittenOption): string | null {
  if (!groups.includes(group)) return null;
  const now = formerNames[name] ?? (group === "DEFAULT" ? name.replace(/^scheduler_/, "") : name);
  const place = current.get(now);
  if (place === undefined || (place === group && now === name)) return null;
  return `Nova does not read it here; its place is [${place}] ${now}`;
}
