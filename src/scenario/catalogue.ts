// The catalogue of the shipped Orrery: every name that a scenario may use, gathered from the registries that own them.
import { cpuPeriod, defaultShares } from "../datacenter/cputune.ts";
import { hostTypes } from "../datacenter/host-types.ts";
import { hypervisors } from "../datacenter/hypervisors.ts";
import type { Parameter } from "../kernel/parameter.ts";
import { novaOptions } from "../policies/nova/config.ts";
import { isOffered } from "../policies/nova/filter.ts";
import { filters } from "../policies/nova/filters/index.ts";
import { presets } from "../policies/nova/policy.ts";
import { weighers } from "../policies/nova/weighers/index.ts";
import { components, operations } from "../services/index.ts";
import { meters } from "../telemetry/meters.ts";
import { namedBatchSizes, namedLifetimes } from "../workload/lifetimes.ts";
import { memoryParameters } from "./schema-memory.ts";
import type { Catalogue, OptionFacts } from "./vocabulary.ts";

/** Defaults of the services, under the keys with which a scenario overrides them. */
const serviceParameters: readonly Parameter<number | string | boolean>[] = [
  ...components.map((component) => ({
    name: `cloud.workers.${component.key}`,
    value: component.declaration.workers,
    unit: "1",
    meaning: component.declaration.scope === "host" ? `Workers of ${component.key} on each host` : `Workers of ${component.key}`,
    source: component.declaration.workersSource,
    evidence: component.declaration.workersSource.includes("assumed") ? ("assumed" as const) : ("derived" as const),
  })),
  ...operations.map((operation) => ({
    name: `cloud.service_times.${operation.key}`,
    value: operation.declaration.time,
    unit: "us",
    meaning: `Mean time that ${operation.key} keeps a worker busy${operation.declaration.perHost === undefined ? "" : `, plus ${operation.declaration.perHost} us for each host`}`,
    source: operation.declaration.source,
    evidence: operation.declaration.evidence,
  })),
];

/** What holds of hosts and their hypervisors and is no key of scenarios. The virtual networks of hypervisors are not modelled. */
const hostParameters: readonly Parameter<number | string | boolean>[] = [
  defaultShares,
  cpuPeriod,
  ...memoryParameters,
  ...[...hypervisors.values()].flatMap(({ key: _, supported: __, networkRoundTripMicros: ___, ...facts }) => Object.values(facts)),
];

const ONE_CELL = "a scenario is one cell of Nova";

const offeredFilters = filters.filter(isOffered);
const offeredWeighers = weighers.filter(isOffered);

/** Units of options that are whole numbers. */
const COUNTED: readonly string[] = ["servers", "hosts", "s"];

function readersOf(option: string): readonly string[] {
  return [...offeredFilters, ...offeredWeighers].filter(({ options = [] }) => options.includes(option)).map(({ name }) => name);
}

/** `service_down_time` has nobody to wait for; how hosts fill their NUMA cells is the same for scheduler and hosts: cloud.nova says it. */
const ELSEWHERE: readonly string[] = ["service_down_time", "compute.packing_host_numa_cells_allocation_strategy"];

/** What the offered filters and weighers read. Every host's service is heard of while it is up, so that nobody waits for it. */
const readOptions = novaOptions.filter(({ name }) => !ELSEWHERE.includes(name) && readersOf(name).length > 0);

export const catalogue: Catalogue = {
  hostTypes: [...hostTypes.keys()],
  hypervisors: [...hypervisors.keys()],
  filters: offeredFilters.map((filter) => filter.name),
  weighers: offeredWeighers.map((weigher) => weigher.name),
  lacking: new Map([...filters, ...weighers].flatMap((each) => (isOffered(each) ? [] : [[each.name, ONE_CELL] as const]))),
  options: new Map<string, OptionFacts>([
    ...offeredWeighers.map(({ name: weigher, multiplier, source }): [string, OptionFacts] => {
      const { name, option = name, default: value, meaning, minimum } = multiplier;
      return [option, { default: value, meaning, source, readBy: [weigher], ...(minimum === undefined ? {} : { minimum }) }];
    }),
    ...readOptions.map(({ name, default: value, unit, meaning, source, minimum }): [string, OptionFacts] => [
      name,
      {
        default: value,
        meaning,
        source,
        readBy: readersOf(name),
        ...(COUNTED.includes(unit) ? { minimum: minimum ?? 0, counts: unit } : {}),
      },
    ]),
  ]),
  taken: [...filters, ...weighers, ...novaOptions].map(({ name }) => name),
  presets,
  meters: meters.map((meter) => meter.name),
  components: components.map((component) => component.key),
  operations: operations.map((operation) => operation.key),
  lifetimes: namedLifetimes,
  batchSizes: namedBatchSizes,
  parameters: [...serviceParameters, ...hostParameters],
};
