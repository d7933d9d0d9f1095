import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServerGroups } from "../../src/datacenter/server-groups.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { DecisionRecorder } from "../../src/policies/nova/decision-record.ts";
import { FilterScheduler } from "../../src/policies/nova/filter-scheduler.ts";
import { type PolicySpec, presets } from "../../src/policies/nova/policy.ts";
import type { RequestSpec } from "../../src/policies/nova/request-spec.ts";
import { someHosts } from "../datacenter/some-hosts.ts";
import { flavor } from "../workflows/tiny-scenario.ts";

const request: RequestSpec = {
  server: 3,
  flavor: flavor("m1", 2, 2048, 10),
  image: null,
  group: -1,
  groups: new ServerGroups(() => null, 0),
};

/** Hosts with so many GiB in use and so many builds under way. */
function hostsWith(used: readonly (readonly [gib: number, builds: number])[]) {
  const hosts = someHosts(...used.map(() => ({})));
  for (const [host, [gib, builds]] of used.entries()) {
    hosts.usedRamMb[host] = gib * 1024;
    hosts.ioOps[host] = builds;
  }
  return hosts;
}

const schedulerFor = (hosts: ReturnType<typeof someHosts>, policy: PolicySpec) =>
  new FilterScheduler(hosts, policy, new RandomStreams("1", 0).stream("scheduler.choice"), 1000);

const busyFilter = {
  ...presets.get("nova-default")!,
  enabledFilters: ["ComputeFilter", "IoOpsFilter", "NumInstancesFilter"],
};

describe("a decision that is looked on at", () => {
  it("is the same as one that is not, whatever the policy, and its weights are the sums of their products to the last bit", () => {
    const host = fc.tuple(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 0, max: 9 }));
    const policies = fc.record({
      base: fc.constantFrom(...presets.values(), busyFilter),
      hostSubsetSize: fc.integer({ min: 1, max: 4 }),
      shuffleBestSameWeighedHosts: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(host, { minLength: 1, maxLength: 30 }), policies, fc.nat(3), (used, { base, ...more }, n) => {
        const hosts = hostsWith(used);
        const policy = { ...base, ...more };
        const [alone, watched] = [schedulerFor(hosts, policy), schedulerFor(hosts, policy)];
        const recorder = new DecisionRecorder(watched, request, true);
        watched.observer = recorder;
        const counts = [alone, watched].map((scheduler) => scheduler.select(request, 2, n));
        const seen = (scheduler: FilterScheduler, count: number) => [
          ...[...scheduler.ordered.subarray(0, count), scheduler.candidates, ...scheduler.leftAfter, scheduler.weight],
        ];
        expect(seen(watched, counts[1]!)).toEqual(seen(alone, counts[0]!));
        const { record } = recorder;
        expect(record.chosen).toEqual([...watched.ordered.subarray(0, counts[1])]);
        expect(record.filters.map(({ left }) => left)).toEqual([...watched.leftAfter].slice(0, record.filters.length));
        for (const rank of record.ranked.keys()) {
          let sum = 0;
          for (const { multipliers, normalized } of record.weighers) sum += multipliers[rank]! * normalized[rank]!;
          expect(Object.is(record.weights[rank], sum)).toBe(true);
        }
        const chosen = record.ranked.indexOf(record.chosen[0]!);
        if (counts[1]! > 0) expect(record.weights[chosen]).toBe(watched.weight);
      }),
    );
  });

  it("says of every host that a filter removed why, with the values that decided", () => {
    const hosts = hostsWith([
      [0, 9],
      [0, 8],
      [0, 7],
      [0, 8],
    ]);
    hosts.setEnabled(2, false);
    const scheduler = schedulerFor(hosts, busyFilter);
    const recorder = new DecisionRecorder(scheduler, request, true);
    scheduler.observer = recorder;
    expect(scheduler.select(request, 2, 0)).toBe(0);
    expect(recorder.record.candidates).toEqual([0, 1, 2, 3]);
    expect(recorder.record.filters).toEqual([
      { name: "ComputeFilter", left: 3, removed: [{ host: 2, because: "its compute service is disabled" }] },
      {
        name: "IoOpsFilter",
        left: 0,
        removed: [
          { host: 0, because: "builds and moves under way: 9 (max_io_ops_per_host = 8)" },
          { host: 1, because: "builds and moves under way: 8 (max_io_ops_per_host = 8)" },
          { host: 3, because: "builds and moves under way: 8 (max_io_ops_per_host = 8)" },
        ],
      },
    ]);
    expect(recorder.record.chosen).toEqual([]);
  });
});
