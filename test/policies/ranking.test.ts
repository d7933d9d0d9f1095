import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServerGroups } from "../../src/datacenter/server-groups.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { claimHosts } from "../../src/policies/nova/claim-loop.ts";
import { FilterScheduler } from "../../src/policies/nova/filter-scheduler.ts";
import { ALL_HOSTS, type PolicySpec } from "../../src/policies/nova/policy.ts";
import { Ranking } from "../../src/policies/nova/ranking.ts";
import { someHosts } from "../datacenter/some-hosts.ts";
import { flavor } from "../workflows/tiny-scenario.ts";

const sortedBy = (weights: readonly number[]) => weights.map((_, i) => i).sort((a, b) => weights[b]! - weights[a]! || a - b);
const rankingOf = (weights: readonly number[]) =>
  new Ranking().fill(
    Int32Array.from(weights, (_, i) => i),
    Float64Array.from(weights),
    weights.length,
    0,
  );
const few = fc.array(fc.constantFrom(-1, 0, 0.25, 0.5, 1), { maxLength: 30 });

describe("a ranking", () => {
  it("is the stable sort by weight, wherever and however often it is read", () => {
    fc.assert(
      fc.property(few, fc.array(fc.nat(32), { maxLength: 40 }), (weights, places) => {
        const ranking = rankingOf(weights);
        const sorted = sortedBy(weights);
        for (const place of places) expect(ranking.at(place)).toBe(sorted[place] ?? -1);
      }),
    );
  });

  it("names the alternates that Nova names: the best others, those included that have refused a claim", () => {
    fc.assert(
      fc.property(few, fc.nat(30), fc.nat(4), (weights, refusing, most) => {
        fc.pre(weights.length > 0);
        const ranking = rankingOf(weights);
        const refuses = Math.min(refusing, weights.length - 1);
        // As Nova's own loop has it: the first that grants the claim, then the rest of the list.
        const [selection] = claimHosts(
          {
            ...{ sort: () => sortedBy(weights), hasCandidate: () => true, consume: () => {}, undo: () => {}, cellOf: () => "cell1" },
            claim: (_, host) => sortedBy(weights).indexOf(host) >= refuses,
          },
          1,
          most,
        )!;
        const chosen = ranking.at(refuses);
        expect({ host: chosen, alternates: ranking.alternates(chosen, most) }).toEqual(selection);
      }),
    );
  });

  it("can be filled again, with fewer hosts or with more", () => {
    const ranking = rankingOf([1, 2, 3]);
    expect([ranking.at(0), ranking.at(2), ranking.at(3)]).toEqual([2, 0, -1]);
    ranking.fill(Int32Array.of(7, 8), Float64Array.of(0, 1), 2, 0);
    expect([ranking.count, ranking.at(1), ranking.at(0), ranking.at(2)]).toEqual([2, 7, 8, -1]);
    ranking.fill(Int32Array.of(4, 5, 6, 7), Float64Array.of(0, 0, 1, 0), 4, 0);
    expect([0, 1, 2, 3, 4].map((place) => ranking.at(place))).toEqual([6, 4, 5, 7, -1]);
  });
});

describe("the list that is left after a choice", () => {
  const setting = fc.record({
    free: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 24 }),
    subset: fc.integer({ min: 1, max: 6 }),
    shuffle: fc.boolean(),
    alternates: fc.nat(3),
    server: fc.nat(20),
  });

  it("is the order in which `sort` puts the same hosts for the same request: the chosen one first, the rest behind it", () => {
    fc.assert(
      fc.property(setting, ({ free, subset, shuffle, alternates, server }) => {
        const policy: PolicySpec = {
          ...{ name: "test", enabledFilters: [], weighers: ["RAMWeigher"], options: new Map() },
          ...{ hostSubsetSize: subset, shuffleBestSameWeighedHosts: shuffle },
        };
        const hosts = someHosts(...free.map((gib) => ({ ramMb: gib * 4096 })));
        const scheduler = new FilterScheduler(hosts, policy, new RandomStreams("1", 0).stream("scheduler.choice"), ALL_HOSTS);
        const request = {
          ...{ server, flavor: flavor("small", 1, 1024, 1), image: null, group: -1, groups: new ServerGroups(() => null, free.length) },
        };
        const wanted = scheduler.select(request, alternates, 0);
        const chosen = [...scheduler.ordered.subarray(0, wanted)];
        const ranking = scheduler.ranking();
        const list = Array.from({ length: ranking.count }, (_, place) => ranking.at(place));
        const sorted = scheduler.sort(scheduler.offered(request), request, 0);
        expect(list).toEqual(sorted);
        expect(chosen).toEqual(sorted.slice(0, wanted));
        // Behind the chosen one weights only fall.
        const behind = list.slice(1).map((host) => free[host]!);
        expect(behind).toEqual([...behind].sort((a, b) => b - a));
      }),
      { numRuns: 300 },
    );
  });
});
