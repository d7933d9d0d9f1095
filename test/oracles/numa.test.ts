// NUMA, CPU pinning, huge pages and PCI affinity, held against the answers of the real Nova 26.2.2 (Zed).
//
// Everything is compared but what Nova leaves open or breaks on: host CPUs where its answer hangs on the order of Python's hash table
// (pinning_exact is false; how many CPUs, and for which vCPUs, still counts), and which Python error it fails with after a placement
// that it cannot account for (that it fails still counts).
import { describe, expect } from "vitest";
import { answerNuma, type NumaCase } from "../../src/policies/cases/numa.ts";
import { holdsForAll } from "./oracle-files.ts";

interface Answer {
  readonly pinning_exact?: boolean;
  readonly cells?: readonly { readonly pagesize: number | null }[];
  readonly usage_after?: object;
}

/** The answer without what is not compared; `exact` is Nova's own word on whether its host CPUs are. */
function comparable({ pinning_exact: _, ...answer }: Answer, exact: boolean): object {
  if (answer.cells === undefined) return answer;
  const cells = answer.cells.map(({ pagesize, ...cell }) => {
    const { cpu_pinning, cpuset_reserved, ...counted } = cell as Record<string, unknown>;
    return { ...(exact ? cell : counted), pagesize: pagesize || null }; // 0 asks for nothing
  });
  const { usage_after: usage = {}, ...rest } = answer;
  return { ...rest, cells, ...(exact ? { usage_after: "error" in usage ? "cannot account" : usage } : {}) };
}

/** How many cases there are beside this file. */
const kinds: Readonly<Record<string, number>> = { "numa-constraints": 50, "numa-fit": 50, "numa-filter": 30, "pci-numa": 30 };

describe("NUMA and PCI affinity as Nova decides", () => {
  for (const [kind, count] of Object.entries(kinds)) {
    describe(kind, () => {
      holdsForAll<NumaCase & { readonly id: string; readonly expected: Answer }>("numa.jsonl.gz", [kind], count, (one) => {
        const exact = one.expected.pinning_exact === true;
        expect(comparable(answerNuma(one), exact)).toEqual(comparable(one.expected, exact));
      });
    });
  }
});
