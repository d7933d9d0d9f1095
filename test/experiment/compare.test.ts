import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Comparison, compareInSteps, verdictOn } from "../../src/experiment/compare.ts";
import { metrics } from "../../src/experiment/metrics.ts";
import { runOnce } from "../../src/experiment/run.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { pairedDifference } from "../../src/statistics/interval.ts";

const lower = { better: "lower" } as const;
const higher = { better: "higher" } as const;
const neither = { better: "neither" } as const;
const between = (a: number[], b: number[]) => pairedDifference(a, b, 0.95);

function compared(
  path: string,
  parameters: Record<string, string> = {},
  change: (text: typeof base) => typeof base = (same) => same,
): Comparison {
  const steps = compareInSteps(change(readScenario(path, { catalogue, parameters: new Map(Object.entries(parameters)) })), "wheel");
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    expect(step.value).toBeGreaterThan(0);
    expect(step.value).toBeLessThanOrEqual(1);
  }
}
const storm = join("scenarios", "boot-storm.yaml");
const base = readScenario(storm, { catalogue });

describe("a verdict", () => {
  // By hand: the differences are 1, 2, 3; their mean is 2, their standard deviation 1, and t(0.975; 2) = 4.3027, so 2 ± 2.4841.
  it("is withheld while the interval of the difference holds zero", () => {
    const difference = between([11, 12, 13], [10, 10, 10]);
    expect(difference.mean).toBeCloseTo(2, 12);
    expect(difference.halfWidth).toBeCloseTo(4.30265273 / Math.sqrt(3), 6);
    expect(verdictOn(lower, difference)).toBe("no difference shown");
  });

  // With a fourth replication the differences 1, 2, 3, 2 give 2 ± 3.1824 * 0.8165 / 2 = 2 ± 1.2992.
  it("is given when it does not, in the direction in which the metric is better", () => {
    const more = between([11, 12, 13, 12], [10, 10, 10, 10]);
    const less = between([10, 10, 10, 10], [11, 12, 13, 12]);
    expect(more.low).toBeCloseTo(2 - 1.2992, 3);
    expect([verdictOn(lower, more), verdictOn(lower, less)]).toEqual(["worse", "better"]);
    expect([verdictOn(higher, more), verdictOn(higher, less)]).toEqual(["better", "worse"]);
    expect([verdictOn(neither, more), verdictOn(neither, less)]).toEqual(["higher", "lower"]);
  });

  it("is withheld when the interval only touches zero", () => {
    expect(verdictOn(lower, { mean: 1, halfWidth: 1, low: 0, high: 2, count: 5 })).toBe("no difference shown");
  });

  it("is given at once when every replication differs by the same amount", () => {
    expect(verdictOn(lower, between([2, 3, 4], [1, 2, 3]))).toBe("worse");
  });

  it("is `the same` only when every replication is the same, not when differences cancel", () => {
    expect(verdictOn(lower, between([1, 2, 3], [1, 2, 3]))).toBe("the same");
    expect(verdictOn(lower, between([1, 3], [3, 1]))).toBe("no difference shown");
    expect(verdictOn(lower, between([5], [5]))).toBe("the same");
  });

  it("is not given on a single replication", () => {
    for (const metric of [lower, higher, neither]) expect(verdictOn(metric, between([900], [1]))).toBe("not judged");
  });
});

describe("a comparison", () => {
  const few = (scenario: typeof base) => ({ ...scenario, study: { ...scenario.study, replications: 3 } });
  const comparison = compared(storm, { servers: "60" }, few);

  it("runs every policy on every replication, and each run is the one that stands alone", () => {
    expect(comparison.runs.map(({ policy, replication }) => `${policy} ${replication}`)).toEqual(
      [0, 1, 2].flatMap((replication) => base.study.policies.map(({ name }) => `${name} ${replication}`)),
    );
    const scenario = readScenario(storm, { catalogue, parameters: new Map([["servers", "60"]]) });
    for (const { policy, replication, fingerprint, values } of comparison.runs.slice(3, 6)) {
      const alone = runOnce({ scenario, policy: scenario.study.policies.find(({ name }) => name === policy)!, replication });
      expect({ fingerprint, values }).toEqual({ fingerprint: alone.fingerprint, values: alone.values });
    }
  });

  it("gives every policy the same requests (common random numbers)", () => {
    const asked = comparison.metrics.find(({ metric }) => metric.name === "servers.requested")!;
    for (const { mean, verdict } of asked.policies.slice(1)) {
      expect(mean).toEqual(asked.policies[0]!.mean);
      expect(verdict).toBe("the same");
    }
  });

  it("computes mean and paired difference from the very values of its runs", () => {
    for (const { metric, policies } of comparison.metrics) {
      const of = (name: string) => comparison.runs.filter((run) => run.policy === name).map((run) => run.values.get(metric.name)!);
      const first = of(policies[0]!.policy);
      for (const { policy, mean, difference } of policies.slice(1)) {
        const own = of(policy);
        expect(mean.mean).toBeCloseTo(own.reduce((a, b) => a + b, 0) / 3, 9);
        expect(difference!.mean).toBeCloseTo(own.reduce((sum, value, i) => sum + value - first[i]!, 0) / 3, 9);
        expect(difference!.count).toBe(3);
      }
    }
  });

  it("leaves a metric out of which the runs have nothing to say", () => {
    const instant = compared(storm, { servers: "20" }, (scenario) => ({
      ...few(scenario),
      cloud: { ...scenario.cloud, controlPlane: "instant" },
    }));
    const names = instant.metrics.map(({ metric }) => metric.name);
    expect(names).not.toContain("scheduler.wait");
    expect(names).toContain("servers.active");
  });

  it("knows for each of its metrics a unit, a meaning and whether it is a merit", () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    for (const { unit, meaning, better } of metrics) {
      expect(unit).toMatch(/^\S+$/);
      expect(meaning).toMatch(/^[A-Z0-9].*[^.]$/);
      expect(["lower", "higher", "neither"]).toContain(better);
    }
  });
});
