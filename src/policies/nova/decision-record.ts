// One decision of the scheduler, kept step by step: Placement's candidates, whom each filter removed and why, what each weigher said of whom,
// the choice and its alternates. Hosts go by row number.
import type { Filter } from "./filter.ts";
import type { FilterScheduler, SchedulingObserver } from "./filter-scheduler.ts";
import type { RequestSpec } from "./request-spec.ts";

export interface RemovedHost {
  readonly host: number;
  /** In an operator's words, with the values that decided. */
  readonly because: string;
}

export interface FilterStep {
  readonly name: string;
  readonly left: number;
  /** In the order of the candidates. */
  readonly removed: readonly RemovedHost[];
}

/** What a weigher said, by rank. */
export interface WeigherStep {
  readonly name: string;
  readonly raw: readonly number[];
  readonly normalized: readonly number[];
  readonly multipliers: readonly number[];
}

export interface DecisionRecord {
  /** What Placement offered, in its order. */
  readonly candidates: readonly number[];
  /** Left of those by what the request says of hosts by name; null: the filters were passed over. */
  readonly entered: readonly number[] | null;
  /** Filters after one that left nothing are not asked, and not here. */
  readonly filters: readonly FilterStep[];
  /** Hosts that passed, best first; their weights are the sums of multiplier times normalised value over the weighers, in that order. */
  readonly ranked: readonly number[];
  readonly weights: readonly number[];
  /** None where a single host was left: Nova does not weigh it. */
  readonly weighers: readonly WeigherStep[];
  /** The chosen host first, then its alternates; empty for NoValidHost. */
  readonly chosen: readonly number[];
}

export class DecisionRecorder implements SchedulingObserver {
  private readonly scheduler: FilterScheduler;
  private readonly request: RequestSpec;
  /** Whether reasons are asked for; without them they are empty. */
  private readonly reasons: boolean;
  private candidates: readonly number[] = [];
  private enteredHosts: readonly number[] | null = null;
  private left: readonly number[] = [];
  private readonly filters: FilterStep[] = [];
  private weighedHosts: readonly number[] = [];
  private readonly weighers: WeigherStep[] = [];
  private rankedHosts: readonly number[] = [];
  private weights: readonly number[] = [];
  private chosen: readonly number[] = [];

  constructor(scheduler: FilterScheduler, request: RequestSpec, reasons: boolean) {
    this.scheduler = scheduler;
    this.request = request;
    this.reasons = reasons;
  }

  offered(hosts: readonly number[]): void {
    this.candidates = hosts;
  }

  entered(hosts: readonly number[] | null): void {
    this.enteredHosts = hosts;
    this.left = hosts ?? this.candidates;
  }

  filtered(name: string, hosts: readonly number[]): void {
    const passed = new Set(hosts);
    const gone = this.left.filter((host) => !passed.has(host));
    const because = gone.length > 0 && this.reasons ? this.becauseOf(name) : () => "";
    this.filters.push({ name, left: hosts.length, removed: gone.map((host) => ({ host, because: because(host) })) });
    this.left = hosts;
  }

  weighing(hosts: readonly number[]): void {
    this.weighedHosts = hosts;
  }

  weighed(name: string, raw: readonly number[], normalized: readonly number[], multipliers: readonly number[]): void {
    this.weighers.push({ name, raw, normalized, multipliers });
  }

  ranked(hosts: readonly number[], weights: readonly number[]): void {
    this.rankedHosts = hosts;
    this.weights = weights;
  }

  chose(hosts: readonly number[]): void {
    this.chosen = hosts;
  }

  /** What has been seen; asked for when the decision is over. */
  get record(): DecisionRecord {
    const place = new Map(this.weighedHosts.map((host, i) => [host, i]));
    const byRank = (values: readonly number[]) => this.rankedHosts.map((host) => values[place.get(host)!]!);
    return {
      candidates: this.candidates,
      entered: this.enteredHosts,
      filters: this.filters,
      ranked: this.rankedHosts,
      weights: this.weights,
      weighers: this.weighers.map(({ name, raw, normalized, multipliers }) => {
        return { name, raw: byRank(raw), normalized: byRank(normalized), multipliers: byRank(multipliers) };
      }),
      chosen: this.chosen,
    };
  }

  private becauseOf(name: string): (host: number) => string {
    const { hosts, config, filters } = this.scheduler;
    return reasonOf(filters.find((filter) => filter.name === name)!)(hosts, this.request, config);
  }
}

/** What a filter says of hosts it does not let pass; its meaning where it has no words of its own for them. */
export function reasonOf(filter: Filter): NonNullable<Filter["because"]> {
  return filter.because ?? (() => () => filter.meaning);
}
