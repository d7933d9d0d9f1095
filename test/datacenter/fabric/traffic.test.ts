// Flows under way when parts of the network fail and come back, what headers cost them, and what latency does.
import { describe, expect, it } from "vitest";
import { custom } from "../../../src/datacenter/fabric/custom.ts";
import { fatTree } from "../../../src/datacenter/fabric/fat-tree.ts";
import { NO_LATENCY, pathLatency } from "../../../src/datacenter/fabric/hop-latency.ts";
import { leafSpine } from "../../../src/datacenter/fabric/leaf-spine.ts";
import { star } from "../../../src/datacenter/fabric/star.ts";
import { network, points } from "./networks.ts";

const twoSpines = () => leafSpine(points(4, 2), { spines: 2, uplinkBytesPerSecond: 100 });

describe("a flow whose path dies", () => {
  it("goes on over the other spine from where it is, and shares it", () => {
    const { simulation, fabric, traffic, endedAt, at } = network(twoSpines());
    // Flows from rack 0 to rack 1, one over each spine.
    const spineOfFlow = (host: number, flow: number) => spineOf(fabric.route(host, host + 2, flow)!, fabric);
    let other = 0;
    while (spineOfFlow(1, other) === spineOfFlow(0, 0)) other++;
    traffic.start(0, 1000, 0, 2, 0);
    traffic.start(1, 1000, 1, 3, other);
    at(5, () => fabric.failSwitch(fabric.wiring.switchNamed(spineOfFlow(0, 0))));
    simulation.run();
    // 500 bytes of each are left when they have to share 100 B/s.
    expect(endedAt).toEqual([15, 15]);
  });

  it("waits while there is no other, and goes on when it is repaired", () => {
    const { simulation, fabric, traffic, endedAt, at, capacity } = network(twoSpines());
    traffic.start(0, 1000, 0, 2);
    traffic.start(1, 1000, 0, 1); // within the rack
    const leaf = fabric.wiring.switchNamed("leaf-2");
    at(4, () => fabric.failSwitch(leaf));
    at(5, () => expect([traffic.waiting, capacity.rateOf(0), traffic.routeOf(0)]).toEqual([1, 0, null]));
    at(104, () => fabric.repairSwitch(leaf));
    simulation.run();
    // Both share host 0's link: 50 B/s. From 4 s on the local one has it alone: 800 bytes in 8 s. The other has 800 left at 104 s.
    expect(endedAt).toEqual([112, 12]);
    expect([traffic.active, traffic.waiting, capacity.carried]).toEqual([0, 0, 2000]);
  });

  it("waits for as long as the part stays down; the run ends nevertheless", () => {
    const { simulation, fabric, traffic, endedAt, at } = network(twoSpines());
    traffic.start(0, 1000, 0, 2);
    at(1, () => fabric.failNic(2));
    simulation.run();
    expect([endedAt, traffic.active, traffic.waiting]).toEqual([[], 1, 1]);
  });

  it("is told of a second failure of the same part, and waits for both repairs", () => {
    const { simulation, fabric, traffic, endedAt, at } = network(twoSpines());
    const leaf = fabric.wiring.switchNamed("leaf-1");
    traffic.start(0, 1000, 0, 2);
    at(2, () => fabric.failSwitch(leaf));
    at(3, () => fabric.failSwitch(leaf));
    at(4, () => fabric.repairSwitch(leaf));
    at(6, () => fabric.repairSwitch(leaf));
    at(20, () => expect(() => fabric.repairSwitch(leaf)).toThrow('switch "leaf-1" has not failed: there is nothing to repair'));
    simulation.run();
    expect(endedAt).toEqual([14]);
  });

  it("makes a detour where the only way is longer, and returns when the short one is back", () => {
    // a - b directly, or a - c - b.
    const wide = (from: string, to: string, bytesPerSecond: number) => ({ from: { switch: from }, to, bytesPerSecond });
    const wiring = custom(points(2, 1), {
      switches: ["a", "b", "c"],
      links: [
        { from: { host: 0 }, to: "a", bytesPerSecond: 1000 },
        { from: { host: 1 }, to: "b", bytesPerSecond: 1000 },
        ...[wide("a", "b", 100), wide("a", "c", 10), wide("c", "b", 10)],
      ],
    });
    const { simulation, fabric, traffic, endedAt, at, capacity } = network(wiring);
    const [direct] = fabric.cablesBetween("a", "b");
    traffic.start(0, 1000, 0, 1);
    at(2, () => fabric.failCable(direct!));
    at(3, () => expect([capacity.rateOf(0), traffic.routeOf(0)!.length]).toEqual([10, 4]));
    at(12, () => fabric.repairCable(direct!));
    simulation.run();
    // 200 bytes, then 100 in ten seconds, then 700 at full speed.
    expect(endedAt).toEqual([19]);
    expect(() => fabric.repairCable(direct!)).toThrow("has not failed");
  });

  it("stays where it is when a part of another path fails, and when what has failed is back", () => {
    const { simulation, fabric, traffic, at } = network(fatTree(points(16, 2), { k: 4, linkBytesPerSecond: 100 }));
    traffic.start(0, 1e6, 0, 15);
    let before = traffic.routeOf(0)!;
    let moves = 0;
    for (let core = 1; core <= 4; core++) {
      const number = fabric.wiring.switchNamed(`core-${core}`);
      at(2 * core, () => {
        fabric.failSwitch(number);
        const now = traffic.routeOf(0)!;
        if (fabric.carries(before)) expect(now).toEqual(before);
        else moves++;
        expect(fabric.carries(now)).toBe(true);
        before = now;
      });
      at(2 * core + 1, () => {
        fabric.repairSwitch(number);
        expect(traffic.routeOf(0)).toEqual(before);
      });
    }
    simulation.run(20_000_000);
    expect([moves >= 1, moves < 4, traffic.active]).toEqual([true, true, 1]);
  });

  it("of 100 waits or moves in the same way in every run", () => {
    const story = () => {
      const { simulation, fabric, traffic, endedAt, at } = network(fatTree(points(16, 2), { k: 4, linkBytesPerSecond: 100 }));
      for (let job = 0; job < 100; job++) traffic.start(job, 100 + 37 * job, job % 16, (7 * job + 3) % 16);
      const parts = ["core-1", "aggregation-3", "edge-8", "core-4"].map((name) => fabric.wiring.switchNamed(name));
      for (const [i, part] of parts.entries()) {
        at(1 + i, () => fabric.failSwitch(part));
        at(6 + 3 * i, () => fabric.repairSwitch(part));
      }
      simulation.run();
      return [simulation.fingerprint.hash, endedAt] as const;
    };
    const [hash, ends] = story();
    expect(story()).toEqual([hash, ends]);
    expect(ends.filter((end) => end >= 0)).toHaveLength(100);
  });
});

describe("a flow", () => {
  it("from a point to itself takes no time", () => {
    const { simulation, traffic, endedAt } = network(star(points(2, 2)));
    traffic.start(0, 1e9, 1, 1);
    simulation.run();
    expect(endedAt).toEqual([0]);
  });

  it("pays the latency of its path before its bytes flow", () => {
    const latency = { ...NO_LATENCY, switchMicros: 1000, nicMicros: 5000 };
    const { simulation, traffic, endedAt } = network(twoSpines(), { latency });
    traffic.start(0, 1000, 0, 2); // three switches
    simulation.run();
    traffic.start(1, 1000, 0, 1); // one
    simulation.run();
    expect(endedAt).toEqual([10.013, 20.024]);
  });

  it("waits 13.01 times the latency in SimGrid's manner: 100 kB over 1 Mbit/s and 10 ms take 0.996079 s", () => {
    // The link as LV08 sees it: 97 % of its bandwidth, 5 % of which the acknowledgements take.
    const speed = (0.97 * 1e6) / 8 / 1.05;
    const latency = { ...NO_LATENCY, switchMicros: 10_000, factor: 13.01 };
    const { simulation, traffic, endedAt } = network(star(points(2, 2, { nicBytesPerSecond: [speed, speed] })), { latency });
    traffic.start(0, 100_000, 0, 1);
    simulation.run();
    expect(endedAt[0]).toBeCloseTo(0.996079, 5); // time is whole microseconds
    expect(pathLatency({ ...NO_LATENCY, vSwitchMicros: 25, nicMicros: 15, switchMicros: 1 }, 3, 2)).toBe(83);
    expect(() => pathLatency({ ...NO_LATENCY, switchMicros: Number.NaN }, 1)).toThrow("latency of a path");
  });

  it("carries its headers along: payload gets the goodput of its frames", () => {
    const { simulation, traffic, endedAt } = network(star(points(2, 2)), { framing: { encapsulation: "vxlan", mtu: 1500 } });
    traffic.start(0, 1000, 0, 1);
    simulation.run();
    expect(endedAt[0]).toBeCloseTo(10 / (1410 / 1538), 5);
  });

  it("can be stopped: while it is setting out, under way, and while it waits", () => {
    const latency = { ...NO_LATENCY, nicMicros: 1_000_000 };
    const { simulation, fabric, traffic, endedAt, at, capacity } = network(star(points(3, 3)), { latency });
    traffic.start(0, 1000, 0, 1);
    traffic.start(1, 1000, 0, 1);
    traffic.start(2, 1000, 0, 2);
    traffic.start(3, 1000, 0, 1);
    at(1, () => traffic.stop(0));
    at(4, () => traffic.stop(1));
    at(4, () => fabric.failNic(2));
    at(5, () => traffic.stop(2));
    simulation.run();
    // 3 has a third of 100 B/s for 2 s, then all of it.
    expect(endedAt).toEqual([undefined, undefined, undefined, expect.closeTo(4 + (1000 - 200 / 3) / 100, 5)]);
    expect([traffic.active, capacity.active]).toEqual([0, 0]);
    expect(() => traffic.stop(3)).toThrow("job 3 has no flow under way");
  });

  it("begun while there is no way waits for one", () => {
    const { simulation, fabric, traffic, endedAt, at } = network(star(points(2, 2)));
    fabric.failNic(1);
    traffic.start(0, 1000, 0, 1);
    at(7, () => fabric.repairNic(1));
    simulation.run();
    expect(endedAt).toEqual([17]);
  });

  it("needs a number of bytes, and a job of its own", () => {
    const { traffic } = network(star(points(2, 2)));
    for (const bytes of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => traffic.start(0, bytes, 0, 1)).toThrow(`flow of job 0: expected a finite number of bytes, 0 or more, got ${bytes}`);
    traffic.start(0, 1, 0, 1);
    expect(() => traffic.start(0, 1, 0, 1)).toThrow("job 0 has a flow under way already");
  });
});

/** The spine that a route between racks passes, by name. */
function spineOf(route: readonly number[], { wiring }: ReturnType<typeof network>["fabric"]): string {
  // Links are numbered as cable ends; the leaf is plugged in first.
  return wiring.switchNames[wiring.cableEnds[route[1]! ^ 1]!]!;
}
