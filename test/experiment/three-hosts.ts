// A cloud of three hosts of 8 vCPUs, 16 GiB and 100 GB each, whose servers are asked for one by one, so that every number can be worked out by hand.
import { type RunOptions, type RunResult, runOnce } from "../../src/experiment/run.ts";
import { type ServerStory, serverStoryInSteps } from "../../src/experiment/server-story.ts";
import { SECOND } from "../../src/kernel/time.ts";
import { type PolicySpec, presets } from "../../src/policies/nova/policy.ts";
import type { RequestTable } from "../../src/workload/workload.ts";
import { grouped, hostGroup, type Overrides, type Request, requestTable, tinyScenario } from "../workflows/tiny-scenario.ts";

export const firstFit = presets.get("first-fit")!;

export function policy(more: Partial<PolicySpec>): PolicySpec {
  return { ...firstFit, name: "test", ...more };
}

export interface Story {
  readonly overrides?: Overrides;
  readonly policy?: PolicySpec;
  /** Half a minute apart unless they say when. */
  readonly requests: readonly Request[];
  /** Instead of them, requests that say more. */
  readonly asks?: RequestTable;
}

export function optionsOf({ overrides = {}, policy: chosen = firstFit, requests, asks }: Story): RunOptions {
  const cloud = { controlPlane: "instant", hosts: [hostGroup(3)], ...overrides.cloud } as const;
  const scenario = tinyScenario({ name: "three hosts", ...overrides, cloud: { ...cloud, ...overrides.cloud } });
  const rows = requests.map((row, i) => ({ arrival: i * 30 * SECOND, ...row }));
  return {
    scenario,
    policy: chosen,
    replication: 0,
    workload: { flavors: scenario.cloud.flavors, requests: asks ?? grouped(scenario, requestTable(rows)) },
  };
}

export const run = (story: Story): RunResult => runOnce(optionsOf(story));

/** The story of the server of that number, from 1; by default the last. */
export function tell(story: Story, server = story.asks?.count ?? story.requests.length): ServerStory {
  return storyOf(optionsOf(story), server - 1);
}

/** @param server its number, from 0 */
export function storyOf(options: RunOptions, server: number): ServerStory {
  const steps = serverStoryInSteps(options, server, 1);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value.story!;
  }
}
