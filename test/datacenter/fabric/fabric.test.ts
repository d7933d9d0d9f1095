// What holds for every topology alike, and what is particular to each.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttachPoints, bonds } from "../../../src/datacenter/fabric/attach-points.ts";
import { custom } from "../../../src/datacenter/fabric/custom.ts";
import type { Fabric } from "../../../src/datacenter/fabric/fabric.ts";
import { fatTree } from "../../../src/datacenter/fabric/fat-tree.ts";
import { leafSpine } from "../../../src/datacenter/fabric/leaf-spine.ts";
import { star } from "../../../src/datacenter/fabric/star.ts";
import type { Wiring } from "../../../src/datacenter/fabric/wiring.ts";
import { idle, network, points, rates } from "./networks.ts";

/** A ring of six switches with two hosts each; the way to the opposite switch has two directions. */
function ring(hosts: AttachPoints): Wiring {
  const switches = Array.from({ length: 6 }, (_, index) => `ring-${index}`);
  return custom(hosts, {
    switches,
    links: [
      ...switches.map((name, index) => ({ from: { switch: name }, to: `ring-${(index + 1) % 6}`, bytesPerSecond: 100 })),
      ...Array.from({ length: hosts.racks.length }, (_, host) => ({
        from: { host },
        to: `ring-${hosts.racks[host]}`,
        bytesPerSecond: 100,
      })),
      ...hosts.services.map(({ name, bytesPerSecond }) => ({ from: { service: name }, to: "ring-0", bytesPerSecond })),
    ],
  });
}

type Topology = (hosts: AttachPoints) => Wiring;
const topologies: readonly (readonly [name: string, topology: Topology])[] = [
  ["star", star],
  ["leaf-spine", (hosts) => leafSpine(hosts, { spines: 3, uplinkBytesPerSecond: 100 })],
  ["fat tree", (hosts) => fatTree(hosts, { k: 4, linkBytesPerSecond: 100 })],
  ["custom", ring],
];

/** What a route's links join: attach points and switches, from end to end. */
function describeLinks(fabric: Fabric): Map<number, string> {
  const { wiring } = fabric;
  const ends = new Map<number, string>();
  let link = 0;
  // Links are added in this order, those of cables that never limit left out.
  for (const [end, at] of wiring.cableEnds.entries()) {
    if (wiring.cableBytesPerSecond[end >> 1] === Number.POSITIVE_INFINITY) continue;
    ends.set(link++, `${wiring.switchNames[at]}>${wiring.switchNames[wiring.cableEnds[end ^ 1]!]}`);
  }
  const byPoint = [...wiring.portPoint.keys()].sort((a, b) => wiring.portPoint[a]! - wiring.portPoint[b]! || a - b);
  for (const port of byPoint) ends.set(link++, `point ${wiring.portPoint[port]}>${wiring.switchNames[wiring.portSwitch[port]!]}`);
  for (const port of byPoint) ends.set(link++, `${wiring.switchNames[wiring.portSwitch[port]!]}>point ${wiring.portPoint[port]}`);
  return ends;
}

describe.each(topologies)("a route through a %s", (_, topology) => {
  const wire = () => topology(points(12, 2));
  const { fabric, links } = idle(wire());
  const { pointCount } = fabric.wiring;
  const ends = describeLinks(fabric);
  const point = fc.nat(pointCount - 1);

  it("begins and ends at its points, each link where the one before has ended, and passes nothing twice", () => {
    fc.assert(
      fc.property(point, point, fc.nat(), (from, to, flow) => {
        const route = fabric.route(from, to, flow)!;
        if (from === to) {
          expect(route).toEqual([]);
          return;
        }
        const hops = route.map((link) => ends.get(link)!.split(">"));
        expect([hops[0]![0], hops.at(-1)![1]]).toEqual([`point ${from}`, `point ${to}`]);
        for (let i = 1; i < hops.length; i++) {
          const [before, after] = [hops[i - 1]![1]!, hops[i]![0]!];
          // Between the border and what it is next to there is no link.
          if (before !== after) expect([before, after]).toContain("border");
        }
        const passed = [...hops.map(([start]) => start), hops.at(-1)![1]];
        expect(new Set(passed).size).toBe(passed.length);
        expect(new Set(route).size).toBe(route.length);
      }),
    );
  });

  it("is the same each time, whatever was asked before", () => {
    const again = idle(wire()).fabric;
    fc.assert(
      fc.property(point, point, fc.nat(), (from, to, flow) => {
        expect(again.route(from, to, flow)).toEqual(fabric.route(from, to, flow));
      }),
    );
  });

  it("shares no link with a route the other way", () => {
    fc.assert(
      fc.property(point, point, fc.nat(), fc.nat(), (a, b, flow, other) => {
        const there = fabric.route(a, b, flow)!;
        expect(fabric.route(b, a, other)!.filter((link) => there.includes(link))).toEqual([]);
      }),
    );
  });

  it("takes no link that is down, and is null only when there is no way", () => {
    const broken = idle(wire());
    const cables = [...broken.fabric.wiring.cableBytesPerSecond.keys()].filter(
      (cable) => broken.fabric.wiring.cableBytesPerSecond[cable] !== Number.POSITIVE_INFINITY,
    );
    fc.assert(
      fc.property(fc.subarray(cables), point, point, fc.nat(), (down, from, to, flow) => {
        for (const cable of down) broken.fabric.failCable(cable);
        const route = broken.fabric.route(from, to, flow);
        const switches = broken.fabric.switchesBetween(from, to);
        const paths = broken.fabric.pathCount(from, to);
        expect([route === null, switches === -1, paths === 0]).toEqual([switches === -1, paths === 0, route === null]);
        if (route !== null) {
          expect(broken.fabric.carries(route)).toBe(true);
          expect(route.every((link) => broken.links[link]! > 0)).toBe(true);
        }
        for (const cable of down) broken.fabric.repairCable(cable);
        expect(broken.links).toEqual(links);
      }),
    );
  });

  it("refuses points that are not there", () => {
    expect(() => fabric.route(0, pointCount, 0)).toThrow(`there is no attach point ${pointCount} among ${pointCount}`);
    expect(() => fabric.route(-1, 0, 0)).toThrow(RangeError);
    expect(() => fabric.route(Number.NaN, 0, 0)).toThrow(RangeError);
  });

  it("leads nowhere in an empty fleet", () => {
    const empty = idle(topology(points(0, 1))).fabric;
    expect(() => empty.route(2, 0, 0)).toThrow("there is no attach point 2 among 2");
    expect(empty.route(0, 1, 7)).toHaveLength(2); // from Glance to the storage
  });
});

describe.each(topologies)("flows through a %s", (_, topology) => {
  it("have max-min fair rates: each has a full link on which none is faster, whatever is down", () => {
    const flow = fc.tuple(fc.nat(13), fc.nat(13)).filter(([from, to]) => from !== to);
    fc.assert(
      fc.property(fc.array(flow, { minLength: 1, maxLength: 20 }), fc.array(fc.nat(99), { maxLength: 4 }), (flows, down) => {
        const { simulation, capacity, fabric, traffic, at } = network(topology(points(12, 2)));
        for (const [job, [from, to]] of flows.entries()) traffic.start(job, 1e15, from, to);
        at(1, () => {
          for (const number of down) fabric.failSwitch(number % fabric.wiring.switchNames.length);
        });
        simulation.run(2_000_000);
        const routes = flows.map((_, job) => traffic.routeOf(job));
        for (const [job, route] of routes.entries()) {
          const rate = capacity.rateOf(job);
          if (route === null) {
            expect(rate).toBe(0);
            continue;
          }
          const isBottleneck = (link: number) => {
            const rivals = routes.flatMap((other, rival) => (other?.includes(link) ? [capacity.rateOf(rival)] : []));
            // Every link here is 100 or 400 wide.
            const load = capacity.load(link);
            return (Math.abs(load - 100) < 1e-9 || Math.abs(load - 400) < 1e-9) && rivals.every((other) => other <= rate + 1e-9);
          };
          expect(route.some(isBottleneck)).toBe(true);
        }
      }),
    );
  });
});

describe("a star", () => {
  it("limits a flow by its two ends alone", () => {
    // Two flows from host 0 share its link; host 3 has a link of its own to send on while it receives.
    expect(
      rates(star(points(6, 6)), [
        [0, 1],
        [0, 2],
        [3, 4],
        [5, 3],
      ]),
    ).toEqual([50, 50, 100, 100]);
  });

  it("gives a link shared by all the max-min fair rates", () => {
    // Receivers 10, 4 and 6 wide; links 0 and 1 of the check are host 0's and host 1's.
    const wiring = star(points(5, 5, { nicBytesPerSecond: [10, 4, 6, 100, 100] }));
    expect(
      rates(wiring, [
        [0, 1],
        [0, 2],
        [0, 3],
        [3, 1],
        [3, 2],
      ]),
    ).toEqual([2, 3, 5, 2, 3]);
  });
});

describe("a leaf-spine", () => {
  it("shares a leaf's uplink among the flows that cross: a third for each of four hosts, the rest for a local one", () => {
    // One uplink of 100/3 under four hosts of 25: 8.333 each; the local flow shares its sender's link with one of them.
    const wiring = leafSpine(points(8, 4, { nicBytesPerSecond: new Array(8).fill(25) }), { spines: 1, uplinkBytesPerSecond: 100 / 3 });
    const [a, b, c, d, local] = rates(wiring, [
      [0, 4],
      [1, 5],
      [2, 6],
      [3, 7],
      [0, 1],
    ]);
    for (const rate of [a, b, c, d]) expect(rate).toBeCloseTo(25 / 3, 9);
    expect(local).toBeCloseTo(50 / 3, 9);
  });

  it("is oversubscribed as its hosts and uplinks say, or as it is told", () => {
    // 24 hosts of 25G over two uplinks of 100G: 3 to 1.
    const hosts = points(24, 24, { nicBytesPerSecond: new Array(24).fill(25) });
    expect(leafSpine(hosts, { spines: 2, uplinkBytesPerSecond: 100 }).oversubscriptionOf(0)).toBe(3);
    const told = leafSpine(hosts, { spines: 4, oversubscription: 1.5 });
    expect(told.oversubscriptionOf(0)).toBe(1.5);
    expect(told.cableBytesPerSecond.slice(0, 4)).toEqual([100, 100, 100, 100]);
  });

  it("has as many paths between racks as spines, one within a rack", () => {
    const { fabric } = idle(leafSpine(points(4, 2), { spines: 7, uplinkBytesPerSecond: 1 }));
    expect([fabric.pathCount(0, 2), fabric.pathCount(0, 1), fabric.pathCount(0, 0)]).toEqual([7, 1, 1]);
    expect([fabric.switchesBetween(0, 2), fabric.switchesBetween(0, 1), fabric.switchesBetween(0, 0)]).toEqual([3, 1, 0]);
  });
});

describe("a fat tree", () => {
  it.each([2, 4, 6, 8, 16])("of k = %i has 5k²/4 switches, k³/4 hosts, k²/4 paths between pods, k/2 within one, and 1 in a rack", (k) => {
    const half = k / 2;
    const wiring = fatTree(points((k * k * k) / 4, half), { k, linkBytesPerSecond: 100 });
    expect(wiring.switchNames.length).toBe((5 * k * k) / 4 + 1); // and the border
    expect(wiring.hostCount).toBe((k * k * k) / 4);
    const { fabric } = idle(wiring);
    const perPod = half * half;
    expect(fabric.pathCount(0, perPod)).toBe((k * k) / 4);
    expect(fabric.switchesBetween(0, perPod)).toBe(5);
    if (k === 2) return;
    expect([fabric.pathCount(0, half), fabric.switchesBetween(0, half)]).toEqual([half, 3]);
    expect([fabric.pathCount(0, 1), fabric.switchesBetween(0, 1)]).toEqual([1, 1]);
    for (let edge = 0; edge < k * half; edge++) expect(wiring.oversubscriptionOf(edge)).toBe(1);
  });

  it("has full bisection: with perfect spread every host of one pod sends to another at the rate of its NIC", () => {
    // k = 4: two hosts a rack, two racks a pod. For each host of pods 0 and 1 the flow number that gives a spread without collision.
    const wiring = fatTree(points(16, 2), { k: 4, linkBytesPerSecond: 100 });
    const { simulation, capacity, fabric, traffic } = network(wiring);
    const taken = new Set<number>();
    for (let host = 0; host < 16; host++) {
      const to = (host + 8) % 16;
      let flow = 0;
      while (fabric.route(host, to, flow)!.some((link) => taken.has(link))) flow++;
      for (const link of fabric.route(host, to, flow)!) taken.add(link);
      traffic.start(host, 1e12, host, to, flow);
    }
    simulation.run(0);
    for (let host = 0; host < 16; host++) expect(capacity.rateOf(host)).toBe(100);
  });

  it("refuses an odd k, more racks than it has, and more NICs in a rack than ports", () => {
    expect(() => fatTree(points(4, 2), { k: 5, linkBytesPerSecond: 1 })).toThrow("expected an even number, got 5");
    expect(() => fatTree(points(9, 1), { k: 4, linkBytesPerSecond: 1 })).toThrow(
      "a fat tree with k = 4 has 8 racks, but the hosts are in 9",
    );
    expect(() => fatTree(points(3, 3), { k: 4, linkBytesPerSecond: 1 })).toThrow("rack 0 has more than the 2 NICs");
    expect(() => fatTree(points(1, 1), { k: 0, linkBytesPerSecond: 1 })).toThrow("expected a whole number from 1 to 128, got 0");
  });
});

describe("a custom network", () => {
  it("spreads flows over all cables between two switches, and over both ways round a ring", () => {
    const twice = custom(points(2, 1), {
      switches: ["a", "b"],
      links: [
        { from: { host: 0 }, to: "a", bytesPerSecond: 100 },
        { from: { host: 1 }, to: "b", bytesPerSecond: 100 },
        { from: { switch: "a" }, to: "b", bytesPerSecond: 10 },
        { from: { switch: "a" }, to: "b", bytesPerSecond: 10 },
      ],
    });
    const { fabric } = idle(twice);
    expect([fabric.pathCount(0, 1), fabric.cablesBetween("a", "b")]).toEqual([2, [0, 1]]);
    expect(new Set(Array.from({ length: 40 }, (_, flow) => fabric.route(0, 1, flow)![1])).size).toBe(2);
    const { fabric: round } = idle(ring(points(12, 2)));
    expect([round.pathCount(0, 6), round.pathCount(0, 4)]).toEqual([2, 1]);
  });

  it("leaves apart what is not joined", () => {
    const { fabric } = idle(
      custom(points(2, 1), {
        switches: ["a", "b"],
        links: [
          { from: { host: 0 }, to: "a", bytesPerSecond: 100 },
          { from: { host: 1 }, to: "b", bytesPerSecond: 100 },
        ],
      }),
    );
    expect([fabric.route(0, 1, 0), fabric.pathCount(0, 1), fabric.switchesBetween(0, 1)]).toEqual([null, 0, -1]);
    // Services without a link are reached by nobody.
    expect(fabric.routeFromGlance(0, 0)).toBe(null);
  });

  it("refuses links that carry nothing, and ends that are not there", () => {
    const link =
      (bytesPerSecond: number, to = "a") =>
      () =>
        custom(points(1, 1), { switches: ["a", "b"], links: [{ from: { switch: "b" }, to, bytesPerSecond }] });
    for (const capacity of [0, -1, Number.NaN]) expect(link(capacity)).toThrow(`a cable of ${capacity} B/s between "b" and "a"`);
    expect(link(1, "c")).toThrow('there is no switch "c" among 2');
    expect(link(1, "b")).toThrow('switch "b" cannot be joined to itself');
    expect(() => star(points(1, 1, { nicBytesPerSecond: [0] }))).toThrow("host 0 is attached with 0 B/s");
    expect(() => star(points(1, 1, { nicBytesPerSecond: [Number.POSITIVE_INFINITY] }))).toThrow(RangeError);
    expect(() => leafSpine(points(1, 1), { spines: 0, uplinkBytesPerSecond: 1 })).toThrow(
      "spines of a leaf-spine: expected a whole number",
    );
    expect(() => leafSpine(points(1, 1), { spines: 1, oversubscription: 0 })).toThrow("oversubscription");
    expect(() => custom(points(1, 1), { switches: ["a", "a"], links: [] })).toThrow('two switches are called "a"');
  });
});

describe("hosts with two NICs", () => {
  const wire = (bond: (typeof bonds)[number]) =>
    star(points(2, 2, { nics: [2, 1], nicBytesPerSecond: [100, 400], bonds: [bonds.indexOf(bond), 0] }));
  const nicsUsed = (fabric: Fabric) => new Set(Array.from({ length: 60 }, (_, flow) => fabric.route(0, 1, flow)?.[0] ?? null));

  it("spread flows over both in an active-active bond, and go on over the one that is left", () => {
    const { fabric } = idle(wire("active-active"));
    expect(nicsUsed(fabric).size).toBe(2);
    fabric.failNic(0, 0);
    expect(nicsUsed(fabric).size).toBe(1);
    fabric.failNic(0, 1);
    expect([...nicsUsed(fabric)]).toEqual([null]);
  });

  it("use the first one that is up in an active-backup bond", () => {
    const { fabric } = idle(wire("active-backup"));
    const [first] = nicsUsed(fabric);
    expect(nicsUsed(fabric).size).toBe(1);
    fabric.failNic(0, 0);
    const [second] = nicsUsed(fabric);
    expect([nicsUsed(fabric).size, second === first]).toEqual([1, false]);
  });

  it("lose the flows of a NIC without a bond", () => {
    const { fabric } = idle(wire("none"));
    fabric.failNic(0, 1);
    const used = nicsUsed(fabric);
    expect([used.size, used.has(null)]).toEqual([2, true]);
    expect(() => fabric.failNic(0, 2)).toThrow("host 0 has no NIC 2: expected 0 to 1");
  });

  it("lie on both leaves where they are so joined, and near ones are preferred", () => {
    const home = (host: number, to: string) => ({ from: { host }, to, bytesPerSecond: 100 });
    const { fabric } = idle(
      custom(points(2, 1), {
        switches: ["a", "b"],
        links: [home(0, "a"), home(0, "b"), home(1, "b"), { from: { switch: "a" }, to: "b", bytesPerSecond: 100 }],
      }),
    );
    for (let flow = 0; flow < 20; flow++) expect(fabric.route(0, 1, flow)).toHaveLength(2);
    fabric.failNic(0, 1);
    expect(fabric.route(0, 1, 0)).toHaveLength(3);
    expect(fabric.nicCount(0)).toBe(2);
  });
});
