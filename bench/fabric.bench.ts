// Networks of the size of datacenters: how long it takes to wire one, and what the way of one flow through it costs.
import { Fabric } from "../src/datacenter/fabric/fabric.ts";
import { fatTree } from "../src/datacenter/fabric/fat-tree.ts";
import { leafSpine } from "../src/datacenter/fabric/leaf-spine.ts";
import { star } from "../src/datacenter/fabric/star.ts";
import type { Wiring } from "../src/datacenter/fabric/wiring.ts";
import type { Bench, BenchResult, Size } from "./bench.ts";
import { cpuSecondsOf } from "./measure.ts";

interface Network {
  readonly name: string;
  readonly hosts: number;
  readonly perRack: number;
  readonly wire: (points: Parameters<typeof star>[0]) => Wiring;
}

const NIC = 3.125e9;

function networks(size: Size): readonly Network[] {
  const [starHosts, k, leafHosts] = size === "small" ? [100, 8, 400] : [10_000, 16, 10_000];
  return [
    { name: "star", hosts: starHosts, perRack: 40, wire: star },
    { name: `fat tree, k = ${k}`, hosts: k ** 3 / 4, perRack: k / 2, wire: (points) => fatTree(points, { k, linkBytesPerSecond: NIC }) },
    {
      name: "leaf-spine, 8 spines",
      hosts: leafHosts,
      perRack: 40,
      wire: (points) => leafSpine(points, { spines: 8, uplinkBytesPerSecond: 4 * NIC }),
    },
  ];
}

/** Routes between pairs of hosts that are spread over the network; returns a hash of all links taken. */
function walk(fabric: Fabric, hosts: number, routes: number, begin: number): number {
  let hash = 0;
  for (let flow = begin; flow < begin + routes; flow++) {
    const from = (7919 * flow) % hosts;
    const route = fabric.route(from, (from + 1 + ((104_729 * flow) % (hosts - 1))) % hosts, flow)!;
    for (let i = 0; i < route.length; i++) hash = (Math.imul(hash, 31) + route[i]!) | 0;
  }
  return hash;
}

function measure({ name, hosts, perRack, wire }: Network, routes: number): BenchResult[] {
  const points = {
    nicBytesPerSecond: new Float64Array(hosts).fill(NIC),
    racks: Int32Array.from({ length: hosts }, (_, host) => Math.floor(host / perRack)),
    services: [{ name: "glance", bytesPerSecond: NIC }],
  };
  let links = 0;
  let fabric: Fabric | undefined;
  const capacity = { addLink: () => links++, setCapacity: () => {} };
  const build = cpuSecondsOf(() => {
    fabric = new Fabric(capacity, wire(points));
  });
  const built = fabric!;
  const first = cpuSecondsOf(() => walk(built, hosts, routes, 0));
  let hash = 0;
  const second = cpuSecondsOf(() => {
    hash = walk(built, hosts, routes, 0);
  });
  const of = `${name}, ${hosts} hosts`;
  const text = (hash >>> 0).toString(16).padStart(8, "0");
  const results: BenchResult[] = [
    { workload: `${of}: build`, figure: build * 1000, unit: "CPU ms", counts: { links } },
    {
      workload: `${of}: route`,
      figure: (second / routes) * 1e6,
      unit: "CPU us",
      hash: text,
      notes: `${((first / routes) * 1e6).toPrecision(3)} us with the searches that they need`,
    },
  ];
  if (built.wiring.switchNames.length === 1) return results;
  // The last spine or core, before the border.
  built.failSwitch(built.wiring.switchNames.length - 2);
  let found = 0;
  const afterFailure = cpuSecondsOf(() => {
    for (let flow = 0; flow < routes; flow++) if (built.route(flow % hosts, (7919 * flow + 1) % hosts, flow) !== null) found++;
  });
  const notes = "searches anew";
  return [
    ...results,
    { workload: `${of}: route after a failure`, figure: (afterFailure / routes) * 1e6, unit: "CPU us", counts: { found }, notes },
  ];
}

export const fabric: Bench = {
  name: "fabric",
  question: "How long does it take to wire a network, and to find the way of one flow through it?",
  run: (size) => networks(size).flatMap((network) => measure(network, size === "small" ? 2000 : 500_000)),
};
