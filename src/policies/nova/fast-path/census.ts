// Which hosts can take a server of one size, and how many? What a decision reports beside its choice: hosts with room, and how many of those each
// filter refuses. Counted once, and then kept by the rows that change: a comparison of a few numbers each.
import type { HostTable } from "./host-table.ts";
import type { Demand } from "./scan.ts";

/** The verdict on a host without room; those of the table's tests are smaller. */
const NO_ROOM = 255;

export class Census {
  /** Hosts with room for the server; of those, how many each of the table's tests refuses first; and how many pass all of them. */
  offered = 0;
  readonly refused: Int32Array;
  passing = 0;
  private readonly table: HostTable;
  private readonly demand: Demand;
  private readonly verdicts: Uint8Array; // by host
  private place = Number.NEGATIVE_INFINITY; // in the table's changes

  constructor(table: HostTable, demand: Demand) {
    this.table = table;
    this.demand = demand;
    this.refused = new Int32Array(table.tests.length);
    this.verdicts = new Uint8Array(table.count);
  }

  passes(host: number): boolean {
    return this.verdicts[host] === this.table.tests.length;
  }

  /** Counts again what has changed in the table. */
  catchUp(): void {
    const { table, refused, verdicts } = this;
    const { changes } = table;
    if (changes.remembers(this.place)) {
      for (let place = this.place; place < changes.count; place++) {
        const host = changes.row(place);
        const is = this.verdictOn(host);
        const was = verdicts[host]!;
        if (is === was) continue;
        this.count(was, -1);
        this.count(is, 1);
        verdicts[host] = is;
      }
    } else {
      this.offered = 0;
      this.passing = 0;
      refused.fill(0);
      for (let host = 0; host < table.count; host++) {
        verdicts[host] = this.verdictOn(host);
        this.count(verdicts[host]!, 1);
      }
    }
    this.place = changes.count;
  }

  private verdictOn(host: number): number {
    const { numbers, width, verdicts } = this.table;
    const { vcpuMilli, ramMb, diskGb } = this.demand;
    const row = width * host;
    return numbers[row]! >= vcpuMilli && numbers[row + 1]! >= ramMb && numbers[row + 2]! >= diskGb ? verdicts[host]! : NO_ROOM;
  }

  private count(verdict: number, by: 1 | -1): void {
    if (verdict === NO_ROOM) return;
    this.offered += by;
    if (verdict === this.refused.length) this.passing += by;
    else this.refused[verdict]! += by;
  }
}
