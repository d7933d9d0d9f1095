import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { broughtAlong, readLines } from "../oracles/nova-cases.ts";
import { orrery, temporaryFolder } from "./orrery.ts";

const folder = temporaryFolder();
let files = 0;

function file(text: string): string {
  const path = join(folder, `${files++}.jsonl`);
  writeFileSync(path, text);
  return path;
}

describe.skipIf(broughtAlong)("orrery schedule", () => {
  it("answers a case a line, in their order and in their own shape", async () => {
    const lines = [...readLines("weighers").slice(0, 20), ...readLines("combos").slice(0, 20), ...readLines("sequences").slice(0, 2)];
    const { stdout, status } = await orrery(["schedule", "--cases", file(`${lines.join("\n")}\n`)]);
    const answers = stdout.trimEnd().split("\n");
    const expected = lines.map((line) => {
      const { id, expected } = JSON.parse(line) as { readonly id: string; readonly expected: unknown };
      return { id, expected };
    });
    expect(answers.map((line) => JSON.parse(line) as unknown)).toEqual(expected);
    expect(status).toBe(0);
  });

  it.each([
    ["an unknown kind", '{"id": "1", "kind": "omens"}', /:1: unknown kind "omens"; there are single, /],
    [
      "a case without hosts",
      '{"id": "1", "kind": "single", "config": {}, "request": {}}',
      /:1: a case of kind "single" needs hosts, aggregates/,
    ],
    ["a broken line", '\n{"id": ', /:2: no JSON/],
    ["no object", "[]", /:1: a case is an object with "kind"/],
  ])("refuses %s, and says where", async (_what, text, message) => {
    const { stderr, status } = await orrery(["schedule", "--cases", file(text)]);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it("names an unknown filter and a missing file", async () => {
    const [line] = readLines("weighers");
    const unknown = await orrery(["schedule", "--cases", file(line!.replaceAll("AllHostsFilter", "RetryFilter"))]);
    expect(unknown.stderr).toMatch(/:1: unknown filter "RetryFilter"; there are ComputeFilter, /);
    expect(unknown.status).toBe(2);
    const missing = await orrery(["schedule", "--cases", "no-such-file.jsonl"]);
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining("no-such-file.jsonl: cannot be read")]);
  });
});
