// Servers that are moved while others come and go: states, claims and outcomes of live migrations, cold migrations and resizes.
import { describe, expect, it } from "vitest";
import { notificationNames } from "../../src/datacenter/notifications.ts";
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import type { MigrationSettings } from "../../src/workflows/migration-settings.ts";
import { audit, auditEvents, heldStill } from "./audit.ts";
import { leftovers } from "./tiny-cloud.ts";
import { alike, build, flavor, hostGroup, type Overrides, requestTable, tinyScenario } from "./tiny-scenario.ts";

const small = flavor("small", 2, 4096, 20);
const large = flavor("large", 4, 8192, 40);
const withVolume = flavor("v1", 2, 4096, 0, { volumeGb: 10, volumeType: "ssd" });
const ssd = [{ name: "ssd", capacityGb: 250 }];

/** A cloud in which the requests have been launched, two minutes after its beginning. */
function running(overrides: Overrides = {}, requests = alike(1), settings: Partial<MigrationSettings> = {}): BuiltRun {
  const built = build(tinyScenario({ ...overrides, cloud: { flavors: [small, large], ...overrides.cloud } }), requests);
  Object.assign(built.cloud.moving.settings, settings);
  built.cloud.simulation.run(2 * MINUTE);
  auditEvents(built.cloud);
  return built;
}

function watch({ cloud }: BuiltRun, server = 0) {
  const { simulation, servers, notifications } = cloud;
  const states: string[] = [];
  const told: string[] = [];
  const look = () => {
    const state = `${servers.vmStateOf(server)}/${servers.taskStateOf(server)}`;
    if (states.at(-1) !== state) states.push(state);
  };
  simulation.observe(look);
  for (const name of notificationNames) notifications.on(name, (entity) => entity === server && told.push(name.replace("instance.", "")));
  return { states, told, look };
}

const rowOf = ({ cloud }: BuiltRun, migration = 0) => cloud.moving.migrations.row(migration);
const used = ({ cloud }: BuiltRun) => [...cloud.hosts.usedVcpuMilli].map((milli) => milli / 1000);

/** Nothing is under way, and all books agree. */
function settled({ cloud, engine }: BuiltRun): void {
  expect(audit(cloud)).toEqual([]);
  if (engine !== null) expect(leftovers({ engine })).toEqual([]);
  expect(cloud.transfers.active).toBe(0);
}

describe("a live migration", () => {
  it("takes a running server to another host, by Nova's states and notifications", () => {
    const built = running();
    const { cloud, moves } = built;
    const [source, busy] = [cloud.servers.host[0]!, cloud.busyMilli[cloud.servers.host[0]!]!];
    const { states, told, look } = watch(built);
    expect(moves.startLiveMigration(0)).toEqual({ accepted: true, migration: 0 });
    cloud.simulation.run();
    look();
    const { destination, status, outcome, copy } = rowOf(built);
    expect(states).toEqual(["active/none", "active/migrating", "active/none"]);
    expect(told).toEqual([
      "scheduler.select_destinations.end",
      "live_migration_pre.start",
      "live_migration_pre.end",
      "live_migration_post.start",
      "live_migration_post_dest.start",
      "live_migration_post_dest.end",
      "live_migration_post.end",
    ]);
    expect([status, outcome]).toEqual(["completed", null]);
    expect(destination).not.toBe(source);
    expect(cloud.servers.host[0]).toBe(destination);
    expect([cloud.running[0], cloud.busyMilli[source], cloud.busyMilli[destination]]).toEqual([1, 0, busy]);
    expect(used(built).reduce((a, b) => a + b)).toBe(2);
    expect(copy!.downtimeSeconds).toBeLessThan(0.11);
    settled(built);
  });

  it("of an idle guest without disks takes 7 s besides its copying", () => {
    const seconds: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      const built = running({ study: { seed: String(seed) }, cloud: { flavors: [flavor("m", 1, 64, 0)] } }, alike(1));
      built.moves.startLiveMigration(0);
      built.cloud.simulation.run();
      const { createdAt, endedAt, copy } = rowOf(built);
      seconds.push((endedAt - createdAt) / SECOND - copy!.seconds);
    }
    const mean = seconds.reduce((a, b) => a + b) / seconds.length;
    expect(mean).toBeGreaterThan(6.5);
    expect(mean).toBeLessThan(7.5);
  });

  it("holds both hosts while it goes on", () => {
    const built = running();
    built.moves.startLiveMigration(0);
    let together = 0;
    built.cloud.simulation.observe(() => {
      together = Math.max(
        together,
        used(built).reduce((a, b) => a + b),
      );
    });
    built.cloud.simulation.run();
    expect(together).toBe(4);
  });

  it("takes its volume along", () => {
    const built = running({ cloud: { flavors: [withVolume], storageTiers: ssd } });
    built.moves.startLiveMigration(0);
    built.cloud.simulation.run();
    expect(rowOf(built).outcome).toBeNull();
    expect(built.cloud.hasVolume[0]).toBe(1);
    settled(built);
  });

  it("goes to the host it is asked to go to, or nowhere", () => {
    const built = running();
    const wanted = (built.cloud.servers.host[0]! + 2) % 4;
    built.moves.startLiveMigration(0, wanted);
    built.cloud.simulation.run();
    expect(built.cloud.servers.host[0]).toBe(wanted);
    const full = running({}, alike(16));
    full.moves.startLiveMigration(0, (full.cloud.servers.host[0]! + 1) % 4);
    full.cloud.simulation.run();
    expect(rowOf(full)).toMatchObject({ outcome: "NoValidHost", status: "error" });
  });

  it("leaves the server where it is, ACTIVE, when there is no other host for it", () => {
    const built = running({ cloud: { hosts: [hostGroup(1)] } });
    const { states, look } = watch(built);
    built.moves.startLiveMigration(0);
    built.cloud.simulation.run();
    look();
    expect(states).toEqual(["active/none", "active/migrating", "active/none"]);
    expect(rowOf(built)).toMatchObject({ destination: -1, outcome: "NoValidHost", status: "error" });
    expect([built.cloud.servers.host[0], built.cloud.running[0], used(built)[0]]).toEqual([0, 1, 2]);
    settled(built);
  });

  it("passes over hosts of another hypervisor", () => {
    const hosts = [hostGroup(1), hostGroup(2, { hypervisor: "xen" }), hostGroup(1)];
    const built = running({ cloud: { hosts } }, requestTable([{}]));
    const home = built.cloud.servers.host[0]!;
    built.moves.startLiveMigration(0);
    built.cloud.simulation.run();
    const { hypervisorType } = built.cloud.hosts.descriptions[home]!;
    expect(built.cloud.hosts.descriptions[built.cloud.servers.host[0]!]!.hypervisorType).toBe(hypervisorType);
    expect(built.cloud.servers.host[0]).not.toBe(home);
    settled(built);
  });

  it("waits for the one before it: a source copies one guest at a time", () => {
    const built = running({ cloud: { hosts: [hostGroup(2, { nicBytesPerSecond: 1e8 })] } }, alike(2));
    const { cloud, moves } = built;
    const source = cloud.servers.host[0]!;
    if (cloud.servers.host[1] !== source) {
      moves.startLiveMigration(1, source);
      cloud.simulation.run();
    }
    const first = cloud.moving.migrations.count;
    moves.startLiveMigration(0);
    moves.startLiveMigration(1);
    let most = 0;
    cloud.simulation.observe(() => {
      most = Math.max(most, [0, 1].filter((server) => cloud.moving.copies.isUnderWay(server)).length);
    });
    cloud.simulation.run();
    expect([rowOf(built, first).outcome, rowOf(built, first + 1).outcome]).toEqual([null, null]);
    expect(most).toBe(1);
    settled(built);
  });

  it("shares the network with image downloads", () => {
    const took = [0, 3].map((downloads) => {
      const hosts = [hostGroup(4, { nicBytesPerSecond: 1e8 })];
      const built = running(
        {
          cloud: {
            hosts,
            fabric: { topology: { leafSpine: { spines: 1, uplinkBytesPerSecond: 1e10 } }, glanceBytesPerSecond: 1e10, latencyMicros: 200 },
          },
        },
        alike(1),
      );
      const { cloud, moves } = built;
      moves.startLiveMigration(0);
      for (let i = 0; i < downloads; i++)
        for (let host = 0; host < 4; host++) cloud.transfers.start(1e6 + i * 4 + host, 1e10, cloud.fabric.routeFromGlance(host, i)!);
      cloud.transferDone = (
        (done) => (job: number) =>
          job >= 1e6 ? undefined : done(job)
      )(cloud.transferDone);
      cloud.simulation.run();
      return rowOf(built).copy!.seconds;
    });
    expect(took[1]).toBeGreaterThan(3 * took[0]!);
  });

  it("that is aborted leaves the server on its host and gives everything back", () => {
    for (const after of [0.1, 3, 8, 12]) {
      const built = running({ cloud: { hosts: [hostGroup(4, { nicBytesPerSecond: 1e8 })] } });
      const home = built.cloud.servers.host[0]!;
      built.moves.startLiveMigration(0);
      built.cloud.simulation.run((2 * 60 + after) * SECOND);
      expect(built.moves.abortLiveMigration(0)).toBe(true);
      built.cloud.simulation.run();
      expect(rowOf(built)).toMatchObject({ outcome: "OperationAborted", status: "cancelled" });
      expect([built.cloud.servers.host[0], built.cloud.servers.vmStateOf(0), built.cloud.running[0]]).toEqual([home, "active", 1]);
      expect(used(built).reduce((a, b) => a + b)).toBe(2);
      settled(built);
      expect(built.moves.abortLiveMigration(0)).toBe(false);
    }
  });

  it("of a guest that writes faster than the network carries is given up after 800 s for each GiB", () => {
    const hosts = [hostGroup(2, { nicBytesPerSecond: 1e7 })];
    const built = running({ cloud: { hosts, flavors: [flavor("m", 2, 4096, 0)] } }, alike(1), { dirtyRate: "hpc" });
    built.moves.startLiveMigration(0);
    built.cloud.simulation.run();
    const row = rowOf(built);
    expect(row).toMatchObject({ outcome: "OperationAborted", status: "cancelled" });
    expect(row.copy!.seconds).toBe(3200);
    settled(built);
  });

  it("can be completed by force", () => {
    const hosts = [hostGroup(2, { nicBytesPerSecond: 1e7 })];
    const built = running({ cloud: { hosts, flavors: [flavor("m", 2, 4096, 0)] } }, alike(1), { dirtyRate: "hpc" });
    built.moves.startLiveMigration(0);
    expect(built.moves.forceComplete(0)).toBe(false);
    built.cloud.simulation.run(10 * MINUTE);
    expect(built.moves.forceComplete(0)).toBe(true);
    built.cloud.simulation.run();
    expect(rowOf(built)).toMatchObject({ outcome: null, status: "completed", copy: { forced: true } });
    expect(rowOf(built).copy!.downtimeSeconds).toBeGreaterThan(60);
    settled(built);
  });

  it("ends when one of its hosts fails, and leaves the claims as they were", () => {
    for (const which of ["source", "destination"] as const) {
      const built = running({ cloud: { hosts: [hostGroup(4, { nicBytesPerSecond: 1e8 })] } });
      const home = built.cloud.servers.host[0]!;
      built.moves.startLiveMigration(0);
      built.cloud.simulation.run(132 * SECOND);
      built.moves.hostFails(rowOf(built)[which]);
      built.cloud.simulation.run();
      expect(rowOf(built)).toMatchObject({ outcome: "MigrationError", status: "failed" });
      expect(built.cloud.servers.host[0]).toBe(home);
      settled(built);
    }
  });

  it("is refused while something else is under way, and for servers and hosts that there are not", () => {
    const built = running({}, alike(2));
    const { moves, cloud } = built;
    const refusals = [
      [moves.startLiveMigration(99), "InstanceInvalidState"],
      [moves.startLiveMigration(0, 99), "ComputeHostNotFound"],
      [moves.startLiveMigration(0, cloud.servers.host[0]!), "UnableToMigrateToSelf"],
      [moves.startResize(0, 0), "CannotResizeToSameFlavor"],
      [moves.startResize(0, 7), "FlavorNotFound"],
      [moves.confirmResize(0), "InstanceInvalidState"],
    ] as const;
    for (const [answer, outcome] of refusals) expect(answer).toMatchObject({ accepted: false, outcome });
    expect(moves.startLiveMigration(0).accepted).toBe(true);
    expect(moves.startLiveMigration(0)).toMatchObject({
      accepted: false,
      why: "server-1 is active and on the move; expected it to be active and idle",
    });
    cloud.simulation.run();
    expect(cloud.moving.migrations.count).toBe(1);
  });
});

describe("a resize", () => {
  it("goes through Nova's states to VERIFY_RESIZE, holding both hosts, and is confirmed", () => {
    const built = running();
    const { cloud, moves } = built;
    const { states, told, look } = watch(built);
    const source = cloud.servers.host[0]!;
    expect(moves.startResize(0, 1).accepted).toBe(true);
    cloud.simulation.run();
    look();
    const { destination } = rowOf(built);
    expect(rowOf(built)).toMatchObject({ type: "resize", status: "finished", source, endedAt: -1 });
    expect([used(built)[source], used(built)[destination]]).toEqual([2, 4]);
    expect([cloud.servers.host[0], cloud.flavorOf(0).name, cloud.running[0]]).toEqual([destination, "large", 1]);
    expect(cloud.quotaUse(0)).toEqual({ instances: 1, vcpuMilli: 4000, ramMb: 8192 });
    expect(moves.confirmResize(0).accepted).toBe(true);
    cloud.simulation.run();
    look();
    expect([used(built)[source], used(built)[destination]]).toEqual([0, 4]);
    expect(rowOf(built)).toMatchObject({ status: "confirmed", outcome: null });
    expect(states).toEqual([
      "active/none",
      "active/resize_prep",
      "active/resize_migrating",
      "active/resize_migrated",
      "active/resize_finish",
      "resized/none",
      "active/none",
    ]);
    expect(told).toEqual([
      "scheduler.select_destinations.end",
      "resize_prep.start",
      "resize_prep.end",
      "resize.start",
      "resize.end",
      "resize_finish.start",
      "resize_finish.end",
      "resize_confirm.start",
      "resize_confirm.end",
    ]);
    settled(built);
  });

  it("that is reverted brings the server back as it was", () => {
    const built = running({ cloud: { flavors: [withVolume, { ...withVolume, name: "v2", vcpuMilli: 4000 }], storageTiers: ssd } });
    const { cloud, moves } = built;
    const source = cloud.servers.host[0]!;
    moves.startResize(0, 1);
    cloud.simulation.run();
    const { states, look } = watch(built);
    moves.revertResize(0);
    cloud.simulation.run();
    look();
    expect(states).toEqual(["resized/none", "resized/resize_reverting", "active/none"]);
    expect([cloud.servers.host[0], cloud.flavorOf(0).name, cloud.running[0], cloud.hasVolume[0]]).toEqual([source, "v1", 1, 1]);
    expect(used(built).reduce((a, b) => a + b)).toBe(2);
    expect(rowOf(built)).toMatchObject({ status: "reverted", outcome: null });
    settled(built);
  });

  it("leaves the server as it was where there is no host, or no quota, for the new flavor", () => {
    const crowded = running({ cloud: { hosts: [hostGroup(1, { vcpus: 8 })] } });
    crowded.moves.startResize(0, 1);
    crowded.cloud.simulation.run();
    expect(rowOf(crowded)).toMatchObject({ outcome: "NoValidHost", status: "error" });
    const poor = running({ cloud: { quota: { instances: -1, cores: 3, ramMb: -1 } } });
    poor.moves.startResize(0, 1);
    poor.cloud.simulation.run();
    expect(rowOf(poor)).toMatchObject({ outcome: "OverQuota", status: "error" });
    for (const built of [crowded, poor]) {
      expect([built.cloud.servers.vmStateOf(0), built.cloud.flavorOf(0).name, built.cloud.running[0]]).toEqual(["active", "small", 1]);
      settled(built);
    }
  });

  it("may stay on its host where allow_resize_to_same_host is set, claimed twice until it is confirmed", () => {
    const built = running({ cloud: { hosts: [hostGroup(1)] } }, alike(1), { allowResizeToSameHost: true });
    built.moves.startResize(0, 1);
    built.cloud.simulation.run();
    expect([built.cloud.servers.vmStateOf(0), used(built)[0]]).toEqual(["resized", 6]);
    built.moves.confirmResize(0);
    built.cloud.simulation.run();
    expect(used(built)[0]).toBe(4);
    settled(built);
  });

  it("is confirmed by itself after resize_confirm_window", () => {
    const built = running({}, alike(1), { resizeConfirmWindow: 10 * MINUTE });
    built.moves.startResize(0, 1);
    built.cloud.simulation.run(10 * MINUTE);
    expect(built.cloud.servers.vmStateOf(0)).toBe("resized");
    built.cloud.simulation.run();
    expect(rowOf(built).status).toBe("confirmed");
    settled(built);
  });

  it("that fails on the new host leaves the server there in ERROR, and the old host free", () => {
    const built = running({}, alike(1), { resizeFailureProbability: 1 });
    built.moves.startResize(0, 1);
    built.cloud.simulation.run();
    const { destination, outcome } = rowOf(built);
    expect([outcome, built.cloud.servers.vmStateOf(0), built.cloud.servers.host[0]]).toEqual(["ResizeError", "error", destination]);
    expect(used(built).reduce((a, b) => a + b)).toBe(4);
    expect(built.cloud.running[0]).toBe(0);
    settled(built);
  });

  it("copies disks over the network unless hosts share them", () => {
    const took = [false, true].map((sharedStorage) => {
      const built = running({ cloud: { hosts: [hostGroup(4, { nicBytesPerSecond: 1e8 })] } }, alike(1), { sharedStorage });
      built.moves.startMigration(0);
      const before = built.cloud.transfers.carried;
      built.cloud.simulation.run();
      expect(built.cloud.servers.vmStateOf(0)).toBe("resized");
      return built.cloud.transfers.carried - before;
    });
    expect(took[0]).toBeCloseTo(10 * 2 ** 30, 0);
    expect(took[1]).toBe(0);
  });
});

describe("a server with pinned CPUs", () => {
  const numa = {
    ...{ sockets: 2, cellsPerSocket: 1, coresPerCell: 4, threadsPerCore: 1, memoryMbPerCell: 8192 },
    ...{ hugePages: [], sharedCpus: null, dedicatedCpus: null },
  };
  const pinned = flavor("pinned", 2, 1024, 1, { extraSpecs: new Map([["hw:cpu_policy", "dedicated"]]) });
  const wide = { ...pinned, name: "wide", vcpuMilli: 4000 };
  const pinsOn = ({ cloud }: BuiltRun, host: number) => cloud.hosts.cells[host]!.flatMap(({ pinnedCpus }) => [...pinnedCpus]).length;

  it("has them pinned on both hosts until its move is over, and on its host only afterwards", () => {
    const built = running({ cloud: { hosts: [hostGroup(2, { numa })], flavors: [pinned, wide] } });
    const { cloud, moves } = built;
    const pins = () => [pinsOn(built, rowOf(built).source), pinsOn(built, rowOf(built).destination)];
    moves.startResize(0, 1);
    cloud.simulation.run();
    expect(pins()).toEqual([2, 4]);
    moves.revertResize(0);
    cloud.simulation.run();
    expect(pins()).toEqual([2, 0]);
    moves.startLiveMigration(0);
    cloud.simulation.run();
    expect(pins()).toEqual([0, 2]);
    settled(built);
  });

  it("goes nowhere when no cell has room, and nothing is pinned for it", () => {
    const built = running({ cloud: { hosts: [hostGroup(2, { numa })], flavors: [wide, pinned] } }, alike(4));
    built.moves.startLiveMigration(0);
    built.cloud.simulation.run();
    expect(rowOf(built).outcome).toBe("NoValidHost");
    expect([pinsOn(built, 0), pinsOn(built, 1)]).toEqual([8, 8]);
    settled(built);
  });
});

describe("a deletion", () => {
  it.each([0.05, 1, 4, 8, 15, 40])("that comes %s s after a live migration was asked for aborts it or waits for it", (after) => {
    const lifetime = 2 * MINUTE + after * SECOND;
    const built = running({ cloud: { hosts: [hostGroup(4, { nicBytesPerSecond: 1e9 })] } }, requestTable([{ lifetime }]));
    built.moves.startLiveMigration(0);
    built.cloud.simulation.run();
    expect(built.cloud.servers.vmStateOf(0)).toBe("deleted");
    expect(["completed", "cancelled"]).toContain(rowOf(built).status);
    expect(heldStill(built.cloud)).toEqual([]);
    settled(built);
  });

  it.each([0.05, 1, 4, 10, 30, 600])("that comes %s s after a resize was asked for waits, and confirms it", (after) => {
    const built = running({}, requestTable([{ lifetime: 2 * MINUTE + after * SECOND }]));
    built.moves.startResize(0, 1);
    built.cloud.simulation.run();
    expect(built.cloud.servers.vmStateOf(0)).toBe("deleted");
    expect(rowOf(built).status).toBe("confirmed");
    expect(heldStill(built.cloud)).toEqual([]);
    settled(built);
  });

  it("keeps the server from being moved, from the moment it is asked for", () => {
    const built = running({}, requestTable([{ lifetime: 2 * MINUTE }]));
    expect(built.moves.startLiveMigration(0)).toMatchObject({ accepted: false, outcome: "InstanceInvalidState" });
  });
});

describe("with an instant control plane", () => {
  it("moves, resizes, confirms and reverts at one instant", () => {
    const built = running({ cloud: { controlPlane: "instant" } }, alike(2));
    const { cloud, moves } = built;
    const home = cloud.servers.host[0]!;
    moves.startLiveMigration(0);
    expect(rowOf(built)).toMatchObject({ status: "completed", outcome: null, source: home });
    expect(cloud.servers.host[0]).not.toBe(home);
    moves.startResize(0, 1);
    expect([cloud.servers.vmStateOf(0), used(built).reduce((a, b) => a + b)]).toEqual(["resized", 8]);
    moves.revertResize(0);
    expect([cloud.servers.vmStateOf(0), used(built).reduce((a, b) => a + b)]).toEqual(["active", 4]);
    moves.startResize(0, 1);
    moves.confirmResize(0);
    expect([cloud.flavorOf(0).name, used(built).reduce((a, b) => a + b)]).toEqual(["large", 6]);
    settled(built);
  });
});
