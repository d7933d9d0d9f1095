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

const question = `
policy: first-fit
hosts:
  - {name: a, vcpus: 4, ram: 8 GiB, used: {ram: 6 GiB}}
  - {name: b, vcpus: 4, ram: 8 GiB}
flavors: [{name: m1.small, vcpus: 1, ram: 2 GiB, disk: 20 GiB}]
images: [{name: xen-image, properties: {img_hv_type: xen}}]
requests:
  - {name: web, flavor: m1.small, count: 2}
  - {name: para, flavor: m1.small, image: xen-image}
`;

describe("orrery schedule FILE", () => {
  it("prints a row for each server, and why a server has no host", async () => {
    const { stdout, status } = await orrery(["schedule", file(question)]);
    expect(status).toBe(0);
    expect(stdout).toContain("policy first-fit: 2 of 3 servers placed, on 1 of 2 hosts.");
    // 512 MiB are reserved on host a, so that not even one server of 2 GiB fits beside the 6 GiB in use.
    expect(stdout).toMatch(/│ web-1 \(m1\.small\) │ b +│ +0 │ +1 │ 1 1 1 1 1 │/);
    expect(stdout).toMatch(/│ para \(m1\.small\) +│ NoValidHost │ +│ +1 │ 1 1 0 · · │/);
    expect(stdout).toContain("para: ImagePropertiesFilter leaves no host");
  });

  it("prints the decisions as JSON", async () => {
    const { stdout } = await orrery(["schedule", file(question), "--json"]);
    const { policy, decisions } = JSON.parse(stdout);
    expect(policy).toBe("first-fit");
    expect(decisions[1]).toMatchObject({ request: "web", server: "web-2", outcome: "selected", host: "b", alternates: [], error: null });
    expect(decisions[2]).toMatchObject({ outcome: "NoValidHost", host: null, left_after: { ImagePropertiesFilter: 0 } });
  });

  it("names what is wrong with the file, and asks for one thing at a time", async () => {
    const wrong = await orrery(["schedule", file("hosts: [{vcpus: 4, ram: 8 GiB}]\nrequests: []\n")]);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toMatch(/\.jsonl:1:1: flavors: is missing: expected a list/);
    const nothing = await orrery(["schedule"]);
    expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringContaining("a file is missing")]);
    const both = await orrery(["schedule", "a.yaml", "--cases", "b.jsonl"]);
    expect([both.status, both.stderr]).toEqual([2, expect.stringContaining("both a file and --cases are given")]);
  });
});

describe.skipIf(broughtAlong)("orrery schedule --cases", () => {
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

  it("answers the kinds of the Placement query and of NUMA, too", async () => {
    const lines = [...readLines("request").slice(0, 30), ...readLines("numa").slice(0, 160)];
    const { stdout, status } = await orrery(["schedule", "--cases", file(`${lines.join("\n")}\n`)]);
    const answers = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly id: string; readonly expected: object });
    const cases = lines.map(
      (line) => JSON.parse(line) as { readonly id: string; readonly expected: { readonly outcome?: string; readonly error?: unknown } },
    );
    expect(answers.map(({ id }) => id)).toEqual(cases.map(({ id }) => id));
    for (const [i, { expected }] of cases.entries()) {
      if (expected.outcome !== undefined) expect(answers[i]!.expected).toMatchObject({ outcome: expected.outcome });
      else expect((answers[i]!.expected as { readonly error: unknown }).error === null).toBe(expected.error === null);
    }
    expect(status).toBe(0);
  });

  it.each([
    ["an unknown kind", '{"id": "1", "kind": "omens"}', /:1: unknown kind "omens"; there are single, /],
    [
      "a case without hosts",
      '{"id": "1", "kind": "single", "config": {}, "request": {}}',
      /:1: hosts is missing\n[\s\S]*:1: aggregates is missing/,
    ],
    [
      "a case without its input",
      '{"id": "x", "kind": "alternates", "input": {}}',
      /:1: input\.hosts is missing\n[\s\S]*:1: input\.orders is missing/,
    ],
    [
      "a parent that there is not",
      '{"kind": "placement", "providers": [{"name": "a", "parent": "zz", "traits": [], "aggregates": [], "inventory": {}}], "request": {"groups": {}}}',
      /:1: resource provider a: its parent zz is not among the providers before it/,
    ],
    ["a broken line", '\n{"id": ', /:2: no JSON/],
    ["no object", "[]", /:1: a case is an object with "kind"/],
  ])("refuses %s, and says where", async (_what, text, message) => {
    const { stderr, status } = await orrery(["schedule", "--cases", file(text)]);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it("names members that are missing or of another kind, and options that there are not, all at once", async () => {
    const one = JSON.parse(readLines("weighers")[0]!);
    delete one.hosts[0].memory_mb;
    one.hosts[0].free_ram_mb = "lots";
    delete one.request.flavor.vcpus;
    one.config.filter_scheduler.ram_weight_multiplyer = 2;
    const { stderr, status } = await orrery(["schedule", "--cases", file(JSON.stringify(one))]);
    expect(status).toBe(2);
    expect(stderr).toContain("hosts.0.memory_mb is missing");
    expect(stderr).toContain("hosts.0.free_ram_mb: expected number, received string");
    expect(stderr).toContain("request.flavor.vcpus is missing");
    expect(stderr).toContain('filter_scheduler.ram_weight_multiplyer: no such option; did you mean "ram_weight_multiplier"?');
  });

  it("reads past a byte order mark, and says where there is nothing to answer", async () => {
    const marked = await orrery(["schedule", "--cases", file(`\uFEFF${readLines("weighers")[0]!}\n`)]);
    expect([marked.status, marked.stdout.split("\n").length]).toEqual([0, 2]);
    const empty = await orrery(["schedule", "--cases", file("\n")]);
    expect([empty.status, empty.stderr]).toEqual([0, expect.stringContaining("is empty: there is no case to answer")]);
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
