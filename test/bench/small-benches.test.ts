import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { BenchResult } from "../../bench/bench.ts";
import { benches } from "../../bench/benches.ts";
import { canCollect } from "../../bench/measure.ts";

// What a bench measures differs from machine to machine; what it computes must not. Only the second is asserted here.

const known = new Map<string, Promise<BenchResult[]>>();

/** The results of a bench, run once for all stories that ask for them. */
function small(name: string): Promise<BenchResult[]> {
  const results = known.get(name) ?? runSmall(name);
  known.set(name, results);
  return results;
}

async function runSmall(name: string): Promise<BenchResult[]> {
  const results = await benches.find((bench) => bench.name === name)!.run("small");
  expect(results.length).toBeGreaterThan(0);
  for (const { figure, workload } of results) expect([workload, Number.isFinite(figure)]).toEqual([workload, true]);
  return results;
}

const oneHash = /^[0-9a-f]+$/;

describe("the benches, in their small size", () => {
  it("are all on the list, each under the name of its file", () => {
    const files = readdirSync(new URL("../../bench/", import.meta.url)).filter((file) => file.endsWith(".bench.ts"));
    expect(benches.map((bench) => `${bench.name}.bench.ts`).sort((a, b) => (a < b ? -1 : 1))).toEqual(
      files.sort((a, b) => (a < b ? -1 : 1)),
    );
    for (const { question } of benches) expect(question).toMatch(/\?$/);
  });

  it("hold: three event lists give the same order, in every round, on every law of delays", async () => {
    const results = await small("hold");
    const orders = new Map<string, string[]>();
    for (const { workload, hash } of results) {
      if (hash === undefined) continue;
      expect(hash).toMatch(oneHash); // two rounds of different order would show two hashes
      const population = workload.slice(0, workload.lastIndexOf(","));
      orders.set(population, [...(orders.get(population) ?? []), hash]);
    }
    expect(orders.size).toBe(8);
    for (const hashes of orders.values()) {
      expect(hashes).toHaveLength(3);
      expect(new Set(hashes).size).toBe(1);
    }
    expect(new Set([...orders.values()].map(([hash]) => hash)).size).toBe(8);
  });

  it.runIf(canCollect)("hold: the wheel leaves no garbage", async () => {
    const garbage = (await small("hold")).filter(({ unit }) => unit === "B/event");
    expect(garbage).toHaveLength(4);
    for (const { figure } of garbage) expect(figure).toBeLessThan(1);
  });

  it("kernel: every event sent is handled once, and equal runs have equal fingerprints", async () => {
    for (const { hash, counts } of await small("kernel")) {
      expect(hash).toMatch(oneHash);
      expect(counts!.events).toBe(counts!.expected);
    }
  });

  it("datacenter: every VM finds a host and every task ends at its exact microsecond", async () => {
    const results = await small("datacenter");
    for (const { workload, counts } of results) {
      const vms = Number(/\/(\d+)/.exec(workload)![1]);
      expect({ workload, ...counts }).toMatchObject({ workload, events: 2 * vms, late: 0, failed: 0, unfinished: 0 });
      if (workload.startsWith("churn")) expect(counts!.hostsLeftInUse).toBe(0);
      // All 16 cores of a host are used before the next host is touched.
      else expect(counts!.hostsLeftInUse).toBe(Math.ceil(vms / 16));
    }
    const hashOf = (name: string) => results.find(({ workload }) => workload === name)!.hash;
    expect(hashOf("churn 100/1000 ff")).not.toBe(hashOf("churn 100/1000 bf"));
    expect((await runSmall("datacenter")).map(({ hash }) => hash)).toEqual(results.map(({ hash }) => hash));
  });

  it("host-cpu: shares are fair at the end, and come out alike whether demands change at once or one by one", async () => {
    const results = await small("host-cpu");
    for (const { workload, counts } of results) expect([workload, counts!.violations]).toEqual([workload, 0]);
    expect(results.map(({ counts }) => counts!.crowded! > 0)).toEqual([false, true, true]);
    expect(results[1]!.hash).toBe(results[2]!.hash);
  });

  it("decisions: every path of the scheduler chooses the same hosts", async () => {
    const hashes = new Map<string, Set<string>>();
    for (const { workload, hash, counts } of await small("decisions")) {
      const cloud = workload.slice(0, workload.lastIndexOf(","));
      hashes.set(cloud, (hashes.get(cloud) ?? new Set()).add(hash!));
      expect(counts!.refused).toBe(0);
    }
    expect(hashes.size).toBe(4);
    for (const one of hashes.values()) expect(one.size).toBe(1);
  });

  it("fabric: the same routes each time, and a way for every flow around a spine or core that failed", async () => {
    const results = await small("fabric");
    expect(results).toHaveLength(8);
    const hashes = (rows: readonly BenchResult[]) => rows.map(({ hash }) => hash);
    expect(hashes(await runSmall("fabric"))).toEqual(hashes(results));
    const after = results.filter(({ workload }) => workload.endsWith("after a failure"));
    expect(after.map(({ counts }) => counts!.found)).toEqual([2000, 2000]);
  });

  it("memory: every server that was measured was alive, and all come to their end", async () => {
    for (const { counts } of await small("memory")) expect(counts!.finished).toBe(counts!.servers);
  });

  it("failures: every year is the same again, and what hangs on something that is down is down", async () => {
    const [result] = await small("failures");
    expect(result!.hash).toMatch(oneHash);
    expect(result!.counts!.wrong).toBe(0);
    expect(result!.counts!.failures).toBeGreaterThan(50);
    expect((await runSmall("failures")).map(({ hash, counts }) => [hash, counts])).toEqual([[result!.hash, result!.counts]]);
  });

  it("fingerprint: leaving it out changes nothing but the fingerprint", async () => {
    for (const { hash, counts } of await small("fingerprint")) {
      expect(hash).toMatch(oneHash);
      expect(counts!.different).toBe(0);
    }
  });

  it("network: flows end when the plain solution of the rates says", async () => {
    const lists = (await small("network")).filter(({ hash }) => hash !== undefined);
    expect(lists).toHaveLength(5);
    for (const { workload, counts } of lists) expect([workload, counts!.different]).toEqual([workload, 0]);
  });

  it("demand: every kind of series gives the same shares again", async () => {
    const means = (await small("demand")).map(({ counts }) => counts!.meanBillionths);
    for (const mean of means) expect(mean).toBeGreaterThan(0.1e9);
    expect((await runSmall("demand")).map(({ counts }) => counts!.meanBillionths)).toEqual(means);
  });

  it("planetlab: the energies of the first day are CloudSim's, to a hundredth of a kilowatt-hour; without the day it says so", async () => {
    const results = await small("planetlab");
    if (results[0]!.unit === "(skipped)") return expect(results[0]!.notes).toContain("../shared/data/planetlab");
    for (const { figure, references } of results) expect(Math.abs(figure - references![0]!.figure)).toBeLessThanOrEqual(0.00501);
    return expect(results).toHaveLength(3);
  });

  it("surf-power: five models and the mean of four have an error; without the measurements it says so", async () => {
    const results = await small("surf-power");
    if (results[0]!.unit === "(skipped)") return expect(results[0]!.notes).toContain("../shared/data/surf-lisa-power");
    for (const { figure, hash } of results) expect([figure > 0 && figure < 30, hash]).toEqual([true, results[0]!.hash]);
    return expect(results).toHaveLength(6);
  });

  it("micro: every operation runs beside its reference", async () => {
    for (const { references } of await small("micro")) expect(references).toHaveLength(1);
  });
});
