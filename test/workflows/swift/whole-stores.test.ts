// Whole runs of object stores: reads by Zipf's law, histories of failures drawn at random, and the same bytes every time.
import { describe, expect, it } from "vitest";
import { runOnce } from "../../../src/experiment/run.ts";
import { eventLists } from "../../../src/kernel/event-list/event-list.ts";
import { RandomStreams } from "../../../src/kernel/random.ts";
import { interactionsOf } from "../../../src/report/interactions.ts";
import { buildStore, NOTHING, readStore, run, type Story, told, underWay } from "./small-store.ts";

const reads = (rate: number) => `object_reads: {rate: ${rate}/s, objects: 100, size: 100 kB, skew: 1}`;

describe("reads of what is there from the start", () => {
  it("come at their rate, and the most popular as often as Zipf's law says", () => {
    const { rows } = run({ more: reads(20), duration: "3 min" });
    expect(Math.abs(rows.length - 3600)).toBeLessThan(4 * 60);
    const share = (object: string) => rows.filter(({ args }) => args.object === object).length / rows.length;
    let harmonic = 0;
    for (let n = 1; n <= 100; n++) harmonic += 1 / n;
    for (const n of [1, 2, 10]) {
      const expected = 1 / (n * harmonic);
      expect(Math.abs(share(`object-${n}`) - expected)).toBeLessThan(4 * Math.sqrt(expected / rows.length));
    }
    expect(rows.filter(({ status, endedAt }) => endedAt >= 0 && status !== 200)).toEqual([]);
  });

  it("are available without a node, and cost availability only where all copies are gone", () => {
    const values = (timeline: readonly string[]) => {
      const scenario = readStore({ more: reads(2), duration: "10 min", timeline });
      const { values: of } = runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, check: true });
      return (name: string) => of.get(`objects.${name}`)!;
    };
    const down = [1, 2, 3, 4, 5, 6].map((node) => `at: 5 min, do: fail, node: storage-${node}, for: 1 min`);
    const one = values(down.slice(0, 1));
    expect([one("availability"), one("rebuild_time"), one("replicated")]).toEqual([100, 60, 0]);
    // A minute of ten.
    expect(Math.abs(values(down)("availability") - 90)).toBeLessThan(4);
    const calm = values([]);
    expect(["stored", "bytes", "missing_copies", "rebuild_time", "async_pending"].map(calm)).toEqual([100, 0.03, 0, Number.NaN, 0]);
  });
});

describe("a store in trouble", () => {
  const devices = ["storage-1/d1", "storage-2/d2", "storage-4/d1", "storage-6/d2"];

  /** Half an hour of requests and failures, and as long for it all to settle. */
  function history(seed: number): Story {
    const draws = new RandomStreams(`history ${seed}`, 0).stream("test");
    let n = 0;
    const below = (most: number) => Math.floor(draws.uniform(n++, 0) * most);
    const requests = Array.from({ length: 120 }, (_, i) => {
      const at = `at: ${120 + i * 14} s`;
      const container = below(2) === 0 ? "photos" : "archive";
      const object = `o${below(12)}`;
      const verb = ["create", "create", "save", "save", "show", "set", "delete"][below(7)]!;
      if (verb === "create") return `${at}, do: object create, container: ${container}, name: ${object}, size: ${1 + below(1500)} MB`;
      return `${at}, do: object ${verb}, container: ${container}, object: ${object}`;
    });
    const names = Array.from({ length: 12 }, (_, i) => `at: 110 s, do: object create, container: photos, name: o${i}, size: 1 MB`);
    const timeline = Array.from({ length: 8 }, (_, i) => {
      const target = below(2) === 0 ? `node: storage-${1 + below(6)}` : `device: ${devices[below(4)]}`;
      return `at: ${200 + i * 190 + below(20)} s, do: fail, ${target}, for: ${20 + below(150)} s`;
    });
    return {
      actions: [
        "at: 1 min, do: container create, name: photos",
        "at: 1 min, do: container create, name: archive, storage_policy: frozen",
        ...names,
        ...requests,
      ],
      timeline,
      duration: "70 min",
    };
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("comes to rest with nothing lost, nothing left over and all copies in place (history %d)", (seed) => {
    const made = run(history(seed));
    const { answers, objects, cloud } = made;
    expect(answers.filter((answer) => !/ (20[0124]|404 HTTPNotFound|503 HTTPServiceUnavailable)$/.test(answer))).toEqual([]);
    expect(made.rows.filter(({ endedAt }) => endedAt < 0)).toEqual([]);
    expect(underWay(made)).toEqual(NOTHING);
    expect([objects.store.missing, objects.store.nodes.check(), cloud.transfers.violation(1e-9)]).toEqual([0, null, null]);
    expect(objects.rebuilds.underWay).toBe(false);
    // One failure at a time loses nothing: whatever was stored and not deleted since is there.
    expect(answers.filter((answer) => answer.includes("503"))).toEqual([]);
  });

  it("is the same in every detail whenever it is run, with every event list", () => {
    const story = { ...history(3), more: reads(1), duration: "40 min" };
    const prints = Object.keys(eventLists).map((list) => {
      const { cloud, built, scenario } = buildStore(story, list as "wheel");
      cloud.simulation.run(scenario.study.duration);
      return JSON.stringify([cloud.simulation.fingerprint.hash, told(built).seconds]);
    });
    expect(new Set(prints).size).toBe(1);
    expect(prints.length).toBeGreaterThan(1);
  });

  it("shows in the table of functional interactions as Swift that authenticates with Keystone", () => {
    const { engine } = run({ actions: ["at: 1 min, do: container create, name: photos"] });
    const { functional } = interactionsOf(engine.calls);
    const seen = functional.filter(({ source, destination }) => [source, destination].join() === "swift,keystone");
    expect(seen.map(({ count }) => count > 0)).toEqual([true]);
  });
});
