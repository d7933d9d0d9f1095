// Servers whose users ask for anything at any time: whatever comes of it, no server takes a step that Nova does not have, every request has one
// answer and one outcome, and when all servers are gone nothing is left.
import { describe, expect, it } from "vitest";
import { apiStatus, mayBecome } from "../../src/datacenter/server-transitions.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { MINUTE, SECOND } from "../../src/kernel/time.ts";
import { novaOperations } from "../../src/workflows/nova/index.ts";
import { alike, build, flavor, hostGroup, tinyScenario } from "./tiny-scenario.ts";

const SERVERS = 12;
const names = novaOperations.map(({ name }) => name);
const settings = [
  {},
  { shelvedOffloadTime: MINUTE },
  { reclaimInstanceInterval: 5 * MINUTE },
  { shelvedOffloadTime: -1, buildFailureProbability: 0.2 },
];

/** Most requests act on an idle server; few delete one. */
function asks(seed: number) {
  const draws = new RandomStreams(`lives-${seed}`, 0).stream("asks");
  let at = 30 * SECOND;
  return Array.from({ length: 300 }, (_, i) => {
    at += Math.round(draws.uniform(i, 0) * 20 * SECOND);
    const drawn = names[draws.integer(i, 1, names.length)]!;
    const operation = drawn === "server delete" && draws.uniform(i, 3) < 0.7 ? "server start" : drawn;
    const half = draws.uniform(i, 4) < 0.5;
    const args = {
      ...(operation === "server resize" ? { flavor: half ? "m1" : "m2" } : {}),
      ...(operation === "server image create" ? { name: `image-${i}` } : {}),
      ...(operation === "server reboot" ? { hard: half } : {}),
      ...(operation === "server migrate" ? { live: half } : {}),
      ...(operation === "server delete" ? { force: half } : {}),
    };
    return { at, operation, project: 0, user: "", server: draws.integer(i, 2, SERVERS), args };
  });
}

function lives(seed: number, seen: Map<string, number>, wrong: string[]) {
  const volume = seed % 2 === 0 ? { volumeGb: 10, volumeType: "ssd" } : {};
  const flavors = [flavor("m1", 2, 4096, 20, volume), flavor("m2", 4, 8192, 20)];
  const scenario = tinyScenario({
    cloud: { flavors, storageTiers: [{ name: "ssd", capacityGb: 1000 }], hosts: [hostGroup(6)], nova: settings[seed % 4]! },
    study: { duration: 200 * MINUTE },
  });
  const built = build({ ...scenario, actions: asks(seed) }, alike(SERVERS, { flavor: 0, lifetime: 120 * MINUTE }));
  const { servers, simulation } = built.cloud;
  servers.stateListener = (server, before, after) => {
    const step = `${before.join("/")} -> ${after.join("/")}`;
    seen.set(step, (seen.get(step) ?? 0) + 1);
    if (!mayBecome(before, after)) wrong.push(`seed ${seed}: ${servers.nameOf(server)} ${step}`);
  };
  simulation.run();
  return built;
}

describe("servers whose users ask for anything", () => {
  it("take no step that is not written down, and leave nothing behind", () => {
    const seen = new Map<string, number>();
    const wrong: string[] = [];
    for (let seed = 0; seed < 24; seed++) {
      const { cloud, engine } = lives(seed, seen, wrong);
      const rows = Array.from({ length: cloud.requests.count }, (_, i) => cloud.requests.row(i));
      const left = {
        strands: engine!.strands,
        requests: rows.filter(({ endedAt, status }) => endedAt < 0 || status === 0).length,
        vcpus: cloud.hosts.usedVcpuMilli.reduce((a, b) => a + b, 0),
        volumesGb: cloud.tiers.usedGb[0],
        quota: cloud.quotaUse(0).instances,
        alive: Array.from({ length: SERVERS }, (_, server) => cloud.servers.vmStateOf(server)).filter((state) => state !== "deleted"),
      };
      expect([seed, left]).toEqual([seed, { strands: 0, requests: 0, vcpus: 0, volumesGb: 0, quota: 0, alive: [] }]);
    }
    expect(wrong).toEqual([]);
    // The states of the table have all been reached: stable ones, and those under way.
    const reached = new Set([...seen.keys()].flatMap((step) => step.split(" -> ")));
    for (const state of [
      ...[
        "building/scheduling",
        "active/none",
        "stopped/none",
        "paused/none",
        "suspended/none",
        "rescued/none",
        "resized/none",
        "shelved/none",
      ],
      ...[
        "shelved_offloaded/none",
        "soft-delete/none",
        "deleted/none",
        "active/rebooting",
        "active/rebooting_hard",
        "active/updating_password",
      ],
      ...["active/rebuilding", "active/resize_prep", "resized/resize_reverting", "active/migrating", "active/shelving_offloading"],
    ]) {
      expect([state, reached.has(state)]).toEqual([state, true]);
    }
  });
});

describe("the status that the API shows", () => {
  it.each([
    ["building", "spawning", "BUILD"],
    ["active", "none", "ACTIVE"],
    ["active", "image_uploading", "ACTIVE"],
    ["active", "reboot_started", "REBOOT"],
    ["active", "reboot_pending_hard", "HARD_REBOOT"],
    ["stopped", "reboot_pending_hard", "SHUTOFF"],
    ["active", "updating_password", "PASSWORD"],
    ["stopped", "rebuild_spawning", "REBUILD"],
    ["error", "rebuilding", "REBUILD"],
    ["paused", "migrating", "MIGRATING"],
    ["stopped", "resize_finish", "RESIZE"],
    ["resized", "none", "VERIFY_RESIZE"],
    ["resized", "resize_reverting", "REVERT_RESIZE"],
    ["shelved_offloaded", "unshelving", "SHELVED_OFFLOADED"],
    ["soft-delete", "none", "SOFT_DELETED"],
  ] as const)("of a server that is %s/%s is %s", (vmState, taskState, status) => {
    expect(apiStatus(vmState, taskState)).toBe(status);
  });
});
