import { describe, expect, it } from "vitest";
import { notificationNames } from "../../src/datacenter/notifications.ts";
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import { WorkflowEngine } from "../../src/workflows/engine.ts";
import { launchServer } from "../../src/workflows/launch-server.ts";
import { audit, heldStill } from "./audit.ts";
import { leftovers, tinyCloud } from "./tiny-cloud.ts";
import { alike, build, flavor, hostGroup, image, type Overrides, requestTable, tinyScenario } from "./tiny-scenario.ts";

const withVolume = flavor("d1", 2, 4096, 20, { volumeGb: 100, volumeType: "ssd" });
const ssd = [{ name: "ssd", capacityGb: 250 }];

/** What a run shows from outside: operations served, states, notifications, in order. */
function watch(built: BuiltRun, server = 0) {
  const { cloud, engine } = built;
  const { simulation, servers, notifications } = cloud;
  const operations: string[] = [];
  const states: string[] = [];
  const told: string[] = [];
  const look = () => {
    const state = `${servers.vmStateOf(server)}/${servers.taskStateOf(server)}`;
    if (states.at(-1) !== state) states.push(state);
  };
  simulation.observe((_time, kind, entity) => {
    look();
    if (simulation.nameOf(kind) !== "request served") return;
    const [, subject, operation] = /of (\S+), at (.*)$/.exec(engine!.describe(entity))!;
    if (subject === servers.nameOf(server)) operations.push(operation!);
  });
  for (const name of notificationNames) notifications.on(name, (entity) => entity === server && told.push(name));
  return { operations, states, told, look };
}

function run(overrides: Overrides, ...requests: Parameters<typeof requestTable>[0]): BuiltRun {
  const built = build(tinyScenario(overrides), requestTable(requests));
  built.cloud.simulation.run();
  return built;
}

const outcomesOf = ({ cloud }: BuiltRun) => Array.from({ length: cloud.servers.count }, (_, server) => cloud.servers.outcomeOf(server));
const countOf = (list: readonly string[], wanted: string) => list.filter((entry) => entry === wanted).length;

/** The message queue carries every RPC; without it the list is shorter to read. */
const withoutQueue = (operations: readonly string[]) => operations.filter((operation) => operation !== "nova.messageQueue.deliver");

describe("launching a server", () => {
  it("makes the calls of Nova's boot in their order, up to ACTIVE", () => {
    const built = build(tinyScenario(), alike(1));
    const { operations, states, told, look } = watch(built);
    built.cloud.simulation.run();
    look();
    expect(withoutQueue(operations)).toEqual([
      "keystone.api.issueToken",
      "nova.api.createServer",
      "keystone.api.validateToken",
      "glance.api.showImage",
      "neutron.server.listNetworks",
      "nova.database.createBuildRequest",
      "nova.conductor.scheduleAndBuild",
      "nova.scheduler.selectDestinations",
      "placement.api.allocationCandidates",
      "nova.scheduler.filterAndWeigh",
      "placement.api.claimResources",
      "nova.database.createInstance",
      "nova.compute.buildAndRun",
      "neutron.server.createPort",
      "glance.api.sendImage",
      "nova.compute.createDisk",
      "neutron.agent.plugInterface",
      "nova.api.externalEvent",
      "nova.compute.spawn",
      "nova.database.saveInstance",
    ]);
    // One message each to conductor, scheduler, compute and the agent.
    expect(countOf(operations, "nova.messageQueue.deliver")).toBe(4);
    expect(states).toEqual(["requested/none", "building/scheduling", "building/networking", "building/spawning", "active/none"]);
    expect(told).toEqual(["scheduler.select_destinations.end", "instance.create.start", "image.send", "instance.create.end"]);
    expect(leftovers({ engine: built.engine! })).toEqual([]);
  });

  it("makes the port and the volume side by side", () => {
    const built = build(tinyScenario({ cloud: { flavors: [withVolume], storageTiers: ssd } }), alike(1));
    const { operations, states, told } = watch(built);
    built.cloud.simulation.run();
    const cinder = operations.filter((operation) => operation.startsWith("cinder."));
    expect(cinder).toEqual([
      "cinder.api.createVolume",
      "cinder.scheduler.chooseBackend",
      "cinder.volume.createVolume",
      "cinder.api.createAttachment",
      "cinder.volume.connectVolume",
    ]);
    expect(operations.indexOf("neutron.server.createPort")).toBeGreaterThan(operations.indexOf("cinder.api.createVolume"));
    expect(operations.indexOf("neutron.server.createPort")).toBeLessThan(operations.indexOf("cinder.volume.connectVolume"));
    // `networking` gives way to `block_device_mapping` at once, as in Nova, whose networks are made in the background.
    expect(states.filter((state) => state.startsWith("building"))).toEqual([
      "building/scheduling",
      "building/block_device_mapping",
      "building/spawning",
    ]);
    expect(told.indexOf("volume.create.end")).toBe(told.indexOf("instance.create.start") + 1);
    expect(built.cloud.tiers.usedGb[0]).toBe(100);
  });

  it("takes a median of 4 s on an idle cloud of 200 hosts that have the image", () => {
    const built = build(
      tinyScenario({ cloud: { hosts: [hostGroup(200)], images: [image("nothing", 0)] } }),
      requestTable(Array.from({ length: 301 }, (_, i) => ({ arrival: i * MINUTE, lifetime: 30 * SECOND }))),
    );
    const boots: number[] = [];
    const { servers } = built.cloud;
    built.cloud.notifications.on("instance.create.end", (server) =>
      boots.push((servers.launchedAt[server]! - servers.requestedAt[server]!) / SECOND),
    );
    built.cloud.simulation.run();
    expect(boots).toHaveLength(301);
    const median = boots.sort((a, b) => a - b)[150]!;
    expect(median).toBeGreaterThan(3.8);
    expect(median).toBeLessThan(4.2);
  });

  it("downloads an image once a host, however many builds wait for it, and not at all later", () => {
    const images = [image("a", 1e9), image("b", 2e9)];
    const request = (i: number) => ({ image: i % 2, arrival: i < 8 ? 0 : 10 * MINUTE });
    const built = build(
      tinyScenario({ cloud: { hosts: [hostGroup(2)], images, flavors: [flavor("m", 1, 1024, 1)] } }),
      requestTable(Array.from({ length: 16 }, (_, i) => request(i))),
    );
    const sent: string[] = [];
    built.cloud.notifications.on("image.send", (server) =>
      sent.push(`${built.cloud.imageOf(server)!.name} to ${built.cloud.servers.host[server]}`),
    );
    built.cloud.simulation.run();
    expect(new Set(outcomesOf(built))).toEqual(new Set(["ACTIVE"]));
    expect(sent.sort()).toEqual(["a to 0", "a to 1", "b to 0", "b to 1"]);
    // The downloads share the link of Glance: 6 GB at 1.25 GB/s.
    const ready = Math.max(...built.cloud.servers.launchedAt.slice(0, 8)) / SECOND;
    expect(ready).toBeGreaterThan(6 / 1.25);
    expect(built.cloud.transfers.carried).toBeCloseTo(6e9, -3);
  });

  it("runs at most max_concurrent_builds on a host at a time", () => {
    const overrides = { cloud: { hosts: [hostGroup(1)], flavors: [flavor("m", 1, 1024, 1)], nova: { maxConcurrentBuilds: 2 } } };
    const built = build(tinyScenario(overrides), alike(8));
    let building = 0;
    let most = 0;
    built.cloud.notifications.on("instance.create.start", () => (most = Math.max(most, ++building)));
    built.cloud.notifications.on("instance.create.end", () => building--);
    built.cloud.simulation.run();
    expect(outcomesOf(built)).toEqual(new Array(8).fill("ACTIVE"));
    expect(most).toBeGreaterThanOrEqual(2);
    expect(most).toBeLessThanOrEqual(3); // a slot is free again a transaction before the server is ACTIVE
    expect(built.cloud.hosts.ioOps[0]).toBe(0);
  });

  it("knows no limit when max_concurrent_builds is 0", () => {
    const overrides = { cloud: { hosts: [hostGroup(1)], flavors: [flavor("m", 1, 1024, 1)], nova: { maxConcurrentBuilds: 0 } } };
    expect(outcomesOf(run(overrides, ...new Array(8).fill({})))).toEqual(new Array(8).fill("ACTIVE"));
  });
});

describe("deleting a server", () => {
  it("shuts down, takes down port and volume, and gives the claim back, in this order", () => {
    const built = build(tinyScenario({ cloud: { flavors: [withVolume], storageTiers: ssd } }), requestTable([{ lifetime: 10 * MINUTE }]));
    const { operations, states, told, look } = watch(built);
    built.cloud.simulation.run(10 * MINUTE - 1);
    const launched = operations.length;
    expect(built.cloud.running[0]).toBe(1);
    built.cloud.simulation.run();
    look();
    expect(withoutQueue(operations.slice(launched))).toEqual([
      "keystone.api.issueToken",
      "nova.api.deleteServer",
      "keystone.api.validateToken",
      "nova.compute.terminate",
      "neutron.agent.unplugInterface",
      "neutron.server.deletePort",
      "cinder.volume.disconnectVolume",
      "cinder.api.deleteAttachment",
      "cinder.api.deleteVolume",
      "cinder.volume.deleteVolume",
      "nova.database.destroyInstance",
      "placement.api.deleteAllocations",
    ]);
    expect(states.slice(-3)).toEqual(["active/none", "active/deleting", "deleted/none"]);
    expect(told.slice(-3)).toEqual(["instance.delete.start", "volume.delete.end", "instance.delete.end"]);
    expect(heldStill(built.cloud)).toEqual([]);
    expect(built.cloud.servers.deletedAt[0]! - 10 * MINUTE).toBeLessThan(10 * SECOND);
  });

  it("asked for while the build is under way waits for its end", () => {
    const built = run({}, { lifetime: 2 * SECOND });
    const { launchedAt, deletedAt } = built.cloud.servers;
    expect(launchedAt[0]).toBeGreaterThan(2 * SECOND);
    expect(deletedAt[0]).toBeGreaterThan(launchedAt[0]!);
    expect([built.cloud.servers.vmStateOf(0), built.cloud.servers.outcomeOf(0)]).toEqual(["deleted", "ACTIVE"]);
    expect(heldStill(built.cloud)).toEqual([]);
  });

  it("follows the launch at once when the lifetime is zero, with and without a control plane", () => {
    for (const controlPlane of ["modelled", "instant"] as const) {
      const built = run({ cloud: { controlPlane } }, { lifetime: 0 }, { lifetime: 0 }, { arrival: SECOND, lifetime: 0 });
      expect(outcomesOf(built)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
      for (const server of [0, 1, 2]) expect(built.cloud.servers.vmStateOf(server)).toBe("deleted");
      expect(heldStill(built.cloud)).toEqual([]);
    }
  });

  it("of a server that never reached a host is done by the API alone", () => {
    const built = build(tinyScenario({ cloud: { flavors: [flavor("huge", 9, 1024, 1)] } }), requestTable([{ lifetime: MINUTE }]));
    const { operations, told, states, look } = watch(built);
    built.cloud.simulation.run();
    look();
    expect(withoutQueue(operations).slice(-4)).toEqual([
      "keystone.api.issueToken",
      "nova.api.deleteServer",
      "keystone.api.validateToken",
      "nova.database.destroyInstance",
    ]);
    expect(states.slice(-3)).toEqual(["error/none", "error/deleting", "deleted/none"]);
    expect(told).toEqual(["scheduler.select_destinations.end", "instance.create.error", "instance.delete.start", "instance.delete.end"]);
    expect(heldStill(built.cloud)).toEqual([]);
  });
});

describe("failures of a launch", () => {
  const failing = (probability: number, more: Partial<{ maxAttempts: number; instanceBuildTimeout: number }> = {}) => ({
    buildFailureProbability: probability,
    ...more,
  });

  it("NoValidHost: the server is in ERROR without a host, but counts against the quota until it is deleted", () => {
    const built = run({ cloud: { flavors: [flavor("huge", 1, 20_000, 1)] } }, {});
    expect(outcomesOf(built)).toEqual(["NoValidHost"]);
    expect([built.cloud.servers.vmStateOf(0), built.cloud.servers.host[0]]).toEqual(["error", -1]);
    expect(built.cloud.quotaUse(0).instances).toBe(1);
  });

  it("a failed build is taken down and goes to the next alternate, in the order of Nova's reschedule", () => {
    const built = build(tinyScenario({ cloud: { flavors: [withVolume], storageTiers: ssd, nova: failing(1) } }), alike(1));
    const { operations, told } = watch(built);
    const hostsTried: number[] = [];
    built.cloud.notifications.on("instance.create.start", (server) => hostsTried.push(built.cloud.servers.host[server]!));
    built.cloud.simulation.run();
    const failed = operations.indexOf("nova.compute.spawn");
    expect(withoutQueue(operations.slice(failed + 1)).slice(0, 7)).toEqual([
      "neutron.server.deletePort",
      "cinder.api.deleteVolume",
      "placement.api.deleteAllocations",
      "nova.conductor.buildInstances",
      "placement.api.claimResources",
      "nova.compute.buildAndRun",
      "cinder.api.createVolume",
    ]);
    expect(hostsTried).toHaveLength(3);
    expect(new Set(hostsTried).size).toBe(3);
    expect(told.filter((name) => name.startsWith("volume."))).toEqual([1, 2, 3].flatMap(() => ["volume.create.end", "volume.delete.end"]));
    expect(outcomesOf(built)).toEqual(["MaxRetriesExceeded"]);
    expect(built.cloud.servers.vmStateOf(0)).toBe("error");
    expect([...built.cloud.hosts.failedBuilds].sort()).toEqual([0, 1, 1, 1]);
    expect(built.cloud.tiers.usedGb[0]).toBe(0);
    expect(built.cloud.hosts.inUse).toBe(0);
    expect(audit(built.cloud)).toEqual([]);
  });

  it("MaxRetriesExceeded leaves no claim and no volume behind, with and without a control plane", () => {
    for (const controlPlane of ["modelled", "instant"] as const) {
      const built = run({ cloud: { controlPlane, flavors: [withVolume], storageTiers: ssd, nova: failing(1) } }, {}, {});
      expect(outcomesOf(built)).toEqual(["MaxRetriesExceeded", "MaxRetriesExceeded"]);
      expect([...built.cloud.servers.host]).toEqual([-1, -1]);
      expect([built.cloud.tiers.usedGb[0], ...built.cloud.hasVolume]).toEqual([0, 0, 0]);
    }
  });

  it("MaxRetriesExceeded comes after max_attempts builds, or earlier when there are no more alternates", () => {
    const attempts = (maxAttempts: number, hosts: number) => {
      const built = run({ cloud: { hosts: [hostGroup(hosts)], nova: failing(1, { maxAttempts }) } }, {});
      expect(outcomesOf(built)).toEqual(["MaxRetriesExceeded"]);
      return built.cloud.servers.attempts[0];
    };
    expect(attempts(1, 4)).toBe(1);
    expect(attempts(3, 4)).toBe(3);
    expect(attempts(3, 2)).toBe(2);
    expect(attempts(4, 9)).toBe(4);
  });

  it("builds fail by server and attempt, so with and without a control plane the same servers need the same number of attempts", () => {
    const requests = Array.from({ length: 40 }, (_, i) => ({ arrival: i * MINUTE, lifetime: 50 * SECOND }));
    const [modelled, instant] = (["modelled", "instant"] as const).map((controlPlane) =>
      run({ cloud: { controlPlane, nova: failing(0.4) } }, ...requests),
    );
    expect([...modelled!.cloud.servers.attempts]).toEqual([...instant!.cloud.servers.attempts]);
    expect(outcomesOf(modelled!)).toEqual(outcomesOf(instant!));
    expect(new Set(modelled!.cloud.servers.attempts)).toEqual(new Set([1, 2, 3]));
    for (const { cloud } of [modelled!, instant!]) expect(heldStill(cloud)).toEqual([]);
  });

  it("a success forgives the host its failed builds", () => {
    const hosts = [hostGroup(1)];
    const built = run(
      { cloud: { hosts, nova: failing(0.5) } },
      ...Array.from({ length: 30 }, (_, i) => ({ arrival: i * MINUTE, lifetime: 50 * SECOND })),
    );
    const results = outcomesOf(built);
    expect(new Set(results)).toEqual(new Set(["ACTIVE", "MaxRetriesExceeded"]));
    const trailing = results.length - 1 - results.lastIndexOf("ACTIVE");
    expect(built.cloud.hosts.failedBuilds[0]).toBe(trailing);
  });

  it.each([
    ["instances", { instances: 2, cores: -1, ramMb: -1 }],
    ["cores", { instances: -1, cores: 5, ramMb: -1 }],
    ["ram", { instances: -1, cores: -1, ramMb: 8192 }],
  ])("OverQuota (%s): the API refuses the third server of the project, nobody else's, until one is deleted", (_what, quota) => {
    for (const controlPlane of ["modelled", "instant"] as const) {
      const built = run(
        { cloud: { quota, controlPlane } },
        ...[{ lifetime: 5 * MINUTE }, {}, { arrival: MINUTE, lifetime: SECOND }, { arrival: MINUTE, project: 1 }, { arrival: 10 * MINUTE }],
      );
      expect(outcomesOf(built)).toEqual(["ACTIVE", "ACTIVE", "OverQuota", "ACTIVE", "ACTIVE"]);
      const { servers } = built.cloud;
      // It never became a server: there is nothing to delete either.
      expect([servers.vmStateOf(2), servers.host[2], servers.deletedAt[2]]).toEqual(["requested", -1, -1]);
      expect(built.cloud.quotaUse(0).instances).toBe(2);
      expect(audit(built.cloud)).toEqual([]);
    }
  });

  it("VolumeNotCreated: the server keeps its claim in ERROR until it is deleted, and the room of volumes comes back", () => {
    for (const controlPlane of ["modelled", "instant"] as const) {
      const scenario = tinyScenario({ cloud: { controlPlane, flavors: [withVolume], storageTiers: ssd } });
      const lives = [
        { lifetime: 10 * MINUTE },
        { lifetime: 10 * MINUTE },
        { arrival: MINUTE, lifetime: 5 * MINUTE },
        { arrival: 20 * MINUTE, lifetime: MINUTE },
      ];
      const built = build(scenario, requestTable(lives));
      built.cloud.simulation.run(2 * MINUTE);
      const { servers, hosts, tiers, simulation } = built.cloud;
      expect(outcomesOf(built).slice(0, 3)).toEqual(["ACTIVE", "ACTIVE", "VolumeNotCreated"]);
      expect(servers.vmStateOf(2)).toBe("error");
      expect(servers.host[2]).toBeGreaterThanOrEqual(0);
      expect(hosts.instances.reduce((sum, n) => sum + n, 0)).toBe(3);
      expect(hosts.ioOps.reduce((sum, n) => sum + n, 0)).toBe(0);
      expect([servers.attempts[2], tiers.usedGb[0], built.cloud.hasVolume[2]]).toEqual([1, 200, 0]);
      simulation.run();
      expect(outcomesOf(built)[3]).toBe("ACTIVE");
      expect(heldStill(built.cloud)).toEqual([]);
    }
  });

  it("BuildTimeout: the server is in ERROR when the time is up, the build goes on, and the claim stays until the delete", () => {
    const overrides = { cloud: { images: [image("big", 10e9)], nova: failing(0, { instanceBuildTimeout: 5 * SECOND }) } };
    const built = build(tinyScenario(overrides), requestTable([{ lifetime: 10 * MINUTE }]));
    const { operations, states, look } = watch(built);
    built.cloud.simulation.run(8 * SECOND); // the download alone takes 8 s
    expect(built.cloud.servers.vmStateOf(0)).toBe("error");
    expect(built.cloud.servers.outcomeOf(0)).toBe("BuildTimeout");
    built.cloud.simulation.run(5 * MINUTE);
    expect(operations).toContain("nova.compute.spawn");
    expect(outcomesOf(built)).toEqual(["BuildTimeout"]);
    expect(built.cloud.servers.host[0]).toBeGreaterThanOrEqual(0);
    expect([built.cloud.hosts.ioOps[0], built.cloud.running[0], built.cloud.servers.launchedAt[0]]).toEqual([0, 0, -1]);
    built.cloud.simulation.run();
    look();
    expect(states.some((state) => state.startsWith("active"))).toBe(false);
    expect(heldStill(built.cloud)).toEqual([]);
  });

  it("BuildTimeout stands when the build fails after its time: nobody reschedules what is in ERROR already", () => {
    const built = run({ cloud: { nova: failing(1, { instanceBuildTimeout: SECOND }) } }, {});
    expect(outcomesOf(built)).toEqual(["BuildTimeout"]);
    expect(built.cloud.servers.attempts[0]).toBe(1);
    expect(built.cloud.servers.host[0]).toBeGreaterThanOrEqual(0);
    expect(audit(built.cloud)).toEqual([]);
  });
});

describe("a cloud that cannot take more requests", () => {
  /** Launches three servers where a component holds two requests at most and takes 1000 s for one. */
  const refused = (component: string, operation: string) => {
    const capacities = new Map([[component, 2]]);
    const serviceTimes = new Map([[`${component}.${operation}`, 1000 * SECOND]]);
    const cloud = tinyCloud({ hosts: 1, servers: 3, capacities, serviceTimes, glanceBytesPerSecond: 1e9 });
    const engine = new WorkflowEngine(cloud, [launchServer]);
    for (const server of [0, 1, 2]) {
      cloud.servers.remove(server); // asked for, not yet placed
      cloud.servers.requestedAt[server] = 0;
      engine.start(0, server);
    }
    cloud.simulation.run(500 * SECOND);
    const server = [0, 1, 2].find((each) => cloud.servers.outcomeOf(each) === "ServiceUnavailable")!;
    return { cloud, engine, server };
  };

  it("refuses a request before it becomes a server, which then does not count", () => {
    for (const [component, operation] of [["nova.database", "createBuildRequest"] as const, ["keystone.api", "issueToken"] as const]) {
      const { cloud, server } = refused(component, operation);
      expect(cloud.servers.vmStateOf(server)).toBe("requested");
      expect(cloud.quotaUse(0).instances).toBe(component === "keystone.api" ? 0 : 2);
    }
  });

  it("fails a build under way into ERROR, which keeps its claim", () => {
    const { cloud, engine, server } = refused("neutron.agent", "plugInterface");
    expect(cloud.servers.vmStateOf(server)).toBe("error");
    expect(cloud.servers.host[server]).toBeGreaterThanOrEqual(0);
    expect(cloud.quotaUse(0).instances).toBe(3);
    expect(cloud.hosts.ioOps.reduce((sum, n) => sum + n, 0)).toBe(2);
    cloud.simulation.run();
    expect(audit(cloud)).toEqual([]);
    expect(leftovers({ engine })).toEqual([]);
  });
});

describe("servers asked for at once", () => {
  const pack = { policies: [presets.get("nova-pack")!] };
  const one = [flavor("whole", 8, 16_384, 100)];

  it("do not end in NoValidHost while there is room, though all choose before anyone has claimed", () => {
    for (const maxAttempts of [1, 3]) {
      const built = run({ cloud: { hosts: [hostGroup(12)], flavors: one, nova: { maxAttempts } }, study: pack }, ...new Array(13).fill({}));
      expect(outcomesOf(built).sort()).toEqual([...new Array(12).fill("ACTIVE"), "NoValidHost"]);
      expect(built.cloud.decisions.count).toBe(13);
      expect(built.cloud.scheduling.claimsRefused).toBeGreaterThan(12); // the list is claimed along, as far as need be
    }
  });

  it.each(["affinity", "anti-affinity"] as const)(
    "keep the %s of their group, though all choose before anyone has claimed: nova-compute refuses, and the next host is tried",
    (serverGroup) => {
      let refused = 0;
      for (const policy of ["nova-default", "nova-pack", "random"]) {
        const overrides = {
          cloud: { hosts: [hostGroup(6, { vcpus: 12 })], flavors: [flavor("m", 1, 1024, 1)] }, // one host has room for all
          workload: { serverGroup: { policy: serverGroup, maxServerPerHost: 1 } },
          study: { policies: [presets.get(policy)!] },
        };
        const built = run(overrides, ...new Array(12).fill({}).map((_, i) => ({ batch: i >> 2, arrival: (i >> 2) * 1000 })));
        for (const outcome of outcomesOf(built)) expect(["ACTIVE", "MaxRetriesExceeded"]).toContain(outcome);
        for (const group of [0, 4, 8]) expect(outcomesOf(built).slice(group, group + 4)).toContain("ACTIVE");
        expect(audit(built.cloud)).toEqual([]);
        refused += built.cloud.scheduling.refusedByGroup;
      }
      expect(refused).toBeGreaterThan(0);
    },
  );

  it("share a host against the anti-affinity of their group where disable_group_policy_check_upcall keeps nova-compute from looking", () => {
    const of = (disableGroupPolicyCheck: boolean) => {
      const overrides = {
        cloud: { hosts: [hostGroup(6, { vcpus: 12 })], flavors: [flavor("m", 1, 1024, 1)], nova: { disableGroupPolicyCheck } },
        workload: { serverGroup: { policy: "anti-affinity", maxServerPerHost: 1 } as const },
        study: { policies: [presets.get("nova-pack")!] },
      };
      const built = run(overrides, ...new Array(4).fill({ batch: 0, arrival: 0 }));
      const hosts = [0, 1, 2, 3].map((server) => built.cloud.servers.lastHost[server]!);
      return { refused: built.cloud.scheduling.refusedByGroup, hosts: new Set(hosts).size, outcomes: new Set(outcomesOf(built)) };
    };
    expect(of(true)).toEqual({ refused: 0, hosts: 1, outcomes: new Set(["ACTIVE"]) });
    const checked = of(false);
    expect(checked.refused).toBeGreaterThan(0);
    expect(checked.hosts).toBeGreaterThan(1);
  });
});
