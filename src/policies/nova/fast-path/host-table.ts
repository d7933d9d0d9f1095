// What a decision needs to know of the hosts, as rows of numbers that are kept until a host's row changes: Placement's room, the first filter
// that refuses the host, and the raw value that each weigher gives it. The filters and weighers themselves supply the numbers, so there is no
// second form of any of them; what they answer must depend on the host's row (and on the flavor or image that the table was made for) alone.
//
// Placement and the scheduler may look at different hosts, say because compute node records lag: the table reads the changes of both.
import { ChangeLog } from "../../../datacenter/change-log.ts";
import { PythonError } from "../../python/python-values.ts";

/** Placement's side of the hosts: the largest server that fits, by resource. A flavor fits where it is no larger in any of the three. */
export interface PlacementRoom {
  readonly changes: ChangeLog;
  roomVcpuMilli(host: number): number;
  roomRamMb(host: number): number;
  roomDiskGb(host: number): number;
}

/** A filter that has something to say. */
export interface HostTest {
  /** Its place among the enabled filters. */
  readonly index: number;
  readonly passes: (host: number) => boolean;
}

/** A weigher that counts: raw value, multiplier (not 0) and lower bound of the normalisation, if it has one. */
export interface HostTerm {
  readonly value: (host: number) => number;
  readonly multiplier: number;
  readonly floor: number | null;
}

/** Numbers of a host before those of the weighers: room in thousandths of a vCPU, in MB of RAM and in GB of disk. */
export const ROOM = 3;

export class HostTable {
  readonly count: number;
  readonly tests: readonly HostTest[];
  readonly terms: readonly HostTerm[];
  /** Row after row, `width` numbers each: the three of room, then one for each weigher, not below its floor. A row is a cache line or two. */
  readonly numbers: Float64Array;
  readonly width: number;
  /** Terms whose values have ever differed: the others add 0 to every weight, as the BuildFailureWeigher does until a build fails. */
  varying: readonly number[] = [];
  /** By host: the first of `tests` that refuses it, `tests.length` if all let it pass. */
  readonly verdicts: Uint8Array;
  /** Rows of this table that have changed, each once they are read. */
  readonly changes: ChangeLog;
  /** True: a filter raises, or a weigher's value is no finite number. Such requests are for the plain path. */
  unfit = false;
  private readonly placement: PlacementRoom;
  private readonly logs: readonly ChangeLog[];
  private readonly places: Float64Array; // in `logs`
  private askedAt = Number.NEGATIVE_INFINITY;
  /** By term: the value at which it adds 0 as long as all hosts have it; NaN before the first host is read. */
  private readonly alike: Float64Array;

  constructor(count: number, states: ChangeLog, placement: PlacementRoom, tests: readonly HostTest[], terms: readonly HostTerm[]) {
    this.count = count;
    this.placement = placement;
    this.tests = tests;
    this.terms = terms;
    this.width = HostTable.width(terms.length);
    this.numbers = new Float64Array(this.width * count);
    this.verdicts = new Uint8Array(count);
    this.changes = new ChangeLog(count);
    this.alike = Float64Array.from(terms, ({ floor }) => floor ?? Number.NaN);
    this.logs = states === placement.changes ? [states] : [states, placement.changes];
    this.places = new Float64Array(this.logs.length).fill(Number.NEGATIVE_INFINITY);
  }

  static width(terms: number): number {
    return ROOM + terms;
  }

  /**
   * Would reading it be in vain? A table that has fallen behind must read every row, which costs more than a decision without it: it pays only
   * where requests follow each other faster than rows change, as this request and the one before it.
   */
  comesTooSeldom(): boolean {
    let clock = 0;
    let length = 0;
    let behind = false;
    for (let i = 0; i < this.logs.length; i++) {
      clock += this.logs[i]!.count;
      length += this.logs[i]!.length;
      if (!this.logs[i]!.remembers(this.places[i]!)) behind = true;
    }
    const before = this.askedAt;
    this.askedAt = clock;
    return behind && clock - before > length;
  }

  /** Reads the rows that have changed. */
  catchUp(): void {
    const { logs, places } = this;
    try {
      for (let i = 0; i < logs.length; i++) {
        const log = logs[i]!;
        if (!log.remembers(places[i]!)) {
          this.readAll();
          return;
        }
        for (let place = places[i]!; place < log.count; place++) this.read(log.row(place));
        places[i] = log.count;
      }
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      this.unfit = true;
    }
  }

  private readAll(): void {
    for (const [k, { value }] of this.terms.entries()) if (Number.isNaN(this.alike[k])) this.alike[k] = value(0);
    for (let host = 0; host < this.count; host++) this.read(host);
    for (let i = 0; i < this.logs.length; i++) this.places[i] = this.logs[i]!.count;
    this.changes.noteAll();
  }

  private read(host: number): void {
    const { tests, terms, placement } = this;
    const row = this.width * host;
    let changed = this.write(row, placement.roomVcpuMilli(host));
    if (this.write(row + 1, placement.roomRamMb(host))) changed = true;
    if (this.write(row + 2, placement.roomDiskGb(host))) changed = true;
    let verdict = 0;
    while (verdict < tests.length && tests[verdict]!.passes(host)) verdict++;
    if (this.verdicts[host] !== verdict) {
      this.verdicts[host] = verdict;
      changed = true;
    }
    for (let k = 0; k < terms.length; k++) {
      const { value, floor } = terms[k]!;
      let x = value(host);
      if (floor !== null && x < floor) x = floor;
      if (!Number.isFinite(x)) this.unfit = true;
      if (x !== this.alike[k] && !this.varying.includes(k)) this.varying = [...this.varying, k].sort((a, b) => a - b);
      if (this.write(row + ROOM + k, x)) changed = true;
    }
    if (changed) this.changes.note(host);
  }

  private write(at: number, x: number): boolean {
    if (this.numbers[at] === x) return false;
    this.numbers[at] = x;
    return true;
  }
}
