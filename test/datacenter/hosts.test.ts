import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HostId } from "../../src/datacenter/hosts.ts";
import { flavor } from "../workflows/tiny-scenario.ts";
import { someHosts } from "./some-hosts.ts";

const id = (host: number) => host as HostId;

describe("a host's capacity", () => {
  it("is (total - reserved) x ratio, rounded down, with the reserved part taken off before the ratio", () => {
    const hosts = someHosts({
      ramMb: 1000,
      reservedRamMb: 1,
      ramAllocationRatio: 1.5,
      cpuAllocationRatio: 16,
      reservedVcpuMilli: 1000,
      diskAllocationRatio: 0.999,
    });
    expect([hosts.capacityRamMb[0], hosts.capacityVcpuMilli[0], hosts.capacityDiskGb[0]]).toEqual([1498, 112_000, 99]);
  });

  it("is nothing when more is reserved than there is", () => {
    const hosts = someHosts({ ramMb: 100, reservedRamMb: 200 });
    expect(hosts.capacityRamMb[0]).toBe(0);
    expect(hosts.fits(0, flavor("m", 1, 1, 0))).toBe(false);
  });

  it("may be filled to the last, and not beyond", () => {
    const hosts = someHosts({});
    expect(hosts.claim(id(0), flavor("most", 7.5, 16_000, 99))).toBe(true);
    expect(hosts.claim(id(0), flavor("m", 0.501, 1, 1))).toBe(false);
    expect(hosts.claim(id(0), flavor("m", 0.5, 385, 1))).toBe(false);
    expect(hosts.claim(id(0), flavor("m", 0.5, 384, 2))).toBe(false);
    expect([hosts.usedVcpuMilli[0], hosts.usedRamMb[0], hosts.usedDiskGb[0], hosts.instances[0]]).toEqual([7500, 16_000, 99, 1]); // a refusal takes nothing
    expect(hosts.claim(id(0), flavor("m", 0.5, 384, 1))).toBe(true);
  });

  it("does not let one server be larger than the physical host, whatever the ratio", () => {
    const hosts = someHosts({ cpuAllocationRatio: 16 });
    expect(hosts.claim(id(0), flavor("nine", 9, 1024, 1))).toBe(false);
    expect(hosts.claim(id(0), flavor("eight", 8, 1024, 1))).toBe(true);
    expect(hosts.claim(id(0), flavor("eight", 8, 1024, 1))).toBe(true);
  });
});

describe("what the scheduler sees", () => {
  it("is free RAM and disk without the ratio, vCPUs with it, and what is reserved counts as used", () => {
    const hosts = someHosts({
      ...{ cpuAllocationRatio: 4, ramAllocationRatio: 1.5, diskAllocationRatio: 2 },
      ...{ reservedVcpuMilli: 1000, reservedRamMb: 512, reservedDiskGb: 10 },
    });
    hosts.claim(id(0), flavor("m", 2, 4096, 20));
    expect([hosts.freeVcpus(0), hosts.freeRamMb(0), hosts.freeDiskMb(0)]).toEqual([32 - 3, 16_384 - 512 - 4096, 70 * 1024]);
  });

  it("goes below zero on an overcommitted host", () => {
    const hosts = someHosts({ ramAllocationRatio: 2, diskAllocationRatio: 2 });
    for (let i = 0; i < 2; i++) hosts.claim(id(0), flavor("m", 1, 16_384, 100));
    expect([hosts.freeRamMb(0), hosts.freeDiskMb(0)]).toEqual([-16_384, -102_400]);
  });
});

describe("a host whose CPUs are all dedicated", () => {
  it("has threads but no vCPUs to promise, and its fullness is that of its memory and disk", () => {
    const hosts = someHosts({ vcpuMilli: 0, threads: 64, ramMb: 8192, reservedRamMb: 0, diskGb: 100, reservedDiskGb: 0 });
    expect(hosts.threadMilli[0]).toBe(64_000);
    expect(hosts.fits(0, flavor("shared", 1, 512, 1))).toBe(false);
    expect(hosts.shareUsedWith(0, flavor("dedicated", 0, 4096, 100))).toBe(0.75);
    expect([...someHosts({ vcpuMilli: 8000 }).threadMilli]).toEqual([8000]);
  });
});

describe("claims and releases", () => {
  it("always add up, and hosts in use are those that hold a claim", () => {
    const flavors = [flavor("s", 0.25, 512, 1), flavor("m", 2, 4096, 20), flavor("l", 8, 16_384, 100), flavor("none", 0, 0, 0)];
    fc.assert(
      fc.property(fc.array(fc.record({ host: fc.nat(2), flavor: fc.nat(3), take: fc.boolean() }), { maxLength: 60 }), (steps) => {
        const hosts = someHosts({}, { ramAllocationRatio: 1.5 }, { reservedVcpuMilli: 500 });
        const held: number[][] = [[], [], []];
        for (const { host, flavor: which, take } of steps) {
          if (take && hosts.claim(id(host), flavors[which]!)) held[host]!.push(which);
          const last = take ? undefined : held[host]!.pop();
          if (last !== undefined) hosts.release(id(host), flavors[last]!);
          const sum = (pick: (flavor: (typeof flavors)[number]) => number) =>
            held.map((list) => list.reduce((total, f) => total + pick(flavors[f]!), 0));
          expect([...hosts.usedVcpuMilli]).toEqual(sum((f) => f.vcpuMilli));
          expect([...hosts.usedRamMb]).toEqual(sum((f) => f.ramMb));
          expect([...hosts.usedDiskGb]).toEqual(sum((f) => f.diskGb));
          expect([...hosts.instances]).toEqual(held.map((list) => list.length));
          expect(hosts.inUse).toBe(held.filter((list) => list.length > 0).length);
        }
      }),
    );
  });

  it("refuse to give back what was never taken, and say what there is", () => {
    const hosts = someHosts({ name: "compute-7" });
    expect(() => hosts.release(id(0), flavor("none", 0, 0, 0))).toThrow(RangeError);
    hosts.claim(id(0), flavor("s", 1, 512, 1));
    expect(() => hosts.release(id(0), flavor("m", 2, 512, 1))).toThrow(
      "host compute-7 cannot release 2 vCPU, 512 MB and 1 GB: only 1 vCPU, 512 MB and 1 GB are claimed",
    );
  });
});
