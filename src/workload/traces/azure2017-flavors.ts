// Server requests of Azure in 2017 with flavor, tenant batch and lifetime. The trace tells times to five minutes: a batch arrives at one
// instant drawn inside its bin, and a lifetime is drawn among the five-minute steps of its bin. A server that was still running at the end
// of the trace is never deleted. Time 0 is the start of the first bin of the file.
//
// A lifetime of bin 0 is shorter than the five minutes between two samples and counts as 0, as in the trace.
//
// @source Bergsma et al., SOSP 2021 (processing); Azure public dataset V1, Cortez et al., SOSP 2017 (data, CC-BY 4.0)
import type { Stream } from "../../kernel/random.ts";
import type { Micros } from "../../kernel/time.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../kernel/time.ts";
import { TraceCsv } from "../trace-csv.ts";
import type { Flavor } from "../workload.ts";
import type { TraceReader } from "./trace-servers.ts";

const STEP: Micros = 5 * MINUTE;
const LAST_DURATION_BIN = 45;

const sizes: readonly (readonly [letter: string, vcpus: number, ramGib: number])[] = [
  ["a", 1, 0.75],
  ["b", 1, 1.75],
  ["c", 1, 2],
  ["d", 16, 112],
  ["e", 2, 14],
  ["f", 2, 16],
  ["g", 2, 3.5],
  ["h", 2, 4],
  ["i", 4, 28],
  ["j", 4, 32],
  ["k", 4, 7],
  ["l", 4, 8],
  ["m", 8, 14],
  ["n", 8, 16],
  ["o", 8, 56],
  ["p", 8, 64],
];

const flavors: readonly Flavor[] = sizes.map(([name, vcpus, ramGib]) => {
  return { name, vcpuMilli: vcpus * 1000, ramMb: ramGib * 1024, diskGb: 0, volumeGb: 0, volumeType: null, extraSpecs: new Map() };
});
const flavorByLetter: ReadonlyMap<string, number> = new Map(sizes.map(([letter], index) => [letter, index]));

export const readAzure2017Flavors: TraceReader = (path, streams) => {
  const csv = new TraceCsv(path, ["vm_id", "bin_start_s", "batch_id", "flavor", "vcpus", "mem_gib", "duration_bin", "censored"]);
  const ids = csv.column("vm_id");
  const bins = csv.column("bin_start_s");
  const batches = csv.column("batch_id");
  const letters = csv.column("flavor");
  const vcpus = csv.column("vcpus");
  const memories = csv.column("mem_gib");
  const durations = csv.column("duration_bin");
  const censored = csv.column("censored");
  const withinBin = streams.stream("arrival.within_bin");
  const lifetimes = streams.stream("server.lifetime");

  const arrival: Micros[] = [];
  const lifetime: Micros[] = [];
  const flavor: number[] = [];
  const owner: number[] = [];
  let firstBin = Number.POSITIVE_INFINITY;

  for (let row = 0; row < csv.count; row++) {
    const id = csv.integer(row, ids, 0);
    const bin = csv.integer(row, bins, 0) * SECOND;
    const batch = csv.integer(row, batches, 0);
    const durationBin = csv.integer(row, durations, 0, LAST_DURATION_BIN);
    const running = csv.integer(row, censored, 0, 1) === 1;
    const index = flavorByLetter.get(csv.string(row, letters));
    if (index === undefined) {
      csv.fault(row, letters, `expected a flavor from a to p, got ${JSON.stringify(csv.string(row, letters))}`);
      continue;
    }
    const [letter, cpus, ramGib] = sizes[index]!;
    if (differs(csv.number(row, vcpus), cpus) || differs(csv.number(row, memories), ramGib)) {
      csv.fault(row, vcpus, `flavor ${letter} has ${cpus} vCPU and ${ramGib} GiB, but this row says otherwise`);
    }
    if (bin < firstBin) firstBin = bin;
    arrival.push(bin + Math.floor(withinBin.uniform(batch, 0) * STEP));
    lifetime.push(running ? Number.POSITIVE_INFINITY : lifetimeInBin(durationBin, lifetimes, id));
    flavor.push(index);
    owner.push(batch);
  }
  csv.throwFaults();
  return { flavors, arrival: arrival.map((at) => at - firstBin), lifetime, flavor, owner };
};

/** What is not even a number has been reported already. */
function differs(value: number, expected: number): boolean {
  return !Number.isNaN(value) && value !== expected;
}

/** Bins 0 to 12 are single steps, then 23 hours, 9 days and one of 10 days; the upper end of a bin belongs to it. */
function lifetimeInBin(bin: number, stream: Stream, server: number): Micros {
  if (bin <= 12) return bin * STEP;
  if (bin <= 35) return stepWithin((bin - 12) * HOUR, HOUR, stream, server);
  if (bin < LAST_DURATION_BIN) return stepWithin((bin - 35) * DAY, DAY, stream, server);
  return stepWithin(10 * DAY, 10 * DAY, stream, server);
}

function stepWithin(from: Micros, width: Micros, stream: Stream, server: number): Micros {
  return from + STEP * (1 + stream.integer(server, 0, width / STEP));
}
