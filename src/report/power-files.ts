// The files of a run that knows its facility: hour by hour what was drawn and emitted, warm-up included, and how much each host and rack drew.
import type { RunResult } from "../experiment/run.ts";
import { SECOND } from "../kernel/time.ts";
import { type Cell, csvChunks } from "./csv.ts";
import type { ResultFile } from "./run-files.ts";

const JOULES_OF_KWH = 3_600_000;

export function powerFiles({ built: { electricity, cloud } }: RunResult): readonly ResultFile[] {
  if (electricity === null) return [];
  const { facility, peaks } = electricity;
  const { hosts, power, simulation } = cloud;
  const { now } = simulation;
  const hourRows = function* (): Generator<Cell[]> {
    for (const { from, until, itJoules, facilityJoules, grams } of facility.intervals(now)) {
      yield [from / SECOND, until / SECOND, itJoules / JOULES_OF_KWH, facilityJoules / JOULES_OF_KWH, grams / 1000];
    }
  };
  const drawnRows = function* (): Generator<Cell[]> {
    const ofRack = new Float64Array(peaks.racks);
    for (let host = 0; host < hosts.count; host++) {
      const kwh = power.energyJoules(host, now) / JOULES_OF_KWH;
      ofRack[hosts.descriptions[host]!.rack]! += kwh;
      yield ["host", hosts.hostName(host), kwh, peaks.ofHost(host, now)];
    }
    for (let rack = 0; rack < peaks.racks; rack++) yield ["rack", `rack-${rack + 1}`, ofRack[rack]!, peaks.ofRack(rack, now)];
  };
  return [
    { name: "energy.csv", text: csvChunks(["from_s", "until_s", "it_kwh", "facility_kwh", "co2_kg"], hourRows()) },
    { name: "power.csv", text: csvChunks(["kind", "object", "energy_kwh", "peak_w"], drawnRows()) },
  ];
}
