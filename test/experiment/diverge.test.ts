import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findDivergence, type KnownCheckpoint, narrow } from "../../src/experiment/diverge.ts";
import { type RunOptions, runOnce } from "../../src/experiment/run.ts";
import { Fingerprint } from "../../src/kernel/fingerprint.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { smallScenario } from "../cli/orrery.ts";
import { eventLog, firstDifference } from "./event-log.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-diverge-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, text);
  return path;
}

const options = (path: string, policy = 0, replication = 0): RunOptions => {
  const scenario = readScenario(path, { catalogue });
  return { scenario, policy: scenario.study.policies[policy]!, replication };
};

const checkpoints = (run: RunOptions): readonly KnownCheckpoint[] =>
  runOnce(run).built.cloud.simulation.fingerprint.checkpoints.map(({ count, hash }) => ({ events: count, fingerprint: hash }));

/** The checkpoints of a run of `length` happenings of which number `odd` is another than usual. */
function synthetic(length: number, odd: number): readonly KnownCheckpoint[] {
  const fingerprint = new Fingerprint();
  for (let i = 1; i <= length; i++) fingerprint.fold(i, i === odd ? 7 : 1, 0);
  return fingerprint.checkpoints.map(({ count, hash }) => ({ events: count, fingerprint: hash }));
}

describe("checkpoints narrow down where two runs part", () => {
  it("to a window that holds the first difference, however long the runs and wherever it is", () => {
    for (const [length, other, odd] of [
      [5000, 5000, 1],
      [5000, 5000, 1024],
      [5000, 5000, 1025],
      [5000, 5000, 4999],
      [300_000, 300_000, 299_000],
      [300_000, 130_000, 129_999],
      [1000, 300_000, 900],
      [2_000_000, 150_000, 140_001],
    ] as const) {
      const window = narrow(synthetic(length, odd), synthetic(other, -1));
      expect(window.from, `${length} ${other} ${odd}`).toBeLessThan(odd);
      expect(window.to, `${length} ${other} ${odd}`).toBeGreaterThanOrEqual(odd);
      if (Number.isFinite(window.to)) expect(window.to - window.from).toBeLessThanOrEqual(Math.max(1024, Math.max(length, other) / 32));
    }
  });

  it("to what comes after the last of them when they all agree", () => {
    expect(narrow(synthetic(5000, -1), synthetic(9000, -1))).toEqual({ from: 4096, to: Number.POSITIVE_INFINITY });
    expect(narrow([], [])).toEqual({ from: 0, to: Number.POSITIVE_INFINITY });
  });
});

describe("the divergence found is the first difference of the two event logs", () => {
  const study = (duration: string) =>
    `study: {duration: ${duration}, replications: 3, policies: [nova-default, nova-pack, first-fit, random]}`;
  const base = file("base", smallScenario({ study: study("8 h") }));

  it("between any two policies", () => {
    for (let a = 0; a < 4; a++) {
      for (let b = a + 1; b < 4; b++) {
        const [x, y] = [options(base, a), options(base, b)];
        const found = findDivergence(x, y, narrow(checkpoints(x), checkpoints(y)));
        const truth = firstDifference(eventLog(base, { policy: a }), eventLog(base, { policy: b }));
        expect(found).toMatchObject({ event: truth!.event });
      }
    }
  });

  it("late in a run, where all but the last of hundreds of requests are the same", () => {
    // One server more at the very end: the runs agree until its deletion would be due.
    const storm = (count: number) => `workload: {arrivals: {at_once: {at: 1 min, count: ${count}}}, lifetime: 90 min, projects: 3}`;
    const constant = (max: number) => `workload: {arrivals: {constant: {interval: 1 min}}, lifetime: 30 min, max_servers: ${max}}`;
    for (const [first, second] of [
      [constant(400), constant(401)],
      [storm(60), storm(61)],
    ] as const) {
      const a = file("fewer", smallScenario({ workload: first, study: study("8 h") }));
      const b = file("more", smallScenario({ workload: second, study: study("8 h") }));
      const [x, y] = [options(a), options(b)];
      const window = narrow(checkpoints(x), checkpoints(y));
      const truth = firstDifference(eventLog(a), eventLog(b))!;
      expect(findDivergence(x, y, window)).toMatchObject({ event: truth.event });
      expect(findDivergence(y, x, window)).toMatchObject({ event: truth.event });
    }
  });

  it("where the longer run goes on", () => {
    const longer = file("longer", smallScenario({ study: study("9 h") }));
    const [x, y] = [options(base), options(longer)];
    const found = findDivergence(x, y, narrow(checkpoints(x), checkpoints(y)));
    expect(found).toMatchObject({ event: eventLog(base).length + 1, first: null, second: expect.stringContaining("at 8 h") });
  });

  it("and there is none between a run and itself", () => {
    expect(findDivergence(options(base), options(base), { from: 0, to: Number.POSITIVE_INFINITY })).toBeNull();
  });
});
