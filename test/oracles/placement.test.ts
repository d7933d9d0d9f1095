import { describe, expect } from "vitest";
import { answerPlacement, type PlacementCase } from "../../src/policies/cases/placement.ts";
import { holdsForAll } from "./oracle-files.ts";

interface Expected {
  readonly allocation_requests: readonly object[];
  readonly summary_providers: readonly string[];
}

/** With sorted keys, so that what Placement leaves in no order can be compared. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${textOf(member)}`);
  return `{${members.sort((a, b) => (a < b ? -1 : 1)).join()}}`;
}

describe("Placement's own allocation candidates", () => {
  holdsForAll<PlacementCase & { readonly id: string; readonly kind: "placement"; readonly expected: Expected }>(
    "placement.jsonl.gz",
    ["placement"],
    120,
    (one) => {
      const answer = answerPlacement(one) as Expected;
      const texts = (requests: readonly object[]) => requests.map(textOf).sort((a, b) => (a < b ? -1 : 1));
      expect(texts(answer.allocation_requests)).toEqual(texts(one.expected.allocation_requests));
      expect(answer.summary_providers).toEqual(one.expected.summary_providers);
    },
  );
});
