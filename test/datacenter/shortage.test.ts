import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FirstFitIndex } from "../../src/datacenter/first-fit-index.ts";
import type { Flavor } from "../../src/datacenter/flavor.ts";
import { resourcesOf, shortageOf, shortEverywhere } from "../../src/datacenter/shortage.ts";
import { flavor } from "../workflows/tiny-scenario.ts";
import { someHosts } from "./some-hosts.ts";

describe("what a host lacks for a server", () => {
  it("is nothing exactly when the server fits", () => {
    const amount = (most: number) => fc.integer({ min: 0, max: most });
    fc.assert(
      fc.property(
        amount(12),
        amount(20_000),
        amount(120),
        amount(8000),
        amount(16_384),
        amount(100),
        fc.constantFrom(1, 1.5, 4),
        (...x) => {
          const [vcpus, ramMb, diskGb, usedVcpuMilli, usedRamMb, usedDiskGb, cpuAllocationRatio] = x;
          const hosts = someHosts({ cpuAllocationRatio });
          hosts.usedVcpuMilli[0] = usedVcpuMilli;
          hosts.usedRamMb[0] = usedRamMb;
          hosts.usedDiskGb[0] = usedDiskGb;
          const asked = flavor("asked", vcpus, ramMb, diskGb);
          expect(shortageOf(hosts, 0, asked) === 0).toBe(hosts.fits(0, asked));
        },
      ),
    );
  });

  it("names each resource that is short, of the room left or of the whole host", () => {
    const hosts = someHosts({ cpuAllocationRatio: 4 });
    const short = (vcpus: number, ramMb: number, diskGb: number) =>
      resourcesOf(shortageOf(hosts, 0, flavor("asked", vcpus, ramMb, diskGb)));
    expect(short(8, 16_384, 100)).toEqual([]);
    expect(short(9, 16_384, 100)).toEqual(["VCPU"]); // 32 may be promised, but one server has at most the host's own 8
    expect(short(8, 16_385, 101)).toEqual(["MEMORY_MB", "DISK_GB"]);
  });

  it("is short everywhere only if it is short on every host", () => {
    const hosts = someHosts({}, {}, {});
    hosts.usedVcpuMilli.set([7000, 7000, 7000]);
    hosts.usedRamMb.set([0, 16_000, 0]);
    const short = (asked: Flavor) => resourcesOf(shortEverywhere(new FirstFitIndex(hosts).mostRoom, asked));
    expect(short(flavor("asked", 2, 4096, 1))).toEqual(["VCPU"]);
    expect(short(flavor("asked", 1, 16_385, 101))).toEqual(["MEMORY_MB", "DISK_GB"]);
    hosts.usedVcpuMilli[1] = 0;
    expect(short(flavor("asked", 2, 4096, 1))).toEqual([]);
  });
});
