// What happened to the cloud besides its users' requests: actions of operators, failures, repairs and what automation did about them, each with
// its outcome. A row of `events.csv` each.
import type { EventKind, Simulation } from "../../kernel/simulation.ts";
import type { Micros } from "../../kernel/time.ts";

export type Cause = "timeline" | "failure" | "burst" | "instance HA" | "watcher" | "service group";

export interface Happening {
  readonly time: Micros;
  readonly by: Cause;
  /** `fail`, `evacuate`, `disable`: verbs of the timeline. */
  readonly action: string;
  /** `rack-3`, `compute-7`. */
  readonly object: string;
  /** `under way` until it has ended. */
  readonly outcome: string;
  /** -1: it has not ended. */
  readonly endedAt: Micros;
}

const UNDER_WAY = "under way";

export class Happenings {
  private readonly simulation: Simulation;
  private readonly recorded: EventKind;
  private readonly rows: Happening[] = [];

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    this.recorded = simulation.recordKind("happening");
  }

  get count(): number {
    return this.rows.length;
  }

  row(index: number): Happening {
    return this.rows[index]!;
  }

  /** Something begins, and ends later with `end`. Returns its row. */
  begin(by: Cause, action: string, object: string): number {
    const { now } = this.simulation;
    const row = this.rows.push({ time: now, by, action, object, outcome: UNDER_WAY, endedAt: -1 }) - 1;
    this.simulation.record(this.recorded, row & 0xff_ff_ff, 0);
    return row;
  }

  end(row: number, outcome: string): void {
    const begun = this.rows[row]!;
    if (begun.endedAt >= 0) throw new RangeError(`${begun.action} of ${begun.object} has ended already: ${begun.outcome}`);
    this.rows[row] = { ...begun, outcome, endedAt: this.simulation.now };
    this.simulation.record(this.recorded, row & 0xff_ff_ff, 1);
  }

  /** Something that takes no time. */
  note(by: Cause, action: string, object: string, outcome: string): void {
    this.end(this.begin(by, action, object), outcome);
  }
}
