import { describe, expect, it } from "vitest";
import { placementOverview } from "../../src/experiment/placement-overview.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { sumText } from "../../src/report/why-amounts.ts";
import { whyRun } from "../../src/report/why-run.ts";
import { optionsOf, policy, run, type Story } from "../experiment/three-hosts.ts";
import { flavor } from "../workflows/tiny-scenario.ts";

function textOf(story: Story, all = false): string {
  const result = run(story);
  return whyRun(optionsOf(story).scenario, result, placementOverview(result), { all }).replace(
    /fingerprint [0-9a-f]{16}/,
    "fingerprint ...",
  );
}

const flavors = [flavor("cores", 8, 4096, 10), flavor("memory", 4, 15_360, 10), flavor("m1", 3, 4096, 10)];

describe("what is said of a run", () => {
  it("is where NoValidHost came from, and what is stranded when it was fullest and at the end", () => {
    // The hosts are left with 0 vCPUs and 12 GiB, 4 vCPUs and 1 GiB, 5 vCPUs and 12 GiB; then `memory` finds no 15 GiB anywhere.
    const requests = [{ flavor: 0 }, { flavor: 1 }, { flavor: 2 }, { flavor: 1 }];
    expect(textOf({ overrides: { cloud: { flavors } }, requests })).toMatchInlineSnapshot(`
      "three hosts, policy first-fit, seed 1, replication 0, fingerprint ....

      1 server of the whole run found no host (NoValidHost), by the first stage that left none:
        servers  left no host                           flavors
              1  Placement: every host lacks MEMORY_MB  memory 1

      When the cloud was fullest, at 1 min (62.5 % of the scarcest resource claimed; room alone, filters not asked):
        free capacity by cause        hosts  free vCPUs  free RAM  free disk
        takes at least one flavor         1           5    12 GiB     90 GiB
        no flavor fits: no MEMORY_MB      1           4     1 GiB     90 GiB
        no flavor fits: no VCPU           1           0    12 GiB     90 GiB

        flavor  more that fit  in the sum of all free room  lost to fragmentation
        cores               0                            1              1 (100 %)
        memory              0                            1              1 (100 %)
        m1                  1                            3               2 (67 %)

      At the end, at 1 h:
        free capacity by cause        hosts  free vCPUs  free RAM  free disk
        takes at least one flavor         1           5    12 GiB     90 GiB
        no flavor fits: no MEMORY_MB      1           4     1 GiB     90 GiB
        no flavor fits: no VCPU           1           0    12 GiB     90 GiB

        flavor  more that fit  in the sum of all free room  lost to fragmentation
        cores               0                            1              1 (100 %)
        memory              0                            1              1 (100 %)
        m1                  1                            3               2 (67 %)
      "
    `);
  });

  it("is that every server found a host, where that is so", () => {
    const text = textOf({ overrides: { cloud: { flavors } }, policy: presets.get("nova-default")!, requests: [{ flavor: 2 }] });
    expect(text).toContain("The scheduler found a host for every server, over the whole run.\n");
  });

  it("names the filter that refuses hosts with room, and how many servers that costs", () => {
    const crowded = policy({ enabledFilters: ["NumInstancesFilter"], options: new Map([["max_instances_per_host", 1]]) });
    const text = textOf({
      overrides: { cloud: { flavors } },
      policy: crowded,
      requests: [{ flavor: 2 }, { flavor: 2 }, { flavor: 2 }, { flavor: 2 }],
    });
    expect(text).toMatch(/^ +1 {2}NumInstancesFilter +m1 1$/m);
    expect(text).toMatch(/^ +refused by NumInstancesFilter +3 +15 +36 GiB +270 GiB$/m);
    expect(text).toContain("m1: NumInstancesFilter refuses 3 hosts with room for 3.");
  });

  it("leaves flavors beyond the first dozen to --all", () => {
    const many = Array.from({ length: 15 }, (_, i) => flavor(`m${i + 1}`, 1, 1024, i + 1));
    const story: Story = { overrides: { cloud: { flavors: many } }, requests: [{}] };
    expect(textOf(story)).toContain("and 3 more flavors (--all).");
    expect(textOf(story)).not.toContain("m13 ");
    expect(textOf(story, true)).toContain("m13 ");
  });
});

describe("sums of amounts", () => {
  it("are exact where that is short, and in tebibytes where not", () => {
    expect(["VCPU", "MEMORY_MB", "DISK_GB"].map((resource) => sumText(resource as "VCPU", 1536))).toEqual(["1536", "1.5 GiB", "1.5 TiB"]);
    expect(sumText("MEMORY_MB", 136_008_960)).toBe("129.7 TiB");
    expect(sumText("MEMORY_MB", 0)).toBe("0 GiB");
  });
});
