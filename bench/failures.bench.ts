// A year in which the hosts, disks, switches and PDUs of a machine room fail and are repaired, and every failure takes down what hangs on it: no
// servers, so that the failures alone are measured.
import { MachineRoom } from "../src/datacenter/failures/machine-room.ts";
import { failurePresets } from "../src/datacenter/failures/presets.ts";
import { Renewal, RepairCrews } from "../src/datacenter/failures/renewal.ts";
import { RandomStreams } from "../src/kernel/random.ts";
import { Simulation } from "../src/kernel/simulation.ts";
import { DAY } from "../src/kernel/time.ts";
import type { Bench, BenchResult, Size } from "./bench.ts";
import { cpuSecondsOf } from "./measure.ts";

const HOSTS_PER_RACK = 40;
const CREWS = 4;

/** One preset for each kind of component that has one: the first of its kind. */
const presets = failurePresets.filter(({ kind }, i) => failurePresets.findIndex((other) => other.kind === kind) === i);

function yearOf(hosts: number, replication: number) {
  const simulation = new Simulation();
  const streams = new RandomStreams("failures", replication);
  let wentDown = 0;
  let down = 0;
  const changed = (_host: number, up: boolean) => {
    if (!up) wentDown++;
    down += up ? -1 : 1;
  };
  const room = new MachineRoom(
    {
      rackOf: Array.from({ length: hosts }, (_, host) => Math.floor(host / HOSTS_PER_RACK)),
      racksPerPdu: 12,
      disksPerHost: 12,
      disksTolerated: 1,
      hostName: (host) => `compute-${host + 1}`,
    },
    { powered: changed, reached: changed },
  );
  const crews = new RepairCrews(simulation, CREWS);
  const renewals = presets.map(
    ({ name, kind, law }) =>
      new Renewal({
        simulation,
        name,
        count: room.count(kind),
        law,
        draws: streams.stream(`failure.${name}`),
        crews,
        failed: (index) => room.fail({ kind, index }),
        repaired: (index) => room.repair({ kind, index }),
      }),
  );
  const seconds = cpuSecondsOf(() => simulation.run(365 * DAY));
  return {
    seconds,
    events: simulation.fingerprint.count,
    hash: simulation.fingerprint.hash,
    failures: renewals.reduce((sum, renewal) => sum + renewal.failures, 0),
    wentDown,
    down,
    wrong: room.check().length,
  };
}

function run(size: Size): BenchResult[] {
  const [hosts, years] = size === "large" ? [1000, 50] : [100, 2];
  const over: ReturnType<typeof yearOf>[] = [];
  const whole = cpuSecondsOf(() => {
    for (let year = 0; year < years; year++) over.push(yearOf(hosts, year));
  });
  const total = (of: (year: ReturnType<typeof yearOf>) => number) => over.reduce((sum, year) => sum + of(year), 0);
  const seconds = total((year) => year.seconds);
  const events = total((year) => year.events);
  return [
    {
      workload: `${hosts} hosts, ${years} single years`,
      figure: events / seconds,
      unit: "events/CPU s",
      hash: over[0]!.hash,
      counts: {
        events,
        failures: total((year) => year.failures),
        wentDown: total((year) => year.wentDown),
        wrong: total((year) => year.wrong),
      },
      notes: `${presets.map(({ name }) => name).join(", ")}; ${((1000 * whole) / years).toFixed(1)} CPU ms a year with the building of its room`,
    },
  ];
}

export const failures: Bench = {
  name: "failures",
  question: "How fast do the components of a machine room fail and come back?",
  run,
};
