// The policies, filters, weighers and options there are, as data: each entry gathered from the one declaration of the thing itself.
import { type NovaOption, novaOptions } from "../policies/nova/config.ts";
import type { Filter, Need } from "../policies/nova/filter.ts";
import { filters } from "../policies/nova/filters/index.ts";
import { type Preset, presets, startAt } from "../policies/nova/policy.ts";
import type { Weigher } from "../policies/nova/weigher.ts";
import { weighers } from "../policies/nova/weighers/index.ts";
import { catalogue } from "../scenario/catalogue.ts";

export interface OptionEntry {
  readonly kind: "option";
  readonly name: string;
  readonly default: NovaOption["default"];
  readonly unit: string;
  /** Null: any value. */
  readonly minimum: number | null;
  readonly meaning: string;
  readonly source: string;
  /** Filters and weighers that read it; none: the scheduler itself does. */
  readonly read_by: readonly string[];
}

export interface FilterEntry {
  readonly kind: "filter";
  readonly name: string;
  readonly meaning: string;
  readonly source: string;
  /** What hosts or requests must have for it to do anything. */
  readonly needs: Need | null;
  /** Whether a scenario may name it. */
  readonly in_scenarios: boolean;
  readonly options: readonly OptionEntry[];
}

export interface WeigherEntry extends Omit<FilterEntry, "kind"> {
  readonly kind: "weigher";
  readonly multiplier: OptionEntry;
  /** Values are measured from this one; null: from the smallest of the round. */
  readonly minval: number | null;
}

export interface PolicyEntry {
  readonly kind: "policy";
  readonly name: string;
  readonly meaning: string;
  readonly source: string;
  readonly enabled_filters: readonly string[];
  readonly weight_classes: readonly string[];
  readonly host_subset_size: number;
  readonly shuffle_best_same_weighed_hosts: boolean;
  readonly start_at: string;
  /** Options that differ from their defaults. */
  readonly options: Readonly<Record<string, NovaOption["default"]>>;
}

export type Entry = PolicyEntry | FilterEntry | WeigherEntry | OptionEntry;

export interface PolicyEntries {
  readonly policies: readonly PolicyEntry[];
  readonly filters: readonly FilterEntry[];
  readonly weighers: readonly WeigherEntry[];
  /** Multipliers among them. */
  readonly options: readonly OptionEntry[];
}

/** The name under which the configuration holds a weigher's multiplier. */
const multiplierName = ({ multiplier }: Weigher) => multiplier.option ?? multiplier.name;

const readers = (option: string): readonly string[] =>
  [...filters, ...weighers].filter(({ options = [] }) => options.includes(option)).map(({ name }) => name);

const optionEntry = ({ name, default: value, unit, minimum, meaning, source }: NovaOption): OptionEntry => {
  return { kind: "option", name, default: value, unit, minimum: minimum ?? null, meaning, source, read_by: readers(name) };
};

const multiplierEntry = (weigher: Weigher): OptionEntry => ({
  ...optionEntry({ ...weigher.multiplier, name: multiplierName(weigher), source: weigher.source }),
  read_by: [weigher.name],
});

const options: readonly OptionEntry[] = [...[...novaOptions, startAt].map(optionEntry), ...weighers.map(multiplierEntry)];

const optionsOf = (names: readonly string[] = []): readonly OptionEntry[] => options.filter(({ name }) => names.includes(name));

const common = ({ name, meaning, source, needs, options }: Filter | Weigher) => {
  return { name, meaning, source, needs: needs ?? null, options: optionsOf(options) };
};

const filterEntry = (filter: Filter): FilterEntry => {
  return { kind: "filter", ...common(filter), in_scenarios: catalogue.filters.includes(filter.name) };
};

function weigherEntry(weigher: Weigher): WeigherEntry {
  const { name, minval } = weigher;
  return {
    kind: "weigher",
    ...common(weigher),
    in_scenarios: catalogue.weighers.includes(name),
    multiplier: multiplierEntry(weigher),
    minval,
  };
}

function policyEntry(preset: Preset): PolicyEntry {
  return {
    kind: "policy",
    name: preset.name,
    meaning: preset.meaning,
    source: preset.source,
    enabled_filters: preset.enabledFilters,
    weight_classes: preset.weighers,
    host_subset_size: preset.hostSubsetSize,
    shuffle_best_same_weighed_hosts: preset.shuffleBestSameWeighedHosts,
    start_at: preset.startAt ?? String(startAt.default),
    options: Object.fromEntries(preset.options),
  };
}

export const policyEntries: PolicyEntries = {
  policies: [...presets.values()].map(policyEntry),
  filters: filters.map(filterEntry),
  weighers: weighers.map(weigherEntry),
  options,
};

/** The entry of this name; undefined if there is none. A dotted Python path counts by its last part. */
export function entryNamed(name: string): Entry | undefined {
  const { policies, filters, weighers, options } = policyEntries;
  const all: readonly Entry[] = [...policies, ...filters, ...weighers, ...options];
  return all.find((entry) => entry.name === name) ?? all.find((entry) => entry.name === name.split(".").at(-1));
}

export const entryNames: readonly string[] = Object.values(policyEntries).flatMap((list: readonly Entry[]) => list.map(({ name }) => name));
