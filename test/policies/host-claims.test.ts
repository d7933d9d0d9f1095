// nova-compute's claims of cells and devices over random lives: nothing is held twice, and what is given back is there again.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Hosts } from "../../src/datacenter/hosts.ts";
import { layOutCells } from "../../src/datacenter/numa/lay-out-cells.ts";
import type { PciPool } from "../../src/datacenter/pci-pool.ts";
import { ComputeNodes } from "../../src/policies/nova/compute-nodes.ts";
import { HostClaims, type RoomAsked } from "../../src/policies/nova/host-claims.ts";
import { numaConstraints } from "../../src/policies/nova/numa/constraints.ts";
import { passesNumaTopologyFilter } from "../../src/policies/nova/numa/numa-filter.ts";
import { passesPciFilter } from "../../src/policies/nova/pci/consume.ts";
import { pciRequests } from "../../src/policies/nova/pci/requests.ts";
import { describeHost } from "../datacenter/some-hosts.ts";
import { flavor } from "../workflows/tiny-scenario.ts";

const pool = (product_id: string, numaNode: number | null, count: number, more: Readonly<Record<string, string>> = {}): PciPool => ({
  properties: new Map(Object.entries({ vendor_id: "8086", product_id, ...more })),
  ...{ numaNode, count },
});

/** Two cells of four cores with two threads; CPUs 0-3 and 8-11 are of cell 0. */
const layout = {
  ...{ sockets: 2, cellsPerSocket: 1, coresPerCell: 4, threadsPerCore: 2, memoryMbPerCell: 16_384 },
  hugePages: [{ sizeKb: 2048, perCell: 2048 }],
  ...{ sharedCpus: null, dedicatedCpus: null },
};
const hosts = () =>
  new Hosts([
    // Listed twice, the same device: that is allowed, and they are given back as they were.
    describeHost({
      cells: layOutCells(layout),
      pciPools: [pool("a", 1, 2), pool("b", 0, 1, { dev_type: "type-VF" }), pool("a", 0, 1), pool("a", 1, 1)],
    }),
    describeHost({
      cells: layOutCells({ ...layout, sharedCpus: [0, 4, 8, 12], dedicatedCpus: [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15] }),
    }),
    describeHost({ cells: layOutCells({ ...layout, threadsPerCore: 1 }), pciPools: [pool("a", null, 2)] }),
    describeHost({ pciPools: [pool("a", null, 1)] }), // reports no topology
  ]);

const asks: readonly Readonly<Record<string, string>>[] = [
  {},
  { "hw:numa_nodes": "1" },
  { "hw:numa_nodes": "2" },
  { "hw:mem_page_size": "large" },
  { "hw:mem_page_size": "2MB", "hw:numa_nodes": "2" },
  { "hw:cpu_policy": "dedicated" },
  { "hw:cpu_policy": "dedicated", "hw:numa_nodes": "2", "hw:mem_page_size": "any" },
  { "hw:cpu_policy": "dedicated", "hw:cpu_thread_policy": "isolate" },
  { "hw:cpu_policy": "dedicated", "hw:cpu_thread_policy": "require" },
  { "hw:cpu_policy": "dedicated", "hw:emulator_threads_policy": "isolate" },
  { "hw:cpu_policy": "mixed", "hw:cpu_dedicated_mask": "^0" },
];
const aliases = [
  { name: "any-a", vendor_id: "8086", product_id: "aaaa", device_type: "type-PCI" },
  { name: "vf", vendor_id: "8086", product_id: "bbbb", device_type: "type-VF" },
];

function wish(vcpus: number, ramMb: number, specs: Readonly<Record<string, string>>, devices: string | null): RoomAsked {
  const extraSpecs = new Map(Object.entries(devices === null ? specs : { ...specs, "pci_passthrough:alias": devices }));
  const topology = numaConstraints({ vcpuMilli: vcpus * 1000, ramMb, extraSpecs }, new Map());
  const requests = pciRequests(extraSpecs, new Map(), aliases);
  if (topology.outcome === "error" || requests.outcome === "error") throw new Error("an impossible request in the test");
  const short = new Map([
    ["aaaa", "a"],
    ["bbbb", "b"],
  ]);
  // Products are four digits to Nova; the pools above are called by one.
  const specsOf = (spec: ReadonlyMap<string, string>) =>
    new Map([...spec].flatMap(([key, value]) => (key === "dev_type" && value === "type-PCI" ? [] : [[key, short.get(value) ?? value]])));
  const limits = { cpuAllocationRatio: 2, ramAllocationRatio: 1.5 };
  return { topology: topology.topology, devices: requests.requests.map((one) => ({ ...one, specs: one.specs.map(specsOf) })), limits };
}

const step = fc.record({
  server: fc.nat(9),
  host: fc.nat(3),
  asked: fc
    .record({
      vcpus: fc.constantFrom(2, 4),
      ramMb: fc.constantFrom(1024, 2048, 4096),
      specs: fc.constantFrom(...asks),
      devices: fc.constantFrom(null, null, "any-a:1", "any-a:2", "vf:1,any-a:1"),
    })
    .map(({ vcpus, ramMb, specs, devices }) => ({ vcpus, ramMb, specs, devices })),
});

const shown = (of: Hosts) =>
  JSON.stringify([of.cells, of.pools.map((pools) => pools.map(({ properties, numaNode, count }) => [[...properties], numaNode, count]))]);

function isSound(of: Hosts): void {
  for (const cell of of.cells.flatMap((cells) => cells ?? [])) {
    expect(new Set(cell.pinnedCpus).size).toBe(cell.pinnedCpus.length);
    for (const cpu of cell.pinnedCpus) expect(cell.pcpuset).toContain(cpu);
    expect(cell.sharedVcpusUsed).toBeLessThanOrEqual(2 * cell.cpuset.length);
    for (const page of cell.pages) if (page.sizeKb > 4) expect(page.used).toBeLessThanOrEqual(page.total);
  }
  for (const { count } of of.pools.flat()) expect(count).toBeGreaterThan(0);
}

describe("claims of cells and devices", () => {
  it("hold nothing twice, change nothing when refused, and give everything back as it was", () => {
    let [granted, refused] = [0, 0];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
        const on = hosts();
        const described = shown(on);
        const claims = new HostClaims(on, "spread");
        const where = new Map<number, number>();
        for (const { server, host, asked } of steps) {
          const at = where.get(server);
          if (at !== undefined) {
            claims.release(server, at);
            where.delete(server);
          } else {
            const before = shown(on);
            const taken = claims.claim(server, host, wish(asked.vcpus, asked.ramMb, asked.specs, asked.devices));
            if (taken) {
              granted++;
              where.set(server, host);
            } else {
              refused++;
              expect(shown(on)).toBe(before);
            }
          }
          isSound(on);
        }
        // In the other order than they came.
        for (const [server, host] of [...where].reverse()) claims.release(server, host);
        expect(shown(on)).toBe(described);
      }),
      { numRuns: 60, seed: 1 },
    );
    expect(Math.min(granted, refused)).toBeGreaterThan(100);
  });

  it("are granted where the filters have passed the host on the same state, and by the same limits", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25, size: "max" }), (steps) => {
        const on = hosts();
        const claims = new HostClaims(on, "spread");
        for (const [server, { host, asked }] of steps.entries()) {
          const request = wish(asked.vcpus, asked.ramMb, asked.specs, asked.devices);
          const cells = on.cells[host]!;
          const pools = on.pools[host]!;
          const numa = {
            extraSpecs: new Map(Object.entries(asked.specs)),
            imageProperties: new Map<string, string>(),
            topology: request.topology,
          };
          const passes =
            passesNumaTopologyFilter(numa, cells, request.limits!, "spread", { pools, requests: request.devices }) &&
            passesPciFilter(pools, request.devices);
          const taken = claims.claim(server, host, request);
          if (passes) expect([asked, taken]).toEqual([asked, true]);
          // The filter looks further only at threads, and at hosts without a topology, where nova-compute claims none.
          else if (taken) expect(cells === null || asked.specs["hw:cpu_thread_policy"] === "require").toBe(true);
        }
      }),
      // Where several guest cells meet more host cells, Nova's own search may depend on the order that devices give; not with these.
      { numRuns: 150, seed: 1 },
    );
  });

  it("leave no trace of what the scheduler has consumed for siblings that were not placed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const on = hosts();
        const nodes = new ComputeNodes(on);
        const rows = Array.from({ length: on.count }, (_, row) => row);
        const seen = () =>
          rows.map((row) => [
            nodes.freeRamMb(row),
            nodes.freeDiskMb(row),
            nodes.usedVcpus(row),
            nodes.numInstances(row),
            nodes.numIoOps(row),
          ]);
        for (const [i, row] of [0, 1, 2, 3, 0].entries()) nodes.takeOn(row, flavor("odd", 0.1 + i, 100 * i, 0.3));
        for (const row of rows) nodes.write(row);
        const before = { seen: seen(), cells: rows.map((row) => nodes.numaCells(row)), pools: rows.map((row) => nodes.pciPools(row)) };
        for (const { host, asked } of steps) {
          const fits = flavor("sibling", asked.vcpus + 0.7, asked.ramMb, 0.1);
          nodes.consume(host, fits, wish(asked.vcpus, asked.ramMb, asked.specs, asked.devices));
        }
        if (steps.length > 0) expect(seen()).not.toEqual(before.seen);
        nodes.restore();
        expect({ seen: seen(), cells: rows.map((row) => nodes.numaCells(row)), pools: rows.map((row) => nodes.pciPools(row)) }).toEqual(
          before,
        );
      }),
      { numRuns: 100 },
    );
  });

  it("are seen by the next sibling: dedicated CPUs that one is to have are not offered again", () => {
    const on = hosts();
    const nodes = new ComputeNodes(on);
    const eight = { ...wish(4, 1024, { "hw:cpu_policy": "dedicated" }, null) };
    const pinnedCpus = () => nodes.numaCells(0)!.flatMap((cell) => cell.pinnedCpus);
    nodes.consume(0, flavor("four", 4, 1024, 1), eight);
    nodes.consume(0, flavor("four", 4, 1024, 1), eight);
    expect(pinnedCpus()).toHaveLength(8);
    expect(new Set(pinnedCpus()).size).toBe(8);
    expect(on.cells[0]!.flatMap((cell) => cell.pinnedCpus)).toEqual([]);
    nodes.restore();
    expect(pinnedCpus()).toEqual([]);
  });

  it("of nova-compute look at no devices where none are wanted, as those of the scheduler do", () => {
    const on = new Hosts([describeHost({ cells: layOutCells(layout), pciPools: [pool("a", 0, 1)] })]);
    const plain = wish(2, 1024, { "hw:numa_nodes": "1" }, null);
    const nodes = new ComputeNodes(on);
    nodes.consume(0, flavor("two", 2, 1024, 1), plain);
    // The scheduler keeps the cell with the device for others ...
    expect(nodes.numaCells(0)!.map((cell) => cell.sharedVcpusUsed)).toEqual([0, 2]);
    // ... nova-compute, which has the last word, does not.
    new HostClaims(on, "spread").claim(0, 0, plain);
    expect(on.cells[0]!.map((cell) => cell.sharedVcpusUsed)).toEqual([2, 0]);
  });
});
