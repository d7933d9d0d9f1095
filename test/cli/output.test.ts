import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { metrics } from "../../src/experiment/metrics.ts";
import { done, filesOf, noAzureTrace, orrery, scenario, shell, smallScenario, temporaryFolder } from "./orrery.ts";

const folder = temporaryFolder({ "small.yaml": smallScenario() });
const small = join(folder, "small.yaml");
const at = (name: string) => join(folder, name);
const jsonOf = (name: string, file: string) => JSON.parse(readFileSync(join(at(name), file), "utf8"));
/** What a terminal would take for an instruction. */
const CONTROL = /[^\n\P{Cc}]/u;

describe("help", () => {
  it("lists every command and every exit code", async () => {
    const help = await done(["--help"]);
    for (const command of ["run", "compare", "validate", "explain", "schema", "diff", "policies", "meters"]) {
      expect(help).toMatch(new RegExp(`^  orrery ${command}\\b.+\\S$`, "m"));
    }
    for (const { code, meaning } of Object.values(exitCodes)) expect(help).toMatch(new RegExp(`^ +${code}  ${meaning}$`, "m"));
  });

  it("is there for every command, with a meaning for each of its options", async () => {
    const commands = ["run", "compare", "validate", "explain", "schema", "diff", "policies", "meters"];
    const helps = await Promise.all(commands.map((command) => done([command, "--help"])));
    for (const [i, help] of helps.entries()) {
      expect(help).toMatch(new RegExp(`^orrery ${commands[i]}`));
      for (const line of help.split("\n").filter((text) => /^ {2}--/.test(text))) expect(line).toMatch(/^ {2}--[a-z-]+ {2,}[A-Z]/);
    }
  });

  it("and the version is that of the package, wherever one stands", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await done(["--version"], { cwd: folder })).toBe(`${version}\n`);
  });
});

describe("a comparison in a pipe", () => {
  it("is quiet on stderr, without colours or control characters, even where the environment hints at colours", async () => {
    const { status, stdout, stderr } = await orrery(["compare", small, "--out", at("compared")], {
      env: { CI: "true", TERM: "xterm-256color" },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).not.toMatch(CONTROL);
    expect(stdout).toMatch(/\S+\/compared: written\n$/);
    expect(stdout).not.toMatch(/[-+]0(\.0+)?[ )]/);
  });

  it("gives as JSON what it writes, the same every time", async () => {
    const first = await done(["compare", small, "--out", at("compared"), "--json"]);
    expect(first).toBe(await done(["compare", small, "--out", at("compared-again"), "--json"]));
    expect(first).toBe(readFileSync(join(at("compared"), "comparison.json"), "utf8"));
    const data = JSON.parse(first);
    expect(data).toMatchObject({
      scenario: "small",
      seed: "1",
      replications: 3,
      confidence: 0.95,
      policies: ["nova-default", "nova-pack"],
    });
    expect(data.fingerprints).toHaveLength(6);
    for (const metric of data.metrics) {
      expect(metric.unit).toMatch(/^\S+$/);
      expect(metric.policies.map(({ verdict }: { verdict: string | null }) => verdict)).toEqual([null, expect.any(String)]);
    }
    const requested = data.metrics.find(({ metric }: { metric: string }) => metric === "servers.requested");
    expect(requested.policies[1]).toMatchObject({ mean: requested.policies[0].mean, verdict: "the same" });
  });

  it("writes a manifest and one row a run, with units in the header", () => {
    expect([...filesOf(at("compared")).keys()]).toEqual(["comparison.json", "manifest.json", "runs.csv"]);
    const manifest = jsonOf("compared", "manifest.json");
    expect(manifest).toMatchObject({ scenario: "small", seed: "1", data: [], orrery: expect.any(String) });
    expect(manifest.sources).toMatch(/^[0-9a-f]{16}$/);
    const [header, ...rows] = readFileSync(join(at("compared"), "runs.csv"), "utf8")
      .trimEnd()
      .split("\n");
    expect(header).toBe(
      ["policy", "replication", "fingerprint", "events", ...metrics.map(({ name, unit }) => `${name} (${unit})`)].join(","),
    );
    expect(rows).toHaveLength(6);
  });

  it("says with one policy and one replication just what was found", async () => {
    const one = temporaryFolder({ "one.yaml": smallScenario({ study: "study: {duration: 2 h, replications: 1, policies: [first-fit]}" }) });
    const text = await done(["compare", join(one, "one.yaml"), "--out", join(one, "result")]);
    expect(text).toContain("1 replication of 1 policy on the same requests");
    expect(text).not.toMatch(/±|NaN|Infinity|undefined|null|against/);
  });
});

describe("a run", () => {
  it("writes every file, and a manifest with which the run can be told and made again", async () => {
    const summary = JSON.parse(await done(["run", small, "--out", at("run"), "--json"]));
    expect(summary).toEqual(jsonOf("run", "summary.json"));
    expect(Object.keys(summary.metrics)).toEqual(metrics.map(({ name }) => name));
    for (const { name, unit } of metrics) expect(summary.metrics[name].unit).toBe(unit);
    const manifest = jsonOf("run", "manifest.json");
    expect([...filesOf(at("run")).keys()]).toEqual([...manifest.files].sort());
    expect(manifest).toMatchObject({
      policy: "nova-default",
      replication: 0,
      seed: "1",
      events: summary.events,
      fingerprint: summary.fingerprint,
    });
    expect(manifest.values["study.duration"]).toBe("6 h");
    expect(manifest.values["cloud.hosts.0.ram"]).toBe("64 GiB");
    for (const { name, unit, better, meaning } of metrics) expect(manifest.metrics[name]).toEqual({ unit, better, meaning });
    expect(Object.values(summary.whole_run.outcomes as Record<string, number>).reduce((a, b) => a + b, 0)).toBe(
      summary.metrics["servers.requested"].value,
    );
  });

  it("goes to a folder of its own below results/runs when no place is given", async () => {
    const cwd = temporaryFolder({ "small.yaml": smallScenario() });
    const said = async (...more: string[]) => (await done(["run", "small.yaml", ...more], { cwd })).trimEnd().split("\n").at(-1)!;
    const [first, again, packed, seeded] = [await said(), await said(), await said("--policy", "nova-pack"), await said("--seed", "2")];
    expect(first).toMatch(/^results\/runs\/small\/[0-9a-f]{12}: written$/);
    expect(again).toBe(first.replace("written", "the same bytes as before"));
    expect(new Set([first, packed, seeded]).size).toBe(3);
  });

  it("writes wall-clock things into the timing file and nowhere else", async () => {
    await done(["run", small, "--out", at("timed"), "--timing", at("timing.json")]);
    expect(filesOf(at("timed"))).toEqual(filesOf(at("run")));
    const timing = JSON.parse(readFileSync(at("timing.json"), "utf8"));
    expect(Object.keys(timing)).toEqual(
      expect.arrayContaining(["started", "wall_seconds", "cpu_seconds", "events", "peak_rss_mib", "node", "host"]),
    );
    expect(timing.events).toBe(jsonOf("run", "manifest.json").events);
    await done(["compare", small, "--out", at("compared"), "--timing", at("timing.json")]);
    expect(JSON.parse(readFileSync(at("timing.json"), "utf8")).events).toBeGreaterThan(timing.events);
  });

  it("leaves no timing file when there was nothing to time", async () => {
    await orrery(["run", scenario("azure-packing"), "--set", "trace=missing.csv", "--timing", at("never.json"), "--out", at("never")]);
    expect(existsSync(at("never.json"))).toBe(false);
  });
});

describe("what is printed for machines can be read by machines", () => {
  it("explain, policies and meters as JSON", async () => {
    const values = JSON.parse(await done(["explain", small, "--json"]));
    expect(values.length).toBeGreaterThan(50);
    for (const value of values) expect(Object.keys(value)).toEqual(["path", "value", "source", "evidence", "meaning"]);
    const { policies, filters, weighers } = JSON.parse(await done(["policies", "--json"]));
    expect(policies.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(["nova-default", "nova-pack", "first-fit"]));
    expect([filters.length, weighers.length].every((count) => count > 3)).toBe(true);
    const meters = JSON.parse(await done(["meters", "--json"]));
    for (const { type, unit } of meters) expect([["gauge", "delta", "cumulative"].includes(type), unit !== ""]).toEqual([true, true]);
  });

  it("a JSON Schema that takes every shipped scenario and refuses a misspelt key", async () => {
    const schema = JSON.parse(await done(["schema"]));
    expect(schema.$schema).toMatch(/^https?:\/\/json-schema\.org\//);
    const validator = z.fromJSONSchema(schema);
    for (const name of ["quickstart", "boot-storm", "diurnal-week", "azure-packing"]) {
      const written = parse(readFileSync(scenario(name), "utf8"));
      expect(validator.safeParse(written).error?.message, name).toBeUndefined();
      expect(validator.safeParse({ ...written, study: { ...written.study, duratoin: "1 d" } }).success).toBe(false);
    }
  });
});

describe("explain", () => {
  it("prints every value with its unit and its source, and how many are assumed", async () => {
    const text = await done(["explain", scenario("quickstart"), "--set", "scale=2", "--seed", "7"]);
    expect(text).toMatch(/^cloud\.hosts\.0\.count +24 hosts$/m);
    expect(text).toMatch(/^cloud\.hosts\.0\.ram +256 GiB$/m);
    expect(text).toContain(`${scenario("quickstart")}:`);
    expect(text).toMatch(/^study\.seed +7\n.*--seed$/m);
    expect(text).toMatch(/\bassumed: \S/);
    expect(text).toMatch(/\n\d+ values, \d+ of them assumed\.\n$/);
  });

  it("prints only what is assumed when asked for that", async () => {
    const every = JSON.parse(await done(["explain", small, "--json"]));
    const assumed = JSON.parse(await done(["explain", small, "--json", "--assumed"]));
    expect(assumed).toEqual(every.filter(({ evidence }: { evidence: string }) => evidence === "assumed"));
    expect(assumed.length).toBeGreaterThan(0);
    for (const { source } of assumed) expect(source).not.toBe("");
  });

  it("gives, as every command does, the reader that closes early no stack trace", () => {
    for (const line of [`explain ${scenario("quickstart")}`, "schema", "policies", `explain ${scenario("quickstart")} --json`]) {
      const { stdout, stderr, status } = shell(`orrery ${line} | head -1; exit "\${PIPESTATUS[0]}"`);
      expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
      expect(stdout.split("\n")).toHaveLength(2);
    }
  });
});

describe("validate", () => {
  it.each(["quickstart", "boot-storm", "diurnal-week"])("finds %s right, and says how large it is", async (name) => {
    expect(await done(["validate", scenario(name)])).toMatch(
      /^scenarios\/\S+ is valid: \d+ hosts, \d+ servers asked for in replication 0, /,
    );
  });

  it.skipIf(noAzureTrace)("reads the trace of azure-packing", async () => {
    expect(await done(["validate", scenario("azure-packing")])).toContain("1100 hosts, 52509 servers asked for");
  });
});
