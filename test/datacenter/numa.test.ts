import { describe, expect, it } from "vitest";
import { freeCores, freeDedicatedCpus, hasOneCpuSet, threadsPerCore } from "../../src/datacenter/numa/host-cell.ts";
import { type CellLayout, layOutCells } from "../../src/datacenter/numa/lay-out-cells.ts";
import { fitsInPages, smallestPageKb } from "../../src/datacenter/numa/page-pool.ts";

const layout: CellLayout = {
  sockets: 2,
  cellsPerSocket: 2,
  coresPerCell: 2,
  threadsPerCore: 2,
  memoryMbPerCell: 4096,
  hugePages: [{ sizeKb: 1_048_576, perCell: 1 }],
  sharedCpus: null,
  dedicatedCpus: null,
};

describe("the NUMA cells of a host", () => {
  it("have every CPU once, siblings as many CPUs apart as the host has cores", () => {
    const cells = layOutCells(layout);
    expect(cells.map(({ siblings }) => siblings)).toEqual([
      [
        [0, 8],
        [1, 9],
      ],
      [
        [2, 10],
        [3, 11],
      ],
      [
        [4, 12],
        [5, 13],
      ],
      [
        [6, 14],
        [7, 15],
      ],
    ]);
    expect(new Set(cells.flatMap(({ cpuset }) => cpuset)).size).toBe(16);
    expect(cells.map(({ socket }) => socket)).toEqual([0, 0, 1, 1]);
  });

  it("serve shared and dedicated vCPUs from one set until a dedicated one is configured", () => {
    expect(layOutCells(layout).every(hasOneCpuSet)).toBe(true);
    const apart = layOutCells({ ...layout, sharedCpus: [0, 8], dedicatedCpus: [1, 9, 2, 10] });
    expect(apart.map(({ cpuset, pcpuset, siblings }) => [cpuset.length, pcpuset.length, siblings.length])).toEqual([
      [2, 2, 2],
      [0, 2, 1],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(apart.some(hasOneCpuSet)).toBe(true); // the last two have none of either
    expect(hasOneCpuSet(apart[0]!)).toBe(false);
    const dedicatedOnly = layOutCells({ ...layout, dedicatedCpus: [1, 9] });
    expect(dedicatedOnly[0]).toMatchObject({ cpuset: [], pcpuset: [1, 9], siblings: [[1, 9]] });
  });

  it("have ordinary pages for all memory that is not in huge ones", () => {
    const [{ pages }] = layOutCells(layout) as [ReturnType<typeof layOutCells>[number]];
    expect(pages.reduce((sum, { sizeKb, total }) => sum + sizeKb * total, 0)).toBe(4096 * 1024);
    expect(smallestPageKb(pages)).toBe(4);
    expect(() => layOutCells({ ...layout, hugePages: [{ sizeKb: 1_048_576, perCell: 5 }] })).toThrow("do not fit");
  });

  it("offer what is not pinned, core by core", () => {
    const cell = { ...layOutCells(layout)[0]!, pinnedCpus: [0, 8, 9] };
    expect(freeDedicatedCpus(cell)).toEqual([1]);
    expect(freeCores(cell)).toEqual([[], [1]]);
    expect(threadsPerCore(cell)).toBe(2);
  });

  it("hold memory only in whole pages, of a size they have", () => {
    const pages = [{ sizeKb: 2048, total: 4, used: 1, reserved: 1 }];
    expect([4, 5, 6, 8, 10].map((memoryMb) => fitsInPages(pages, 2048, memoryMb, "free"))).toEqual([true, false, false, false, false]);
    expect([4, 5, 6, 8, 10].map((memoryMb) => fitsInPages(pages, 2048, memoryMb, "total"))).toEqual([true, false, true, true, false]);
    expect(fitsInPages(pages, 4, 4, "total")).toBe(false);
  });
});
