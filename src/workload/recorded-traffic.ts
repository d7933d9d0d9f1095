// What guests have sent and received since they were launched, where a trace says how much they do step by step.
import type { Micros } from "../kernel/time.ts";
import { SECOND } from "../kernel/time.ts";
import type { RecordedSeries } from "./utilisation/recorded-series.ts";

/** Bytes of a server over time, of a series in bytes per second. Looking further in time costs no more than the steps since the last look. */
export class RecordedBytes {
  private readonly series: RecordedSeries;
  // By server: up to where, since when and how much is summed up.
  private readonly sums = new Map<number, { readonly from: Micros; until: Micros; bytes: number }>();

  constructor(series: RecordedSeries) {
    this.series = series;
  }

  /** Bytes from `from` to `until`, instants of the run. */
  between(server: number, from: Micros, until: Micros): number {
    const known = this.sums.get(server);
    const sum = known !== undefined && known.from === from && known.until <= until ? known : { from, until: from, bytes: 0 };
    const { stepMicros } = this.series;
    while (sum.until < until) {
      const step = Math.floor(sum.until / stepMicros);
      const end = Math.min(until, (step + 1) * stepMicros);
      sum.bytes += (this.series.at(server, step) * (end - sum.until)) / SECOND;
      sum.until = end;
    }
    this.sums.set(server, sum);
    return sum.bytes;
  }
}
