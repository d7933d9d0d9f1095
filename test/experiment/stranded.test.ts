import { describe, expect, it } from "vitest";
import { Fullest } from "../../src/experiment/fullest.ts";
import { runOnce } from "../../src/experiment/run.ts";
import { strandedNow } from "../../src/experiment/stranded.ts";
import { SECOND } from "../../src/kernel/time.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import { flavor } from "../workflows/tiny-scenario.ts";
import { optionsOf, policy, run, type Story } from "./three-hosts.ts";

/** The hosts are left with 0 vCPUs and 12 GiB, 4 vCPUs and 1 GiB, 5 vCPUs and 12 GiB. */
const uneven: Story = {
  overrides: { cloud: { flavors: [flavor("cores", 8, 4096, 10), flavor("memory", 4, 15_360, 10), flavor("m1", 3, 4096, 10)] } },
  requests: [{ flavor: 0 }, { flavor: 1 }, { flavor: 2 }],
};

describe("stranded capacity", () => {
  it("counts every host once, by why no server of any flavor can use what is free there", () => {
    const { causes } = strandedNow(run(uneven).built.cloud);
    expect(causes).toEqual([
      { cause: "usable", hosts: 1, vcpus: 5, ramMb: 12_288, diskGb: 90 },
      { cause: "no MEMORY_MB", hosts: 1, vcpus: 4, ramMb: 1024, diskGb: 90 },
      { cause: "no VCPU", hosts: 1, vcpus: 0, ramMb: 12_288, diskGb: 90 },
    ]);
  });

  it("is fragmentation, for a flavor, as far as the free room would hold more of it if it were in one place", () => {
    // In all 9 vCPUs and 25 GiB: three of m1, but only the third host holds one.
    expect(strandedNow(run(uneven).built.cloud).flavors).toEqual([
      { flavor: "cores", fits: 0, refused: [], fitsInSum: 1, fragmented: 1 },
      { flavor: "memory", fits: 0, refused: [], fitsInSum: 1, fragmented: 1 },
      { flavor: "m1", fits: 1, refused: [], fitsInSum: 3, fragmented: 2 },
    ]);
  });

  it("is a filter's where hosts have room and the filter refuses them", () => {
    const { cloud } = run({ ...uneven, policy: policy({ enabledFilters: ["ImagePropertiesFilter", "ComputeFilter"] }) }).built;
    cloud.hosts.serviceUp[2] = 0;
    const { causes, flavors } = strandedNow(cloud);
    expect(causes.map(({ cause }) => cause).sort()).toEqual(["ComputeFilter", "no MEMORY_MB", "no VCPU"]);
    expect(flavors[2]).toEqual({
      ...{ flavor: "m1", fits: 0, fitsInSum: 3, fragmented: 2 },
      refused: [{ filter: "ComputeFilter", hosts: 1, servers: 1 }],
    });
  });

  it("adds up to all that is free", () => {
    const { cloud } = run(uneven).built;
    const { causes } = strandedNow(cloud);
    const free = (capacity: Float64Array, used: Float64Array) => capacity.reduce((sum, all, host) => sum + all - used[host]!, 0);
    expect(causes.reduce((sum, { vcpus }) => sum + vcpus, 0)).toBe(free(cloud.hosts.capacityVcpuMilli, cloud.hosts.usedVcpuMilli) / 1000);
    expect(causes.reduce((sum, { ramMb }) => sum + ramMb, 0)).toBe(free(cloud.hosts.capacityRamMb, cloud.hosts.usedRamMb));
    expect(causes.reduce((sum, { hosts }) => sum + hosts, 0)).toBe(cloud.hosts.count);
  });
});

describe("the fullest moment", () => {
  it("can be had again at the end of the run, as if the hosts had been copied then", () => {
    const requests = Array.from({ length: 700 }, (_, i) => ({
      ...{ arrival: i * SECOND, flavor: i % 2, lifetime: (i < 30 ? 25 : 4) * SECOND + (i % 7) * 1000 },
    }));
    const flavors = [flavor("a", 2, 3000, 20), flavor("b", 1, 2500, 5)];
    let most = 0;
    let copied: readonly (readonly number[])[] = [];
    let at = -1;
    const prepare = ({ cloud }: BuiltRun) => {
      cloud.claimListeners.push(() => {
        const { hosts } = cloud;
        const share = (capacity: Float64Array, used: Float64Array) => used.reduce((a, b) => a + b) / capacity.reduce((a, b) => a + b);
        const now = Math.max(
          share(hosts.capacityVcpuMilli, hosts.usedVcpuMilli),
          share(hosts.capacityRamMb, hosts.usedRamMb),
          share(hosts.capacityDiskGb, hosts.usedDiskGb),
        );
        if (now <= most + 1e-12) return;
        most = now;
        at = cloud.simulation.now;
        copied = [[...hosts.usedVcpuMilli], [...hosts.usedRamMb], [...hosts.usedDiskGb]];
      });
    };
    const { fullest } = runOnce({ ...optionsOf({ overrides: { cloud: { flavors } }, requests }), prepare });
    expect(fullest).toBeInstanceOf(Fullest);
    expect(fullest.timeUs).toBe(at);
    expect(fullest.share).toBeCloseTo(most, 12);
    expect(fullest.timeUs).toBeGreaterThan(0);
    expect(fullest.timeUs).toBeLessThan(59 * SECOND);
    const { usedVcpuMilli, usedRamMb, usedDiskGb } = fullest.hosts;
    expect([[...usedVcpuMilli], [...usedRamMb], [...usedDiskGb]]).toEqual(copied);
  });
});
