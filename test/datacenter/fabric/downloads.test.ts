import { describe, expect, it } from "vitest";
import { leafSpine } from "../../../src/datacenter/fabric/leaf-spine.ts";
import { idle, network } from "./networks.ts";

interface LeafSpine {
  readonly spines?: number;
  readonly uplink?: number;
  readonly glance?: number;
  readonly nics: readonly number[];
  readonly racks: readonly number[];
}

function wire({ spines = 1, uplink = 1e9, glance = 1e9, nics, racks }: LeafSpine) {
  const services = [{ name: "glance", bytesPerSecond: glance }];
  return leafSpine({ nicBytesPerSecond: nics, racks, services }, { spines, uplinkBytesPerSecond: uplink });
}

/** Sends 1000 bytes from Glance to each of the hosts at once; when each has them, in seconds. */
function send(of: LeafSpine, hosts: readonly number[]): readonly number[] {
  const { simulation, fabric, traffic, endedAt } = network(wire(of));
  for (const [job, host] of hosts.entries()) traffic.start(job, 1000, fabric.glance, host);
  simulation.run();
  return endedAt;
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
    const { fabric } = idle(wire({ spines: 4, nics: [1, 1], racks: [0, 1] }));
    const uses = new Map<number, number>();
    for (let flow = 0; flow < 4000; flow++) {
      const route = fabric.routeFromGlance(1, flow)!;
      expect(route).toEqual(fabric.routeFromGlance(1, flow));
      expect(new Set(route).size).toBe(3);
      uses.set(route[1]!, (uses.get(route[1]!) ?? 0) + 1);
    }
    expect(uses.size).toBe(4);
    for (const count of uses.values()) expect(Math.abs(count - 1000)).toBeLessThan(100);
    // The other rack has links of its own.
    for (let flow = 0; flow < 50; flow++) expect(uses.has(fabric.routeFromGlance(0, flow)![1]!)).toBe(false);
  });

  it("takes the spine that the hash of its number says, whatever the host", () => {
    for (const spines of [1, 2, 3, 4, 16]) {
      const { fabric } = idle(wire({ spines, nics: [1, 1, 1], racks: [0, 1, 1] }));
      for (let flow = 0; flow < 300; flow++) {
        const spine = (Math.imul(flow + 1, 0x9e3779b1) >>> 8) % spines;
        const down = fabric.routeFromGlance(1, flow)![1]!;
        expect(fabric.routeFromGlance(2, flow)![1]).toBe(down);
        expect(fabric.cablesBetween(`spine-${spine + 1}`, "leaf-2").flatMap((cable) => [2 * cable, 2 * cable + 1])).toContain(down);
      }
    }
  });
});
