// Flows over a network: the rates that are fair, when flows end, and that the quick way to the rates is the plain one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlowNetwork } from "../../../src/queueing/max-min/flow-network.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** Lets everything end; gives the ticks of the ends by flow. */
function endsOf(network: FlowNetwork): Map<number, number> {
  const ends = new Map<number, number>();
  for (let end = network.nextEnd; end < NEVER; end = network.nextEnd) {
    network.advance(end);
    for (const flow of network.endBy(end * (1 + 2 ** -48))) ends.set(flow, end);
  }
  return ends;
}

function networkOf(...capacities: readonly number[]): FlowNetwork {
  const network = new FlowNetwork();
  for (const capacity of capacities) network.addLink(capacity);
  return network;
}

describe("flows end", () => {
  it("at 15 and 20 s when two of 1,000 B share 100 B/s, the second from 5 s on", () => {
    const network = networkOf(100);
    const first = network.start(1000, [0]);
    network.advance(5);
    const second = network.start(1000, [0]);
    expect([...endsOf(network)]).toEqual([
      [first, 15],
      [second, 20],
    ]);
  });

  it("together at 10 s on a parking lot of 100 and 60 B/s: the long one of 300 B, the short ones of 700 and 300 B", () => {
    const network = networkOf(100, 60);
    const flows = [network.start(300, [0, 1]), network.start(700, [0]), network.start(300, [1])];
    network.settle();
    expect(flows.map((flow) => network.rateOf(flow))).toEqual([30, 70, 30]);
    expect(network.nextEnd).toBe(10);
    network.advance(10);
    expect(network.endBy(10)).toEqual(flows);
  });

  it("together at 10 s: 200 B capped at 20 B/s beside 800 B over 100 B/s, and 750 B of weight 3 beside 250 B", () => {
    const capped = networkOf(100);
    capped.start(200, [0], 1, 20);
    capped.start(800, [0]);
    const weighted = networkOf(100);
    weighted.start(750, [0], 3);
    weighted.start(250, [0]);
    for (const network of [capped, weighted]) expect([...endsOf(network).values()]).toEqual([10, 10]);
  });

  it("at 10 s each over a fat pipe of 100 B/s, whatever their number and weight", () => {
    const network = new FlowNetwork();
    network.addLink(100, true);
    for (const weight of [1, 1, 5]) network.start(1000, [0], weight);
    expect([...endsOf(network).values()]).toEqual([10, 10, 10]);
    expect(network.carriedOn(0)).toBe(3000);
  });

  it("at 15 s when the 100 B/s of their link become 50 at 5 s, shared or fat", () => {
    for (const fatPipe of [false, true]) {
      const network = new FlowNetwork();
      network.addLink(100, fatPipe);
      network.start(1000, [0]);
      network.advance(5);
      network.setCapacity(0, 50);
      expect([...endsOf(network).values()]).toEqual([15]);
    }
  });

  it("not at all while a link on their way has no capacity, and go on with what they have left when it has some again", () => {
    for (const fatPipe of [false, true]) {
      const network = new FlowNetwork();
      network.addLink(100);
      network.addLink(100, fatPipe);
      const stalled = network.start(1000, [0, 1]);
      network.advance(4);
      network.setCapacity(1, 0);
      expect(network.nextEnd).toBe(NEVER);
      const other = network.start(500, [0]);
      network.settle();
      expect([network.rateOf(stalled), network.bytesLeft(stalled), network.rateOf(other), network.load(0)]).toEqual([0, 600, 100, 100]);
      network.advance(100);
      expect(network.endBy(100)).toEqual([other]);
      network.setCapacity(1, 60);
      expect([...endsOf(network)]).toEqual([[stalled, 110]]);
    }
  });

  it("at once without bytes, on no route, or where nothing is narrow, even beside a stalled link", () => {
    const network = networkOf(0, NEVER);
    const flows = [network.start(0, [0]), network.start(100, []), network.start(100, [1]), network.start(100, [0, 1])];
    expect(network.nextEnd).toBe(0);
    expect(network.endBy(0)).toEqual(flows.slice(0, 3));
    expect([network.nextEnd, network.active]).toEqual([NEVER, 1]);
    expect([network.carried, network.carriedOn(1)]).toEqual([200, 100]);
  });

  it("at their own pace on no route with a cap", () => {
    const network = new FlowNetwork();
    network.start(100, [], 1, 20);
    expect([...endsOf(network).values()]).toEqual([5]);
  });

  it("once and for all: a number is free for another flow afterwards", () => {
    const network = networkOf(100);
    const first = network.start(100, [0]);
    endsOf(network);
    expect(() => network.stop(first)).toThrow(/flow 0 cannot be stopped: it is not running/);
    expect(network.start(100, [0])).toBe(first);
    expect(network.active).toBe(1);
  });
});

describe("a flow", () => {
  it("goes on over another route with what it has left, and each link has carried its part", () => {
    const network = networkOf(100, 50, 25);
    const flow = network.start(1000, [0, 1]);
    network.advance(4);
    network.reroute(flow, [2]);
    expect(network.bytesLeft(flow)).toBe(800);
    expect([...endsOf(network)]).toEqual([[flow, 36]]);
    expect([0, 1, 2].map((link) => network.carriedOn(link))).toEqual([200, 200, 800]);
    expect(network.carried).toBe(1000);
  });

  it("that is stopped leaves the rest to others and says what it had left", () => {
    const network = networkOf(100);
    const stopped = network.start(1000, [0]);
    const other = network.start(1000, [0]);
    network.advance(6);
    expect(network.stop(stopped)).toBe(700);
    expect([...endsOf(network)]).toEqual([[other, 13]]);
    expect(network.carriedOn(0)).toBe(1300);
  });

  it("of a route of many links has the rate of the narrowest", () => {
    const network = networkOf(...Array.from({ length: 40 }, (_, link) => 100 + ((link * 7) % 40)));
    const short = network.start(1e6, [0]);
    const long = network.start(
      1e6,
      Array.from({ length: 40 }, (_, link) => link),
    );
    network.settle();
    expect([network.rateOf(short), network.rateOf(long)]).toEqual([50, 50]);
    expect(network.bottleneckOf(long)).toBe(0);
  });

  it("needs an amount, a weight and a cap above 0, and links that exist, each once", () => {
    const network = networkOf(100);
    expect(() => network.start(Number.NaN, [0])).toThrow(/NaN bytes to move: expected 0 or more/);
    expect(() => network.start(NEVER, [0])).toThrow(/Infinity bytes/);
    expect(() => network.start(1, [0], 0)).toThrow(/a weight of 0/);
    expect(() => network.start(1, [0], 1, 0)).toThrow(/a cap of 0 B\/s/);
    expect(() => network.start(1, [0, 1])).toThrow(/no link 1 among 1/);
    expect(() => network.start(1, [0.5])).toThrow(/no link 0.5 among 1/);
    expect(() => network.start(1, [0, 0])).toThrow(/link 0 twice on a route/);
    expect(() => network.addLink(Number.NaN)).toThrow(/a link of NaN B\/s/);
    expect(() => network.setCapacity(0, -1)).toThrow(/link 0 of -1 B\/s/);
    expect(() => network.setCapacity(3, 1)).toThrow(/no link 3 among 1/);
    expect(() => network.reroute(2, [0])).toThrow(/flow 2 cannot be rerouted/);
    expect(() => network.advance(-1)).toThrow(/cannot go from tick 0 to -1/);
    expect([network.active, network.nextEnd]).toEqual([0, NEVER]);
  });
});

type Step =
  | { readonly does: "start"; readonly bytes: number; readonly route: readonly number[]; readonly weight: number; readonly cap: number }
  | { readonly does: "stop" | "reroute"; readonly which: number; readonly route: readonly number[] }
  | { readonly does: "capacity"; readonly link: number; readonly capacity: number }
  | { readonly does: "end" };

interface Story {
  readonly capacities: readonly number[];
  readonly fat: readonly boolean[];
  readonly steps: readonly (Step & { readonly wait: number })[];
}

/** Random networks and what happens on them; `wait`: share of the time to the next end that passes before a step. */
const story: fc.Arbitrary<Story> = fc.integer({ min: 1, max: 10 }).chain((links) => {
  // Few different numbers, so that levels and ends often tie, or any.
  const capacity = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(10, 20, 30, 60, 100) },
    { weight: 5, arbitrary: fc.double({ min: 0.5, max: 100, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, NEVER) },
  );
  const route = fc.uniqueArray(fc.nat(links - 1), { minLength: 1, maxLength: 6 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        does: fc.constant("start" as const),
        bytes: fc.oneof(fc.constantFrom(0, 100, 1000), fc.integer({ min: 1, max: 5000 })),
        route,
        weight: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.double({ min: 0.1, max: 10, noNaN: true }) }),
        cap: fc.oneof({ weight: 3, arbitrary: fc.constant(NEVER) }, { weight: 1, arbitrary: fc.constantFrom(1, 5, 10, 12.5) }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constantFrom("stop" as const, "reroute" as const), which: fc.nat(), route }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant("capacity" as const), link: fc.nat(links - 1), capacity }) },
    { weight: 3, arbitrary: fc.constant({ does: "end" as const }) },
  );
  const wait = fc.constantFrom(0, 0, 0.25, 0.7);
  return fc.record({
    capacities: fc.array(capacity, { minLength: links, maxLength: links }),
    fat: fc.array(
      fc.nat(5).map((n) => n === 0),
      { minLength: links, maxLength: links },
    ),
    steps: fc.array(
      fc.tuple(step, wait).map(([step, wait]) => ({ ...step, wait })),
      { minLength: 5, maxLength: 60 },
    ),
  });
});

interface Living {
  readonly flow: number;
  readonly weight: number;
  readonly cap: number;
}

/** Plays a story on networks side by side; `look` is shown the flows that live after every step. */
function play({ capacities, fat, steps }: Story, networks: readonly FlowNetwork[], look: (living: readonly Living[]) => void): void {
  const [first] = networks;
  for (const network of networks) for (const [link, capacity] of capacities.entries()) network.addLink(capacity, fat[link]);
  let living: Living[] = [];
  for (const step of steps) {
    const ahead = first!.nextEnd - first!.now;
    const tick = ahead < NEVER ? first!.now + ahead * step.wait : first!.now + step.wait;
    for (const network of networks) network.advance(tick);
    if (step.does === "start") {
      const flows = networks.map((network) => network.start(step.bytes, step.route, step.weight, step.cap));
      expect(new Set(flows).size).toBe(1);
      living.push({ flow: flows[0]!, weight: step.weight, cap: step.cap });
    } else if (step.does === "capacity") {
      for (const network of networks) network.setCapacity(step.link, step.capacity);
    } else if (step.does === "end") {
      const end = Math.max(...networks.map((network) => network.nextEnd));
      if (end === NEVER) continue;
      const tick = Math.max(end, first!.now);
      for (const network of networks) network.advance(tick);
      const ended = networks.map((network) => network.endBy(tick * (1 + 1e-9) + 1e-9));
      for (const one of ended) expect(one).toEqual(ended[0]);
      living = living.filter(({ flow }) => !ended[0]!.includes(flow));
    } else if (living.length > 0) {
      const [chosen] = living.splice(step.which % living.length, 1);
      if (step.does === "stop") for (const network of networks) network.stop(chosen!.flow);
      else {
        for (const network of networks) network.reroute(chosen!.flow, step.route);
        living.push(chosen!);
      }
    }
    for (const network of networks) network.settle();
    look(living);
  }
}

describe("on any network, whatever happens on it,", () => {
  it("the rates followed from change to change are those solved from nothing", () => {
    fc.assert(
      fc.property(story, (one) => {
        const quick = new FlowNetwork();
        const plain = new FlowNetwork(1, true);
        play(one, [quick, plain], (living) => {
          for (const { flow } of living) {
            const [rate, expected] = [quick.rateOf(flow), plain.rateOf(flow)];
            if (rate !== expected) expect(Math.abs(rate - expected)).toBeLessThanOrEqual(1e-9 * expected);
            expect(Math.abs(quick.bytesLeft(flow) - plain.bytesLeft(flow))).toBeLessThan(1e-5);
          }
        });
        expect(quick.effort.fillings).toBe(0);
      }),
      { seed: 1, numRuns: 600 },
    );
  });

  it("no link is overloaded, and every flow is at its cap or crosses a full link on which nobody has more for his weight", () => {
    fc.assert(
      fc.property(story, (one) => {
        const network = new FlowNetwork();
        play(one, [network], (living) => {
          const perWeight = new Map(living.map(({ flow, weight }) => [flow, network.rateOf(flow) / weight]));
          const loads = one.capacities.map((_, link) => network.load(link));
          for (const [link, load] of loads.entries()) {
            if (one.fat[link] === false && load < NEVER) expect(load).toBeLessThanOrEqual(network.capacityOf(link) * (1 + 1e-9));
          }
          for (const { flow, cap } of living) {
            const rate = network.rateOf(flow);
            const route = network.routeOf(flow);
            const pipes = route.filter((link) => one.fat[link]).map((link) => network.capacityOf(link));
            const own = Math.min(cap, ...pipes);
            if (rate < NEVER) expect(rate).toBeLessThanOrEqual(own * (1 + 1e-9));
            const heldBack = route.some((link) => {
              const most = Math.max(...network.flowsOn(link).map((other) => perWeight.get(other)!));
              return (
                one.fat[link] === false &&
                loads[link]! >= network.capacityOf(link) * (1 - 1e-9) &&
                perWeight.get(flow)! >= most * (1 - 1e-9)
              );
            });
            expect(rate === NEVER || rate >= own * (1 - 1e-9) || heldBack).toBe(true);
          }
        });
      }),
      { seed: 2, numRuns: 800 },
    );
  });

  it("each link has carried what crossed it: with every byte counted once, at stops and on new routes", () => {
    fc.assert(
      fc.property(story, (one) => {
        const network = new FlowNetwork();
        const byRates = one.capacities.map(() => 0);
        let loads = one.capacities.map(() => 0);
        let at = 0;
        let endless = false;
        play(one, [network], () => {
          for (const [link, load] of loads.entries()) byRates[link]! += load * (network.now - at);
          at = network.now;
          loads = one.capacities.map((_, link) => network.load(link));
          // What nothing holds back moves in no time, so that rates do not tell.
          endless ||= loads.some((load) => load === NEVER);
          if (endless) return;
          for (const [link, bytes] of byRates.entries()) expect(Math.abs(network.carriedOn(link) - bytes)).toBeLessThan(1e-4 * (1 + bytes));
        });
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

describe("a change on a large network", () => {
  it("is followed only where it leads", () => {
    const hosts = 500;
    const network = new FlowNetwork();
    for (let link = 0; link < 2 * hosts; link++) network.addLink(100);
    for (let host = 0; host < hosts; host++) network.start(1e6, [host, hosts + ((host * 7 + 1) % hosts)]);
    network.settle();
    const before = network.effort.evaluations;
    network.start(1e6, [3, hosts + 4]);
    network.settle();
    expect(network.effort.evaluations - before).toBeLessThan(12);
  });

  it("costs no more than a filling of all links and what was tried before", () => {
    // A chain in which every flow crosses two links, so that a change at one end is felt at the other.
    const links = 3000;
    const network = new FlowNetwork();
    const plain = new FlowNetwork(1, true);
    for (const one of [network, plain]) {
      for (let link = 0; link < links; link++) one.addLink(100 + (link % 3));
      for (let link = 0; link + 1 < links; link++) one.start(1e6, [link, link + 1]);
      one.settle();
      one.setCapacity(0, 1);
      one.settle();
    }
    for (let flow = 0; flow + 1 < links; flow++) {
      expect(Math.abs(network.rateOf(flow) - plain.rateOf(flow))).toBeLessThanOrEqual(1e-9 * plain.rateOf(flow));
    }
    expect(network.effort.evaluations).toBeLessThan(20 * links);
  });
});
