// Servers that are launched, moved, resized, confirmed, reverted and deleted in random order: claims, power, guests and quotas must agree at every
// event, every migration must end once, and nothing may be left.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, exponential, uniform } from "../../src/kernel/distribution.ts";
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import { auditEvents, heldStill } from "./audit.ts";
import { leftovers } from "./tiny-cloud.ts";
import { build, flavor, hostGroup, tinyScenario } from "./tiny-scenario.ts";

const deeds = ["live", "live to", "cold", "resize", "confirm", "revert", "abort", "force", "fail"] as const;

/** One deed, and another for the same server some seconds after it, when it may be in the middle of the first or done with it. */
const deed = fc
  .record({
    at: fc.integer({ min: 20, max: 400 }),
    first: fc.constantFrom(...deeds, "live", "resize", "cold"),
    after: fc.integer({ min: 0, max: 60 }),
    second: fc.constantFrom(...deeds, "abort", "confirm", "revert"),
    server: fc.integer({ min: 0, max: 19 }),
    choice: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ at, first, after, second, server, choice }) => [
    { at, deed: first, server, choice },
    { at: at + after, deed: second, server, choice },
  ]);

const sort = fc.record({
  deeds: fc.array(deed, { minLength: 10, maxLength: 40 }).map((pairs) => pairs.flat()),
  controlPlane: fc.constantFrom("modelled" as const, "modelled" as const, "instant" as const),
  hosts: fc.integer({ min: 1, max: 5 }),
  overcommit: fc.constantFrom(1, 2),
  nic: fc.constantFrom(1e7, 1e8, 1e9),
  serverGroup: fc.constantFrom(null, "affinity" as const, "anti-affinity" as const, "soft-anti-affinity" as const),
  cores: fc.constantFrom(-1, 20),
  buildFailure: fc.constantFrom(0, 0.2),
  resizeFailure: fc.constantFrom(0, 0.3),
  sameHost: fc.boolean(),
  window: fc.constantFrom(0, 30 * SECOND),
  postCopy: fc.boolean(),
  action: fc.constantFrom("abort" as const, "force_complete" as const),
  timeout: fc.constantFrom(2, 800),
  dirtyRate: fc.constantFrom("idle", "hpc"),
  connections: fc.constantFrom(1, 3),
  policy: fc.constantFrom(...presets.keys()),
  capacity: fc.constantFrom(0, 1, 2),
  seed: fc.integer({ min: 0, max: 99 }),
});

type Sort = typeof sort extends fc.Arbitrary<infer T> ? T : never;

function cloudOf(of: Sort): BuiltRun {
  const group = of.serverGroup === null ? null : { policy: of.serverGroup, maxServerPerHost: 2 };
  const built = build(
    tinyScenario({
      cloud: {
        controlPlane: of.controlPlane,
        hosts: [hostGroup(of.hosts, { nicBytesPerSecond: of.nic, cpuAllocationRatio: of.overcommit })],
        flavors: [flavor("s", 1, 1024, 2), flavor("m", 2, 4096, 5, { volumeGb: 5, volumeType: "ssd" }), flavor("l", 4, 2048, 0)],
        storageTiers: [{ name: "ssd", capacityGb: 60 }],
        quota: { instances: -1, cores: of.cores, ramMb: -1 },
        nova: { buildFailureProbability: of.buildFailure },
      },
      workload: {
        arrivals: { process: "constant", interval: 10 * SECOND },
        batch: constant(2),
        maxServers: 20,
        lifetime: exponential(5 * MINUTE),
        cpuUtilisation: uniform(0, 1),
        serverGroup: group,
      },
      study: { seed: String(of.seed), policies: [presets.get(of.policy)!] },
    }),
  );
  const { settings } = built.cloud.moving;
  Object.assign(settings, {
    ...{ allowResizeToSameHost: of.sameHost, resizeConfirmWindow: of.window, resizeFailureProbability: of.resizeFailure },
    dirtyRate: of.dirtyRate,
    live: {
      ...settings.live,
      ...{ permitPostCopy: of.postCopy, timeoutAction: of.action, completionTimeoutSeconds: of.timeout },
      parallelConnections: of.connections,
    },
  });
  return built;
}

function act({ cloud, moves }: BuiltRun, { deed, server, choice }: Sort["deeds"][number]): void {
  switch (deed) {
    case "live":
      return void moves.startLiveMigration(server);
    case "live to":
      return void moves.startLiveMigration(server, choice);
    case "cold":
      return void moves.startMigration(server);
    case "resize":
      return void moves.startResize(server, choice);
    case "confirm":
      return void moves.confirmResize(server);
    case "revert":
      return void moves.revertResize(server);
    case "abort":
      return void moves.abortLiveMigration(server);
    case "force":
      return void moves.forceComplete(server);
    case "fail":
      return void moves.hostFails(choice % cloud.hosts.count);
  }
}

describe("random sequences of moves", () => {
  it("keep all books at every event, end every migration once, and leave nothing behind", () => {
    const statuses = new Set<string>();
    fc.assert(
      fc.property(sort, (of) => {
        const built = cloudOf(of);
        const { cloud, engine } = built;
        const { simulation, moving, servers } = cloud;
        if (of.capacity > 0 && engine !== null) {
          // Calls that are refused, in the middle of whatever is going on.
          for (const key of ["placement.api", "neutron.server"]) (cloud.capacities as Map<string, number>).set(key, 7 + of.capacity);
        }
        const ends = new Map<number, number>();
        moving.endListeners.push((migration) => ends.set(migration, (ends.get(migration) ?? 0) + 1));
        const audits = auditEvents(cloud);
        const kind = simulation.kind("deed", (index) => act(built, of.deeds[index]!));
        for (const [index, { at }] of of.deeds.entries()) simulation.schedule(at * SECOND, kind, index);
        simulation.run();
        expect(audits()).toBeGreaterThan(0);
        for (let migration = 0; migration < moving.migrations.count; migration++) {
          const { status, endedAt, server } = moving.migrations.row(migration);
          statuses.add(status);
          expect([migration, ends.get(migration), endedAt >= 0]).toEqual([migration, 1, true]);
          expect(["completed", "cancelled", "failed", "error", "confirmed", "reverted"]).toContain(status);
          expect(servers.vmStateOf(server)).toBe("deleted");
        }
        expect(heldStill(cloud)).toEqual([]);
        expect([...cloud.cpuLeft].every((share) => share === 1)).toBe(true);
        if (engine !== null) expect(leftovers({ engine })).toEqual([]);
      }),
      { numRuns: 80 },
    );
    for (const status of ["completed", "cancelled", "error", "confirmed", "reverted"]) expect(statuses).toContain(status);
  });

  it("are the same run in every repetition", () => {
    fc.assert(
      fc.property(sort, (of) => {
        const hash = () => {
          const built = cloudOf(of);
          const kind = built.cloud.simulation.kind("deed", (index) => act(built, of.deeds[index]!));
          for (const [index, { at }] of of.deeds.entries()) built.cloud.simulation.schedule(at * SECOND, kind, index);
          built.cloud.simulation.run();
          return built.cloud.simulation.fingerprint.hash;
        };
        expect(hash()).toBe(hash());
      }),
      { numRuns: 5 },
    );
  });
});
