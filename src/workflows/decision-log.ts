// What the scheduler decided, one row a decision: how many hosts Placement offered, how many each filter left, which host was chosen with
// what weight, and the alternates.
import type { Micros } from "../kernel/time.ts";

export interface DecisionRow {
  readonly time: Micros;
  readonly server: number;
  /** -1: NoValidHost. */
  readonly host: number;
  readonly candidates: number;
  /** Hosts left after each enabled filter. */
  readonly leftAfter: readonly number[];
  readonly weight: number;
  /** What a filter or a weigher raised, with its name and Nova's class of error; null where nothing did. */
  readonly error: string | null;
}

/** What the log keeps of a decision; the scheduler itself tells it of its last one. */
export interface Decided {
  readonly candidates: number;
  readonly leftAfter: ArrayLike<number>;
  readonly weight: number;
}

export class DecisionLog {
  private readonly times: number[] = [];
  private readonly servers: number[] = [];
  private readonly hosts: number[] = [];
  private readonly candidates: number[] = [];
  private readonly weights: number[] = [];
  private readonly left: number[] = []; // filters.length per decision
  private readonly errors = new Map<number, string>(); // by decision
  private filterCount = 0;

  get count(): number {
    return this.times.length;
  }

  add(time: Micros, server: number, host: number, scheduler: Decided, error: string | null = null): void {
    if (error !== null) this.errors.set(this.count, error);
    this.filterCount = scheduler.leftAfter.length;
    this.times.push(time);
    this.servers.push(server);
    this.hosts.push(host);
    this.candidates.push(scheduler.candidates);
    this.weights.push(scheduler.weight);
    for (let i = 0; i < this.filterCount; i++) this.left.push(scheduler.leftAfter[i]!);
  }

  /** Host of a decision, -1 for NoValidHost. */
  hostOf(index: number): number {
    return this.hosts[index]!;
  }

  row(index: number): DecisionRow {
    return {
      time: this.times[index]!,
      server: this.servers[index]!,
      host: this.hosts[index]!,
      candidates: this.candidates[index]!,
      leftAfter: this.left.slice(index * this.filterCount, (index + 1) * this.filterCount),
      weight: this.weights[index]!,
      error: this.errors.get(index) ?? null,
    };
  }
}
