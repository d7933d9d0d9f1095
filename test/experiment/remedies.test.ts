// What is said to have helped must help, and a little less must not: each figure is tried on a run of its own.
import { describe, expect, it } from "vitest";
import type { Remedy } from "../../src/experiment/remedies.ts";
import { flavor, hostGroup } from "../workflows/tiny-scenario.ts";
import { policy, type Story, tell } from "./three-hosts.ts";

const remediesOf = (story: Story): readonly Remedy[] => tell(story).decisions.at(-1)!.remedies;
const outcomeOf = (story: Story) => tell(story).outcome;

/** First fit puts 5, 6 and 7 of the 8 vCPUs on the hosts one after another, then asks for `big`. */
const filled = (big: ReturnType<typeof flavor>, more: Partial<Story> = {}): Story => ({
  overrides: { cloud: { flavors: [flavor("five", 5, 4096, 20), flavor("six", 6, 4096, 20), flavor("seven", 7, 4096, 20), big] } },
  requests: [{ flavor: 0 }, { flavor: 1 }, { flavor: 2 }, { flavor: 3 }],
  ...more,
});

describe("a smaller flavor", () => {
  it("is the largest that still fits, in whole vCPUs: 3 of the 8 are left on the first host", () => {
    expect(outcomeOf(filled(flavor("big", 6, 4096, 20)))).toBe("NoValidHost");
    expect(remediesOf(filled(flavor("big", 6, 4096, 20)))[0]).toEqual({
      change: "flavor",
      less: [{ resource: "VCPU", from: 6, to: 3 }],
      hosts: ["compute-1"],
    });
    expect(outcomeOf(filled(flavor("big", 3, 4096, 20)))).toBe("ACTIVE");
    expect(outcomeOf(filled(flavor("big", 4, 4096, 20)))).toBe("NoValidHost");
  });

  it("is counted in MiB of RAM: 12 of the 16 GiB are left on each host", () => {
    expect(remediesOf(filled(flavor("big", 1, 13_000, 20)))[0]).toEqual({
      change: "flavor",
      less: [{ resource: "MEMORY_MB", from: 13_000, to: 12_288 }],
      hosts: ["compute-1", "compute-2", "compute-3"],
    });
    expect(outcomeOf(filled(flavor("big", 1, 12_288, 20)))).toBe("ACTIVE");
    expect(outcomeOf(filled(flavor("big", 1, 12_289, 20)))).toBe("NoValidHost");
  });

  it("is smaller in two ways where one alone would do nowhere, and then nearest to what was asked for", () => {
    const story = filled(flavor("big", 6, 4096, 90));
    expect(remediesOf(story)[0]).toEqual({
      change: "flavor",
      less: [
        { resource: "VCPU", from: 6, to: 3 },
        { resource: "DISK_GB", from: 90, to: 80 },
      ],
      hosts: ["compute-1"],
    });
    expect(outcomeOf(filled(flavor("big", 3, 4096, 80)))).toBe("ACTIVE");
    expect(outcomeOf(filled(flavor("big", 3, 4096, 81)))).toBe("NoValidHost");
    expect(outcomeOf(filled(flavor("big", 4, 4096, 80)))).toBe("NoValidHost");
  });

  it("is not told where nothing would be left of it", () => {
    const full = filled(flavor("big", 1, 1024, 1), {
      overrides: { cloud: { flavors: [flavor("whole", 8, 4096, 20), flavor("big", 1, 1024, 1)] } },
      requests: [{ flavor: 0 }, { flavor: 0 }, { flavor: 0 }, { flavor: 1 }],
    });
    expect(remediesOf(full).map(({ change }) => change)).toEqual(["ratio"]);
  });
});

describe("a larger allocation ratio", () => {
  const ofRatio = (cpuAllocationRatio: number): Story => {
    const story = filled(flavor("big", 4, 4096, 20));
    return { ...story, overrides: { cloud: { ...story.overrides!.cloud, hosts: [hostGroup(3, { cpuAllocationRatio })] } } };
  };

  it("is the smallest in hundredths: 5 and 4 vCPUs need 9 of the 8, a ratio of 1.125, so 1.13", () => {
    expect(remediesOf(ofRatio(1))).toContainEqual({
      ...{ change: "ratio", resource: "VCPU", option: "cpu_allocation_ratio", from: 1, to: 1.13 },
      hosts: ["compute-1"],
    });
    expect(outcomeOf(ofRatio(1.13))).toBe("ACTIVE");
    expect(outcomeOf(ofRatio(1.12))).toBe("NoValidHost");
  });

  it("makes no host larger than it is: 9 vCPUs are never on a host of 8", () => {
    expect(remediesOf(filled(flavor("big", 9, 4096, 20))).map(({ change }) => change)).toEqual(["flavor"]);
    expect(tell(filled(flavor("big", 9, 4096, 20))).decisions[0]!.size).toEqual({
      ...{ allowed: 3, largeEnough: 0 },
      tooSmallIn: [{ what: ["VCPU"], hosts: 3 }],
    });
  });
});

describe("one filter less", () => {
  const crowded = (enabledFilters: readonly string[]): Story => ({
    ...filled(flavor("big", 1, 1024, 1)),
    policy: policy({ enabledFilters, options: new Map([["max_instances_per_host", 1]]) }),
  });

  it("is told for the filter that alone stands in the way", () => {
    expect(remediesOf(crowded(["ComputeFilter", "NumInstancesFilter"]))).toEqual([
      { change: "filter", filter: "NumInstancesFilter", hosts: ["compute-1", "compute-2", "compute-3"] },
    ]);
    expect(outcomeOf(crowded(["ComputeFilter", "NumInstancesFilter"]))).toBe("NoValidHost");
    expect(outcomeOf(crowded(["ComputeFilter"]))).toBe("ACTIVE");
  });
});

describe("a longer list of candidates", () => {
  // One server a host at most: the first two hosts have theirs, and are all that Placement lists.
  const limited = (maxPlacementResults: number): Story => ({
    overrides: { cloud: { flavors: [flavor("m1", 1, 1024, 1)], nova: { maxPlacementResults } } },
    requests: [{}, {}, {}],
    policy: policy({ enabledFilters: ["NumInstancesFilter"], options: new Map([["max_instances_per_host", 1]]) }),
  });

  it("is as long as it takes for the first host beyond to be on it", () => {
    expect(remediesOf(limited(2))[0]).toEqual({ change: "limit", from: 2, to: 3, hosts: ["compute-3"] });
    expect(outcomeOf(limited(2))).toBe("NoValidHost");
    expect(outcomeOf(limited(3))).toBe("ACTIVE");
  });
});
