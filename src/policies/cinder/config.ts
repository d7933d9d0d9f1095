// Cinder's options that its scheduler, filters and weighers read, under Cinder's own names, all of the group [DEFAULT].
// @source openstack-rules.md, 1.1, 1.3 to 1.5 (cinder 21.3.1); cinder/scheduler/host_manager.py, weights/capacity.py, weights/volume_number.py,
// cinder/volume/driver.py
import type { Evidence } from "../../kernel/parameter.ts";

export type CinderOptionValue = number | string | readonly string[];

export interface CinderOption {
  readonly name: string;
  readonly default: CinderOptionValue;
  readonly unit: string;
  readonly meaning: string;
  readonly source: string;
  readonly evidence: Evidence;
  readonly minimum?: number;
  /** True: Cinder takes a number or a text here. */
  readonly numberOrText?: true;
}

export const ORDERED_HANDLER = "cinder.scheduler.weights.OrderedHostWeightHandler";
export const STOCHASTIC_HANDLER = "cinder.scheduler.weights.stochastic.StochasticHostWeightHandler";

const hostManager = "cinder/scheduler/host_manager.py";

export const cinderOptions: readonly CinderOption[] = [
  {
    name: "scheduler_default_filters",
    default: ["AvailabilityZoneFilter", "CapacityFilter", "CapabilitiesFilter"],
    unit: "names",
    meaning: "Filters by class name, in the order in which they run.",
    source: hostManager,
    evidence: "verified",
  },
  {
    name: "scheduler_default_weighers",
    default: ["CapacityWeigher"],
    unit: "names",
    meaning: "Weighers by class name, in the order in which their weights are added.",
    source: hostManager,
    evidence: "verified",
  },
  {
    name: "scheduler_weight_handler",
    default: ORDERED_HANDLER,
    unit: "text",
    meaning: `What makes a choice of weights: the best (${ORDERED_HANDLER}) or a draw with the weights for chances (${STOCHASTIC_HANDLER}).`,
    source: hostManager,
    evidence: "verified",
  },
  {
    name: "scheduler_max_attempts",
    default: 3,
    unit: "attempts",
    meaning: "Back ends to be tried for one volume; 1 tries no other.",
    source: "cinder/scheduler/driver.py",
    evidence: "verified",
    minimum: 1,
  },
  {
    name: "max_over_subscription_ratio",
    default: "20.0",
    unit: "1",
    meaning:
      "Times its capacity that a pool with thin provisioning may give away, where its driver reports no ratio; auto goes by what is used.",
    source: "cinder/volume/driver.py",
    evidence: "verified",
    numberOrText: true,
  },
  {
    name: "capacity_weight_multiplier",
    default: 1,
    unit: "1",
    meaning: "Weight of free capacity; negative stacks instead of spreading.",
    source: "cinder/scheduler/weights/capacity.py",
    evidence: "verified",
  },
  {
    name: "allocated_capacity_weight_multiplier",
    default: -1,
    unit: "1",
    meaning: "Weight of allocated capacity; positive stacks instead of spreading.",
    source: "cinder/scheduler/weights/capacity.py",
    evidence: "verified",
  },
  {
    name: "volume_number_multiplier",
    default: -1,
    unit: "1",
    meaning: "Weight of the number of volumes; positive stacks instead of spreading.",
    source: "cinder/scheduler/weights/volume_number.py",
    evidence: "verified",
  },
];

const defaults: ReadonlyMap<string, CinderOption> = new Map(cinderOptions.map((option) => [option.name, option]));

/** What is set, and the default of everything else. @throws RangeError naming every option that is unknown or holds what it cannot */
export class CinderConfig {
  private readonly set: ReadonlyMap<string, CinderOptionValue>;

  constructor(set: ReadonlyMap<string, CinderOptionValue> = new Map()) {
    const wrong = [...set].flatMap(([name, value]) => complaint(name, value));
    if (wrong.length > 0) throw new RangeError(wrong.join("; "));
    this.set = set;
  }

  number(name: string): number {
    return this.value(name) as number;
  }

  /** Also of a number. */
  text(name: string): string {
    return String(this.value(name));
  }

  list(name: string): readonly string[] {
    return this.value(name) as readonly string[];
  }

  private value(name: string): CinderOptionValue {
    const option = defaults.get(name);
    if (option === undefined) throw new RangeError(`there is no option ${name}`);
    return this.set.get(name) ?? option.default;
  }
}

/** What Cinder accepts; below 1 no thin volume fits anywhere (CapacityFilter). */
export function isRatio(value: CinderOptionValue): boolean {
  return !Array.isArray(value) && /^(auto|\d*\.\d+|\d+)$/.test(String(value));
}

function complaint(name: string, value: CinderOptionValue): readonly string[] {
  const option = defaults.get(name);
  if (option === undefined) return [`there is no option ${name}: Cinder's are ${[...defaults.keys()].join(", ")}`];
  const kindOf = (of: CinderOptionValue) => (Array.isArray(of) ? "a list of names" : typeof of === "number" ? "a number" : "a text");
  const found = `option ${name} is ${JSON.stringify(value)}`;
  if (option.numberOrText === true) {
    return isRatio(value) ? [] : [`${found}; a ratio (20.0) or auto was expected`];
  }
  if (kindOf(value) !== kindOf(option.default)) return [`${found}; ${kindOf(option.default)} was expected`];
  if (name === "scheduler_weight_handler" && value !== ORDERED_HANDLER && value !== STOCHASTIC_HANDLER)
    return [`${found}; ${ORDERED_HANDLER} or ${STOCHASTIC_HANDLER} was expected`];
  if (typeof value === "number" && !(Number.isFinite(value) && value >= (option.minimum ?? Number.NEGATIVE_INFINITY)))
    return [`${found}; ${option.minimum === undefined ? "a finite number" : `at least ${option.minimum}`} was expected`];
  return [];
}
