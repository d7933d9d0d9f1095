import { describe, expect, it } from "vitest";
import { constant, exponential } from "../../src/kernel/distribution.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { DAY, HOUR } from "../../src/kernel/time.ts";
import { generateRequests } from "../../src/workload/generate.ts";
import type { GeneratedWorkloadSpec, RequestTable } from "../../src/workload/workload.ts";

const base: GeneratedWorkloadSpec = {
  kind: "generated",
  arrivals: { process: "poisson", rate: 100 / 3600 },
  batch: constant(3),
  maxServers: null,
  lifetime: exponential(5 * HOUR),
  flavorWeights: [1, 1, 1, 1],
  imageWeights: [1],
  serverGroup: null,
  zoneWeights: new Map(),
  hints: new Map(),
  multiCreate: false,
  projects: 5,
  cpuUtilisation: constant(0.5),
};

const generate = (changes: Partial<GeneratedWorkloadSpec>): RequestTable =>
  generateRequests({ ...base, ...changes }, new RandomStreams("asks", 0), 2 * DAY);
const zones = new Map([
  ["az1", 3],
  ["az2", 1],
]);

describe("what drawn deployments say to the scheduler", () => {
  it("leaves every other draw as it was", () => {
    const { asks: none, ...plain } = generate({});
    const { asks, ...asking } = generate({
      zoneWeights: zones,
      hints: new Map([["query", ["[]"]]]),
      serverGroup: { policy: "affinity", maxServerPerHost: 1 },
    });
    expect(none).toBeUndefined();
    expect(asks).toBeDefined();
    expect(asking).toEqual(plain);
  });

  it("is one zone for all servers of a deployment, in the proportions of the weights", () => {
    const { count, batch, asks } = generate({ zoneWeights: zones });
    const byDeployment = new Map<number, Set<number>>();
    for (let server = 0; server < count; server++) {
      const seen = byDeployment.get(batch[server]!) ?? new Set();
      byDeployment.set(batch[server]!, seen.add(asks!.zone[server]!));
    }
    expect([...byDeployment.values()].every((seen) => seen.size === 1)).toBe(true);
    const share = asks!.zone.filter((zone) => asks!.zones[zone] === "az1").length / count;
    expect(Math.abs(share - 3 / 4)).toBeLessThan(3.5 * Math.sqrt(0.1875 / byDeployment.size));
  });

  it("is never a zone without weight", () => {
    const { asks } = generate({
      zoneWeights: new Map([
        ["az1", 0],
        ["az2", 1],
      ]),
    });
    expect(asks!.zone.every((zone) => asks!.zones[zone] === "az2")).toBe(true);
  });

  it("gives all servers the hints of the scenario", () => {
    const hints = new Map([["query", ["[]"]]]);
    const { asks } = generate({ hints });
    expect(asks!.hintSets).toEqual([hints]);
    expect(asks!.hints.every((set) => set === 0)).toBe(true);
    expect(asks!.group.every((group) => group === -1)).toBe(true);
  });

  it("makes a deployment one request of one flavor when servers are created together", () => {
    const alone = generate({});
    const { count, flavor, asks } = generate({ multiCreate: true });
    for (let server = 0; server < count; server++) {
      const leader = server - (server % 3);
      expect(asks!.leader[server]).toBe(leader);
      expect(flavor[server]).toBe(alone.flavor[leader]);
    }
    const grouped = generate({ serverGroup: { policy: "affinity", maxServerPerHost: 1 } });
    expect(grouped.asks!.leader.every((leader, server) => leader === server)).toBe(true);
  });

  it("names the leader even when the last deployment is cut off", () => {
    expect([...generate({ multiCreate: true, maxServers: 4 }).asks!.leader]).toEqual([0, 0, 0, 3]);
  });
});
