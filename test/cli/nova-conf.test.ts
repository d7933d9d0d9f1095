// Configuration files at the command line: what is taken and what is not is said, and a result needs the files no more.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { done, orrery, smallScenario, temporaryFolder } from "./orrery.ts";

const conf = [
  "[DEFAULT]",
  "transport_url = rabbit://openstack:hunter2@broker:5672//",
  "cpu_allocation_ratio = 2.0",
  "debug = True",
  "[filter_scheduler]",
  "ram_weight_multiplier = -1.0",
  "",
].join("\n");

const cloud = smallScenario().split("\n").slice(1, 5).join("\n").replace("cloud:", "cloud:\n  nova_conf: nova.conf");
const cwd = temporaryFolder({
  "a.yaml": smallScenario({ cloud, study: "study: {duration: 2 h}" }),
  "b.yaml": smallScenario({ cloud, study: "study: {duration: 2 h, policies: [nova-default]}" }),
  "nova.conf": conf,
});

describe("configuration files at the command line", () => {
  it("are counted by validate, which also says when the scheduler of the file is not used", async () => {
    const counts = (taken: number, without: number) =>
      `nova.conf: ${taken} option${taken === 1 ? "" : "s"} taken, 2 ignored, ${without} without effect; orrery explain lists them.\n`;
    expect(await done(["validate", "a.yaml"], { cwd })).toMatch(new RegExp(`replications of nova\\.conf\\.\\n${counts(2, 0)}$`));
    const unused = await done(["validate", "b.yaml"], { cwd });
    expect(unused).toContain(counts(1, 1));
    expect(unused).toMatch(/nova\.conf sets up a scheduler, but no policy of the study takes it: name nova\.conf among study\.policies/);
  });

  it("are listed by explain, with their lines, their reasons and no secret", async () => {
    const text = await done(["explain", "b.yaml"], { cwd });
    expect(text).toMatch(/^cloud\.hosts\.0\.cpu_allocation_ratio +2\n {4}.*; nova\.conf:3:1$/m);
    expect(text).toContain("Options of nova.conf that Orrery does not model (ignored):\n");
    expect(text).toMatch(/^\[DEFAULT\] transport_url +\*\*\* +\(nova\.conf:2:1\)$/m);
    expect(text).toMatch(/^\[DEFAULT\] debug +True +\(nova\.conf:4:1\)$/m);
    expect(text).toMatch(
      /have no effect here:\n\[filter_scheduler\] ram_weight_multiplier +-1\.0\n {4}nova\.conf:6:1; no policy of the study takes it/,
    );
    expect(text).not.toContain("hunter2");
    expect(await done(["explain", "b.yaml", "--assumed"], { cwd })).not.toContain("nova.conf:");
  });

  it("are in the JSON of explain as well, in the form of the values", async () => {
    const values = JSON.parse(await done(["explain", "b.yaml", "--json"], { cwd })) as readonly Record<string, string>[];
    for (const value of values) expect(Object.keys(value)).toEqual(["path", "value", "source", "evidence", "meaning"]);
    expect(values.slice(-3)).toMatchObject([
      { path: "nova.conf: [DEFAULT] transport_url", value: "***", source: "nova.conf:2:1", evidence: "ignored" },
      { path: "nova.conf: [DEFAULT] debug", evidence: "ignored", meaning: "Orrery does not model it" },
      { path: "nova.conf: [filter_scheduler] ram_weight_multiplier", evidence: "without effect" },
    ]);
  });

  it("are in a result by what they changed, so that diff can repeat the run without them", async () => {
    const own = join(cwd, "own");
    mkdirSync(own);
    await done(["run", "a.yaml", "--out", "own/first"], { cwd });
    await done(["run", "b.yaml", "--out", "own/second"], { cwd });
    const manifest = readFileSync(join(own, "first", "manifest.json"), "utf8");
    const scenario = readFileSync(join(own, "first", "scenario.json"), "utf8");
    expect(manifest + scenario).not.toMatch(/hunter2|transport_url|nova_conf/);
    expect(JSON.parse(manifest).values["cloud.hosts.0.cpu_allocation_ratio"]).toBe("2");
    rmSync(join(cwd, "nova.conf"));
    const { status, stdout } = await orrery(["diff", "own/first", "own/second"], { cwd });
    expect(stdout).toContain("policy: nova.conf and nova-default");
    expect(stdout).toMatch(/Then, as event \d+:\n {2}own\/first: .*is given compute-\d+\n {2}own\/second: .*is given compute-\d+/);
    expect(status).toBe(1);
  });
});
