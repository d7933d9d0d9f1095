// Networks for the tests of fabrics: hosts all alike, dealt over racks in order, with the services that a cloud has.
import type { AttachPoints } from "../../../src/datacenter/fabric/attach-points.ts";
import { Fabric } from "../../../src/datacenter/fabric/fabric.ts";
import { Traffic, type TrafficOptions } from "../../../src/datacenter/fabric/traffic.ts";
import type { Wiring } from "../../../src/datacenter/fabric/wiring.ts";
import { Simulation } from "../../../src/kernel/simulation.ts";
import { SECOND } from "../../../src/kernel/time.ts";
import { SharedCapacity } from "../../../src/queueing/shared-capacity.ts";

export function points(hosts: number, perRack: number, more: Partial<AttachPoints> = {}): AttachPoints {
  return {
    nicBytesPerSecond: new Array<number>(hosts).fill(100),
    racks: Array.from({ length: hosts }, (_, host) => Math.floor(host / perRack)),
    services: [
      { name: "glance", bytesPerSecond: 100 },
      { name: "storage-1", bytesPerSecond: 400 },
    ],
    ...more,
  };
}

/** A fabric whose links nothing runs over. */
export function idle(wiring: Wiring, seed = 0): { readonly fabric: Fabric; readonly links: number[] } {
  const links: number[] = [];
  const capacity = {
    addLink: (bytesPerSecond: number) => links.push(bytesPerSecond) - 1,
    setCapacity: (link: number, bytesPerSecond: number) => {
      links[link] = bytesPerSecond;
    },
  };
  return { fabric: new Fabric(capacity, wiring, seed), links };
}

export function network(wiring: Wiring, options: TrafficOptions = {}) {
  const simulation = new Simulation();
  /** By job, in seconds. */
  const endedAt: number[] = [];
  const capacity = new SharedCapacity(simulation, (job) => {
    traffic.ended(job);
    endedAt[job] = simulation.now / SECOND;
  });
  const fabric = new Fabric(capacity, wiring);
  const traffic = new Traffic(simulation, fabric, capacity, options);
  const acts: (() => void)[] = [];
  const act = simulation.kind("act", (index) => acts[index]!());
  /** Does something at a number of seconds from the start. */
  const at = (seconds: number, what: () => void) => simulation.schedule(Math.round(seconds * SECOND), act, acts.push(what) - 1);
  return { simulation, capacity, fabric, traffic, endedAt, at };
}

/** The rates of endless flows between these attach points, all from the start. */
export function rates(wiring: Wiring, flows: readonly (readonly [from: number, to: number])[]): number[] {
  const { simulation, capacity, traffic } = network(wiring);
  for (const [job, [from, to]] of flows.entries()) traffic.start(job, 1e15, from, to);
  simulation.run(0);
  return flows.map((_, job) => capacity.rateOf(job));
}
