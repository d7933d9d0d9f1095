// Hosts fail under servers, builds, deletions and evacuations, and operators act: what users see of it, and that the books agree at every event.
import { describe, expect, it } from "vitest";
import { constant, exponential, uniform } from "../../src/kernel/distribution.ts";
import { HOUR, MINUTE, SECOND } from "../../src/kernel/time.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import type { OperationsSpec } from "../../src/workflows/operations/operations.ts";
import { noticedAt } from "../../src/workflows/operations/service-group.ts";
import type { Action, TimelineEntry } from "../../src/workflows/operations/timeline.ts";
import { auditEvents } from "./audit.ts";
import { build, flavor, hostGroup, image, type Overrides, tinyScenario } from "./tiny-scenario.ts";

const host = (index: number) => ({ kind: "host", index }) as const;

function entry(at: number, action: Action, objects: TimelineEntry["objects"], more: Partial<TimelineEntry> = {}): TimelineEntry {
  return { at, every: null, times: 1, steps: [{ after: 0, action }], objects, drawn: null, rolling: null, ...more };
}

function operations(timeline: readonly TimelineEntry[], more: Partial<OperationsSpec> = {}): OperationsSpec {
  return {
    processes: [],
    bursts: null,
    crews: Number.POSITIVE_INFINITY,
    racksPerPdu: 2,
    disksPerHost: 4,
    disksTolerated: 1,
    outages: {
      reportInterval: 10 * SECOND,
      serviceDownTime: 60 * SECOND,
      resumeGuestsStateOnHostBoot: false,
      syncPowerStateInterval: 600 * SECOND,
      ownersStartAfter: null,
    },
    rebootTime: constant(5 * MINUTE),
    ha: null,
    timeline,
    ...more,
  };
}

function run(spec: OperationsSpec, overrides: Overrides = {}): BuiltRun {
  return build({ ...tinyScenario(overrides), operations: spec });
}

/** Eight servers on four hosts, two on each, that nobody deletes. */
const quiet: Overrides = {
  workload: { arrivals: { process: "constant", interval: MINUTE }, lifetime: constant(100 * HOUR), maxServers: 8 },
};
/** The same, all asked for at once. */
const crowd: Overrides = {
  workload: { arrivals: { process: "at-once", at: 0, count: 8 }, lifetime: constant(100 * HOUR), maxServers: 8 },
};
const instantly = (overrides: Overrides): Overrides => ({ ...overrides, cloud: { ...overrides.cloud, controlPlane: "instant" } });

const happened = ({ operations: all }: BuiltRun) =>
  Array.from({ length: all!.happenings.count }, (_, i) => {
    const { action, object, outcome, time } = all!.happenings.row(i);
    return `${time / SECOND} ${action} ${object}: ${outcome}`;
  });

describe("a compute service that falls silent", () => {
  it("is taken for down once its last report is older than service_down_time, and not at that very instant", () => {
    const times = { reportInterval: 10 * SECOND, serviceDownTime: 60 * SECOND };
    expect(noticedAt(100 * SECOND, 0, times)).toBe(160 * SECOND + 1);
    expect(noticedAt(109 * SECOND, 0, times)).toBe(160 * SECOND + 1);
    expect(noticedAt(109 * SECOND, 5 * SECOND, times)).toBe(165 * SECOND + 1);
    expect(noticedAt(0, 5 * SECOND, times)).toBe(60 * SECOND + 1);
  });
});

describe.each(["modelled", "instant"] as const)("a host that crashes, with a control plane that is %s,", (controlPlane) => {
  const dress = (overrides: Overrides) => (controlPlane === "instant" ? instantly(overrides) : overrides);

  it("takes its guests along; they stay shut off, and are STOPPED at the next look, once it is back", () => {
    const built = run(operations([entry(20 * MINUTE, { verb: "fail", time: 10 * MINUTE }, [host(1)])]), dress(quiet));
    const { cloud } = built;
    auditEvents(cloud);
    cloud.simulation.run(25 * MINUTE);
    const on: number[] = [];
    cloud.servers.forEachOn(1, (server) => on.push(server));
    expect(on.length).toBe(2);
    const seen = () => on.map((s) => [cloud.servers.vmStateOf(s), cloud.servers.powerStateOf(s), cloud.running[s]]);
    // What Nova has recorded is wrong: the guest is dead.
    expect(seen()).toEqual([
      ["active", "RUNNING", 0],
      ["active", "RUNNING", 0],
    ]);
    expect([cloud.power.watts(1), cloud.hosts.instances[1], cloud.hosts.serviceIsUp(1, 60)]).toEqual([0, 2, false]);
    cloud.simulation.run(31 * MINUTE);
    expect([cloud.power.watts(1) > 0, cloud.hosts.serviceIsUp(1, 60), cloud.running[on[0]!]]).toEqual([true, true, 0]);
    cloud.simulation.run(41 * MINUTE);
    expect(seen()).toEqual([
      ["stopped", "SHUTDOWN", 0],
      ["stopped", "SHUTDOWN", 0],
    ]);
    expect(built.operations!.outages.guests.isOut(on[0]!)).toBe(true);
  });

  it("starts its guests itself where Nova is told to, and owners start them where it is not", () => {
    const fail = [entry(20 * MINUTE, { verb: "fail", time: 10 * MINUTE }, [host(1)])];
    const plain = operations(fail);
    const resumed = run({ ...plain, outages: { ...plain.outages, resumeGuestsStateOnHostBoot: true } }, dress(quiet));
    resumed.cloud.simulation.run(30 * MINUTE);
    expect(resumed.operations!.outages.guests.allLengths()).toEqual([10 * MINUTE, 10 * MINUTE]);
    const owned = run({ ...plain, outages: { ...plain.outages, ownersStartAfter: constant(7 * MINUTE) } }, dress(quiet));
    owned.cloud.simulation.run(HOUR);
    // Host 2 of 4 looks at its guests 150 s after each full ten minutes.
    expect(owned.operations!.outages.guests.allLengths()).toEqual([19.5 * MINUTE, 19.5 * MINUTE]);
    expect(owned.cloud.running.every((running) => running === 1)).toBe(true);
  });

  it("is evacuated: guests run elsewhere, and the claims on the old host stay until it is back", () => {
    const built = run(
      operations([
        entry(20 * MINUTE, { verb: "fail", time: 30 * MINUTE }, [host(1)]),
        entry(20 * MINUTE + 5 * SECOND, { verb: "evacuate" }, [host(1)]),
        entry(22 * MINUTE, { verb: "evacuate" }, [host(1)]),
      ]),
      dress(quiet),
    );
    const { cloud } = built;
    auditEvents(cloud);
    cloud.simulation.run(30 * MINUTE);
    expect(happened(built).filter((line) => line.includes("evacuate"))).toEqual([
      "1205 evacuate compute-2: ComputeServiceInUse 2",
      "1320 evacuate compute-2: DONE 2",
    ]);
    expect([cloud.hosts.instances[1], cloud.scheduling.leftBehind.size]).toEqual([2, 2]);
    expect(cloud.servers.host.every((at) => at >= 0 && at !== 1)).toBe(true);
    expect(cloud.running.every((running) => running === 1)).toBe(true);
    cloud.simulation.run(HOUR);
    expect([cloud.hosts.instances[1], cloud.scheduling.leftBehind.size]).toEqual([0, 0]);
  });

  it("has nowhere to evacuate to where all others are full: NoValidHost, and the servers stay, in ERROR", () => {
    const full: Overrides = { ...quiet, cloud: { flavors: [flavor("half", 4, 8192, 20)] } };
    const built = run(
      operations([entry(20 * MINUTE, { verb: "fail", time: null }, [host(0)]), entry(30 * MINUTE, { verb: "evacuate" }, [host(0)])]),
      dress(full),
    );
    auditEvents(built.cloud);
    built.cloud.simulation.run(HOUR);
    expect(happened(built).at(-1)).toBe("1800 evacuate compute-1: NoValidHost 2");
    expect(built.cloud.hosts.instances[0]).toBe(2);
    expect([...built.cloud.servers.host].filter((at) => at === 0).length).toBe(2);
  });
});

describe("a build on a host that crashes", () => {
  it("hangs until the host is back, and then ends in ComputeServiceUnavailable; others are sent there for a minute", () => {
    const built = run(operations([entry(3 * SECOND, { verb: "fail", time: 10 * MINUTE }, [0, 1, 2, 3].map(host))]), crowd);
    const { cloud } = built;
    auditEvents(cloud);
    cloud.simulation.run(9 * MINUTE);
    const outcomes = () => Array.from({ length: 8 }, (_, s) => cloud.servers.outcomeOf(s));
    expect(new Set(outcomes())).toEqual(new Set(["pending"]));
    cloud.simulation.run(HOUR);
    expect(new Set(outcomes())).toEqual(new Set(["ComputeServiceUnavailable"]));
    expect(built.engine!.underWay).toBe(0);
  });

  it("goes on where the host was only cut off", () => {
    const cut = [entry(3 * SECOND, { verb: "fail", time: 10 * MINUTE }, [{ kind: "router", index: 0 } as const])];
    const built = run(operations(cut), crowd);
    auditEvents(built.cloud);
    built.cloud.simulation.run(9 * MINUTE);
    expect(built.cloud.servers.outcomeOf(0)).toBe("pending");
    built.cloud.simulation.run(HOUR);
    for (let s = 0; s < 8; s++) expect(built.cloud.servers.outcomeOf(s)).toBe("ACTIVE");
  });
});

describe("a deletion on a host that is down", () => {
  it("waits for it while Nova does not know, and is the API's own affair once it does", () => {
    const lives: Overrides = {
      workload: { arrivals: { process: "constant", interval: 10 * SECOND }, lifetime: constant(20 * MINUTE), maxServers: 14 },
    };
    const built = run(operations([entry(20 * MINUTE, { verb: "fail", time: HOUR }, [0, 1, 2, 3].map(host))]), lives);
    const { cloud } = built;
    auditEvents(cloud);
    cloud.simulation.run(30 * MINUTE);
    const states = Array.from({ length: 14 }, (_, s) => cloud.servers.vmStateOf(s));
    expect(states.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => "active"));
    expect(states.slice(9)).toEqual(Array.from({ length: 5 }, () => "deleted"));
    cloud.simulation.run(3 * HOUR);
    for (let s = 0; s < 14; s++) expect(cloud.servers.vmStateOf(s)).toBe("deleted");
    expect([...cloud.hosts.instances]).toEqual([0, 0, 0, 0]);
  });
});

describe("operators", () => {
  it("disable, enable, change ratios and add hosts; requests go where they may", () => {
    const built = run(
      operations([
        entry(10 * MINUTE, { verb: "add" }, [host(3)]),
        entry(20 * MINUTE, { verb: "disable" }, [0, 1, 2].map(host)),
        entry(30 * MINUTE, { verb: "enable" }, [host(0), host(3)]),
        entry(40 * MINUTE, { verb: "set", ratios: { cpu: 2 } }, [host(2)]),
        entry(50 * MINUTE, { verb: "drain" }, [host(2)]),
      ]),
      { workload: { lifetime: constant(5 * MINUTE) } },
    );
    const { cloud } = built;
    auditEvents(cloud);
    const chosen: [number, number][] = [];
    cloud.notifications.on("instance.create.end", (server) => chosen.push([cloud.simulation.now / MINUTE, cloud.servers.host[server]!]));
    cloud.simulation.run(HOUR);
    const between = (from: number, to: number) => new Set(chosen.filter(([at]) => at > from && at < to).map(([, at]) => at));
    expect(between(0, 10).has(3)).toBe(false);
    expect(between(10, 20).has(3)).toBe(true);
    expect(between(21, 30)).toEqual(new Set([3]));
    expect([cloud.hosts.capacityVcpuMilli[2], cloud.hosts.cpuAllocationRatio(2)]).toEqual([16_000, 2]);
    expect(happened(built)).toContain("1800 enable compute-4: was enabled already");
    expect(happened(built)).toContain("3000 drain compute-3: disabled; empty");
  });

  it("reboot one host after another, each when the one before is up again, with a pause", () => {
    const rolling = { by: "object", size: 1, wait: MINUTE } as const;
    const built = run(operations([entry(10 * MINUTE, { verb: "reboot" }, [0, 1, 2].map(host), { rolling })]), quiet);
    built.cloud.simulation.run(HOUR);
    const reboots = happened(built).filter((line) => line.includes("reboot"));
    expect(reboots).toEqual(["600 reboot compute-1: up again", "960 reboot compute-2: up again", "1320 reboot compute-3: up again"]);
  });

  it("go over racks, draw a part of them anew each time, and repeat", () => {
    const hosts = [hostGroup(8, { racks: 4 })];
    const racks = [0, 1, 2, 3].map((index) => ({ kind: "rack", index }) as const);
    const again = { every: 10 * MINUTE, times: 4, drawn: 1 };
    const built = run(operations([entry(MINUTE, { verb: "fail", time: MINUTE }, racks, again)]), { ...quiet, cloud: { hosts } });
    built.cloud.simulation.run(HOUR);
    const failed = happened(built).filter((line) => line.includes(" fail "));
    expect(failed.length).toBe(4);
    expect(failed.every((line) => /^\d+ fail rack-[1-4]: repaired$/.test(line))).toBe(true);
    const byRack = { rolling: { by: "rack", size: 2, wait: 0 } as const };
    const upgraded = run(
      operations([
        entry(
          MINUTE,
          { verb: "reboot" },
          Array.from({ length: 8 }, (_, i) => host(i)),
          byRack,
        ),
      ]),
      {
        ...quiet,
        cloud: { hosts },
      },
    );
    upgraded.cloud.simulation.run(HOUR);
    const at = happened(upgraded).filter((line) => line.includes("reboot"));
    expect(at.map((line) => line.split(" ")[0])).toEqual([..."6666"].map(() => "60").concat([..."6666"].map(() => "360")));
  });
});

describe("Masakari", () => {
  it("notices, disables, waits and evacuates: guests are back after four to five minutes and a half", () => {
    const ha = {
      monitoringInterval: MINUTE,
      waitPeriodAfterServiceUpdate: 3 * MINUTE,
      hostFailureRecoveryThreads: 3,
      enablesReturnedHosts: true,
    };
    const built = run(operations([entry(20 * MINUTE, { verb: "fail", time: HOUR }, [host(1)])], { ha }), quiet);
    auditEvents(built.cloud);
    built.cloud.simulation.run(50 * MINUTE);
    const lengths = built.operations!.outages.guests.allLengths();
    expect(lengths.length).toBe(2);
    for (const length of lengths) {
      expect(length).toBeGreaterThan(181 * SECOND);
      expect(length).toBeLessThan(5.5 * MINUTE);
    }
    expect(built.cloud.hosts.serviceDisabled(1)).toBe(true);
    built.cloud.simulation.run(2 * HOUR);
    expect(built.cloud.hosts.serviceDisabled(1)).toBe(false);
  });
});

describe.each(["modelled", "instant"] as const)("everything at once, with a control plane that is %s,", (controlPlane) => {
  it("leaves the books right at every event, every server in exactly one outcome, and what hangs on what is down with it", () => {
    const between = (mean: number) => exponential(mean);
    const law = (mean: number, repair: number) => ({
      between: between(mean),
      repair: [{ weight: 1, time: exponential(repair), needsCrew: true }],
      startsNew: false,
    });
    const built = run(
      operations([entry(30 * MINUTE, { verb: "reboot" }, [host(0)], { every: HOUR, times: Number.POSITIVE_INFINITY })], {
        processes: [
          { name: "host 1", kind: "host", law: law(40 * MINUTE, 4 * MINUTE) },
          { name: "rack 1", kind: "rack", law: law(3 * HOUR, 10 * MINUTE) },
          { name: "switch 1", kind: "switch", law: law(2 * HOUR, 3 * MINUTE) },
          { name: "disk 1", kind: "disk", law: law(5 * HOUR, HOUR) },
          { name: "pdu 1", kind: "pdu", law: law(6 * HOUR, 5 * MINUTE) },
        ],
        bursts: { between: between(2 * HOUR), size: uniform(1, 4), repair: constant(3 * MINUTE), within: "cloud" },
        crews: 2,
        ha: { monitoringInterval: MINUTE, waitPeriodAfterServiceUpdate: MINUTE, hostFailureRecoveryThreads: 2, enablesReturnedHosts: true },
        outages: {
          reportInterval: 10 * SECOND,
          serviceDownTime: 60 * SECOND,
          resumeGuestsStateOnHostBoot: false,
          syncPowerStateInterval: 5 * MINUTE,
          ownersStartAfter: exponential(5 * MINUTE),
        },
      }),
      {
        cloud: {
          controlPlane,
          hosts: [hostGroup(6, { racks: 3, cpuAllocationRatio: 2 })],
          images: [image("small", 1e8), image("big", 2e9)],
          flavors: [flavor("s", 1, 1024, 5), flavor("m", 2, 4096, 10), flavor("d", 1, 2048, 5, { volumeGb: 40, volumeType: "ssd" })],
          storageTiers: [{ name: "ssd", capacityGb: 600 }],
          nova: { buildFailureProbability: 0.1 },
        },
        workload: {
          arrivals: { process: "poisson", rate: 1 / 60 },
          batch: uniform(1, 4),
          lifetime: exponential(40 * MINUTE),
          cpuUtilisation: uniform(0, 1),
          serverGroup: { policy: "anti-affinity", maxServerPerHost: 2 },
        },
        study: { duration: 6 * HOUR },
      },
    );
    const { cloud } = built;
    const audits = auditEvents(cloud);
    const ended = new Int32Array(cloud.servers.count);
    for (const name of ["instance.create.end", "instance.create.error"] as const)
      cloud.notifications.on(name, (server) => ended[server]!++);
    cloud.simulation.observe(() => {
      const wrong = built.operations!.room.check();
      if (wrong.length > 0) throw new Error(wrong.join("; "));
    });
    cloud.simulation.run(6 * HOUR);
    expect(audits()).toBeGreaterThan(1000);
    const outcomes = new Map<string, number>();
    for (let server = 0; server < cloud.servers.count; server++) {
      const outcome = cloud.servers.outcomeOf(server);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      expect(ended[server]).toBe(outcome === "pending" ? 0 : 1);
    }
    expect(outcomes.get("ACTIVE")).toBeGreaterThan(100);
    expect(built.operations!.evacuations.counts.get("DONE")).toBeGreaterThan(5);
    expect(built.operations!.failures).toBeGreaterThan(30);
    for (let h = 0; h < cloud.hosts.count; h++) if (!built.operations!.room.hostPowered(h)) expect(cloud.power.watts(h)).toBe(0);
  });
});
