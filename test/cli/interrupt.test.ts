import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { done, namesIn, type Outcome, orrery, scenario, smallScenario, start, temporaryFolder } from "./orrery.ts";

const isPartial = (name: string) => name.startsWith(".partial-");

/** Waits until a half-written result lies in the folder. */
async function writing(folder: string): Promise<void> {
  while (!readdirSync(folder).some(isPartial)) await setTimeout(5);
}

/** Starts a comparison that would take most of a minute, and interrupts it on the way. */
async function interrupted(signal: NodeJS.Signals, folder: string): Promise<Outcome> {
  const { child, ended } = start(["compare", scenario("quickstart"), "--set", "scale=6", "--out", join(folder, "result")]);
  await setTimeout(6000); // on a busy machine it takes a while to begin
  child.kill(signal);
  return ended;
}

describe("an interrupted command leaves nothing behind and says so with its exit code", () => {
  it.concurrent.each(["SIGINT", "SIGTERM"] as const)("%s while it runs", async (signal) => {
    const folder = temporaryFolder();
    const { status, stdout, stderr } = await interrupted(signal, folder);
    expect({ status, stdout, stderr }).toEqual({ status: 130, stdout: "", stderr: "\nInterrupted; nothing was written.\n" });
    expect(namesIn(folder)).toEqual([]);
  });

  it("while it writes a large result", async () => {
    const folder = temporaryFolder();
    const { child, ended } = start(["run", scenario("quickstart"), "--set", "scale=2", "--out", join(folder, "result")]);
    await writing(folder);
    child.kill("SIGINT");
    const { status, stdout } = await ended;
    expect({ status, stdout }).toEqual({ status: 130, stdout: "" });
    expect(namesIn(folder)).toEqual([]);
  });

  it("and a result that was there before is still there, whole", async () => {
    const folder = temporaryFolder({ "small.yaml": smallScenario() });
    const result = join(folder, "result");
    const args = ["run", join(folder, "small.yaml"), "--out", result];
    await done(args);
    const { child, ended } = start(["run", scenario("quickstart"), "--set", "scale=2", "--out", result]);
    await writing(folder);
    child.kill("SIGTERM");
    expect((await ended).status).toBe(130);
    expect(namesIn(folder)).toEqual(["result", "small.yaml"]);
    expect(await done(args)).toContain("the same bytes as before");
  });
});

describe("what a killed process has left half-written", () => {
  it("is never taken for a result, and is cleared away by the next run beside it", async () => {
    const folder = temporaryFolder({ "small.yaml": smallScenario() });
    const { child, ended } = start(["run", scenario("quickstart"), "--set", "scale=2", "--out", join(folder, "killed")]);
    await writing(folder);
    child.kill("SIGKILL");
    expect((await ended).status).toBeNull();
    const left = namesIn(folder).filter(isPartial);
    expect(left).toHaveLength(1);
    expect(namesIn(folder)).not.toContain("killed");

    const partial = join(folder, left[0]!);
    expect(await orrery(["diff", partial, partial])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is not the result of a run"),
    });

    await done(["run", join(folder, "small.yaml"), "--out", join(folder, "next")]);
    expect(namesIn(folder)).toEqual(["next", "small.yaml"]);
  });

  it("while what a living process is writing is left alone", async () => {
    const folder = temporaryFolder({ "small.yaml": smallScenario() });
    const { ended } = start(["run", scenario("quickstart"), "--set", "scale=2", "--out", join(folder, "slow")]);
    await writing(folder);
    await done(["run", join(folder, "small.yaml"), "--out", join(folder, "quick")]);
    expect((await ended).status).toBe(0);
    expect(namesIn(folder)).toEqual(["quick", "slow", "small.yaml"]);
  });

  it("and two processes that write the same result do not disturb each other", async () => {
    const folder = temporaryFolder({ "small.yaml": smallScenario() });
    const args = ["run", join(folder, "small.yaml"), "--out", join(folder, "result")];
    const outcomes = await Promise.all([orrery(args), orrery(args), orrery(args)]);
    expect(outcomes.map(({ status, stderr }) => ({ status, stderr }))).toEqual(outcomes.map(() => ({ status: 0, stderr: "" })));
    expect(outcomes.filter(({ stdout }) => stdout.endsWith(": written\n"))).toHaveLength(1);
    expect(namesIn(folder)).toEqual(["result", "small.yaml"]);
  });
});
