import { describe, expect, it } from "vitest";
import { LeafSpineFabric } from "../../src/datacenter/fabric.ts";
import { Simulation } from "../../src/kernel/simulation.ts";
import { SECOND } from "../../src/kernel/time.ts";
import { SharedCapacity } from "../../src/queueing/shared-capacity.ts";

interface Fabric {
  readonly spines?: number;
  readonly uplink?: number;
  readonly glance?: number;
  readonly nics: readonly number[];
  readonly racks: readonly number[];
}

/** Sends 1000 bytes from Glance to each of the hosts at once; when each has them, in seconds. */
function send({ spines = 1, uplink = 1e9, glance = 1e9, nics, racks }: Fabric, hosts: readonly number[]): readonly number[] {
  const simulation = new Simulation();
  const ends: number[] = [];
  const capacity = new SharedCapacity(simulation, (job) => {
    ends[job] = simulation.now / SECOND;
  });
  const fabric = new LeafSpineFabric(capacity, { spines, uplinkBytesPerSecond: uplink, glanceBytesPerSecond: glance }, nics, racks);
  for (const [job, host] of hosts.entries()) capacity.start(job, 1000, fabric.routeFromGlance(host, job));
  simulation.run();
  return ends;
}

describe("a download from Glance", () => {
  it("is as fast as the narrowest of its three links", () => {
    expect(send({ glance: 500, nics: [1e6], racks: [0] }, [0])).toEqual([2]);
    expect(send({ uplink: 250, nics: [1e6], racks: [0] }, [0])).toEqual([4]);
    expect(send({ nics: [1e6, 100], racks: [0, 0] }, [0, 1])).toEqual([0.001, 10]);
  });

  it("shares the link of Glance with all, the uplink with its rack, and its host's link with nobody else's", () => {
    expect(send({ glance: 1000, nics: [1e6, 1e6], racks: [0, 1] }, [0, 1])).toEqual([2, 2]);
    expect(send({ uplink: 1000, nics: [1e6, 1e6, 1e6], racks: [0, 0, 1] }, [0, 1, 2])).toEqual([2, 2, 1]);
    expect(send({ nics: [1000, 1000], racks: [0, 0] }, [0, 0, 1])).toEqual([2, 2, 1]);
  });

  it("takes one spine, the same each time, and flows spread evenly over them", () => {
    const capacity = new SharedCapacity(new Simulation(), () => {});
    const fabric = new LeafSpineFabric(capacity, { spines: 4, uplinkBytesPerSecond: 1, glanceBytesPerSecond: 1 }, [1, 1], [0, 1]);
    const uses = new Map<number, number>();
    for (let flow = 0; flow < 4000; flow++) {
      const route = fabric.routeFromGlance(1, flow);
      expect(route).toEqual(fabric.routeFromGlance(1, flow));
      expect(new Set(route).size).toBe(3);
      uses.set(route[1]!, (uses.get(route[1]!) ?? 0) + 1);
    }
    expect(uses.size).toBe(4);
    for (const count of uses.values()) expect(Math.abs(count - 1000)).toBeLessThan(100);
    // The other rack has links of its own.
    for (let flow = 0; flow < 50; flow++) expect(uses.has(fabric.routeFromGlance(0, flow)[1]!)).toBe(false);
  });
});

describe("a transfer between hosts", () => {
  const rates = (pairs: readonly (readonly [number, number])[]) => {
    const simulation = new Simulation();
    const capacity = new SharedCapacity(simulation, () => {});
    const description = { spines: 1, uplinkBytesPerSecond: 600, glanceBytesPerSecond: 1e9 };
    const fabric = new LeafSpineFabric(capacity, description, [1000, 1000, 1000, 1000], [0, 0, 1, 1]);
    for (const [job, [from, to]] of pairs.entries()) capacity.start(job, 1e9, fabric.routeBetween(from, to, job));
    simulation.run(0);
    return pairs.map((_, job) => capacity.rateOf(job));
  };

  it("meets only its leaf within a rack, and crosses a spine between racks", () => {
    expect(rates([[0, 1]])).toEqual([1000]);
    expect(rates([[0, 2]])).toEqual([600]);
  });

  it("shares links with others of its direction only", () => {
    expect(
      rates([
        [0, 1],
        [1, 0],
      ]),
    ).toEqual([1000, 1000]);
    expect(
      rates([
        [0, 2],
        [1, 3],
      ]),
    ).toEqual([300, 300]);
    expect(
      rates([
        [0, 2],
        [3, 1],
      ]),
    ).toEqual([600, 600]);
    expect(
      rates([
        [0, 1],
        [0, 1],
      ]),
    ).toEqual([500, 500]);
  });

  it("shares the downlinks with what comes from Glance", () => {
    const simulation = new Simulation();
    const capacity = new SharedCapacity(simulation, () => {});
    const fabric = new LeafSpineFabric(capacity, { spines: 1, uplinkBytesPerSecond: 1e9, glanceBytesPerSecond: 1e9 }, [1000, 1000], [0, 0]);
    capacity.start(0, 1e9, fabric.routeFromGlance(1, 0));
    capacity.start(1, 1e9, fabric.routeBetween(0, 1, 1));
    simulation.run(0);
    expect([capacity.rateOf(0), capacity.rateOf(1)]).toEqual([500, 500]);
  });

  it("needs no link from a host to itself", () => {
    const fabric = new LeafSpineFabric(
      new SharedCapacity(new Simulation(), () => {}),
      { spines: 1, uplinkBytesPerSecond: 1, glanceBytesPerSecond: 1 },
      [1],
      [0],
    );
    expect(fabric.routeBetween(0, 0, 7)).toEqual([]);
  });
});
