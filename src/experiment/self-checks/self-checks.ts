// What must hold in every run, whatever happens in it: a run that is told to check itself (`--check`) looks at all of it again and again, and
// stops at the first thing that does not hold, with the time, the event, the seed and the thing's name. Checking changes nothing of the run.
import { mayBecome } from "../../datacenter/server-transitions.ts";
import { SimulationBug } from "../../kernel/simulation.ts";
import type { BuiltRun } from "../../scenario/build.ts";
import { audit } from "./books.ts";

/** Events from one look to the next. */
export const EVENTS_BETWEEN_CHECKS = 1000;

export interface SelfCheck {
  readonly name: string;
  /** What holds, in a sentence. */
  readonly meaning: string;
  /** Begins with a run; what it returns is asked again and again for what does not hold. */
  readonly watch: (run: BuiltRun) => () => string | null;
}

/** Relative, for sums of many rates. */
const ROUNDING = 1e-9;

export const selfChecks: readonly SelfCheck[] = [
  {
    name: "books",
    meaning: "What hosts, tiers, quotas and server groups say is what servers hold, and no more than there is.",
    watch:
      ({ cloud }) =>
      () =>
        audit(cloud)[0] ?? null,
  },
  {
    name: "states",
    meaning: "No server takes a step from one state to another that Nova does not have.",
    watch: ({ cloud: { servers } }) => {
      let wrong: string | null = null;
      servers.stateListener = (server, before, after) => {
        if (!mayBecome(before, after)) wrong ??= `${servers.nameOf(server)} went from ${before.join("/")} to ${after.join("/")}`;
      };
      return () => wrong;
    },
  },
  {
    name: "energy",
    meaning: "The energy of a host never decreases.",
    watch: ({ cloud: { power, simulation, hosts } }) => {
      const before = new Float64Array(hosts.count);
      let total = 0;
      return () => {
        const now = power.totalJoules(simulation.now);
        const wasReset = now < total; // at the end of the warm-up
        total = now;
        for (let host = 0; host < hosts.count; host++) {
          const joules = power.energyJoules(host, simulation.now);
          if (!(joules >= 0) || (!wasReset && joules < before[host]!))
            return `the energy of ${hosts.hostName(host)} fell from ${before[host]} to ${joules} J`;
          before[host] = joules;
        }
        return null;
      };
    },
  },
  {
    name: "facility",
    meaning: "The facility draws no less than its hosts, and what it has drawn, and the grid emitted for it, never decreases.",
    watch: ({ electricity, cloud: { simulation, power } }) => {
      let before = [0, 0, 0];
      let total = 0;
      return () => {
        if (electricity === null) return null;
        const { facility } = electricity;
        const { now } = simulation;
        const sums = [facility.itJoules(now), facility.facilityJoules(now), facility.operationalGrams(now)];
        const joules = power.totalJoules(now);
        const wasReset = joules < total; // at the end of the warm-up
        total = joules;
        const [it, whole] = sums as [number, number, number];
        if (whole < it * (1 - ROUNDING)) return `the facility has drawn ${whole} J, and its hosts ${it} J`;
        if (Math.abs(it - joules) > ROUNDING * joules) return `the facility's books have ${it} J of its hosts, and theirs have ${joules} J`;
        const fallen = sums.findIndex((sum, i) => !wasReset && sum < before[i]!);
        if (fallen >= 0)
          return `the ${["energy of the hosts", "energy of the facility", "carbon"][fallen]} fell from ${before[fallen]} to ${sums[fallen]}`;
        before = sums;
        return null;
      };
    },
  },
  {
    name: "flows",
    meaning:
      "No link carries more than its capacity or loses bytes, every flow is held back by a link that is full, and none runs over a dead one.",
    watch:
      ({ cloud: { transfers, traffic } }) =>
      () =>
        transfers.violation(ROUNDING) ?? traffic.violation(),
  },
  {
    name: "cpu",
    meaning: "Guests together get what their host has or what they want, whichever is less, and nobody more than his share.",
    watch:
      ({ cloud: { guestCpu, hosts } }) =>
      () => {
        for (let host = 0; guestCpu !== null && host < hosts.count; host++) {
          const wrong = guestCpu.cpu.violation(host);
          if (wrong !== null) return wrong;
        }
        return null;
      },
  },
  {
    name: "objects",
    meaning: "Storage devices hold what the files on them take, and no more than they have room for.",
    watch:
      ({ cloud }) =>
      () =>
        cloud.objectStore?.store.nodes.check() ?? null,
  },
  {
    name: "disks",
    meaning:
      "No guest does more I/O than it wants or has more under way than it keeps, no back end is busy for longer than time passes, what tiers serve is what guests do, and no thin pool gives out more than it has.",
    watch:
      ({ cloud: { guestDisks, tiers } }) =>
      () =>
        guestDisks === null ? tiers.check() : guestDisks.violation(),
  },
  {
    name: "memory",
    meaning: "What servers have in memory, what is kept and what is free make up the memory of every host.",
    watch:
      ({ cloud: { guestMemory, hosts, simulation } }) =>
      () => {
        for (let host = 0; guestMemory !== null && host < hosts.count; host++) {
          const wrong = guestMemory.memory.violation(host, simulation.now);
          if (wrong !== null) return wrong;
        }
        return null;
      },
  },
  {
    name: "failures",
    meaning: "What hangs on something that is down is down itself, and no guest runs on a host without power.",
    watch:
      ({ cloud, operations }) =>
      () => {
        if (operations === null) return null;
        const { room } = operations;
        const [wrong] = room.check();
        if (wrong !== undefined) return wrong;
        const { rackOf } = room.plan;
        for (let host = 0; host < cloud.hosts.count; host++) {
          const name = cloud.hosts.hostName(host);
          const rackIsDown = room.isDown({ kind: "rack", index: rackOf[host]! }) || room.isDown({ kind: "power", index: 0 });
          if (rackIsDown && room.hostPowered(host)) return `${name} has power, and its rack has not`;
          if (room.isDown({ kind: "switch", index: rackOf[host]! }) && room.hostReachable(host))
            return `${name} can be reached, and its switch is down`;
          const { orders } = operations.outages;
          if (room.hostPowered(host) && (orders === null || orders.isOn(host))) continue;
          let running = -1;
          cloud.servers.forEachOn(host, (server) => {
            if (cloud.running[server] === 1) running = server;
          });
          if (running >= 0)
            return `${cloud.servers.nameOf(running)} runs on ${name}, which ${room.hostPowered(host) ? `is ${cloud.power.state(host)}` : "has no power"}`;
        }
        return null;
      },
  },
  {
    name: "little",
    meaning: "Little's law holds in every station, to the microsecond.",
    watch:
      ({ engine }) =>
      () => {
        for (let station = 0; engine !== null && station < engine.stations.count; station++) {
          const id = station as Parameters<typeof engine.stations.checkLittle>[0];
          const off = engine.stations.checkLittle(id);
          if (off !== 0) return `${engine.stations.statistics(id).name} is off by ${off} job-microseconds`;
        }
        return null;
      },
  },
];

/** Lets a run check itself from now on, before every thousandth event; call what it returns at the end of the run for a last look. */
export function checkItself(run: BuiltRun): () => void {
  const watched = selfChecks.map(({ name, watch }) => ({ name, look: watch(run) }));
  const look = () => {
    for (const { name, look } of watched) {
      const wrong = look();
      if (wrong !== null) throw new SimulationBug(`self-check "${name}": ${wrong}`);
    }
  };
  let events = 0;
  run.cloud.simulation.observe(() => {
    if (++events % EVENTS_BETWEEN_CHECKS === 0) look();
  });
  return look;
}
