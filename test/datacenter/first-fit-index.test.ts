import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BestFitIndex } from "../../src/datacenter/best-fit-index.ts";
import { FirstFitIndex } from "../../src/datacenter/first-fit-index.ts";
import type { Flavor } from "../../src/datacenter/flavor.ts";
import { type HostDescription, type HostId, Hosts } from "../../src/datacenter/hosts.ts";

function words(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

const flavorOf = (vcpuMilli: number, ramMb: number, diskGb: number): Flavor => ({
  ...{ name: "any", vcpuMilli, ramMb, diskGb },
  ...{ volumeGb: 0, volumeType: null, extraSpecs: new Map() },
});

/** Hosts of every sort: small and large, reserved and overcommitted, so that each component is the scarce one somewhere. */
function motleyHosts(count: number, word: () => number): Hosts {
  const one = (_: unknown, host: number): HostDescription => ({
    ...{ name: `host-${host}`, type: "any", rack: 0, hypervisorType: "QEMU" },
    ...{ supportedHypervisors: ["qemu"], architecture: "x86_64" },
    ...{ vcpuMilli: 1000 * (1 + (word() % 32)), ramMb: 1024 * (1 + (word() % 64)), diskGb: word() % 400 },
    ...{ reservedVcpuMilli: word() % 1500, reservedRamMb: word() % 2048, reservedDiskGb: word() % 10 },
    ...{ cpuAllocationRatio: [1, 1.5, 16][word() % 3]!, ramAllocationRatio: [1, 1.5][word() % 2]!, diskAllocationRatio: 1 },
  });
  return new Hosts(Array.from({ length: count }, one));
}

function randomFlavor(word: () => number): Flavor {
  const size = 1 << (word() % 5);
  return flavorOf(size * (word() % 4 === 0 ? 250 : 1000), size * (256 + (word() % 4096)), word() % (20 * size));
}

function scanFirst(hosts: Hosts, flavor: Flavor): number {
  for (let host = 0; host < hosts.count; host++) if (hosts.fits(host, flavor)) return host;
  return -1;
}

function scanBest(hosts: Hosts, flavor: Flavor): number {
  const free = (host: number) => hosts.capacityVcpuMilli[host]! - hosts.usedVcpuMilli[host]!;
  let best = -1;
  for (let host = 0; host < hosts.count; host++) if (hosts.fits(host, flavor) && (best < 0 || free(host) < free(best))) best = host;
  return best;
}

const rules = {
  "first fit": { index: FirstFitIndex, scan: scanFirst },
  "best fit": { index: BestFitIndex, scan: scanBest },
} as const;

describe.each(Object.entries(rules))("the %s index", (_, { index: Index, scan }) => {
  it.each([1, 2, 37, 128, 500])("finds what a scan of all %i hosts finds, through thousands of claims and releases", (count) => {
    const word = words(count);
    const hosts = motleyHosts(count, word);
    const index = new Index(hosts);
    const held: { host: HostId; flavor: Flavor }[] = [];
    let nowhere = 0;
    for (let step = 0; step < 4000; step++) {
      const flavor = randomFlavor(word);
      const found = index.find(flavor.vcpuMilli, flavor.ramMb, flavor.diskGb);
      expect(found).toBe(scan(hosts, flavor));
      if (found < 0) nowhere++;
      else {
        expect(hosts.claim(found as HostId, flavor)).toBe(true);
        index.update(found);
        held.push({ host: found as HostId, flavor });
      }
      // Fills up for a while, then empties for a while.
      const releases = found < 0 || step % 1000 > 700 ? 3 : word() % 2;
      for (let i = 0; i < releases && held.length > 0; i++) {
        const [gone] = held.splice(word() % held.length, 1);
        hosts.release(gone!.host, gone!.flavor);
        index.update(gone!.host);
      }
    }
    if (count < 128) expect(nowhere).toBeGreaterThan(0);
  });

  it("holds against any sequence of requests that an adversary thinks of", () => {
    const request = fc.record({ vcpuMilli: fc.nat(9000), ramMb: fc.nat(9000), diskGb: fc.nat(90), release: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(request, { maxLength: 40 }), (count, requests) => {
        const hosts = motleyHosts(count, words(count));
        const index = new Index(hosts);
        for (const { vcpuMilli, ramMb, diskGb, release } of requests) {
          const flavor = flavorOf(vcpuMilli, ramMb, diskGb);
          const host = index.find(vcpuMilli, ramMb, diskGb);
          expect(host).toBe(scan(hosts, flavor));
          if (host < 0) continue;
          hosts.claim(host as HostId, flavor);
          index.update(host);
          if (!release) continue;
          hosts.release(host as HostId, flavor);
          index.update(host);
        }
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it("finds nothing where there are no hosts, and never more than a whole host", () => {
    expect(new Index(new Hosts([])).find(0, 0, 0)).toBe(-1);
    const hosts = motleyHosts(8, words(3));
    const index = new Index(hosts);
    expect(index.find(33_000, 0, 0)).toBe(-1);
    expect(index.find(0, 65 * 1024, 0)).toBe(-1);
    expect(index.find(0, 0, 400)).toBe(-1);
  });
});
