// Stations: places with a number of workers, where jobs wait in line and are served. Many stations share one set of columns (a cloud has one
// per compute host), and a job waits in at most one of them at a time, so the line is a linked list through the jobs.
//
// A station does not know how long service takes: it calls `begin` when a worker takes a job, and the owner calls `leave` when that is done.
// Every station counts what Little's law needs, and `checkLittle` holds it to that law.
import type { Simulation } from "../kernel/simulation.ts";
import type { Micros } from "../kernel/time.ts";

export type StationId = number & { readonly brand: "station" };

/** `fifo`: first come, first served. `priority`: lowest priority number first, first come first served among equals; no pre-emption. */
export type Discipline = "fifo" | "priority";

export interface StationOptions {
  readonly workers: number;
  /** Most jobs in the station, waiting and served; further ones are lost. Default: no bound. */
  readonly capacity?: number;
  readonly discipline?: Discipline;
}

/** What a station has seen since the start (or since `resetStatistics`). Times are microseconds; means are over jobs. */
export interface StationStatistics {
  readonly name: string;
  readonly workers: number;
  readonly arrivals: number;
  readonly departures: number;
  readonly lost: number;
  /** Time-averages: jobs in the station, jobs waiting, share of the workers that is busy. */
  readonly meanInStation: number;
  readonly meanWaiting: number;
  readonly utilisation: number;
  readonly meanWaitMicros: number;
  readonly mostWaiting: number;
}

export class Stations {
  private readonly simulation: Simulation;
  private readonly begin: (job: number, station: StationId) => void;
  private readonly names: string[] = [];
  private readonly workers: number[] = [];
  private readonly capacity: number[] = [];
  private readonly byPriority: boolean[] = [];
  private readonly busy: number[] = [];
  private readonly waiting: number[] = [];
  private readonly first: number[] = []; // job + 1, 0 = nobody waits
  private readonly last: number[] = [];
  // Little's law, from two sides: areas under the curves, and the time that jobs spent, summed from the instants at which they came, began
  // and left. Instants count from the reset, so jobs that were present then came at 0.
  private readonly changedAt: Micros[] = [];
  private readonly areaInStation: number[] = [];
  private readonly areaWaiting: number[] = [];
  private readonly areaBusy: number[] = [];
  private readonly spentInStation: number[] = []; // sum of the instants of leaving, less those of coming
  private readonly spentWaiting: number[] = []; // sum of the instants of beginning, less those of coming
  private readonly arrivals: number[] = [];
  private readonly begun: number[] = [];
  private readonly departures: number[] = [];
  private readonly lost: number[] = [];
  private readonly mostWaiting: number[] = [];
  private resetAt: Micros = 0;

  private next = new Int32Array(1024); // by job: the job + 1 behind it in line
  private priority = new Int32Array(1024);

  constructor(simulation: Simulation, begin: (job: number, station: StationId) => void) {
    this.simulation = simulation;
    this.begin = begin;
  }

  get count(): number {
    return this.names.length;
  }

  add(name: string, options: StationOptions): StationId {
    if (!(Number.isInteger(options.workers) && options.workers >= 1)) {
      throw new RangeError(`station "${name}": ${options.workers} workers; expected a whole number of at least 1`);
    }
    const capacity = options.capacity ?? Number.POSITIVE_INFINITY;
    if (!(capacity >= 1)) throw new RangeError(`station "${name}": a capacity of ${capacity} jobs; expected at least 1`);
    this.names.push(name);
    this.workers.push(options.workers);
    this.capacity.push(capacity);
    this.byPriority.push(options.discipline === "priority");
    for (const column of [this.busy, this.waiting, this.first, this.last, this.mostWaiting, ...this.counted()]) column.push(0);
    this.changedAt.push(this.simulation.now);
    return (this.names.length - 1) as StationId;
  }

  /** A job comes: a free worker begins with it at once, otherwise it waits. False: the station is full and the job is lost. */
  arrive(station: StationId, job: number, priority = 0): boolean {
    const now = this.simulation.now;
    if (this.busy[station]! + this.waiting[station]! >= this.capacity[station]!) {
      this.lost[station]!++;
      return false;
    }
    this.advance(station, now);
    this.arrivals[station]!++;
    this.spentInStation[station]! -= now - this.resetAt;
    if (this.busy[station]! < this.workers[station]!) {
      this.start(station, job);
    } else {
      this.queue(station, job, priority);
      this.spentWaiting[station]! -= now - this.resetAt;
      const waiting = ++this.waiting[station]!;
      if (waiting > this.mostWaiting[station]!) this.mostWaiting[station] = waiting;
    }
    return true;
  }

  /** A served job leaves; its worker takes the next in line. */
  leave(station: StationId): void {
    const now = this.simulation.now;
    if (this.busy[station] === 0) throw new RangeError(`station "${this.names[station]}": a job leaves, but no worker is busy`);
    this.advance(station, now);
    this.busy[station]!--;
    this.departures[station]!++;
    this.spentInStation[station]! += now - this.resetAt;
    const job = this.first[station]! - 1;
    if (job < 0) return;
    const behind = this.next[job]!;
    this.first[station] = behind;
    if (behind === 0) this.last[station] = 0;
    this.waiting[station]!--;
    this.spentWaiting[station]! += now - this.resetAt;
    this.start(station, job);
  }

  inStation(station: StationId): number {
    return this.busy[station]! + this.waiting[station]!;
  }

  statistics(station: StationId): StationStatistics {
    const now = this.simulation.now;
    this.advance(station, now);
    const span = now - this.resetAt;
    const over = (area: number) => (span > 0 ? area / span : 0);
    const begun = this.begun[station]!;
    return {
      name: this.names[station]!,
      workers: this.workers[station]!,
      arrivals: this.arrivals[station]!,
      departures: this.departures[station]!,
      lost: this.lost[station]!,
      meanInStation: over(this.areaInStation[station]!),
      meanWaiting: over(this.areaWaiting[station]!),
      utilisation: over(this.areaBusy[station]!) / this.workers[station]!,
      meanWaitMicros: begun > 0 ? this.areaWaiting[station]! / begun : 0,
      mostWaiting: this.mostWaiting[station]!,
    };
  }

  /** Forgets what was counted so far (end of the warm-up); jobs present stay. */
  resetStatistics(): void {
    const now = this.simulation.now;
    this.resetAt = now;
    const counted = this.counted();
    for (let station = 0; station < this.count; station++) {
      for (const column of counted) column[station] = 0;
      this.changedAt[station] = now;
      this.mostWaiting[station] = this.waiting[station]!;
    }
  }

  /**
   * Little's law with the edges of the window accounted for: the area under the number of jobs equals the time that jobs spent, summed from
   * their own instants; for the whole station and for its line. Exact while the areas stay below 2^53 job-microseconds (285 job-years).
   * Returns the larger discrepancy of the two in job-microseconds, 0 when all is well.
   */
  checkLittle(station: StationId): number {
    const now = this.simulation.now;
    this.advance(station, now);
    const since = now - this.resetAt;
    const inStation = this.areaInStation[station]! - (this.spentInStation[station]! + this.inStation(station) * since);
    const waiting = this.areaWaiting[station]! - (this.spentWaiting[station]! + this.waiting[station]! * since);
    return Math.max(Math.abs(inStation), Math.abs(waiting));
  }

  /** The columns that start from 0 and are forgotten at a reset. */
  private counted(): number[][] {
    const areas = [this.areaInStation, this.areaWaiting, this.areaBusy, this.spentInStation, this.spentWaiting];
    return [...areas, this.arrivals, this.begun, this.departures, this.lost];
  }

  private start(station: StationId, job: number): void {
    this.busy[station]!++;
    this.begun[station]!++;
    this.begin(job, station);
  }

  private queue(station: StationId, job: number, priority: number): void {
    if (job >= this.next.length) this.growJobs(job);
    this.next[job] = 0;
    this.priority[job] = priority;
    const last = this.last[station]! - 1;
    if (last < 0) {
      this.first[station] = this.last[station] = job + 1;
      return;
    }
    if (!this.byPriority[station] || this.priority[last]! <= priority) {
      this.next[last] = job + 1;
      this.last[station] = job + 1;
      return;
    }
    // Someone less urgent waits: go in front of the first such.
    let before = -1;
    let at = this.first[station]! - 1;
    while (this.priority[at]! <= priority) {
      before = at;
      at = this.next[at]! - 1;
    }
    this.next[job] = at + 1;
    if (before < 0) this.first[station] = job + 1;
    else this.next[before] = job + 1;
  }

  private advance(station: StationId, now: Micros): void {
    const elapsed = now - this.changedAt[station]!;
    if (elapsed === 0) return;
    const busy = this.busy[station]!;
    const waiting = this.waiting[station]!;
    this.areaInStation[station]! += (busy + waiting) * elapsed;
    this.areaWaiting[station]! += waiting * elapsed;
    this.areaBusy[station]! += busy * elapsed;
    this.changedAt[station] = now;
  }

  private growJobs(job: number): void {
    const length = Math.max(job + 1, this.next.length * 2);
    const next = new Int32Array(length);
    next.set(this.next);
    this.next = next;
    const priority = new Int32Array(length);
    priority.set(this.priority);
    this.priority = priority;
  }
}
