// The whole life of a server, request by request: every state and transition that users can bring about, and every refusal.
import { describe, expect, it } from "vitest";
import { taskStates, type VmState, vmStates } from "../../src/datacenter/servers.ts";
import { MINUTE } from "../../src/kernel/time.ts";
import type { CloudSpec } from "../../src/scenario/scenario.ts";
import type { Arguments } from "../../src/workflows/api/api-requests.ts";
import { type GatedAction, gateRefuses, gates } from "../../src/workflows/nova/gates.ts";
import { alike, build, flavor, type Overrides, tinyScenario } from "./tiny-scenario.ts";

type Ask = readonly [operation: string, args?: Arguments];

/** One server of flavor m1, and one request every ten minutes. */
function life(asks: readonly Ask[], nova: Overrides["cloud"] = {}) {
  const flavors = [flavor("m1", 2, 4096, 20, { volumeGb: 10, volumeType: "ssd" }), flavor("m2", 4, 8192, 20)];
  const cloud: Partial<Omit<CloudSpec, "nova">> = { flavors, storageTiers: [{ name: "ssd", capacityGb: 100 }] };
  const actions = asks.map(([operation, args = {}], index) => ({
    at: 10 * (index + 1) * MINUTE,
    operation,
    project: 0,
    user: "",
    server: 0,
    args,
  }));
  const scenario = tinyScenario({ cloud: { ...cloud, ...nova }, study: { duration: 10 * (asks.length + 3) * MINUTE } });
  const built = build({ ...scenario, actions }, alike(1, { flavor: 0, lifetime: Number.POSITIVE_INFINITY }));
  const { servers, simulation, requests } = built.cloud;
  const states: string[] = [];
  const look = () => {
    const state = `${servers.vmStateOf(0)}/${servers.taskStateOf(0)}`;
    if (states.at(-1) !== state) states.push(state);
  };
  simulation.observe(look);
  simulation.run(scenario.study.duration);
  look();
  const outcomes = Array.from({ length: requests.count }, (_, i) => {
    const { operation, status, outcome, endedAt } = requests.row(i);
    return `${operation} ${status}${endedAt < 0 ? " pending" : outcome === null ? "" : ` ${outcome}`}`;
  });
  return { built, states, outcomes, servers };
}

/** From ACTIVE on. */
const since = (states: readonly string[]) => states.slice(states.indexOf("active/none"));

describe("a server", () => {
  it("is stopped and started, paused and suspended, each with its task state on the way", () => {
    const { states, outcomes, built } = life([
      ["server stop"],
      ["server start"],
      ["server pause"],
      ["server unpause"],
      ["server suspend"],
      ["server resume"],
      ["server reboot"],
      ["server reboot", { hard: true }],
    ]);
    expect(outcomes.filter((outcome) => !outcome.endsWith("202"))).toEqual([]);
    expect(since(states)).toEqual([
      "active/none",
      "active/powering-off",
      "stopped/none",
      "stopped/powering-on",
      "active/none",
      "active/pausing",
      "paused/none",
      "paused/unpausing",
      "active/none",
      "active/suspending",
      "suspended/none",
      "suspended/resuming",
      "active/none",
      "active/rebooting",
      "active/reboot_pending",
      "active/reboot_started",
      "active/none",
      "active/rebooting_hard",
      "active/reboot_pending_hard",
      "active/reboot_started_hard",
      "active/none",
    ]);
    expect(built.engine!.strands).toBe(0);
    expect(built.cloud.servers.powerStateOf(0)).toBe("RUNNING");
  });

  it("is rescued and rebuilt on its host, and makes an image of itself", () => {
    const { states, outcomes, built } = life([
      ["server rescue"],
      ["server unrescue"],
      ["server rebuild"],
      ["server image create", { name: "golden" }],
      ["server rebuild", { image: "golden" }],
      ["server set password"],
      ["server set property"],
    ]);
    expect(outcomes).toEqual([
      "server rescue 200",
      "server unrescue 202",
      "server rebuild 202",
      "server image create 202",
      "server rebuild 202",
      "server set password 202",
      "server set property 200",
    ]);
    expect(since(states)).toEqual(
      [
        "active/none",
        "active/rescuing",
        "rescued/none",
        "rescued/unrescuing",
        "active/none",
        "active/rebuilding",
        "active/rebuild_block_device_mapping",
        "active/rebuild_spawning",
        "active/none",
        "active/image_snapshot_pending",
        "active/image_snapshot",
        "active/image_pending_upload",
        "active/image_uploading",
        "active/none",
        "active/rebuilding",
        "active/rebuild_block_device_mapping",
        "active/rebuild_spawning",
        "active/none",
        "active/updating_password",
        "active/none",
      ].filter((state) => state !== "active/image_pending_upload" || states.includes(state)),
    );
    expect(built.cloud.imageOf(0)!.name).toBe("golden");
  });

  it("leaves its host when it is shelved, and finds another when it is unshelved", () => {
    const { states, outcomes, built } = life([["server shelve"], ["server unshelve"]]);
    expect(outcomes).toEqual(["server shelve 202", "server unshelve 202"]);
    expect(since(states)).toContain("shelved_offloaded/none");
    expect(since(states).at(-1)).toBe("active/none");
    const { hosts, servers } = built.cloud;
    expect([servers.host[0]! >= 0, hosts.usedVcpuMilli.reduce((a, b) => a + b, 0)]).toEqual([true, 2000]);
  });

  it("holds no room while it is shelved, but its volume and its quota; all is given back when it is deleted then", () => {
    const shelved = life([["server shelve"]]).built.cloud;
    expect(shelved.servers.vmStateOf(0)).toBe("shelved_offloaded");
    expect([shelved.hosts.usedVcpuMilli.reduce((a, b) => a + b, 0), shelved.hasVolume[0], shelved.quotaUse(0).instances]).toEqual([
      0, 1, 1,
    ]);
    const { cloud, engine } = life([["server shelve"], ["server delete"]]).built;
    expect([cloud.servers.vmStateOf(0), cloud.hasVolume[0], cloud.quotaUse(0).instances, cloud.tiers.usedGb[0], engine!.strands]).toEqual([
      "deleted",
      0,
      0,
      0,
      0,
    ]);
  });

  it("keeps its host for shelved_offload_time, or until it is offloaded by hand", () => {
    const later = life([["server shelve"], ["server unshelve"]], { nova: { shelvedOffloadTime: 60 * MINUTE } });
    expect(since(later.states).filter((state) => state.startsWith("shelved"))).toEqual(["shelved/none", "shelved/unshelving"]);
    const soon = life([["server shelve"]], { nova: { shelvedOffloadTime: MINUTE } });
    expect(soon.servers.vmStateOf(0)).toBe("shelved_offloaded");
    const byHand = life([["server shelve"], ["server shelve offload"]], { nova: { shelvedOffloadTime: -1 } });
    expect([byHand.outcomes[1], byHand.servers.vmStateOf(0), byHand.servers.host[0]]).toEqual([
      "server shelve offload 202",
      "shelved_offloaded",
      -1,
    ]);
  });

  it("waits to be confirmed after a resize, and is confirmed or reverted", () => {
    const { outcomes, states, servers } = life([["server resize", { flavor: "m2" }], ["server resize confirm"]]);
    expect(outcomes).toEqual(["server resize 202", "server resize confirm 202"]);
    expect(states).toContain("resized/none");
    expect([servers.vmStateOf(0), servers.flavor[0]]).toEqual(["active", 1]);
    const back = life([
      ["server resize", { flavor: "m2" }],
      ["server resize revert"],
      ["server migrate"],
      ["server resize confirm"],
      ["server migrate", { live: true }],
    ]);
    expect(back.outcomes.filter((outcome) => !outcome.endsWith(" 202"))).toEqual([]);
    expect([back.servers.vmStateOf(0), back.servers.flavor[0]]).toEqual(["active", 0]);
  });

  it("can be restored while it is deleted softly", () => {
    const softly = { nova: { reclaimInstanceInterval: 60 * MINUTE } };
    const { outcomes, states } = life([["server delete"], ["server restore"], ["server delete", { force: true }]], softly);
    expect(outcomes).toEqual(["server delete 204", "server restore 202", "server delete 204"]);
    expect(states).toContain("soft-delete/none");
    expect(states.at(-1)!.startsWith("deleted/")).toBe(true);
    expect(
      life(
        [["server delete"], ["server stop"], ["server stop"], ["server stop"], ["server stop"], ["server stop"], ["server stop"]],
        softly,
      ).servers.vmStateOf(0),
    ).toBe("deleted");
  });

  it("is refused with the name and the status of Nova's error", () => {
    const { outcomes } = life([
      ["server lock"],
      ["server stop"],
      ["server unlock"],
      ["server unpause"],
      ["server resize", { flavor: "m1" }],
      ["server migrate", { host: "nowhere" }],
      ["server rebuild", { image: "none" }],
      ["server evacuate"],
      ["server migration abort"],
      ["server delete"],
      ["server start"],
    ]);
    expect(outcomes).toEqual([
      "server lock 202",
      "server stop 409 InstanceIsLocked",
      "server unlock 202",
      "server unpause 409 InstanceInvalidState",
      "server resize 400 CannotResizeToSameFlavor",
      "server migrate 404 ComputeHostNotFound",
      "server rebuild 400 ImageNotFound",
      "server evacuate 400 ComputeServiceInUse",
      "server migration abort 409 InstanceInvalidState",
      "server delete 204",
      "server start 404 InstanceNotFound",
    ]);
  });
});

describe("the gates", () => {
  it("allow each action in the states of Nova's table, with nothing under way, and in no others", () => {
    const { cloud } = life([]).built;
    const actions = Object.keys(gates) as GatedAction[];
    for (const action of actions) {
      const { vm, task = ["none"] }: { readonly vm: readonly VmState[] | "any"; readonly task?: readonly string[] | "any" } = gates[action];
      for (const state of vmStates) {
        for (const doing of taskStates) {
          cloud.setState(0, state, doing);
          const there = state !== "requested" && state !== "deleted";
          const allowed = (vm === "any" || vm.includes(state)) && (task === "any" || task.includes(doing));
          const expected = !there ? "InstanceNotFound" : allowed ? null : "InstanceInvalidState";
          expect([action, state, doing, gateRefuses(cloud, 0, action)]).toEqual([action, state, doing, expected]);
        }
      }
    }
  });
});

describe("the meters", () => {
  it("count the images that are sent for a rescue or a rebuild to the servers they are for", () => {
    const metered = { metering: { enabled: true, intervalMicros: 5 * MINUTE, meters: ["image.download"] } };
    const { built, outcomes } = life(
      [
        ["server image create", { name: "golden" }],
        ["server rebuild", { image: "golden" }],
      ],
      metered,
    );
    expect(outcomes).toEqual(["server image create 202", "server rebuild 202"]);
    const { samples, meters } = built.ceilometer!;
    const served = Array.from({ length: samples.count }, (_, i) => samples.row(i)).filter(
      ({ meter }) => meters[meter]!.name === "image.download",
    );
    expect(served.map(({ entity, volume }) => [entity, volume])).toEqual([
      [0, 12_500_000],
      [0, 12_500_000],
    ]);
  });
});
