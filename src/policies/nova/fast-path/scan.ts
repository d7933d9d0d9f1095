// The filter chain and the weighers over a table's numbers: every host with room is looked at, in the plain path's order and with its operations,
// but no function is called for any of them.
import { type HostTable, ROOM } from "./host-table.ts";

/** What a server needs: thousandths of a vCPU, MB and GB. */
export interface Demand {
  readonly vcpuMilli: number;
  readonly ramMb: number;
  readonly diskGb: number;
}

export class Scan {
  /** Of the last decision: hosts with room, up to the limit; how many of them each test of the table refused. */
  offered = 0;
  readonly refused: Int32Array;
  /** The hosts that passed, in their order, and their weights. */
  private readonly hosts: Int32Array;
  private readonly weights: Float64Array;

  constructor(hosts: Int32Array, weights: Float64Array, tests: number) {
    this.hosts = hosts;
    this.weights = weights;
    this.refused = new Int32Array(tests);
  }

  /** Looks at hosts until `limit` of them have room; returns how many passed. */
  run(table: HostTable, { vcpuMilli, ramMb, diskGb }: Demand, limit: number): number {
    const { hosts, refused } = this;
    const { count, width, numbers, verdicts } = table;
    const tests = table.tests.length;
    refused.fill(0, 0, tests);
    let offered = 0;
    let passing = 0;
    for (let host = 0, row = 0; host < count && offered < limit; host++, row += width) {
      if (numbers[row]! < vcpuMilli || numbers[row + 1]! < ramMb || numbers[row + 2]! < diskGb) continue;
      offered++;
      const verdict = verdicts[host]!;
      if (verdict === tests) hosts[passing++] = host;
      else refused[verdict]!++;
    }
    this.offered = offered;
    this.weights.fill(0, 0, passing);
    if (passing > 1) for (const k of table.varying) this.add(table, k, passing);
    return passing;
  }

  private add(table: HostTable, k: number, passing: number): void {
    const { hosts, weights } = this;
    const { numbers, width } = table;
    const { multiplier, floor } = table.terms[k]!;
    const column = ROOM + k;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < passing; i++) {
      const x = numbers[width * hosts[i]! + column]!;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    if (floor !== null) low = floor;
    const span = high - low;
    if (span !== 0) for (let i = 0; i < passing; i++) weights[i]! += multiplier * ((numbers[width * hosts[i]! + column]! - low) / span);
  }
}
