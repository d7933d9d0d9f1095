// Nova's options that the scheduler, its filters and its weighers read, under Nova's own names: `name` for the groups [DEFAULT] and
// [filter_scheduler], `group.name` for others. The multipliers of weighers stand with their weighers.
// @source nova/conf/scheduler.py, nova/conf/availability_zone.py, nova/conf/service.py
import { PythonError, toFloat } from "../python/python-values.ts";

export type OptionValue = number | boolean | string | null | readonly string[];

/** What an option holds follows from its default; where that is null, the option holds a text that need not be set. */
export function optionKind(usual: OptionValue): "number" | "flag" | "text" | "list" {
  if (Array.isArray(usual)) return "list";
  return typeof usual === "number" ? "number" : typeof usual === "boolean" ? "flag" : "text";
}

export interface NovaOption {
  readonly name: string;
  readonly default: OptionValue;
  readonly unit: string;
  readonly meaning: string;
  readonly source: string;
  readonly minimum?: number;
}

const scheduler = "nova/conf/scheduler.py";

export const novaOptions: readonly NovaOption[] = [
  {
    name: "default_availability_zone",
    default: "nova",
    unit: "text",
    meaning: "Zone of hosts that no aggregate puts into another.",
    source: "nova/conf/availability_zone.py",
  },
  {
    name: "service_down_time",
    default: 60,
    unit: "s",
    meaning: "A compute service not heard of for longer is down.",
    source: "nova/conf/service.py",
  },
  {
    name: "scheduler.max_attempts",
    default: 3,
    unit: "hosts",
    meaning: "Hosts to be tried for one server: the chosen one and its alternates.",
    source: scheduler,
    minimum: 1,
  },
  {
    name: "host_subset_size",
    default: 1,
    unit: "hosts",
    meaning: "One of this many best hosts is drawn at random.",
    source: scheduler,
    minimum: 1,
  },
  {
    name: "shuffle_best_same_weighed_hosts",
    default: false,
    unit: "flag",
    meaning: "Shuffle the hosts that share the best weight.",
    source: scheduler,
  },
  {
    name: "max_io_ops_per_host",
    default: 8,
    unit: "servers",
    meaning: "A host with this many builds and moves under way takes no more.",
    source: scheduler,
    minimum: 0,
  },
  {
    name: "max_instances_per_host",
    default: 50,
    unit: "servers",
    meaning: "A host with this many servers takes no more.",
    source: scheduler,
    minimum: 1,
  },
  {
    name: "image_properties_default_architecture",
    default: null,
    unit: "text",
    meaning: "Architecture of images that name none.",
    source: scheduler,
  },
  { name: "isolated_images", default: [], unit: "ids", meaning: "Images that run on isolated hosts only.", source: scheduler },
  { name: "isolated_hosts", default: [], unit: "names", meaning: "Hosts kept for isolated images.", source: scheduler },
  {
    name: "restrict_isolated_hosts_to_isolated_images",
    default: true,
    unit: "flag",
    meaning: "Keep other images off the isolated hosts.",
    source: scheduler,
  },
  {
    name: "aggregate_image_properties_isolation_namespace",
    default: null,
    unit: "text",
    meaning: "Only metadata keys with this prefix isolate images.",
    source: scheduler,
  },
  {
    name: "aggregate_image_properties_isolation_separator",
    default: ".",
    unit: "text",
    meaning: "Stands between that prefix and the property.",
    source: scheduler,
  },
  {
    name: "compute.packing_host_numa_cells_allocation_strategy",
    default: false,
    unit: "flag",
    meaning: "Fill the fullest NUMA cells of a host first instead of the emptiest.",
    source: "nova/conf/compute.py",
  },
  {
    name: "metrics.weight_setting",
    default: [],
    unit: "name=ratio",
    meaning: "Metrics that count, each with its ratio in the sum.",
    source: scheduler,
  },
  {
    name: "metrics.required",
    default: true,
    unit: "flag",
    meaning: "A host without one of the metrics fails the request.",
    source: scheduler,
  },
  {
    name: "metrics.weight_of_unavailable",
    default: -10_000,
    unit: "1",
    meaning: "Value of a host without one of the metrics, where they are not required.",
    source: scheduler,
  },
];

const defaults: ReadonlyMap<string, OptionValue> = new Map(novaOptions.map((option) => [option.name, option.default]));

/** What is set, and the default of everything else. */
export class NovaConfig {
  private readonly set: ReadonlyMap<string, OptionValue>;

  constructor(set: ReadonlyMap<string, OptionValue>) {
    this.set = set;
  }

  /** @param otherwise the default of an option that is not in the table, as multipliers are not */
  number(name: string, otherwise?: number): number {
    const value = this.value(name, otherwise);
    if (typeof value !== "number") throw new RangeError(`option ${name} is ${JSON.stringify(value)}; a number was expected`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.value(name);
    if (typeof value !== "boolean") throw new RangeError(`option ${name} is ${JSON.stringify(value)}; true or false was expected`);
    return value;
  }

  text(name: string): string | null {
    const value = this.value(name);
    if (value !== null && typeof value !== "string")
      throw new RangeError(`option ${name} is ${JSON.stringify(value)}; a text was expected`);
    return value;
  }

  list(name: string): readonly string[] {
    const value = this.value(name);
    if (!Array.isArray(value)) throw new RangeError(`option ${name} is ${JSON.stringify(value)}; a list was expected`);
    return value as readonly string[];
  }

  private value(name: string, otherwise?: OptionValue): OptionValue {
    const value = this.set.get(name) ?? defaults.get(name) ?? otherwise;
    if (value === undefined && !defaults.has(name)) throw new RangeError(`there is no option ${name}`);
    return value ?? null;
  }
}

/** Entries `name=ratio` of `[metrics] weight_setting`; what has no name, no "=" or no number for a ratio does not count. */
export function metricRatios(config: NovaConfig): readonly (readonly [name: string, ratio: number])[] {
  return config.list("metrics.weight_setting").flatMap((entry) => {
    const at = entry.indexOf("=");
    if (at < 1) return [];
    const ratio = floatOrNull(entry.slice(at + 1));
    return ratio === null ? [] : [[entry.slice(0, at), ratio] as const];
  });
}

function floatOrNull(text: string): number | null {
  try {
    return toFloat(text);
  } catch (error) {
    if (error instanceof PythonError) return null;
    throw error;
  }
}
