// The plain chain of the filter scheduler is the judge; the scan and the search tree must decide as it does: the same hosts in the same order, the
// chosen one's weight to the last bit, and the same counts for the decision log.
import { describe, expect, it } from "vitest";
import type { Flavor, Image } from "../../../src/datacenter/flavor.ts";
import { type HostDescription, type HostId, Hosts } from "../../../src/datacenter/hosts.ts";
import { ServerGroups } from "../../../src/datacenter/server-groups.ts";
import { RandomStreams, type Stream } from "../../../src/kernel/random.ts";
import { NovaConfig } from "../../../src/policies/nova/config.ts";
import { type DecisionPath, FastPath } from "../../../src/policies/nova/fast-path/fast-path.ts";
import { FilterScheduler } from "../../../src/policies/nova/filter-scheduler.ts";
import { computeFilter } from "../../../src/policies/nova/filters/compute-filter.ts";
import { filters } from "../../../src/policies/nova/filters/index.ts";
import { ALL_HOSTS, type PolicySpec, presets } from "../../../src/policies/nova/policy.ts";
import type { RequestSpec } from "../../../src/policies/nova/request-spec.ts";
import { cpuWeigher } from "../../../src/policies/nova/weighers/cpu-weigher.ts";
import { weighers } from "../../../src/policies/nova/weighers/index.ts";
import { ramWeigher } from "../../../src/policies/nova/weighers/ram-weigher.ts";
import { describeHost } from "../../datacenter/some-hosts.ts";
import { flavor, image } from "../../workflows/tiny-scenario.ts";

const paths: readonly DecisionPath[] = ["plain", "columnar", "tree", "trees", "measured"];
const noGroups = new ServerGroups(() => null, 0);
const novaWeighers = presets.get("nova-default")!.weighers;
const sixWeighers = ["RAMWeigher", "CPUWeigher", "DiskWeigher", "IoOpsWeigher", "BuildFailureWeigher", "FitWeigher"];
const novaFilters = presets.get("nova-default")!.enabledFilters;

const flavors: readonly Flavor[] = [
  flavor("tiny", 0.25, 512, 0),
  flavor("small", 1, 2048, 10),
  flavor("wide", 4, 2048, 10),
  flavor("deep", 1, 12_288, 20),
  flavor("large", 6.5, 14_000, 80),
  flavor("vast", 8, 16_384, 10),
];
const capable = flavor("capable", 1, 1024, 5, { extraSpecs: new Map([["capabilities:hypervisor_type", "Xen"]]) });
const images: readonly (Image | null)[] = [null, image("kvm", 1e9, { img_hv_type: "kvm" }), image("any", 1e9, {})];

type Fleet = "alike" | "mixed";

function fleet(kind: Fleet, count: number, draw: (n: number, bound: number) => number): Hosts {
  const mixed = (host: number): Partial<HostDescription> => ({
    vcpuMilli: 4000 * (1 + draw(8 * host, 4)) + 500 * draw(8 * host + 1, 2),
    ramMb: 8192 * (1 + draw(8 * host + 2, 4)),
    diskGb: draw(8 * host + 3, 5) === 0 ? 0 : 100 + 50 * draw(8 * host + 4, 3),
    ...(draw(8 * host + 5, 4) === 0 ? { cpuAllocationRatio: 4, ramAllocationRatio: 1.5, reservedRamMb: 512, reservedVcpuMilli: 1000 } : {}),
    ...(draw(8 * host + 7, 6) === 0 ? { pciPools: [{ properties: new Map(), numaNode: null, count: 1 + draw(8 * host + 7, 3) }] } : {}),
    ...(draw(8 * host + 6, 3) === 0 ? { hypervisorType: "Xen", supportedHypervisors: ["xen"] } : {}),
  });
  return new Hosts(
    Array.from({ length: count }, (_, host) =>
      describeHost({ name: `host-${host}`, ...(kind === "mixed" ? mixed(host) : { cpuAllocationRatio: 4 }) }),
    ),
  );
}

interface Setting {
  readonly fleet: Fleet;
  readonly hosts: number;
  readonly steps: number;
  readonly policy?: Partial<PolicySpec>;
  readonly limit?: number;
  readonly alternates?: number;
  readonly flavors?: readonly Flavor[];
  readonly images?: readonly (Image | null)[];
  /** Builds fail with one chance in so many. */
  readonly failures?: number;
  /** Each host begins with up to so many servers. */
  readonly serversBefore?: number;
}

/** Hundreds of decisions, each by every path, with all that changes hosts between them. Returns how many found a host. */
function compare(setting: Setting, seed: string): number {
  const streams = new RandomStreams(seed, 0);
  const stream = (name: string) => {
    const of: Stream = streams.stream(name);
    return (n: number, bound: number) => of.integer(0, n, bound);
  };
  const hosts = fleet(setting.fleet, setting.hosts, stream("fleet"));
  const draw = stream("step");
  const policy: PolicySpec = {
    ...{ name: "test", enabledFilters: novaFilters, weighers: novaWeighers, options: new Map() },
    ...{ hostSubsetSize: 1, shuffleBestSameWeighedHosts: false },
    ...setting.policy,
  };
  const schedulers = paths.map(
    (path) => new FilterScheduler(hosts, policy, streams.stream("scheduler.choice"), setting.limit ?? setting.hosts, { path }),
  );
  const offers = setting.flavors ?? flavors;
  const pictures = setting.images ?? [null];
  const live: { readonly host: number; readonly flavor: Flavor }[] = [];
  const builds: number[] = [];
  const before = stream("before");
  for (let i = 0; i < hosts.count * (setting.serversBefore ?? 0); i++) {
    const [host, held] = [Math.floor(i / setting.serversBefore!), offers[before(i, offers.length)]!];
    if (hosts.claim(host as HostId, held)) live.push({ host, flavor: held });
  }
  let found = 0;
  for (let step = 0; step < setting.steps; step++) {
    const roll = (k: number, bound: number) => draw(16 * step + k, bound);
    const request: RequestSpec = {
      server: step,
      flavor: offers[roll(0, offers.length)]!,
      image: pictures[roll(1, pictures.length)]!,
      ...{ group: -1, groups: noGroups },
    };
    const decided = schedulers.map((scheduler) => {
      const count = scheduler.select(request, setting.alternates ?? 2, step);
      const { candidates, leftAfter, weight } = scheduler;
      return {
        candidates,
        left: leftAfter.join(),
        weight: count > 0 && Object.is(weight, -0) ? "-0" : weight,
        hosts: scheduler.ordered.slice(0, count).join(),
      };
    });
    for (let path = 1; path < paths.length; path++) {
      const [judge, other] = [decided[0]!, decided[path]!];
      if (
        judge.hosts !== other.hosts ||
        judge.weight !== other.weight ||
        judge.candidates !== other.candidates ||
        judge.left !== other.left
      )
        expect({ step, path: paths[path], ...other }).toEqual({ step, path: paths[path], ...judge });
    }
    if (decided[0]!.hosts !== "") {
      found++;
      const host = schedulers[0]!.ordered[0]!;
      expect(hosts.claim(host as HostId, request.flavor)).toBe(true);
      live.push({ host, flavor: request.flavor });
      hosts.beginBuild(host);
      builds.push(host);
    }
    if (builds.length > roll(2, 12)) {
      const host = builds.shift()!;
      hosts.endBuild(host);
      if (setting.failures !== undefined && roll(3, setting.failures) === 0) hosts.buildFailed(host);
      else hosts.buildSucceeded(host);
    }
    // A third of the time the cloud fills; then servers come and go.
    const leaving = 3 * step < setting.steps ? roll(4, 4) === 0 : decided[0]!.hosts === "" || roll(4, 12) > 0;
    if (leaving && live.length > 0) {
      const at = roll(5, live.length);
      const { host, flavor: held } = live[at]!;
      hosts.release(host as HostId, held);
      live[at] = live.at(-1)!;
      live.pop();
    }
    if (roll(6, 25) === 0) hosts.setService(roll(7, hosts.count), roll(8, 3) > 0);
  }
  return found;
}

const someOf = <T>(list: readonly T[], bits: number): readonly T[] => list.filter((_, i) => ((bits >> i) & 1) === 1);

describe("the scan and the tree decide as the plain chain does", () => {
  it.each([
    ["one host", "alike", 1, 40],
    ["a block and a bit", "mixed", 9, 300],
    ["small and alike", "alike", 40, 1500],
    ["small and mixed", "mixed", 64, 1500],
    ["some hundred, mixed", "mixed", 700, 700],
    ["a large fleet, all alike", "alike", 5000, 80],
    ["a large fleet, mixed", "mixed", 5000, 80],
  ] as const)("with nova-default: %s", (name, kind, hosts, steps) => {
    expect(compare({ fleet: kind, hosts, steps, failures: 15 }, name)).toBeGreaterThan(0);
  });

  it("on an empty fleet of equal hosts, where all is ties", () => {
    compare({ fleet: "alike", hosts: 300, steps: 200, flavors: [flavors[1]!], alternates: 5 }, "ties");
    compare({ fleet: "alike", hosts: 300, steps: 200, policy: { weighers: [] }, alternates: 5 }, "first fit");
  });

  it.each([...presets.keys()])("with the preset %s", (name) => {
    const { enabledFilters, weighers: weighed, options, hostSubsetSize } = presets.get(name)!;
    compare({ fleet: "mixed", hosts: 60, steps: 500, policy: { enabledFilters, weighers: weighed, options, hostSubsetSize } }, name);
  });

  it("where the hosts that weigh most have no room, so that a size of server is searched in a tree of its own", () => {
    const { enabledFilters, weighers: weighed, options } = presets.get("nova-pack")!;
    const policy = { enabledFilters, weighers: weighed, options };
    for (const hosts of [700, 3000])
      expect(compare({ fleet: "mixed", hosts, steps: 400, serversBefore: 8, policy }, `full ${hosts}`)).toBeGreaterThan(0);
  });

  it("with every choice of the filters that look at numbers", () => {
    for (let bits = 0; bits < 8; bits++) {
      const enabledFilters = someOf(["ComputeFilter", "IoOpsFilter", "NumInstancesFilter"], bits);
      const options = new Map([
        ["max_io_ops_per_host", 1],
        ["max_instances_per_host", 3],
      ]);
      compare({ fleet: "mixed", hosts: 40, steps: 400, policy: { enabledFilters, options } }, `filters ${bits}`);
    }
  });

  it("with every choice of the weighers, and multipliers of every sign and none", () => {
    const signs = [-1, 0, 1, 2.5, -0.3];
    for (let bits = 1; bits < 64; bits++) {
      const weighed = someOf(sixWeighers, bits);
      const options = new Map(
        ["ram", "cpu", "disk", "io_ops", "build_failure", "fit"].map((name, i) => [`${name}_weight_multiplier`, signs[(bits + i) % 5]!]),
      );
      compare(
        { fleet: bits % 2 === 0 ? "mixed" : "alike", hosts: 30, steps: 150, failures: 4, policy: { weighers: weighed, options } },
        `weighers ${bits}`,
      );
    }
  });

  it("where flavors and images have something to say to the filters", () => {
    expect(
      compare({ fleet: "mixed", hosts: 80, steps: 800, flavors: [...flavors, capable], images, failures: 20 }, "images"),
    ).toBeGreaterThan(0);
  });

  it("where Placement's limit cuts candidates off", () => {
    for (const limit of [1, 2, 17, 55]) compare({ fleet: "mixed", hosts: 60, steps: 400, limit }, `limit ${limit}`);
  });

  it("where the choice is drawn from the best, and ties are shuffled", () => {
    for (const hostSubsetSize of [1, 2, 5, 63, 200, ALL_HOSTS])
      for (const shuffleBestSameWeighedHosts of [false, true])
        compare(
          { fleet: "alike", hosts: 100, steps: 120, policy: { hostSubsetSize, shuffleBestSameWeighedHosts } },
          `subset ${hostSubsetSize} ${shuffleBestSameWeighedHosts}`,
        );
  });

  it("through so many changes that bounds are moved, hosts arranged anew and logs overrun", () => {
    compare({ fleet: "mixed", hosts: 150, steps: 5000, failures: 50 }, "long");
    // Flavors that are asked for so seldom that their trees fall behind.
    const many = Array.from({ length: 60 }, (_, i) => flavor(`f${i}`, 0.5 + (i % 7) / 4, 512 + 128 * i, i % 5));
    compare({ fleet: "mixed", hosts: 100, steps: 1500, flavors: many }, "many flavors");
  });

  it("where Placement and the scheduler look at different hosts", () => {
    const present = fleet("mixed", 90, (n, bound) => (7919 * n) % bound);
    const lagging = fleet("mixed", 90, (n, bound) => (7919 * n) % bound);
    const facade = Object.create(lagging, { fits: { value: (host: number, of: Flavor) => present.fits(host, of) } }) as Hosts;
    const policy = { ...presets.get("nova-default")!, enabledFilters: ["ComputeFilter"], weighers: ["RAMWeigher", "CPUWeigher"] };
    const plain = new FilterScheduler(facade, policy, new RandomStreams("1", 0).stream("scheduler.choice"), 90, { path: "plain" });
    const arrays = { list: new Int32Array(90), weights: new Float64Array(90), leftAfter: new Int32Array(1) };
    const fast = (["columnar", "tree"] as const).map((path) => {
      const weighed = [ramWeigher, cpuWeigher].map((weigher) => ({ weigher, multiplier: 1 }));
      return new FastPath(lagging, present, [computeFilter], weighed, new NovaConfig(new Map()), { path, keepsWholeList: false }, arrays);
    });
    const draws = new RandomStreams("lag", 0).stream("step");
    const news: { readonly host: number; readonly flavor: Flavor }[] = [];
    for (let step = 0; step < 500; step++) {
      const of = flavors[draws.integer(0, step, flavors.length)]!;
      const request: RequestSpec = { server: step, flavor: of, image: null, group: -1, groups: noGroups };
      const count = plain.select(request, 2, 0);
      for (const path of fast) {
        expect([path.decide(request, of, 90, 3, false) > 0, path.candidates]).toEqual([count > 0, plain.candidates]);
        expect([...arrays.list.subarray(0, count)]).toEqual([...plain.ordered.subarray(0, count)]);
        if (count > 0) expect(arrays.weights[0]).toBe(plain.weight);
      }
      if (count > 0) {
        present.claim(plain.ordered[0] as HostId, of);
        news.push({ host: plain.ordered[0]!, flavor: of });
      }
      if (step % 7 === 0) for (const { host, flavor: claimed } of news.splice(0)) lagging.claim(host as HostId, claimed);
    }
  });
});

describe("what a filter or weigher declares to depend on", () => {
  it("leaves those that look at other things to the plain chain", () => {
    const silent = new Set(["server group", "scheduler hints", "PCI requests", "destination", "metrics"]);
    const hosts = fleet("mixed", 3, () => 0);
    const request: RequestSpec = { server: 0, flavor: capable, image: images[1]!, group: -1, groups: noGroups };
    const config = new NovaConfig(new Map());
    for (const { dependsOn, passes, name } of filters)
      if (silent.has(dependsOn!)) expect([name, passes(hosts, request, config)]).toEqual([name, null]);
    for (const { dependsOn, weigh, name } of weighers) {
      if (!silent.has(dependsOn!)) continue;
      expect([name, weigh(hosts, request, config, () => 1)]).toEqual([name, null]);
    }
  });
});
