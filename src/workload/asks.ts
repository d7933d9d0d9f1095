// What requests say to the scheduler, put together for the table of requests.
import type { ServerGroupRule } from "../datacenter/server-groups.ts";
import type { SchedulingAsks } from "./workload.ts";

/** `count` servers, each asked for alone, that say nothing. */
export function noAsks(count: number): SchedulingAsks {
  const none = () => new Int32Array(count).fill(-1);
  return {
    zones: [],
    zone: none(),
    groupRules: [],
    ruleOfGroup: new Int32Array(0),
    group: none(),
    hintSets: [],
    hints: none(),
    forcedHosts: [],
    forcedHost: none(),
    leader: Int32Array.from({ length: count }, (_, server) => server),
  };
}

/** Puts different values in a list as they come, and tells the place of each. */
export class Distinct<Value> {
  readonly values: Value[] = [];
  private readonly places = new Map<string, number>();

  /** -1 for null. @param key equal for equal values */
  placeOf(value: Value | null, key: string): number {
    if (value === null) return -1;
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.places.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}

/** Every deployment is a server group of the rule; `deployments` numbers them by server. */
export function deploymentGroups(rule: ServerGroupRule, deployments: Int32Array): SchedulingAsks {
  const groups = deployments.reduce((most, deployment) => Math.max(most, deployment + 1), 0);
  return { ...noAsks(deployments.length), groupRules: [rule], ruleOfGroup: new Int32Array(groups), group: Int32Array.from(deployments) };
}
