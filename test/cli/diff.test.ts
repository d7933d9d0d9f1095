import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { eventLog, firstDifference } from "../experiment/event-log.ts";
import { done, orrery, smallScenario, temporaryFolder } from "./orrery.ts";

const HEADER = "vmId,tenantId,cores,ram,vmTypeId,starttime,endtime";

/** A trace of servers that come every six minutes and stay for ten hours; row `late` comes a minute later. */
function trace(late: number | null): string {
  const rows = Array.from({ length: 1200 }, (_, i) => `${i},${i % 7},200,16,0,${(i + (i === late ? 1 / 6 : 0)) / 240},${i / 240 + 0.4}`);
  return `${[HEADER, ...rows].join("\n")}\n`;
}

const traceScenario = (path: string) =>
  [
    "question: What does one row do?",
    "name: replayed",
    "cloud: {hosts: [{type: dell-r7525, count: 6, ram: 512 GiB}], images: [{name: ubuntu-22.04, size: 650 MiB}]}",
    `workload: {trace: {format: azure-packing-cospot, path: ${path}}}`,
    "study: {duration: 5 d, replications: 1}",
    "",
  ].join("\n");

const folder = temporaryFolder({
  "small.yaml": smallScenario(),
  "longer.yaml": smallScenario({ study: "study: {duration: 7 h, replications: 3, policies: [nova-default, nova-pack]}" }),
  "instant.yaml": smallScenario().replace("cloud:\n", "cloud:\n  control_plane: instant\n"),
  "one.csv": trace(null),
  "other.csv": trace(1100),
  "one.yaml": traceScenario("one.csv"),
  "other.yaml": traceScenario("other.csv"),
});
const at = (name: string) => join(folder, name);

/** Runs a scenario of the folder into a result of that name. */
const run = (result: string, file: string, ...more: string[]) => done(["run", at(file), "--out", at(result), ...more]);

beforeAll(async () => {
  await Promise.all([
    run("a", "small.yaml"),
    run("b", "small.yaml"),
    run("packed", "small.yaml", "--policy", "nova-pack"),
    run("longer", "longer.yaml"),
    run("instant", "instant.yaml"),
    run("seed-2", "small.yaml", "--seed", "2"),
    run("replication-1", "small.yaml", "--replication", "1"),
    run("one", "one.yaml"),
    run("other", "other.yaml"),
  ]);
});

function edited(result: string, copy: string, file: string, edit: (text: string) => string): string {
  cpSync(at(result), at(copy), { recursive: true });
  writeFileSync(join(at(copy), file), edit(readFileSync(join(at(copy), file), "utf8")));
  return at(copy);
}

/** The number of the first event that differs, as `orrery diff` says it. */
const saidEvent = (stdout: string) => Number(/^Then, as event (\d+):$/m.exec(stdout)?.[1]);

describe("orrery diff of runs that took the same path", () => {
  it("says so and ends with 0", async () => {
    const { status, stdout, stderr } = await orrery(["diff", at("a"), at("b")]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^The runs took the same path: \d+ events, fingerprint [0-9a-f]{16}\.\n$/);
  });

  it("still names a file that has been changed, and what it says differently", async () => {
    const changed = edited("a", "changed", "summary.json", (text) => text.replace(/("servers.active": \{\s+"value": )\d+/, "$1999"));
    const { status, stdout } = await orrery(["diff", at("a"), changed]);
    expect(status).toBe(1);
    expect(stdout).toContain("Yet these files differ: summary.json.");
    expect(stdout).toMatch(/servers\.active: \d+ and 999 servers/);
  });
});

describe("orrery diff of runs that part", () => {
  it("names the first decision that differs between two policies, in words", async () => {
    const { status, stdout } = await orrery(["diff", at("a"), at("packed")]);
    expect(status).toBe(1);
    expect(stdout).toContain("policy: nova-default and nova-pack\n");
    const truth = firstDifference(eventLog(at("small.yaml"), { policy: 0 }), eventLog(at("small.yaml"), { policy: 1 }))!;
    expect(saidEvent(stdout)).toBe(truth.event);
    expect(truth.kinds).toEqual(["host chosen", "host chosen"]);
    expect(stdout).toMatch(/^ {2}\S+\/a: at .+: server-\S+ is given \S+$/m);
    expect(stdout).toMatch(/^ {2}\S+\/packed: at .+: server-\S+ is given \S+$/m);
    expect(stdout).toMatch(/^power\.mean: [\d.]+ and [\d.]+ kW$/m);
  });

  it("names the first event after another seed, and after another replication", async () => {
    const original = eventLog(at("small.yaml"));
    const bySeed = await orrery(["diff", at("a"), at("seed-2")]);
    expect(bySeed.stdout).toContain("study.seed: 1 and 2\n");
    expect(saidEvent(bySeed.stdout)).toBe(firstDifference(original, eventLog(at("small.yaml"), { seed: "2" }))!.event);
    const byReplication = await orrery(["diff", at("a"), at("replication-1")]);
    expect(byReplication.stdout).toContain("replication: 0 and 1\n");
    expect(saidEvent(byReplication.stdout)).toBe(firstDifference(original, eventLog(at("small.yaml"), { replication: 1 }))!.event);
  });

  it("says when one of them is over while the other goes on", async () => {
    const { stdout } = await orrery(["diff", at("a"), at("longer")]);
    const original = eventLog(at("small.yaml"));
    expect(stdout).toContain("study.duration: 6 h and 7 h\n");
    expect(saidEvent(stdout)).toBe(original.length + 1);
    expect(stdout).toContain(`${at("a")}: the run is over\n`);
  });

  it("tells kinds of events by name, however the clouds that differ number them", async () => {
    const { stdout } = await orrery(["diff", at("a"), at("instant")]);
    const truth = firstDifference(eventLog(at("small.yaml")), eventLog(at("instant.yaml")))!;
    expect(saidEvent(stdout)).toBe(truth.event);
    const [first, second] = [at("a"), at("instant")].map((name) => stdout.split("\n").find((line) => line.startsWith(`  ${name}: `)));
    expect(first!.slice(at("a").length)).not.toBe(second!.slice(at("instant").length));
  });

  it("finds one late row of a trace, given both traces in any order", async () => {
    const logs = [eventLog(at("one.yaml")), eventLog(at("other.yaml"))] as const;
    const truth = firstDifference(...logs)!;
    expect(truth.event).toBeGreaterThan(10 * 1024);
    for (const data of [
      ["--data", at("one.csv"), "--data", at("other.csv")],
      ["--data", at("other.csv"), "--data", at("one.csv")],
    ]) {
      const { status, stdout, stderr } = await orrery(["diff", at("one"), at("other"), ...data]);
      expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
      expect(stdout).toMatch(/^trace: one\.csv \(content [0-9a-f]{12}\) and other\.csv \(content [0-9a-f]{12}\)$/m);
      expect(saidEvent(stdout)).toBe(truth.event);
      expect(stdout).toContain(`They are the same up to event ${truth.event - 1}, at `);
    }
  });

  it("asks for a trace that it has not been given, or that is another one", async () => {
    const without = await orrery(["diff", at("one"), at("other")]);
    expect(without).toMatchObject({ status: 2, stdout: "" });
    expect(without.stderr).toContain(`${at("one")}: needs the trace one.csv (content `);
    expect(without.stderr).toContain("give its path with --data PATH");
    const wrong = await orrery(["diff", at("one"), at("other"), "--data", at("other.csv")]);
    expect(wrong.stderr).toContain(`and ${at("other.csv")} has another content`);
  });

  it("says no more than between which checkpoints when a run was made by other code", async () => {
    const foreign = edited("packed", "foreign", "manifest.json", (text) => text.replace(/("sources": ")[0-9a-f]+/, "$1feedfeedfeedfeed"));
    const { status, stdout } = await orrery(["diff", at("a"), foreign]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^code: [0-9a-f]{16} and feedfeedfeedfeed$/m);
    expect(stdout).toMatch(/^They part between events 1 and 1024\. \S+\/foreign was made by other code \(feedfeedfeedfeed\)/m);
  });

  it("finds out a result whose fingerprint has been changed", async () => {
    const forged = edited("a", "forged", "manifest.json", (text) => text.replace(/("fingerprint": ")[0-9a-f]{16}/, "$10123456789abcdef"));
    const { status, stdout } = await orrery(["diff", at("a"), forged]);
    expect(status).toBe(1);
    expect(stdout).toContain("running them again shows no difference: one of the results has been changed");
  });
});

describe("orrery diff refuses what is not a run", () => {
  const cases: readonly [string, () => void, string][] = [
    ["a comparison", () => {}, "is the result of a comparison, and not of a run"],
    ["an empty folder", () => mkdirSync(at("an empty folder")), "is not the result of a run"],
    ["a cut manifest", () => edited("a", "a cut manifest", "manifest.json", (text) => text.slice(0, 400)), "is not the result of a run"],
    [
      "a strange manifest",
      () => edited("a", "a strange manifest", "manifest.json", () => '{"checkpoints": 7}'),
      "is not the result of a run",
    ],
    ["a cut scenario", () => edited("packed", "a cut scenario", "scenario.json", (text) => text.slice(0, 99)), "has no scenario.json"],
  ];

  it.each(cases)("%s", async (name, make, expected) => {
    if (name === "a comparison") await done(["compare", at("small.yaml"), "--out", at(name)]);
    else make();
    const { status, stdout, stderr } = await orrery(["diff", at("a"), at(name)]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`${at(name)}: ${expected}`);
    rmSync(at(name), { recursive: true });
  });
});
