import { describe, expect, it } from "vitest";
import type { Distribution } from "../../src/kernel/distribution.ts";
import { constant, discrete, exponential, hyperexponential, uniform } from "../../src/kernel/distribution.ts";
import { RandomStreams } from "../../src/kernel/random.ts";
import { DAY, HOUR, SECOND } from "../../src/kernel/time.ts";
import { generateRequests } from "../../src/workload/generate.ts";
import { namedBatchSizes, namedLifetimes } from "../../src/workload/lifetimes.ts";
import type { GeneratedWorkloadSpec } from "../../src/workload/workload.ts";

const base: GeneratedWorkloadSpec = {
  kind: "generated",
  arrivals: { process: "poisson", rate: 10 / 3600 },
  batch: constant(1),
  maxServers: null,
  lifetime: exponential(5 * HOUR),
  flavorWeights: [6, 3, 1],
  imageWeights: [1, 1],
  serverGroup: null,
  zoneWeights: new Map(),
  hints: new Map(),
  multiCreate: false,
  projects: 5,
  cpuUtilisation: uniform(0, 0.4),
};

const streams = (replication = 0) => new RandomStreams("requests", replication);
const generate = (changes: Partial<GeneratedWorkloadSpec>, duration = 10 * DAY, replication = 0) =>
  generateRequests({ ...base, ...changes }, streams(replication), duration);

describe("a cloud that never refuses", () => {
  // M/G/infinity: with 10 servers an hour that live 5 h on average the population is Poisson with mean 50, whatever the lifetime law.
  const laws: readonly (readonly [name: string, lifetime: Distribution, settledAfter: number])[] = [
    ["constant", constant(5 * HOUR), 6 * HOUR],
    ["uniform", uniform(0, 10 * HOUR), 11 * HOUR],
    ["exponential", exponential(5 * HOUR), 100 * HOUR],
    ["hyperexponential", hyperexponential([0.8, 0.2], [1 * HOUR, 21 * HOUR]), 300 * HOUR],
  ];

  it.each(laws)("holds 50 servers on average with %s lifetimes of mean 5 h", (_, lifetime, settled) => {
    expect(lifetime.mean).toBeCloseTo(5 * HOUR, 0);
    const replications = 300;
    const populations = Array.from({ length: replications }, (_, replication) => {
      const { count, arrival, lifetime: lives } = generate({ lifetime }, settled, replication);
      let alive = 0;
      for (let server = 0; server < count; server++) if (arrival[server]! + lives[server]! > settled) alive++;
      return alive;
    });
    const mean = populations.reduce((sum, alive) => sum + alive, 0) / replications;
    const variance = populations.reduce((sum, alive) => sum + (alive - mean) ** 2, 0) / (replications - 1);
    expect(Math.abs(mean - 50)).toBeLessThan(3.5 * Math.sqrt(50 / replications));
    expect(Math.abs(variance / 50 - 1)).toBeLessThan(3.5 * Math.sqrt(2 / (replications - 1)));
  });
});

describe("a deployment", () => {
  it("asks for its servers at one instant, for one project, from one image", () => {
    const { count, arrival, project, image } = generate({ batch: discrete([1, 4, 9], [1, 1, 1]), projects: 1000 });
    const byInstant = new Map<number, Set<string>>();
    for (let server = 0; server < count; server++) {
      const owners = byInstant.get(arrival[server]!) ?? new Set();
      byInstant.set(arrival[server]!, owners.add(`${project[server]} ${image[server]}`));
    }
    expect(byInstant.size).toBeLessThan(count / 3);
    expect([...byInstant.values()].every((owners) => owners.size === 1)).toBe(true);
  });

  it("has at least one server and a whole number of them", () => {
    expect(generate({ arrivals: { process: "at-once", at: 0, count: 7 }, batch: constant(0.2) }).count).toBe(7);
    expect(generate({ arrivals: { process: "at-once", at: 0, count: 7 }, batch: constant(2.6) }).count).toBe(21);
  });

  it("is cut when the workload has a largest number of servers", () => {
    const all = generate({ batch: constant(8) });
    const some = generate({ batch: constant(8), maxServers: 20 });
    expect(some.count).toBe(20);
    expect(some.lifetime).toEqual(all.lifetime.slice(0, 20));
    expect(generate({ maxServers: 0 }).count).toBe(0);
  });
});

describe("a request", () => {
  it("keeps its lifetime when flavors, images, projects or utilisations change, and the other way round", () => {
    const before = generate({});
    const after = generate({ flavorWeights: [1, 1, 1, 1], imageWeights: [1], projects: 1, cpuUtilisation: constant(0.5) });
    expect(after.arrival).toEqual(before.arrival);
    expect(after.lifetime).toEqual(before.lifetime);
    expect(after.flavor).not.toEqual(before.flavor);
    const longer = generate({ lifetime: constant(HOUR) });
    expect(longer.flavor).toEqual(before.flavor);
    expect(longer.cpuUtilisation).toEqual(before.cpuUtilisation);
    expect(longer.image).toEqual(before.image);
  });

  it("keeps its fate when arrivals come faster", () => {
    const slow = generate({});
    const fast = generate({ arrivals: { process: "poisson", rate: 1 / 60 } });
    expect(fast.lifetime.slice(0, slow.count)).toEqual(slow.lifetime);
    expect(fast.flavor.slice(0, slow.count)).toEqual(slow.flavor);
  });

  it("is drawn from the weights it was given", () => {
    const { count, flavor } = generate({}, 400 * DAY);
    for (const [index, share] of [0.6, 0.3, 0.1].entries()) {
      const got = flavor.filter((drawn) => drawn === index).length / count;
      expect(Math.abs(got - share)).toBeLessThan(3.5 * Math.sqrt((share * (1 - share)) / count));
    }
    expect(generate({ flavorWeights: [0, 0, 1] }).flavor.every((drawn) => drawn === 2)).toBe(true);
  });

  it("has a utilisation between 0 and 1 and a lifetime in whole microseconds", () => {
    const { cpuUtilisation, lifetime } = generate({ cpuUtilisation: uniform(-1, 2), lifetime: uniform(-SECOND, SECOND) });
    expect(cpuUtilisation.every((share) => share >= 0 && share <= 1)).toBe(true);
    expect(cpuUtilisation.some((share) => share === 0) && cpuUtilisation.some((share) => share === 1)).toBe(true);
    expect(lifetime.every((micros) => Number.isInteger(micros) && micros >= 0)).toBe(true);
  });
});

describe("the fits to Azure", () => {
  const read: Readonly<Record<string, readonly (readonly [hours: number, percent: number])[]>> = {
    "azure-2017": [
      [1, 64],
      [2, 71],
      [4, 77],
      [8, 83],
      [12, 87],
      [18, 91],
      [24, 92.5],
      [48, 95],
      [100, 96],
      [200, 96.8],
    ],
    "azure-2019": [
      [2, 73],
      [4, 78],
      [8, 82],
      [12, 85.5],
      [24, 89.6],
      [48, 91.2],
      [99, 92.2],
    ],
  };

  it.each(Object.keys(read))("%s passes within a point of every point of the figure", (name) => {
    const lifetime = namedLifetimes.get(name)!;
    for (const [hours, percent] of read[name]!) expect(Math.abs(100 * lifetime.cdf(hours * HOUR) - percent)).toBeLessThan(1);
  });

  it("has deployments of one server half of the time and of more than fifty in 2 % of the cases", () => {
    const sizes = namedBatchSizes.get("azure-2019-deployments")!;
    for (const [size, share] of [
      [1, 0.5],
      [2, 0.636],
      [5, 0.8],
      [10, 0.885],
      [20, 0.94],
      [50, 0.98],
      [100, 1],
    ] as const) {
      expect(sizes.cdf(size)).toBeCloseTo(share, 12);
    }
  });
});
