// Capacity shared by flows: links of a network over which transfers run side by side. Rates are the max-min fair ones, found by progressive
// filling: all flows grow alike until a link is full, the flows over it keep that rate, the others grow on. Whenever a flow starts or ends
// the rates are solved anew, once per instant.
//
// @source the max-min model of flow-level network simulation (SimGrid's CM02 without latency terms; `test/queueing/shared-capacity.test.ts`)
import type { EventKind, Simulation, TimerKind } from "../kernel/simulation.ts";
import { SECOND } from "../kernel/time.ts";

interface Flow {
  readonly job: number;
  readonly route: readonly number[];
  /** Bytes still to be carried as of `solvedAt`. */
  remaining: number;
  rate: number;
}

/** Less than this share of a byte is rounding, not data. */
const NOTHING = 1e-3;

export class SharedCapacity {
  private readonly simulation: Simulation;
  private readonly finished: (job: number) => void;
  private readonly capacity: number[] = [];
  private readonly flows: Flow[] = [];
  private readonly solveNow: EventKind;
  private readonly nextEnd: TimerKind;
  private solving = false;
  private solvedAt = 0;
  private carriedBytes = 0;
  // Scratch of the solver, by link: capacity not yet shared out, and flows still growing (all 0 between solutions).
  private readonly left: number[] = [];
  private readonly growing: number[] = [];

  /** `finished` is called when the last byte of a job's flow has arrived. */
  constructor(simulation: Simulation, finished: (job: number) => void) {
    this.simulation = simulation;
    this.finished = finished;
    this.solveNow = simulation.kind("share capacity", () => this.solve());
    this.nextEnd = simulation.timer("transfer done", () => this.end());
  }

  /** Adds a link and returns its number. Capacity in bytes per second; 0 stalls what runs over it. */
  addLink(bytesPerSecond: number): number {
    if (!(bytesPerSecond >= 0)) throw new RangeError(`a link of ${bytesPerSecond} B/s: expected 0 or more`);
    this.capacity.push(bytesPerSecond);
    this.left.push(0);
    this.growing.push(0);
    return this.capacity.length - 1;
  }

  /** Starts a flow of `bytes` over the links of `route` (each at most once); an empty route is no constraint at all and ends at once. */
  start(job: number, bytes: number, route: readonly number[]): void {
    if (!(bytes >= 0)) throw new RangeError(`transfer of job ${job}: ${bytes} bytes; expected 0 or more`);
    for (const link of route) {
      if (this.capacity[link] === undefined) throw new RangeError(`transfer of job ${job}: no link ${link} among ${this.capacity.length}`);
    }
    this.carry();
    this.flows.push({ job, route, remaining: bytes, rate: 0 });
    this.change();
  }

  /** Takes the flow of a job off its links before it has ended; `finished` is not called for it. Returns the bytes it had still to carry. */
  stop(job: number): number {
    this.carry();
    const place = this.flows.findIndex((flow) => flow.job === job);
    if (place < 0) throw new RangeError(`transfer of job ${job} cannot be stopped: it is not under way`);
    const [stopped] = this.flows.splice(place, 1);
    this.change();
    return stopped!.remaining;
  }

  /** Sum of the rates over a link, in bytes per second. */
  load(link: number): number {
    return this.flows.reduce((sum, flow) => (flow.route.includes(link) ? sum + flow.rate : sum), 0);
  }

  rateOf(job: number): number {
    return this.flows.find((flow) => flow.job === job)?.rate ?? 0;
  }

  get active(): number {
    return this.flows.length;
  }

  /** Bytes carried by all flows so far. */
  get carried(): number {
    this.carry();
    return this.carriedBytes;
  }

  private change(): void {
    if (this.solving) return;
    this.solving = true;
    this.simulation.schedule(0, this.solveNow, 0);
  }

  /** Moves the bytes that the present rates have carried since the last solution. */
  private carry(): void {
    const elapsed = this.simulation.now - this.solvedAt;
    if (elapsed === 0) return;
    for (const flow of this.flows) {
      const bytes = Math.min(flow.remaining, (flow.rate * elapsed) / SECOND);
      flow.remaining -= bytes;
      this.carriedBytes += bytes;
    }
    this.solvedAt = this.simulation.now;
  }

  private solve(): void {
    this.solving = false;
    this.carry();
    const { capacity, flows, simulation } = this;
    const used: number[] = [];
    for (const flow of flows) {
      flow.rate = flow.route.length === 0 ? Number.POSITIVE_INFINITY : -1;
      for (const link of flow.route) {
        if (this.growing[link]!++ > 0) continue;
        used.push(link);
        this.left[link] = capacity[link]!;
      }
    }
    used.sort((a, b) => a - b);
    let open = flows.filter((flow) => flow.rate < 0);
    while (open.length > 0) {
      let share = Number.POSITIVE_INFINITY;
      for (const link of used) if (this.growing[link]! > 0) share = Math.min(share, this.left[link]! / this.growing[link]!);
      const full = (link: number) => this.left[link]! / this.growing[link]! <= share;
      const stuck = open.filter((flow) => flow.route.some(full));
      for (const flow of stuck) flow.rate = share;
      for (const flow of stuck) {
        for (const link of flow.route) {
          this.left[link] = Math.max(0, this.left[link]! - share);
          this.growing[link]!--;
        }
      }
      open = open.filter((flow) => flow.rate < 0);
    }
    let soonest = Number.POSITIVE_INFINITY;
    for (const flow of flows) {
      const micros = flow.remaining <= NOTHING || flow.rate === Number.POSITIVE_INFINITY ? 0 : (flow.remaining / flow.rate) * SECOND;
      if (micros < soonest) soonest = micros;
    }
    simulation.cancel(this.nextEnd, 0);
    if (soonest < Number.POSITIVE_INFINITY) simulation.set(Math.ceil(soonest - 1e-6), this.nextEnd, 0);
  }

  private end(): void {
    this.carry();
    // Within half a microsecond of its end a transfer has ended: time is whole microseconds.
    const over = (flow: Flow) => flow.remaining <= NOTHING + (flow.rate * 0.5) / SECOND || flow.rate === Number.POSITIVE_INFINITY;
    const ended = this.flows.filter(over);
    for (const flow of ended) this.carriedBytes += flow.remaining;
    let kept = 0;
    for (const flow of this.flows) if (!over(flow)) this.flows[kept++] = flow;
    this.flows.length = kept;
    this.change();
    for (const flow of ended) this.finished(flow.job);
  }
}
