// Ends of flows as SimGrid 3.32 computes them, in the pure max-min model: latency is a delay before the start, rates are weighted max-min fair.
// A case is known by its flows over links, whatever its kind is called.
import { describe, expect } from "vitest";
import { FlowNetwork } from "../../src/queueing/max-min/flow-network.ts";
import { holdsForAll, type OracleCase } from "./oracle-files.ts";

interface NetworkCase extends OracleCase {
  readonly links: readonly { readonly bandwidth: number; readonly latency: number; readonly policy: "shared" | "fatpipe" }[];
  readonly routes: readonly { readonly src: number; readonly dst: number; readonly links: readonly number[] }[];
  readonly flows: readonly {
    readonly start: number;
    readonly src: number;
    readonly dst: number;
    readonly bytes: number;
    readonly rate: number | null;
    readonly weight: number | null;
  }[];
  readonly capacity_changes: readonly { readonly time: number; readonly link: number; readonly bandwidth: number }[];
  readonly expected: readonly number[];
}

interface Change {
  readonly at: number;
  readonly make: () => void;
}

/** The second at which each flow of a case ends. */
function endsOf({ links, routes, flows, capacity_changes }: NetworkCase, alwaysFills: boolean): readonly number[] {
  const network = new FlowNetwork(1, alwaysFills);
  for (const { bandwidth, policy } of links) network.addLink(bandwidth, policy === "fatpipe");
  const ways = new Map(routes.map(({ src, dst, links }) => [`${src}-${dst}`, links]));
  const rowOf = new Map<number, number>();
  const ends = flows.map(() => Number.NaN);
  const changes: Change[] = capacity_changes.map(({ time, link, bandwidth }) => ({
    at: time,
    make: () => network.setCapacity(link, bandwidth),
  }));
  for (const [row, { start, src, dst, bytes, rate, weight }] of flows.entries()) {
    const route = ways.get(`${src}-${dst}`)!;
    const latency = route.reduce((sum, link) => sum + links[link]!.latency, 0);
    changes.push({
      at: start + latency,
      make: () => rowOf.set(network.start(bytes, route, weight ?? 1, rate ?? Number.POSITIVE_INFINITY), row),
    });
  }
  changes.sort((a, b) => a.at - b.at);
  let next = 0;
  while (next < changes.length || network.active > 0) {
    const change = changes[next]?.at ?? Number.POSITIVE_INFINITY;
    const end = network.nextEnd;
    const now = Math.min(change, end);
    if (now === Number.POSITIVE_INFINITY) break;
    network.advance(now);
    if (end <= change) for (const flow of network.endBy(now * (1 + 2 ** -48))) ends[rowOf.get(flow)!] = now;
    else while (changes[next]?.at === now) changes[next++]!.make();
  }
  return ends;
}

/** Of the duration, plus an absolute part: for the cases here as close as SimGrid's own precision of 1e-12 s allows, for others as asked for. */
const tolerance =
  process.env.ORRERY_ORACLES === undefined ? { relative: 2e-8, absoluteSeconds: 1e-11 } : { relative: 1e-6, absoluteSeconds: 1e-9 };

describe.each([
  { way: "followed from change to change", alwaysFills: false },
  { way: "solved from nothing at every change", alwaysFills: true },
])("SimGrid's ends of flows, $way,", ({ alwaysFills }) => {
  holdsForAll<NetworkCase>(
    "simgrid-network.jsonl.gz",
    (one) => "flows" in one && "links" in one && "capacity_changes" in one,
    120,
    (one) => {
      const wrong = endsOf(one, alwaysFills).flatMap((end, row) => {
        const expected = one.expected[row]!;
        const allowed = tolerance.relative * (expected - one.flows[row]!.start) + tolerance.absoluteSeconds;
        return Math.abs(end - expected) <= allowed ? [] : [`flow ${row} ends at ${end} s; expected ${expected} s`];
      });
      expect(wrong).toEqual([]);
    },
  );
});
