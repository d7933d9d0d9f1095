// Rules of Placement, each as a small cloud: trees, lent disks, groups, and claims.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AllocationRequest, allocationCandidates } from "../../src/policies/placement/allocation-candidates.ts";
import { Allocations } from "../../src/policies/placement/allocations.ts";
import type { CandidatesRequest, RequestGroup } from "../../src/policies/placement/candidates-request.ts";
import { type Inventory, type ResourceProvider, SHARING_TRAIT } from "../../src/policies/placement/resource-provider.ts";

const inventory = (total: number, changes: Partial<Inventory> = {}): Inventory => ({
  total,
  reserved: 0,
  minUnit: 1,
  maxUnit: total,
  stepSize: 1,
  allocationRatio: 1,
  used: 0,
  ...changes,
});

interface Described {
  readonly under?: string;
  readonly traits?: readonly string[];
  readonly aggregates?: readonly string[];
  readonly has?: Readonly<Record<string, number | Inventory>>;
}

const provider = (name: string, { under, traits = [], aggregates = [], has = {} }: Described): ResourceProvider => ({
  name,
  parent: under ?? null,
  traits: new Set(traits),
  aggregates: new Set(aggregates),
  inventories: new Map(Object.entries(has).map(([resourceClass, row]) => [resourceClass, typeof row === "number" ? inventory(row) : row])),
});

type Group = Omit<Partial<RequestGroup>, "resources"> & { readonly resources?: Readonly<Record<string, number>> };

const ask = (groups: Readonly<Record<string, Group>>, changes: Partial<CandidatesRequest> = {}): CandidatesRequest => ({
  groups: new Map(
    Object.entries(groups).map(([suffix, { resources = {}, ...rest }]) => [
      suffix,
      {
        resources: new Map(Object.entries(resources)),
        required: [],
        forbidden: [],
        memberOf: [],
        forbiddenAggregates: [],
        inTree: null,
        ...rest,
      },
    ]),
  ),
  groupPolicy: null,
  rootRequired: [],
  rootForbidden: [],
  sameSubtree: [],
  limit: null,
  ...changes,
});

/** `numa0{VCPU:2} disk{DISK_GB:5}` */
const written = ({ allocations }: AllocationRequest): string =>
  [...allocations].map(([name, classes]) => `${name}{${[...classes].map(([c, n]) => `${c}:${n}`).join(" ")}}`).join(" ");

const answers = (providers: readonly ResourceProvider[], request: CandidatesRequest): readonly string[] =>
  allocationCandidates(providers, request).allocationRequests.map(written);

describe("the capacity of an inventory", () => {
  const asks = (row: Inventory, amount: number): boolean =>
    answers([provider("a", { has: { VCPU: row } })], ask({ "": { resources: { VCPU: amount } } })).length > 0;

  it("takes off what is reserved before the ratio multiplies", () => {
    const row = inventory(10, { reserved: 2, allocationRatio: 1.5, maxUnit: 100 });
    expect([asks(row, 12), asks(row, 13)]).toEqual([true, false]);
  });

  it("does not let one server be larger than the host, however much is overcommitted", () => {
    expect([asks(inventory(8, { allocationRatio: 16 }), 8), asks(inventory(8, { allocationRatio: 16 }), 9)]).toEqual([true, false]);
  });

  it("is handed out in steps, from the smallest unit on", () => {
    const row = inventory(100, { minUnit: 10, stepSize: 5 });
    expect([5, 10, 12, 15].map((amount) => asks(row, amount))).toEqual([false, true, false, true]);
  });

  it("may already be exceeded: then nothing more fits", () => {
    expect(asks(inventory(4, { used: 6 }), 1)).toBe(false);
  });
});

describe("a tree of providers", () => {
  const node = [
    provider("node", { traits: ["ROOT"], aggregates: ["rack"], has: { MEMORY_MB: 1024, DISK_GB: 10 } }),
    provider("numa0", { under: "node", traits: ["FAST"], has: { VCPU: 4 } }),
    provider("numa1", { under: "node", traits: ["SLOW"], has: { VCPU: 4 } }),
    provider("gpu0", { under: "numa0", has: { VGPU: 2 } }),
    provider("gpu1", { under: "numa1", has: { VGPU: 2 } }),
  ];

  it("serves the unnamed group from several providers, each class from one of them", () => {
    const request = ask({ "": { resources: { VCPU: 3, MEMORY_MB: 512 } } });
    expect(answers(node, request)).toEqual(["numa0{VCPU:3} node{MEMORY_MB:512}", "numa1{VCPU:3} node{MEMORY_MB:512}"]);
    expect(answers(node, ask({ "": { resources: { VCPU: 5 } } }))).toEqual([]);
  });

  it("has the traits of the providers used together, and none of them may be forbidden", () => {
    const asking = (group: Group) => answers(node, ask({ "": { resources: { VCPU: 1, MEMORY_MB: 1 }, ...group } }));
    expect(asking({ required: [["ROOT"], ["SLOW", "TURBO"]] })).toEqual(["numa1{VCPU:1} node{MEMORY_MB:1}"]);
    expect(asking({ forbidden: ["SLOW"] })).toEqual(["numa0{VCPU:1} node{MEMORY_MB:1}"]);
    expect(asking({ forbidden: ["ROOT"] })).toEqual([]);
  });

  it("is in the aggregates of its root for the unnamed group, but not for a named one", () => {
    const group = { resources: { VGPU: 1 }, memberOf: [["rack"]] };
    expect(answers(node, ask({ "": group }))).toHaveLength(2);
    expect(answers(node, ask({ _GPU: group }))).toEqual([]);
    expect(answers(node, ask({ "": { resources: { VGPU: 1 }, forbiddenAggregates: ["rack"] } }))).toEqual([]);
  });

  it("may be named by any of its branches; an unknown name is no tree", () => {
    const other = provider("other", { has: { MEMORY_MB: 1024 } });
    const inTree = (name: string) => answers([...node, other], ask({ "": { resources: { MEMORY_MB: 1 }, inTree: name } }));
    expect([inTree("gpu1"), inTree("other"), inTree("nobody")]).toEqual([["node{MEMORY_MB:1}"], ["other{MEMORY_MB:1}"], []]);
  });

  it("keeps groups below one of their providers when they ask for the same subtree, one without resources among them", () => {
    const groups = { _NUMA: { required: [["FAST"]] }, _GPU: { resources: { VGPU: 1 } } };
    const request = ask(groups, { groupPolicy: "none" });
    expect(answers(node, request)).toEqual(["gpu0{VGPU:1}", "gpu1{VGPU:1}"]);
    const { allocationRequests } = allocationCandidates(node, { ...request, sameSubtree: [["_NUMA", "_GPU"]] });
    expect(allocationRequests.map(written)).toEqual(["gpu0{VGPU:1}"]);
    expect([...allocationRequests[0]!.mappings]).toEqual([
      ["_NUMA", ["numa0"]],
      ["_GPU", ["gpu0"]],
    ]);
  });

  it("keeps isolated groups on different providers, and adds up what others fold onto one", () => {
    const groups = { _A: { resources: { VGPU: 1 } }, _B: { resources: { VGPU: 1 } } };
    expect(answers(node, ask(groups, { groupPolicy: "isolate" }))).toEqual(["gpu0{VGPU:1} gpu1{VGPU:1}", "gpu1{VGPU:1} gpu0{VGPU:1}"]);
    expect(answers(node, ask(groups, { groupPolicy: "none" }))).toContain("gpu0{VGPU:2}");
    const large = { _A: { resources: { VGPU: 2 } }, _B: { resources: { VGPU: 1 } } };
    expect(answers(node, ask(large, { groupPolicy: "none" }))).toEqual(["gpu0{VGPU:2} gpu1{VGPU:1}", "gpu1{VGPU:2} gpu0{VGPU:1}"]);
  });

  it("is summed up whole when anything of it is allocated", () => {
    const { summaryProviders } = allocationCandidates(node, ask({ "": { resources: { DISK_GB: 1 } } }));
    expect(summaryProviders).toEqual(["node", "numa0", "numa1", "gpu0", "gpu1"]);
  });
});

describe("a provider that lends", () => {
  const pool = provider("pool", { traits: [SHARING_TRAIT], aggregates: ["rack"], has: { DISK_GB: 100 } });
  const inRack = provider("a", { aggregates: ["rack"], has: { VCPU: 4, DISK_GB: 5 } });
  const outside = provider("b", { has: { VCPU: 4 } });

  it("serves the trees of its aggregates beside their own", () => {
    const request = ask({ "": { resources: { VCPU: 1, DISK_GB: 2 } } });
    expect(answers([inRack, outside, pool], request)).toEqual(["a{VCPU:1 DISK_GB:2}", "a{VCPU:1} pool{DISK_GB:2}"]);
  });

  it("does not reach into a tree that was named", () => {
    const request = ask({ "": { resources: { VCPU: 1, DISK_GB: 2 }, inTree: "a" } });
    expect(answers([inRack, outside, pool], request)).toEqual(["a{VCPU:1 DISK_GB:2}"]);
  });

  it("serves a named group of any tree it can reach, and is told once however many ways lead to it", () => {
    const groups = { "": { resources: { VCPU: 1 } }, _DISK: { resources: { DISK_GB: 50 } } };
    expect(answers([inRack, outside, pool], ask(groups))).toEqual(["a{VCPU:1} pool{DISK_GB:50}"]);
    expect(answers([inRack, outside, pool], ask({ "": { resources: { DISK_GB: 50 } } }))).toEqual(["pool{DISK_GB:50}"]);
  });

  it("bears a request only through a root with the right traits", () => {
    const gold = provider("gold", { traits: ["GOLD"], aggregates: ["rack"], has: { VCPU: 4 } });
    const request = ask({ "": { resources: { VCPU: 1, DISK_GB: 2 } } }, { rootRequired: ["GOLD"] });
    expect(answers([inRack, gold, pool], request)).toEqual(["gold{VCPU:1} pool{DISK_GB:2}"]);
  });
});

describe("the answer", () => {
  const flat = ["a", "b", "c"].map((name) => provider(name, { has: { VCPU: 4 } }));

  it("is cut off at the limit, and the summary with it", () => {
    const { allocationRequests, summaryProviders } = allocationCandidates(flat, ask({ "": { resources: { VCPU: 1 } } }, { limit: 2 }));
    expect([allocationRequests.length, summaryProviders]).toEqual([2, ["a", "b"]]);
  });

  it("needs every group to be served", () => {
    expect(answers(flat, ask({ "": { resources: { VCPU: 1 } }, _GPU: { resources: { VGPU: 1 } } }))).toEqual([]);
  });

  it("refuses a cloud whose providers come before what they hang on, or twice", () => {
    const request = ask({});
    expect(() => allocationCandidates([provider("x", { under: "y" })], request)).toThrow(
      "its parent y is not among the providers before it",
    );
    expect(() => allocationCandidates([flat[0]!, flat[0]!], request)).toThrow("occurs twice");
  });

  it("is the same set whatever the order of the trees, gives what was asked for, and can be claimed", () => {
    let found = 0;
    const names = ["T", "U"];
    const some = (from: readonly string[]) => fc.subarray([...from]);
    const rows = fc.record({
      under: fc.nat(5),
      traits: some([...names, SHARING_TRAIT]),
      aggregates: some(names),
      vcpus: fc.nat(3),
      gpus: fc.nat(3),
    });
    const groups = fc.record({
      traits: fc.subarray(names, { maxLength: 1 }),
      member: fc.subarray(names, { maxLength: 1 }),
      gpus: fc.integer({ min: 1, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 6 }), groups, fc.boolean(), (described, { traits, member, gpus }, isolate) => {
        const cloud = (): ResourceProvider[] =>
          described.map(({ under, vcpus, gpus: vgpus, ...rest }, i) => {
            const has = { ...(vcpus > 0 && { VCPU: vcpus }), ...(vgpus > 0 && { VGPU: vgpus }) };
            return provider(`p${i}`, under < i ? { under: `p${under}`, has, ...rest } : { has, ...rest });
          });
        const request = ask(
          {
            "": { resources: { VCPU: 1, VGPU: 1 }, required: traits.map((trait) => [trait]), memberOf: member.map((name) => [name]) },
            _G: { resources: { VGPU: gpus } },
            _H: { resources: { VCPU: 1 } },
          },
          { groupPolicy: isolate ? "isolate" : "none" },
        );
        const { allocationRequests } = allocationCandidates(cloud(), request);
        found += allocationRequests.length;
        const limited = allocationCandidates(cloud(), { ...request, limit: 2 }).allocationRequests;
        expect(limited).toEqual(allocationRequests.slice(0, 2));
        for (const { allocations } of allocationRequests) {
          const sums = new Map<string, number>();
          for (const classes of allocations.values()) for (const [c, n] of classes) sums.set(c, (sums.get(c) ?? 0) + n);
          expect([sums.get("VCPU"), sums.get("VGPU")]).toEqual([2, 1 + gpus]);
          expect(new Allocations(cloud()).claim("server", allocations)).toBe(null);
        }
        const set = (providers: readonly ResourceProvider[]) =>
          allocationCandidates(providers, request)
            .allocationRequests.map(({ allocations, mappings }) =>
              JSON.stringify([
                [...allocations].map(([name, classes]) => [name, [...classes].sort()]).sort(),
                [...mappings].map(([suffix, list]) => [suffix, [...list].sort()]),
              ]),
            )
            .sort();
        const depth = (at: ResourceProvider, all: readonly ResourceProvider[]): number =>
          at.parent === null ? 0 : 1 + depth(all.find(({ name }) => name === at.parent)!, all);
        const reversed = cloud().reverse();
        const parentsFirst = [...reversed].sort((a, b) => depth(a, reversed) - depth(b, reversed));
        expect(set(parentsFirst)).toEqual(set(cloud()));
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(found).toBeGreaterThan(100);
  });
});

describe("a claim", () => {
  const cloud = () => [
    provider("a", { has: { VCPU: 4, DISK_GB: inventory(10, { stepSize: 5 }) } }),
    provider("b", { has: { VCPU: inventory(4, { minUnit: 2 }) } }),
  ];
  const of = (amounts: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
    new Map(Object.entries(amounts).map(([name, classes]) => [name, new Map(Object.entries(classes))]));
  const used = (providers: readonly ResourceProvider[]) =>
    providers.map(({ inventories }) => [...inventories.values()].map((row) => row.used));

  it("takes all it asks for, or nothing and says why", () => {
    const providers = cloud();
    const allocations = new Allocations(providers);
    expect(allocations.claim("one", of({ a: { VCPU: 3 }, b: { VCPU: 2 } }))).toBe(null);
    const before = used(providers);
    const refused = (amounts: Parameters<typeof of>[0]) => allocations.claim("two", of(amounts))?.reason;
    expect(refused({ b: { VCPU: 2 }, a: { VCPU: 2 } })).toBe("InvalidAllocationCapacityExceeded");
    expect(refused({ b: { VCPU: 1 } })).toBe("InvalidAllocationConstraintsViolated");
    expect(refused({ a: { DISK_GB: 7 } })).toBe("InvalidAllocationConstraintsViolated");
    expect(refused({ a: { VGPU: 1 } })).toBe("InvalidInventory");
    expect(refused({ c: { VCPU: 1 } })).toBe("ResourceProviderNotFound");
    expect(used(providers)).toEqual(before);
    expect(allocations.of("two").size).toBe(0);
  });

  it("replaces what the same consumer held, which does not stand in its way", () => {
    const providers = cloud();
    const allocations = new Allocations(providers);
    allocations.claim("one", of({ a: { VCPU: 3 } }));
    expect(allocations.claim("one", of({ a: { VCPU: 4, DISK_GB: 5 } }))).toBe(null);
    expect(used(providers)).toEqual([[4, 5], [0]]);
    expect(allocations.claim("one", of({ a: { VCPU: 5 } }))?.reason).toBe("InvalidAllocationConstraintsViolated");
    expect(allocations.of("one")).toEqual(of({ a: { VCPU: 4, DISK_GB: 5 } }));
  });

  it("is given back whole, once", () => {
    const providers = cloud();
    const allocations = new Allocations(providers);
    allocations.claim("one", of({ a: { VCPU: 3, DISK_GB: 10 } }));
    expect([allocations.release("one"), allocations.release("one")]).toEqual([true, false]);
    expect(used(providers)).toEqual([[0, 0], [0]]);
  });

  it("counts twice while a server migrates: the migration holds the source, the server the destination", () => {
    for (const end of ["confirmed", "reverted"] as const) {
      const providers = cloud();
      const allocations = new Allocations(providers);
      allocations.claim("server", of({ a: { VCPU: 3 } }));
      expect(allocations.handOver("server", "migration")).toBe(true);
      expect(allocations.claim("server", of({ b: { VCPU: 3 } }))).toBe(null);
      expect(used(providers)).toEqual([[3, 0], [3]]);
      if (end === "confirmed") allocations.release("migration");
      else expect([allocations.release("server"), allocations.handOver("migration", "server")]).toEqual([true, true]);
      expect(used(providers)).toEqual(end === "confirmed" ? [[0, 0], [3]] : [[3, 0], [0]]);
      expect([...allocations.of("server").keys()]).toEqual([end === "confirmed" ? "b" : "a"]);
    }
  });

  it("cannot be handed over by one who holds nothing, nor to one who holds something", () => {
    const allocations = new Allocations(cloud());
    allocations.claim("one", of({ a: { VCPU: 1 } }));
    allocations.claim("two", of({ a: { VCPU: 1 } }));
    expect([allocations.handOver("three", "four"), allocations.handOver("one", "two")]).toEqual([false, false]);
    expect(allocations.of("one")).toEqual(of({ a: { VCPU: 1 } }));
  });
});
