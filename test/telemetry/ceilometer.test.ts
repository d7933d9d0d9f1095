import { describe, expect, it } from "vitest";
import { HOUR, MINUTE, type Micros, SECOND } from "../../src/kernel/time.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import { defaultMeters, meters } from "../../src/telemetry/meters.ts";
import { build, flavor, hostGroup, image, type Overrides, requestTable, tinyScenario } from "../workflows/tiny-scenario.ts";

// Ceilometer's table of measurements in Zed: type, unit, resource, and whether a notification (N) or a pollster (P) makes the sample.
const zed: Readonly<Record<string, readonly [type: string, unit: string, resource: string, origin: "N" | "P"]>> = {
  vcpus: ["gauge", "vcpu", "instance", "N"],
  memory: ["gauge", "MB", "instance", "N"],
  "disk.root.size": ["gauge", "GB", "instance", "N"],
  "compute.instance.booting.time": ["gauge", "sec", "instance", "N"],
  cpu: ["cumulative", "ns", "instance", "P"],
  "memory.usage": ["gauge", "MB", "instance", "P"],
  "memory.resident": ["gauge", "MB", "instance", "P"],
  "network.incoming.bytes": ["cumulative", "B", "interface", "P"],
  "network.outgoing.bytes": ["cumulative", "B", "interface", "P"],
  "image.download": ["delta", "B", "image", "N"],
  "volume.size": ["gauge", "GB", "volume", "N"],
  "hardware.ipmi.node.power": ["gauge", "W", "host", "P"],
};

const INTERVAL = 5 * MINUTE;
const flavors = [flavor("m", 2, 4096, 20), flavor("d", 1, 1024, 5, { volumeGb: 30, volumeType: "ssd" })];

function metered(overrides: Overrides = {}, enabled = true, names: readonly string[] = defaultMeters, interval = INTERVAL) {
  const cloud = { flavors, storageTiers: [{ name: "ssd", capacityGb: 1000 }], ...overrides.cloud };
  return tinyScenario({ ...overrides, cloud: { ...cloud, metering: { enabled, intervalMicros: interval, meters: names } } });
}

interface Taken {
  readonly entity: number;
  readonly time: Micros;
  readonly volume: number;
}

/** The samples of a meter, in order of time. */
function samplesOf({ ceilometer }: BuiltRun, name: string): readonly Taken[] {
  const { samples, meters: chosen } = ceilometer!;
  const rows = Array.from({ length: samples.count }, (_, i) => samples.row(i));
  return rows.filter((row) => chosen[row.meter]!.name === name).map(({ entity, time, volume }) => ({ entity, time, volume }));
}

describe("the meters", () => {
  it("are those of Zed's table, with its types, units, resources and origins", () => {
    const said = meters.map(({ name, type, unit, resource, on }) => [name, [type, unit, resource, on === "poll" ? "P" : "N"]]);
    expect(Object.fromEntries(said)).toEqual(zed);
    expect(new Set(defaultMeters).size).toBe(meters.length);
  });

  it("of which a scenario chooses some are taken in the catalogue's order, and no others", () => {
    const built = build(metered({}, true, ["cpu", "vcpus"]), requestTable([{}, { flavor: 1 }]));
    built.cloud.simulation.run(20 * MINUTE);
    expect(built.ceilometer!.meters.map((meter) => meter.name)).toEqual(["vcpus", "cpu"]);
    expect(samplesOf(built, "vcpus")).toHaveLength(2);
    expect(samplesOf(built, "cpu").length + 2).toBe(built.ceilometer!.samples.count);
  });

  it("of notifications alone need no agents: the run comes to its end by itself", () => {
    const built = build(metered({}, true, ["vcpus", "volume.size"]), requestTable([{ flavor: 1, lifetime: MINUTE }]));
    built.cloud.simulation.run();
    expect(built.ceilometer!.samples.count).toBe(2);
  });
});

describe("a notification makes a sample at its instant", () => {
  const images = [image("cirros", 12_500_000)];
  const built = build(metered({ cloud: { images } }), requestTable([{}, { flavor: 1, arrival: MINUTE }]));
  built.cloud.simulation.run(10 * MINUTE);
  const { launchedAt, requestedAt } = built.cloud.servers;

  it("of what the flavor promises, when the server is ACTIVE", () => {
    const at = (server: number, volume: number) => ({ entity: server, time: launchedAt[server]!, volume });
    expect(samplesOf(built, "vcpus")).toEqual([at(0, 2), at(1, 1)]);
    expect(samplesOf(built, "memory")).toEqual([at(0, 4096), at(1, 1024)]);
    expect(samplesOf(built, "disk.root.size")).toEqual([at(0, 20), at(1, 5)]);
    expect(samplesOf(built, "compute.instance.booting.time")).toEqual(
      [0, 1].map((server) => at(server, (launchedAt[server]! - requestedAt[server]!) / 1e6)),
    );
  });

  it("of the volume when it is made, and of the image when it has been sent, once a host", () => {
    const [volume] = samplesOf(built, "volume.size");
    expect(volume).toMatchObject({ entity: 1, volume: 30 });
    expect(volume!.time).toBeLessThan(launchedAt[1]!);
    const downloads = samplesOf(built, "image.download");
    expect(downloads.map((sample) => sample.volume)).toEqual([12_500_000, 12_500_000]);
    expect(downloads.map((sample) => built.cloud.servers.host[sample.entity]).sort()).toEqual([0, 1]);
  });

  it("with an instant control plane too", () => {
    const instant = build(metered({ cloud: { controlPlane: "instant" } }), requestTable([{ flavor: 1, arrival: MINUTE }]));
    instant.cloud.simulation.run(2 * MINUTE);
    for (const name of ["vcpus", "volume.size"]) expect(samplesOf(instant, name)).toMatchObject([{ entity: 0, time: MINUTE }]);
    expect(samplesOf(instant, "compute.instance.booting.time")).toEqual([{ entity: 0, time: MINUTE, volume: 0 }]);
    expect(samplesOf(instant, "image.download")).toEqual([]);
  });
});

describe("the polling agents", () => {
  const requests = requestTable([
    { cpuUtilisation: 0.5, lifetime: 40 * MINUTE },
    { flavor: 1, cpuUtilisation: 0.3 },
    { flavor: 1, cpuUtilisation: 1, arrival: 10 * MINUTE, lifetime: 12 * MINUTE },
  ]);
  const built = build(metered(), requests);
  const { cloud } = built;
  const shutDownAt = new Map<number, Micros>();
  cloud.simulation.observe((time) => {
    for (const server of [0, 1, 2])
      if (cloud.running[server] === 0 && cloud.servers.launchedAt[server]! >= 0 && !shutDownAt.has(server)) shutDownAt.set(server, time);
  });
  cloud.simulation.run(HOUR);

  it("ask every 300 s, each host's at a phase of its own", () => {
    const power = samplesOf(built, "hardware.ipmi.node.power");
    const phases = [0, 1, 2, 3].map((host) => {
      const times = power.filter((sample) => sample.entity === host).map((sample) => sample.time);
      const phase = times[0]!;
      expect(phase).toBeLessThan(INTERVAL);
      expect(times).toEqual(Array.from({ length: Math.floor((HOUR - phase) / INTERVAL) + 1 }, (_, k) => phase + k * INTERVAL));
      return phase;
    });
    expect(new Set(phases).size).toBe(4);
    // A guest is asked by the agent of its host.
    for (const { entity, time } of samplesOf(built, "cpu")) expect((time - phases[cloud.servers.lastHost[entity]!]!) % INTERVAL).toBe(0);
  });

  it("find counters that have grown since the guest began to run, in closed form", () => {
    const utilisation = [0.5, 0.3, 1];
    const vcpus = [2, 1, 1];
    for (const { entity, time, volume } of samplesOf(built, "cpu")) {
      const seconds = (time - cloud.servers.launchedAt[entity]!) / SECOND;
      expect(volume).toBeCloseTo(vcpus[entity]! * utilisation[entity]! * seconds * 1e9, -3);
      expect(Number.isInteger(volume)).toBe(true);
    }
    for (const [name, rate] of [["network.incoming.bytes", 1000] as const, ["network.outgoing.bytes", 500] as const]) {
      for (const { entity, time, volume } of samplesOf(built, name))
        expect(volume).toBe(Math.round(((time - cloud.servers.launchedAt[entity]!) / SECOND) * rate));
    }
    // From poll to poll the first server, half busy on two vCPUs, uses 300 s of CPU time.
    const first = samplesOf(built, "cpu").filter((sample) => sample.entity === 0);
    expect(first.length).toBeGreaterThan(6);
    for (let i = 1; i < first.length; i++) expect(first[i]!.volume - first[i - 1]!.volume).toBe(300e9);
  });

  it("see no server before it runs, and none after it has been shut down", () => {
    for (const name of ["cpu", "network.incoming.bytes", "network.outgoing.bytes"]) {
      const seen = samplesOf(built, name);
      for (const { entity, time } of seen) {
        expect(time).toBeGreaterThanOrEqual(cloud.servers.launchedAt[entity]!);
        expect(time).toBeLessThanOrEqual(shutDownAt.get(entity) ?? HOUR);
      }
      // ... and each of those that run, at every poll of its host.
      for (const server of [0, 1, 2]) {
        const polls = samplesOf(built, "hardware.ipmi.node.power").filter(({ entity, time }) => {
          return (
            entity === cloud.servers.lastHost[server] && time > cloud.servers.launchedAt[server]! && time < (shutDownAt.get(server) ?? HOUR)
          );
        });
        expect(seen.filter((sample) => sample.entity === server).map((sample) => sample.time)).toEqual(polls.map((poll) => poll.time));
      }
    }
    expect([...shutDownAt.keys()].sort()).toEqual([0, 2]);
  });

  it("see no server that has failed, though it may hold its host's room for long", () => {
    const full = { cloud: { storageTiers: [{ name: "ssd", capacityGb: 29 }] } };
    for (const [overrides, holds] of [[{ cloud: { nova: { buildFailureProbability: 1 } } }, false] as const, [full, true] as const]) {
      const failed = build(metered(overrides), requestTable([{ flavor: 1 }]));
      failed.cloud.simulation.run(HOUR);
      expect(failed.cloud.servers.host[0]! >= 0).toBe(holds);
      for (const name of ["cpu", "network.incoming.bytes", "vcpus"]) expect(samplesOf(failed, name)).toEqual([]);
      expect(samplesOf(failed, "hardware.ipmi.node.power").length).toBeGreaterThan(40);
    }
  });

  it("find an idle host at its idle watts, and a busy one above", () => {
    const power = samplesOf(built, "hardware.ipmi.node.power");
    const idle = power.filter(({ entity, time }) =>
      cloud.servers.lastHost.every((host, server) => host !== entity || time < cloud.servers.launchedAt[server]!),
    );
    for (const { volume } of idle) expect(volume).toBe(45); // hpe-dl360-gen9
    const host = cloud.servers.lastHost[1]!;
    expect(power.filter((sample) => sample.entity === host).at(-1)!.volume).toBeGreaterThan(45);
  });
});

describe("metering", () => {
  const life = ({ cloud }: BuiltRun) => {
    const { host, lastHost, outcome, vmState, attempts, requestedAt, launchedAt, deletedAt } = cloud.servers;
    return [host, lastHost, outcome, vmState, attempts, requestedAt, launchedAt, deletedAt].map((column) => [...column]);
  };

  it("changes neither placements nor outcomes nor instants, whatever its interval", () => {
    for (const controlPlane of ["modelled", "instant"] as const) {
      const overrides = {
        cloud: { controlPlane, hosts: [hostGroup(2)], nova: { buildFailureProbability: 0.2 } },
        workload: { projects: 3 },
      };
      const lives = [metered(overrides, false), metered(overrides), metered(overrides, true, ["cpu"], 7 * SECOND)].map((scenario) => {
        const built = build(scenario);
        built.cloud.simulation.run(HOUR);
        return life(built);
      });
      expect(lives[1]).toEqual(lives[0]);
      expect(lives[2]).toEqual(lives[0]);
    }
  });

  it("that is off leaves no meter behind", () => {
    expect(build(metered({}, false)).ceilometer).toBeNull();
  });
});
