// The CPUs of a host as `HostCpu` is told of them, and what it does not take for one.

/** The CPUs of one host. */
export interface HostCpuDescription {
  readonly cores: number;
  readonly threadsPerCore: number;
  /** Throughput of a core with all threads busy over that with one; absent = `smtGain`. 1: its other threads are off. */
  readonly smtGain?: number;
  /** Threads set aside for pinned vCPUs; absent = none. */
  readonly dedicatedThreads?: number;
  /** Share of a guest's CPU time that goes to the hypervisor, 0 to below 1; absent = 0. */
  readonly overhead?: number;
}

/** @throws RangeError when the row cannot be a host. */
export function refuseUnlessCpus(
  host: number,
  { cores, threadsPerCore, smtGain: gain = 1, dedicatedThreads = 0, overhead = 0 }: HostCpuDescription,
) {
  const finite = (value: number, least: number) => value >= least && value < Number.POSITIVE_INFINITY;
  if (!finite(cores, 0)) throw new RangeError(`host ${host}: ${cores} cores; expected 0 or more`);
  if (!finite(threadsPerCore, 1)) throw new RangeError(`host ${host}: ${threadsPerCore} threads a core; expected 1 or more`);
  // A gain means nothing to a core of one thread, so it may be that of the other hosts.
  if (!(finite(gain, 1) && (gain <= threadsPerCore || threadsPerCore === 1))) {
    throw new RangeError(`host ${host}: an SMT gain of ${gain}; expected 1 to ${threadsPerCore}, its threads a core`);
  }
  if (!(dedicatedThreads >= 0 && dedicatedThreads <= cores * threadsPerCore)) {
    throw new RangeError(`host ${host}: ${dedicatedThreads} dedicated threads; expected 0 to ${cores * threadsPerCore}, its threads`);
  }
  if (!(overhead >= 0 && overhead < 1)) throw new RangeError(`host ${host}: an overhead of ${overhead}; expected 0 to below 1`);
}
