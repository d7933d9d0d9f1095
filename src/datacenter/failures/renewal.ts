// A component that fails and is repaired, over and over: times in working order and times of repair follow laws of their own, drawn by component
// and cycle, so that a component more or less changes nobody else's fate.
//
// At the start of a run everything works. A component that is not new then has been at work for some time: what is left until its first failure
// is the stationary excess of its law. Drawn as new, components whose hazard falls with age would die young all at once (a transient that no
// datacenter in service shows).
//
// Some repairs need a crew, of which there are so many; the others (a reboot) see to themselves. Whoever finds no crew free waits in line.
import type { Distribution } from "../../kernel/distribution.ts";
import type { Stream } from "../../kernel/random.ts";
import type { Simulation, TimerKind } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";
import { type StationId, Stations } from "../../queueing/station.ts";

/** One way in which a failure ends. */
export interface RepairBranch {
  /** Weight among the branches. */
  readonly weight: number;
  /** In microseconds. */
  readonly time: Distribution;
  readonly needsCrew: boolean;
}

export interface FailureLaw {
  /** Time in working order, in microseconds. */
  readonly between: Distribution;
  readonly repair: readonly RepairBranch[];
  /** New at the start of the run; otherwise they have been in service. */
  readonly startsNew: boolean;
}

/** Mean time of a repair, without waiting for a crew. */
export function meanRepair({ repair }: FailureLaw): Micros {
  const weights = repair.reduce((sum, { weight }) => sum + weight, 0);
  return repair.reduce((sum, { weight, time }) => sum + (weight / weights) * time.mean, 0);
}

/** MTBF / (MTBF + MTTR): the share of time in which a component works that never waits for a crew. */
export function availability(law: FailureLaw): number {
  return law.between.mean / (law.between.mean + meanRepair(law));
}

/** The crews that all components share. */
export class RepairCrews {
  private readonly stations: Stations;
  private readonly crews: StationId;
  private readonly begins: (() => void)[] = [];
  private readonly spare: number[] = [];

  /** @param count of crews; Infinity: there is always one */
  constructor(simulation: Simulation, count: number) {
    if (!(count >= 1)) throw new RangeError(`${count} repair crews; expected at least 1, or no limit`);
    this.stations = new Stations(simulation, (job) => {
      const begin = this.begins[job]!;
      this.spare.push(job);
      begin();
    });
    this.crews = this.stations.add("repair crews", { workers: Number.isFinite(count) ? count : Number.MAX_SAFE_INTEGER });
  }

  /** Calls `begin` when a crew is there, which may be at once. */
  ask(begin: () => void): void {
    const job = this.spare.pop() ?? this.begins.length;
    this.begins[job] = begin;
    this.stations.arrive(this.crews, job);
  }

  leave(): void {
    this.stations.leave(this.crews);
  }

  /** Time-average of the failures that wait for a crew. */
  get meanWaiting(): number {
    return this.stations.statistics(this.crews).meanWaiting;
  }

  resetStatistics(): void {
    this.stations.resetStatistics();
  }
}

export interface RenewalParts {
  readonly simulation: Simulation;
  /** Names the events: `host fails`, `host repaired`. */
  readonly name: string;
  readonly count: number;
  readonly law: FailureLaw;
  /** Draws; its name tells the kind of component. */
  readonly draws: Stream;
  readonly crews: RepairCrews;
  readonly failed: (component: number, repairTime: Micros) => void;
  readonly repaired: (component: number) => void;
}

/** Draws of one cycle: time in order, branch of the repair, time of the repair. */
const DRAWS = 4;

export class Renewal {
  private readonly parts: RenewalParts;
  private readonly cycle: Int32Array;
  private readonly crewOn: Uint8Array;
  private readonly fails: TimerKind;
  private readonly ends: TimerKind;
  private readonly cumulative: readonly number[];
  /** Failures so far. */
  failures = 0;

  /** @throws RangeError for a law that cannot be run */
  constructor(parts: RenewalParts) {
    const { simulation, name, count, law } = parts;
    this.parts = parts;
    if (!(law.between.mean > 0))
      throw new RangeError(`${name}: a mean time between failures of ${law.between.mean} us; expected more than 0`);
    if (!law.startsNew && law.between.sampleExcess === undefined) {
      throw new RangeError(`${name}: how ${law.between.describe()} goes on at a random instant is not known; let the components start new`);
    }
    let sum = 0;
    this.cumulative = law.repair.map(({ weight }) => (sum += weight));
    if (!(sum > 0 && sum < Number.POSITIVE_INFINITY)) throw new RangeError(`${name}: the weights of the repairs add up to ${sum}`);
    this.cycle = new Int32Array(count);
    this.crewOn = new Uint8Array(count);
    this.fails = simulation.timer(`${name} fails`, (component) => this.fail(component));
    this.ends = simulation.timer(`${name} repaired`, (component) => this.end(component));
    for (let component = 0; component < count; component++) this.wait(component, !law.startsNew);
  }

  private wait(component: number, first: boolean): void {
    const { simulation, law, draws } = this.parts;
    const { between } = law;
    const law1: Distribution = first ? { ...between, sample: (source) => between.sampleExcess!(source) } : between;
    const time = draws.sample(law1, component, DRAWS * this.cycle[component]!);
    if (time < MOST) simulation.set(Math.max(1, Math.round(time)), this.fails, component);
  }

  private fail(component: number): void {
    const { law, draws, crews, failed, simulation } = this.parts;
    this.failures++;
    const n = DRAWS * this.cycle[component]!;
    const at = draws.uniform(component, n + 1) * this.cumulative.at(-1)!;
    const branch =
      law.repair[
        Math.max(
          0,
          this.cumulative.findIndex((sum) => at < sum),
        )
      ]!;
    const time = Math.min(MOST, Math.max(1, Math.round(draws.sample(branch.time, component, n + 2))));
    failed(component, time);
    if (!branch.needsCrew) {
      simulation.set(time, this.ends, component);
      return;
    }
    crews.ask(() => {
      this.crewOn[component] = 1;
      simulation.set(time, this.ends, component);
    });
  }

  private end(component: number): void {
    const { repaired, crews } = this.parts;
    this.cycle[component]!++;
    repaired(component);
    if (this.crewOn[component] === 1) {
      this.crewOn[component] = 0;
      crews.leave();
    }
    this.wait(component, false);
  }
}

/** A century and more: what comes later than this does not come in any run. */
const MOST = 2 ** 52;
