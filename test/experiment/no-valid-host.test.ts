import { describe, expect, it } from "vitest";
import { SECOND } from "../../src/kernel/time.ts";
import { flavor } from "../workflows/tiny-scenario.ts";
import { policy, run, type Story } from "./three-hosts.ts";

const causesOf = (story: Story) => run(story).noValidHost.counted;

/** Fills each host with 6 of 8 vCPUs, 4 of 16 GiB and 20 of 100 GB, then asks for more. */
const filled = (...more: ReturnType<typeof flavor>[]): Story => ({
  overrides: { cloud: { flavors: [flavor("six", 6, 4096, 20), ...more] } },
  requests: [{ flavor: 0 }, { flavor: 0 }, { flavor: 0 }, ...more.map((_, i) => ({ flavor: i + 1 }))],
});

describe("NoValidHost is counted by the first stage that left no host", () => {
  it("is not counted where there is none", () => {
    expect(causesOf(filled(flavor("two", 2, 4096, 20)))).toEqual([]);
  });

  it("is Placement's, with what every host lacks, the most frequent first", () => {
    const [three, wide, large] = [flavor("three", 3, 1024, 1), flavor("wide", 1, 13_000, 1), flavor("large", 3, 13_000, 1)];
    const story = filled(wide, three, large);
    expect(causesOf({ ...story, requests: [...story.requests, { flavor: 2 }] })).toEqual([
      { stage: "Placement", detail: "VCPU", decisions: 2, flavors: [{ flavor: "three", decisions: 2 }] },
      { stage: "Placement", detail: "MEMORY_MB", decisions: 1, flavors: [{ flavor: "wide", decisions: 1 }] },
      { stage: "Placement", detail: "VCPU and MEMORY_MB", decisions: 1, flavors: [{ flavor: "large", decisions: 1 }] },
    ]);
  });

  it("is Placement's where each host lacks something, but not the same", () => {
    const story: Story = {
      overrides: {
        cloud: {
          flavors: [flavor("cores", 8, 1024, 1), flavor("memory", 1, 16_384, 1), flavor("disk", 1, 1024, 100), flavor("m1", 1, 1024, 10)],
        },
      },
      requests: [{ flavor: 0 }, { flavor: 1 }, { flavor: 2 }, { flavor: 3 }],
    };
    // `cores` takes all vCPUs of the first host, `memory` all RAM of the second, `disk` all disk of the third.
    expect(causesOf(story)).toEqual([
      { stage: "Placement", detail: "not the same everywhere", decisions: 1, flavors: [{ flavor: "m1", decisions: 1 }] },
    ]);
  });

  it("is that of the filter that removed the last candidate", () => {
    const crowded = policy({ enabledFilters: ["ComputeFilter", "NumInstancesFilter"], options: new Map([["max_instances_per_host", 1]]) });
    expect(causesOf({ ...filled(flavor("one", 1, 1024, 1)), policy: crowded })).toEqual([
      { stage: "NumInstancesFilter", detail: null, decisions: 1, flavors: [{ flavor: "one", decisions: 1 }] },
    ]);
  });

  it("is that of max_placement_results where a host beyond the list would have passed", () => {
    const story: Story = {
      overrides: { cloud: { flavors: [flavor("m1", 1, 1024, 1)], nova: { maxPlacementResults: 2 } } },
      requests: [{}, {}, {}],
      policy: policy({ enabledFilters: ["NumInstancesFilter"], options: new Map([["max_instances_per_host", 1]]) }),
    };
    expect(causesOf(story).map(({ stage }) => stage)).toEqual(["max_placement_results"]);
  });

  it("is an error where a filter raises, with the filter and Nova's class of error", () => {
    const asking = flavor("m1", 1, 1024, 1, { extraSpecs: new Map([["capabilities:hypervisor_type", "== 4"]]) });
    const result = run({
      overrides: { cloud: { flavors: [asking] } },
      requests: [{}],
      policy: policy({ enabledFilters: ["ComputeCapabilitiesFilter"] }),
    });
    expect(result.noValidHost.counted).toMatchObject([{ stage: "error", decisions: 1 }]);
    expect(result.noValidHost.counted[0]!.detail).toMatch(/^ComputeCapabilitiesFilter: .*\(ValueError\)$/);
    expect(result.built.cloud.servers.outcomeOf(0)).toBe("SchedulingError");
    expect([result.values.get("servers.no_valid_host"), result.values.get("servers.failed")]).toEqual([0, 1]);
    expect(result.built.cloud.decisions.row(0).error).toBe(result.noValidHost.counted[0]!.detail);
  });

  it("is that of the group's filter where too many servers must keep apart", () => {
    const story: Story = {
      overrides: {
        cloud: { flavors: [flavor("m1", 1, 1024, 1)] },
        workload: { serverGroup: { policy: "anti-affinity", maxServerPerHost: 1 } },
      },
      requests: Array.from({ length: 4 }, () => ({ batch: 0, arrival: SECOND })),
    };
    expect(causesOf(story).map(({ stage, decisions }) => [stage, decisions])).toEqual([["ServerGroupAntiAffinityFilter", 1]]);
  });

  it("adds up to the servers without a host, under every policy of a crowded cloud", () => {
    for (const hosts of [1, 2]) {
      const requests = Array.from({ length: 40 }, (_, i) => ({ flavor: i % 2, arrival: i * SECOND, lifetime: 30 * SECOND }));
      const flavors = [flavor("a", 2, 3000, 20), flavor("b", 1, 6000, 30)];
      const result = run({ overrides: { cloud: { flavors } }, requests, policy: policy({ hostSubsetSize: hosts }) });
      const counted = result.noValidHost.counted.reduce((sum, { decisions }) => sum + decisions, 0);
      expect(counted).toBeGreaterThan(0);
      expect(counted).toBe(result.values.get("servers.no_valid_host"));
    }
  });
});
