// What CloudSim and CloudSim Plus take for the same workloads. Measured with OpenJDK 17.0.15 (SerialGC, logging off) on 2 cores of a
// machine that other processes shared; CPU seconds of the process from the start of the simulation to its end, compiler and collector
// included; medians where several runs were made. Equal runs differ by up to 1.5 times: read the orders of magnitude.
//
// CloudSim 3.0.3 is commit 46c46604 (2013), CloudSim 7.0.1+ is 476ceef2 (2025-09-25), CloudSim Plus 8.5.7 is f23d4b165 (2025-06-30).

export type CloudSim = "CloudSim 3.0.3" | "CloudSim 7.0.1+" | "CloudSim Plus 8.5.7";

/** Events per CPU second of the bare kernels, by workload. */
export const kernelEventsPerCpuSecond: Readonly<Record<string, Partial<Record<CloudSim, number>>>> = {
  pp: { "CloudSim 3.0.3": 6.94e6, "CloudSim 7.0.1+": 11.81e6, "CloudSim Plus 8.5.7": 2.22e6 },
  "hold 1, 1": { "CloudSim 3.0.3": 6.9e6, "CloudSim 7.0.1+": 13.5e6, "CloudSim Plus 8.5.7": 2.63e6 },
  "hold 1, 1000": { "CloudSim 3.0.3": 2.3e6, "CloudSim 7.0.1+": 4.11e6, "CloudSim Plus 8.5.7": 1.42e6 },
  "hold 1, 100000": { "CloudSim 3.0.3": 486e3, "CloudSim 7.0.1+": 1.09e6, "CloudSim Plus 8.5.7": 357e3 },
  "hold 100, 100": { "CloudSim 3.0.3": 683e3, "CloudSim 7.0.1+": 1.64e6, "CloudSim Plus 8.5.7": 158e3 },
  "hold 1000, 1000": { "CloudSim 3.0.3": 139e3, "CloudSim 7.0.1+": 205e3, "CloudSim Plus 8.5.7": 18.1e3 },
  // CloudSim Plus did not finish within 120 s.
  "hold 10000, 10000": { "CloudSim 3.0.3": 12.9e3, "CloudSim 7.0.1+": 18e3 },
};

/** CPU seconds for a data centre, by workload, hosts/VMs and policy (ff first fit, bf best fit); one run each. */
export const dataCenterCpuSeconds: Readonly<Record<string, Partial<Record<CloudSim, number>>>> = {
  "batch 100/1000 ff": { "CloudSim 3.0.3": 0.99, "CloudSim 7.0.1+": 1.23, "CloudSim Plus 8.5.7": 3.7 },
  "batch 1000/10000 ff": { "CloudSim 3.0.3": 21.12, "CloudSim 7.0.1+": 29.03, "CloudSim Plus 8.5.7": 35.28 },
  "fine 100/1000 ff": { "CloudSim 3.0.3": 1, "CloudSim 7.0.1+": 1.04, "CloudSim Plus 8.5.7": 3.6 },
  "churn 100/1000 ff": { "CloudSim 3.0.3": 0.53, "CloudSim 7.0.1+": 0.67, "CloudSim Plus 8.5.7": 7.63 },
  "churn 100/1000 bf": { "CloudSim 7.0.1+": 0.75, "CloudSim Plus 8.5.7": 9.69 },
  "churn 300/3000 ff": { "CloudSim 3.0.3": 2.01, "CloudSim Plus 8.5.7": 37.19 },
  "churn 300/3000 bf": { "CloudSim 3.0.3": 2.08, "CloudSim Plus 8.5.7": 40.93 },
  "churn 1000/10000 ff": { "CloudSim 3.0.3": 15.64, "CloudSim 7.0.1+": 25.62 },
  "churn 1000/10000 bf": { "CloudSim 3.0.3": 15.79, "CloudSim 7.0.1+": 58.44 },
};
