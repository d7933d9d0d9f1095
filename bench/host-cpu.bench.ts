// A week of utilisation traces: every server of every host wants another amount of CPU every five simulated minutes, and gets its share. On a
// host of which more is wanted than there is the level has to be found; where the demands fit they are simply met.
import { HostCpu } from "../src/datacenter/host-cpu.ts";
import { Fingerprint } from "../src/kernel/fingerprint.ts";
import { RandomStreams } from "../src/kernel/random.ts";
import { MINUTE, WEEK } from "../src/kernel/time.ts";
import type { Bench, BenchResult, Size } from "./bench.ts";
import { isolated } from "./isolation.ts";
import { cpuSecondsOf } from "./measure.ts";

interface HostCpuCase {
  readonly name: string;
  readonly hosts: number;
  readonly steps: number;
  /** vCPUs of each of the 20 servers of a host with 16 cores of two threads. */
  readonly vcpus: number;
  /** `batch` changes all demands of a host at once, `single` one after another. */
  readonly way: "batch" | "single";
}

const SERVERS_PER_HOST = 20;
const STEP = 5 * MINUTE;
/** Demands are drawn ahead for so many steps and then come again: drawing is not what is measured. */
const DRAWN_STEPS = 12;

export function measureHostCpu({ hosts, steps, vcpus, way }: HostCpuCase) {
  const count = hosts * SERVERS_PER_HOST;
  const cpu = new HostCpu(Array.from({ length: hosts }, () => ({ cores: 16, threadsPerCore: 2, overhead: 0.03 })));
  for (let server = 0; server < count; server++) cpu.place(server, server % hosts, 0, { vcpus });
  const stream = new RandomStreams("host-cpu", 0).stream("demand");
  const drawn = Array.from({ length: DRAWN_STEPS }, (_, step) =>
    Float64Array.from({ length: count }, (_, server) => vcpus * stream.uniform(server, step)),
  );
  let crowded = 0;
  const cpuSeconds = cpuSecondsOf(() => {
    for (let step = 0; step < steps; step++) {
      const demands = drawn[step % DRAWN_STEPS]!;
      const now = step * STEP;
      for (let host = 0; host < hosts; host++) {
        if (way === "batch") cpu.setDemands(host, now, demands);
        else for (let server = host; server < count; server += hosts) cpu.setDemand(server, now, demands[server]!);
        if (cpu.usedCores(host) < cpu.wantedCores(host)) crowded++;
      }
    }
  });
  const fingerprint = new Fingerprint();
  let violations = 0;
  for (let server = 0; server < count; server++) fingerprint.fold(Math.round(cpu.cpuMicros(server, steps * STEP)), server, 0);
  for (let host = 0; host < hosts; host++) if (cpu.violation(host) !== null) violations++;
  const changes = steps * count;
  return { cpuSeconds, fingerprint: fingerprint.hash, counts: { changes, crowded, violations } };
}

const week = WEEK / STEP;
const ofSize: Record<Size, readonly HostCpuCase[]> = {
  small: [
    { name: "demands that fit", hosts: 10, steps: 12, vcpus: 1, way: "batch" },
    { name: "demands that crowd", hosts: 10, steps: 12, vcpus: 4, way: "batch" },
    { name: "demands that crowd, one by one", hosts: 10, steps: 12, vcpus: 4, way: "single" },
  ],
  large: [
    { name: "a week of 1,000 hosts, demands that fit", hosts: 1000, steps: week, vcpus: 1, way: "batch" },
    { name: "a week of 1,000 hosts, demands that crowd", hosts: 1000, steps: week, vcpus: 4, way: "batch" },
    { name: "a day of 1,000 hosts, demands that crowd, one by one", hosts: 1000, steps: week / 7, vcpus: 4, way: "single" },
  ],
};

async function run(size: Size): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const one of ofSize[size]) {
    const { cpuSeconds, fingerprint, counts } = await isolated(size, import.meta.url, measureHostCpu, one);
    const notes = `${((cpuSeconds * 1e9) / counts.changes).toFixed(0)} ns a change`;
    results.push({ workload: one.name, figure: cpuSeconds, unit: "CPU s", hash: fingerprint, counts, notes });
  }
  return results;
}

export const hostCpu: Bench = {
  name: "host-cpu",
  question: "What does it cost to share the CPUs of the hosts anew whenever a server wants another amount?",
  run,
};
