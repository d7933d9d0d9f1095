// A cluster whose power was measured, replayed: each task has a whole host from its submission to its end and keeps it as busy as its trace
// says, and each power model gives the watts of the cluster, which are held against the measured ones. All models run side by side over the
// same events, so their mean ("the model of models") costs nothing more.
//
// @source the method of FootPrinter and M3SA (arXiv 2603.29778): mean absolute percentage error over all samples
import { HostPower, type PowerModel } from "../datacenter/power.ts";
import { Simulation } from "../kernel/simulation.ts";
import { type Micros, SECOND } from "../kernel/time.ts";
import type { FragmentTrace } from "../workload/traces/opendc-fragments.ts";

export interface MeasuredCluster {
  readonly hosts: number;
  readonly trace: FragmentTrace;
  /** Samples end at these instants, ascending; each tells the mean since the one before, the first since 0. */
  readonly sampleEnds: Float64Array; // Micros
}

export interface ReplayedCluster {
  /** By model, by sample: mean watts of all hosts together. */
  readonly watts: readonly Float64Array[];
  readonly mostBusyHosts: number;
  readonly fingerprint: string;
}

/**
 * The cluster up to the end of the last sample.
 * @throws RangeError when there are no hosts or no samples, samples do not end in ascending order, or a task finds every host taken
 */
export function replayCluster({ hosts, trace, sampleEnds }: MeasuredCluster, models: readonly PowerModel[]): ReplayedCluster {
  if (!(Number.isInteger(hosts) && hosts >= 1)) throw new RangeError(`a cluster of ${hosts} hosts: expected a whole number of 1 or more`);
  if (sampleEnds.length === 0) throw new RangeError("a cluster without samples of its power: expected at least one");
  for (const [sample, end] of sampleEnds.entries()) {
    const since = sample === 0 ? 0 : sampleEnds[sample - 1]!;
    if (!(end > since)) throw new RangeError(`sample ${sample} ends at ${end} us: expected later than ${since} us`);
  }
  const simulation = new Simulation(undefined, `cluster of ${hosts} hosts`);
  const books = models.map((model) => new HostPower(new Array<PowerModel>(hosts).fill(model)));
  const watts = models.map(() => new Float64Array(sampleEnds.length));
  const joules = new Float64Array(models.length);
  const taken = new Uint8Array(hosts);
  const hostOf = new Int32Array(trace.count).fill(-1);
  let busy = 0;
  let mostBusyHosts = 0;

  const setUtilisation = (task: number, utilisation: number) => {
    for (const power of books) power.setUtilisation(hostOf[task]!, simulation.now, utilisation);
  };
  const leave = simulation.kind("task leaves", (task) => {
    setUtilisation(task, 0);
    taken[hostOf[task]!] = 0;
    busy--;
  });
  const follow = simulation.kind("fragment begins", (task, fragment) => {
    setUtilisation(task, trace.fragmentCpu[fragment]!);
    const last = fragment + 1 === trace.firstFragment[task + 1]!;
    const lasts = trace.fragmentDuration[fragment]!;
    if (last) simulation.schedule(lasts, leave, task);
    else simulation.schedule(lasts, follow, task, fragment + 1);
  });
  const start = simulation.kind("task starts", (task) => {
    const host = taken.indexOf(0);
    if (host < 0) throw new RangeError(`task ${trace.ids[task]} finds all ${hosts} hosts taken: expected at least ${busy + 1}`);
    taken[host] = 1;
    hostOf[task] = host;
    mostBusyHosts = Math.max(mostBusyHosts, ++busy);
    simulation.schedule(0, follow, task, trace.firstFragment[task]!);
  });
  // In the same instant, but after the tasks that end in it have left.
  const submit = simulation.kind("task is submitted", (task) => simulation.schedule(0, start, task));
  const measure = simulation.kind("power is measured", (_, sample) => {
    const { now } = simulation;
    const since: Micros = sample === 0 ? 0 : sampleEnds[sample - 1]!;
    for (const [i, power] of books.entries()) {
      const total = power.totalJoules(now);
      watts[i]![sample] = (total - joules[i]!) / ((now - since) / SECOND);
      joules[i] = total;
    }
    if (sample + 1 < sampleEnds.length) simulation.schedule(sampleEnds[sample + 1]! - now, measure, 0, sample + 1);
  });

  const end = sampleEnds[sampleEnds.length - 1]!;
  for (let task = 0; task < trace.count; task++) {
    const without = trace.firstFragment[task] === trace.firstFragment[task + 1];
    if (!without && trace.submission[task]! < end) simulation.schedule(trace.submission[task]!, submit, task);
  }
  simulation.schedule(sampleEnds[0]!, measure, 0);
  simulation.run(end);
  return { watts, mostBusyHosts, fingerprint: simulation.fingerprint.hash };
}

/** By sample the mean of what the models say. */
export function meanOfModels(watts: readonly Float64Array[]): Float64Array {
  return watts[0]!.map((_, sample) => watts.reduce((sum, one) => sum + one[sample]!, 0) / watts.length);
}

/** Mean of the relative errors without their signs, in percent. Measured values must not be 0. */
export function meanAbsolutePercentageError(predicted: Float64Array, measured: Float64Array): number {
  return (100 * measured.reduce((sum, value, i) => sum + Math.abs(predicted[i]! - value) / Math.abs(value), 0)) / measured.length;
}
