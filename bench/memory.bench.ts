// What a live server takes: its row in the columns, the event that is pending for it and its job on the host's processors.
import { Servers } from "../src/datacenter/servers.ts";
import { Simulation } from "../src/kernel/simulation.ts";
import { HOUR } from "../src/kernel/time.ts";
import { SharedProcessors } from "../src/queueing/shared-processors.ts";
import { type Bench, type BenchResult, lessThan, type Size } from "./bench.ts";
import { isolated } from "./isolation.ts";
import { canCollect, collectGarbage } from "./measure.ts";

/** A server as an object of 20 fields with a UUID, an object for its port and its arrays, measured in Node 20; without any event or job. */
const OBJECT_GRAPH_BYTES = 816;
const SERVERS_PER_HOST = 10;

function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

export function measureMemory({ servers: count }: { readonly servers: number }) {
  const hosts = count / SERVERS_PER_HOST;
  const before = heldBytes();
  let finished = 0;
  const simulation = new Simulation();
  const servers = new Servers(count, hosts);
  const processors = new SharedProcessors(simulation, new Float64Array(hosts).fill(2 * SERVERS_PER_HOST), (server) => {
    servers.remove(server); // and so the columns are in use, and in memory, to the end
    finished++;
  });
  for (let server = 0; server < count; server++) {
    const host = server % hosts;
    servers.place(server, host);
    processors.begin(server, host, 1, HOUR + ((7919 * server) % HOUR));
  }
  const bytes = heldBytes() - before;
  simulation.run();
  return {
    bytesPerServer: bytes / count,
    counts: { servers: count, finished },
    fingerprint: simulation.fingerprint.hash,
    collected: canCollect,
  };
}

async function run(size: Size): Promise<BenchResult[]> {
  const servers = size === "large" ? 1_000_000 : 10_000;
  const { bytesPerServer, counts, fingerprint, collected } = await isolated(size, import.meta.url, measureMemory, { servers });
  return [
    {
      workload: `${servers} live servers on ${servers / SERVERS_PER_HOST} hosts`,
      figure: bytesPerServer,
      unit: "B/server",
      references: [lessThan("graph of objects", OBJECT_GRAPH_BYTES, bytesPerServer)],
      hash: fingerprint,
      counts,
      notes: `columns, pending event and job${collected ? "" : "; garbage included: Node runs without --expose-gc"}`,
    },
  ];
}

export const memory: Bench = {
  name: "memory",
  question: "How many bytes does a live server take?",
  run,
};
