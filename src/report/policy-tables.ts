// The policies, filters, weighers and options as a person reads them, in 120 columns: all of them as tables, or one of them in full.
import Table from "cli-table3";
import { ALL_HOSTS } from "../policies/nova/policy.ts";
import {
  type Entry,
  entryNamed,
  type FilterEntry,
  type OptionEntry,
  type PolicyEntry,
  policyEntries,
  type WeigherEntry,
} from "./policy-entries.ts";

const style = { style: { head: [], border: [] }, wordWrap: true };
const NAME_WIDTH = 37;
const TEXT_WIDTH = 80;

/** A table of a name and what there is to say of it. */
function listed(head: readonly [string, string], rows: readonly (readonly [string, readonly string[]])[]): string {
  const table = new Table({ ...style, head: [...head], colWidths: [NAME_WIDTH, TEXT_WIDTH] });
  for (const [name, lines] of rows) table.push([name, lines.filter((line) => line !== "").join("\n")]);
  return table.toString();
}

/** A sentence on lines of at most 120 columns, two spaces in. */
function inLines(text: string): readonly string[] {
  const lines = ["  "];
  for (const word of text.split(" ")) {
    if (lines.at(-1)!.length + word.length >= NAME_WIDTH + TEXT_WIDTH && lines.at(-1) !== "  ") lines.push("  ");
    lines[lines.length - 1] += lines.at(-1) === "  " ? word : ` ${word}`;
  }
  return lines;
}

const source = (entry: Entry) => `Source: ${entry.source}`;

function printed(value: OptionEntry["default"]): string {
  if (value === null) return "none";
  if (typeof value === "object") return value.length === 0 ? "none" : value.join(", ");
  return value === ALL_HOSTS ? "all" : String(value);
}

const setting = (name: string, value: OptionEntry["default"]) => `${name}: ${printed(value)}`;

/** `max_io_ops_per_host (8 servers)` */
const withDefault = ({ name, default: value, unit }: OptionEntry) => {
  const written = printed(value);
  return `${name} (${written}${typeof value !== "number" || unit === "1" ? "" : ` ${unit}`})`;
};

const need = ({ needs, in_scenarios }: FilterEntry | WeigherEntry) => {
  if (needs === null) return in_scenarios ? "" : "Not offered to scenarios.";
  return `Needs ${needs}${in_scenarios ? "" : ", which scenarios do not have"}.`;
};

/** What a policy sets besides its filters. */
function settings({
  weight_classes,
  host_subset_size,
  shuffle_best_same_weighed_hosts,
  start_at,
  options,
}: PolicyEntry): readonly string[] {
  return [
    `weight_classes: ${weight_classes.length === 0 ? "none" : weight_classes.join(", ")}`,
    ...(host_subset_size === 1 ? [] : [setting("host_subset_size", host_subset_size)]),
    ...(shuffle_best_same_weighed_hosts ? [setting("shuffle_best_same_weighed_hosts", true)] : []),
    ...(start_at === "first" ? [] : [setting("start_at", start_at)]),
    ...Object.entries(options).map(([name, value]) => setting(name, value)),
  ];
}

function optionTable(options: readonly OptionEntry[]): string {
  const table = new Table({ ...style, head: ["option, default and unit", "meaning and source"], colWidths: [54, 63] });
  for (const { name, default: value, unit, minimum, meaning, source } of options) {
    table.push([
      `${name}\ndefault ${printed(value)}${unit === "1" ? "" : ` ${unit}`}${minimum === null ? "" : `, at least ${minimum}`}`,
      `${meaning}\n${source}`,
    ]);
  }
  return table.toString();
}

/** Everything there is, as four tables. */
export function policyTables(): string {
  const { policies, filters, weighers, options } = policyEntries;
  const shared = policies[0]!.enabled_filters;
  return [
    listed(
      ["policy", "chooses"],
      policies.map((policy) => {
        const own = policy.enabled_filters.join() === shared.join() ? "" : `enabled_filters: ${policy.enabled_filters.join(", ")}`;
        return [policy.name, [policy.meaning, own, ...settings(policy), source(policy)]];
      }),
    ),
    `enabled_filters ${policies.every((policy) => policy.enabled_filters.join() === shared.join()) ? "of every policy" : "where none are named"}:`,
    ...shared.map((name) => `  ${name}`),
    "",
    listed(
      ["filter", "lets a host pass, or not; options (and their defaults)"],
      filters.map((filter) => {
        const options = filter.options.map(withDefault).join(", ");
        return [filter.name, [filter.meaning, need(filter), options === "" ? "" : `Options: ${options}`, source(filter)]];
      }),
    ),
    "",
    listed(
      ["weigher", "prefers a host, or not; options (and their defaults)"],
      weighers.map((weigher) => {
        const options = [weigher.multiplier, ...weigher.options].map(withDefault).join(", ");
        return [weigher.name, [weigher.meaning, need(weigher), `Options: ${options}`, source(weigher)]];
      }),
    ),
    "",
    optionTable(options),
    "",
    "`orrery policies NAME` says all about one of them.",
    "",
  ].join("\n");
}

/** One entry in full. */
export function policyInFull(entry: Entry): string {
  const lines = [`${entry.name} (${entry.kind})`, ...inLines(entry.meaning), ...inLines(source(entry)), ""];
  if (entry.kind === "policy") lines.push(...wholePolicy(entry));
  else if (entry.kind === "option") {
    const readers = entry.read_by.length === 0 ? "the scheduler" : entry.read_by.join(", ");
    lines.push(optionTable([entry]), `Read by ${readers}.`);
  } else {
    const key = entry.kind === "filter" ? "enabled_filters" : "weight_classes";
    const named = policyEntries.policies.filter((policy) => policy[key].includes(entry.name)).map(({ name }) => name);
    const needed = need(entry);
    if (needed !== "") lines.push(...inLines(needed));
    if (entry.kind === "weigher") {
      const from = entry.minval === null ? "the smallest value of the round" : String(entry.minval);
      lines.push(`  Values are normalised over the hosts that passed, from ${from} to the largest.`);
    }
    if (entry.in_scenarios) lines.push(`  In a scenario: ${key}: [${entry.name}]`);
    lines.push(...inLines(`Policies that use it: ${named.length === 0 ? "none" : named.join(", ")}.`), "");
    const options = entry.kind === "weigher" ? [entry.multiplier, ...entry.options] : entry.options;
    lines.push(options.length === 0 ? "It has no options." : optionTable(options));
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** The filters, weighers and options of a policy, each with what it does. */
function wholePolicy(policy: PolicyEntry): readonly string[] {
  const { options } = policy;
  const set = (option: OptionEntry) => options[option.name] ?? option.default;
  const row = (name: string): readonly [string, readonly string[]] => {
    const entry = entryNamed(name) as FilterEntry | WeigherEntry;
    const read = [...(entry.kind === "weigher" ? [entry.multiplier] : []), ...entry.options];
    return [name, [entry.meaning, ...read.map((option) => setting(option.name, set(option)))]];
  };
  const weighers =
    policy.weight_classes.length === 0
      ? "It has no weighers: the first host in line that passes the filters is chosen."
      : listed(["weigher, in order", "prefers a host, or not; options as set"], policy.weight_classes.map(row));
  return [
    listed(["filter, in order", "lets a host pass, or not; options as set"], policy.enabled_filters.map(row)),
    weighers,
    setting("host_subset_size", policy.host_subset_size),
    setting("shuffle_best_same_weighed_hosts", policy.shuffle_best_same_weighed_hosts),
    setting("start_at", policy.start_at),
  ];
}
