// Tasks or virtual machines with their CPU use in fragments: how long, how many MHz. Two files: one row per task, and the fragments of all
// tasks, those of a task in order. The Bitbrains subset and the week of SURF's Lisa cluster are published in this form.
//
// Columns of tasks: `id`, `submission_ms`, `duration_ms`, `cpu_count`, `cpu_capacity_mhz` (of all cores together), `mem_capacity_kb` (OpenDC's
// manual says MB; the numbers are KB). Columns of fragments: `id`, `duration_ms`, `cpu_usage_mhz`.
//
// @source OpenDC (Mastenbroek et al., CCGrid 2021), github.com/atlarge-research/opendc
import type { Micros } from "../../kernel/time.ts";
import { MILLISECOND } from "../../kernel/time.ts";
import { TraceCsv } from "../trace-csv.ts";
import { RecordedSeries } from "../utilisation/recorded-series.ts";
import { memoryKb } from "./guest-memory.ts";

export interface FragmentTrace {
  readonly count: number;
  readonly ids: readonly string[];
  /** Since the time zero of the file. */
  readonly submission: Float64Array; // Micros
  readonly duration: Float64Array; // Micros
  readonly vcpus: Int32Array;
  readonly capacityMhz: Float64Array;
  readonly ramMb: Float64Array;
  /** The fragments of task t are firstFragment[t] to firstFragment[t + 1] - 1. */
  readonly firstFragment: Int32Array;
  readonly fragmentDuration: Float64Array; // Micros
  /** Share of the task's capacity, 0..1; use beyond it (turbo) counts as all of it. */
  readonly fragmentCpu: Float64Array;
}

/** @throws InputError with every problem of the first of the two files that has any */
export function readFragmentTrace(tasksPath: string, fragmentsPath: string): FragmentTrace {
  const tasks = readTasks(tasksPath);
  const { count } = tasks;
  const csv = new TraceCsv(fragmentsPath, ["id", "duration_ms", "cpu_usage_mhz"]);
  const [id, duration, usage] = [csv.column("id"), csv.column("duration_ms"), csv.column("cpu_usage_mhz")];
  const taskOf = new Int32Array(csv.count);
  const known = new Map(tasks.ids.map((name, task) => [name, task]));
  const firstFragment = new Int32Array(count + 1);
  for (let row = 0; row < csv.count; row++) {
    const task = known.get(csv.string(row, id)) ?? -1;
    taskOf[row] = task;
    if (task < 0) csv.fault(row, id, `there is no task ${JSON.stringify(csv.string(row, id))} in ${tasksPath}`);
    else firstFragment[task + 1]!++;
  }
  for (let task = 0; task < count; task++) firstFragment[task + 1]! += firstFragment[task]!;
  const next = firstFragment.slice();
  const fragmentDuration = new Float64Array(csv.count);
  const fragmentCpu = new Float64Array(csv.count);
  for (let row = 0; row < csv.count; row++) {
    const lasts = csv.integer(row, duration, 0) * MILLISECOND;
    const mhz = csv.number(row, usage);
    if (mhz < 0) csv.fault(row, usage, `expected 0 MHz or more, got ${mhz}`);
    const task = taskOf[row]!;
    if (task < 0) continue;
    const fragment = next[task]!++;
    fragmentDuration[fragment] = lasts;
    fragmentCpu[fragment] = Math.min(1, mhz / tasks.capacityMhz[task]!);
  }
  csv.throwFaults();
  return { ...tasks, firstFragment, fragmentDuration, fragmentCpu };
}

function readTasks(path: string) {
  const csv = new TraceCsv(path, ["id", "submission_ms", "duration_ms", "cpu_count", "cpu_capacity_mhz", "mem_capacity_kb"]);
  const { count } = csv;
  const [id, submission, duration] = [csv.column("id"), csv.column("submission_ms"), csv.column("duration_ms")];
  const [cores, capacity, memory] = [csv.column("cpu_count"), csv.column("cpu_capacity_mhz"), csv.column("mem_capacity_kb")];
  const rows = Array.from({ length: count }, (_, row) => row);
  const columns = {
    count,
    ids: rows.map((row) => csv.string(row, id)),
    submission: Float64Array.from(rows, (row) => csv.integer(row, submission, 0) * MILLISECOND),
    duration: Float64Array.from(rows, (row) => csv.integer(row, duration, 0) * MILLISECOND),
    vcpus: Int32Array.from(rows, (row) => csv.integer(row, cores, 1, 4096)),
    capacityMhz: Float64Array.from(rows, (row) => {
      const mhz = csv.number(row, capacity);
      if (mhz <= 0) csv.fault(row, capacity, `expected more than 0 MHz, got ${mhz}`);
      return mhz;
    }),
    ramMb: Float64Array.from(rows, (row) => memoryKb(csv, row, memory) / 1024),
  };
  const seen = new Set<string>();
  for (const row of rows) {
    if (seen.has(columns.ids[row]!)) csv.fault(row, id, `task ${JSON.stringify(columns.ids[row])} is there twice`);
    seen.add(columns.ids[row]!);
  }
  csv.throwFaults();
  return columns;
}

/**
 * The CPU use of each task in equal steps from its submission: the mean over the step, weighted by time; the last step may be a part of one.
 * @throws RangeError when a task has no fragments
 */
export function cpuSeries(trace: FragmentTrace, stepMicros: Micros): RecordedSeries {
  const guests = trace.ids.map((_, task) => {
    const means: number[] = [];
    let [left, sum] = [stepMicros, 0];
    for (let fragment = trace.firstFragment[task]!; fragment < trace.firstFragment[task + 1]!; fragment++) {
      const share = trace.fragmentCpu[fragment]!;
      for (let lasts = trace.fragmentDuration[fragment]!; lasts > 0; ) {
        const part = Math.min(lasts, left);
        sum += share * part;
        lasts -= part;
        left -= part;
        if (left > 0) continue;
        means.push(Math.min(1, sum / stepMicros));
        [left, sum] = [stepMicros, 0];
      }
    }
    if (left < stepMicros) means.push(Math.min(1, sum / (stepMicros - left)));
    return means;
  });
  return new RecordedSeries(stepMicros, guests);
}
