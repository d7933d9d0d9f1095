import { describe, expect, it } from "vitest";
import { runInSteps, runOnce } from "../../src/experiment/run.ts";
import { serverStoryInSteps } from "../../src/experiment/server-story.ts";
import { SECOND } from "../../src/kernel/time.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { DecisionLines } from "../../src/report/decision-lines.ts";
import type { BuiltRun } from "../../src/scenario/build.ts";
import { flavor } from "../workflows/tiny-scenario.ts";
import { optionsOf, type Story } from "./three-hosts.ts";

/** Three hosts that are asked for more than they have, with builds that fail and claims that are lost. */
const busy = (policy: NonNullable<Story["policy"]>): Story => ({
  overrides: {
    cloud: {
      controlPlane: "modelled",
      flavors: [flavor("a", 2, 3000, 10), flavor("b", 3, 5000, 20)],
      nova: { buildFailureProbability: 0.2 },
    },
  },
  policy,
  requests: Array.from({ length: 40 }, (_, i) => ({ arrival: (i >> 1) * SECOND, flavor: i % 2, lifetime: 12 * SECOND })),
});

function drained<T>(steps: Generator<number, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const shuffled = { ...presets.get("nova-default")!, shuffleBestSameWeighedHosts: true };
const policies = [...presets.values(), shuffled];

describe("a run that is looked on at", () => {
  it.each(policies.map((policy) => [policy.name, policy] as const))("takes the same path under %s", (_name, policy) => {
    const options = optionsOf(busy(policy));
    const { fingerprint, events } = runOnce(options);
    for (const server of [0, 13, 27, 39]) {
      const { result, story } = drained(serverStoryInSteps(options, server, 1));
      expect([result.fingerprint, result.events, story!.fingerprint]).toEqual([fingerprint, events, fingerprint]);
    }
    const lines = new DecisionLines();
    const full = drained(runInSteps({ ...options, prepare: lines.prepare, paused: lines.paused }, 7));
    expect([full.fingerprint, full.events]).toEqual([fingerprint, events]);
    expect(lines.take().trimEnd().split("\n")).toHaveLength(full.built.cloud.decisions.count);
  });

  it("takes the same path when it is stopped in between and goes on", () => {
    const options = optionsOf(busy(presets.get("nova-default")!));
    const { fingerprint, values } = runOnce(options);
    let stopped = false;
    let pauses = 0;
    const prepare = ({ cloud }: BuiltRun) => {
      cloud.notifications.on("scheduler.select_destinations.end", () => {
        stopped = true;
        cloud.simulation.stop();
      });
    };
    const paused = () => {
      const was = stopped;
      stopped = false;
      if (was) pauses++;
      return was;
    };
    const again = drained(runInSteps({ ...options, prepare, paused }, 3));
    expect(pauses).toBeGreaterThan(30);
    expect(again.fingerprint).toBe(fingerprint);
    expect([...again.values]).toEqual([...values]);
  });
});

describe("the stories of all servers of a run", () => {
  it("agree with the outcomes, and have a decision for every row of the log", () => {
    const options = optionsOf(busy(presets.get("nova-default")!));
    const { built } = runOnce(options);
    const { servers, decisions } = built.cloud;
    const stories = Array.from({ length: servers.count }, (_, server) => drained(serverStoryInSteps(options, server, 1)).story!);
    expect(stories.map(({ outcome }) => outcome)).toEqual(stories.map((_, server) => servers.outcomeOf(server)));
    expect(new Set(stories.map(({ outcome }) => outcome)).size).toBeGreaterThan(1);
    expect(stories.reduce((sum, story) => sum + story.decisions.length, 0)).toBe(decisions.count);
    for (let i = 0; i < decisions.count; i++) {
      const { time, server, host, candidates, weight } = decisions.row(i);
      const story = stories[server]!.decisions.find(({ timeUs }) => timeUs === time)!;
      const chosen = host < 0 ? null : built.cloud.hosts.hostName(host);
      expect([story.choice, story.placement.candidates]).toEqual([chosen, candidates]);
      if (chosen !== null) expect(story.ranked.find((ranked) => ranked.host === chosen)!.weight).toBe(weight);
      // What Placement offers is what has room, and hosts with and without room are all hosts.
      const { hosts, room, lacking } = story.placement;
      expect(room).toBe(candidates);
      expect(room + lacking.reduce((sum, group) => sum + group.hosts, 0)).toBe(hosts);
    }
    for (const { events } of stories) {
      const begun = events.filter(({ what }) => what === "claimed").length;
      const given = events.filter(({ what }) => what.startsWith("left")).length;
      expect(begun - given).toBeGreaterThanOrEqual(0);
      expect(begun - given).toBeLessThanOrEqual(1);
    }
  });

  it("is none for a server that was never asked for", () => {
    const { story } = drained(serverStoryInSteps(optionsOf(busy(presets.get("first-fit")!)), 40, 1));
    expect(story).toBeNull();
  });
});
