import { describe, expect, it } from "vitest";
import { BackendState } from "../../../src/policies/cinder/backend-state.ts";
import { CinderConfig } from "../../../src/policies/cinder/config.ts";
import { matchesExtraSpec } from "../../../src/policies/cinder/extra-spec-match.ts";
import { enabledPolicies, filterPools } from "../../../src/policies/cinder/filter-scheduler.ts";
import { availabilityZoneFilter } from "../../../src/policies/cinder/filters/availability-zone-filter.ts";
import { capabilitiesFilter } from "../../../src/policies/cinder/filters/capabilities-filter.ts";
import { differentBackendFilter } from "../../../src/policies/cinder/filters/different-backend-filter.ts";
import { driverFilter } from "../../../src/policies/cinder/filters/driver-filter.ts";
import { ignoreAttemptedHostsFilter } from "../../../src/policies/cinder/filters/ignore-attempted-hosts-filter.ts";
import { cinderFilters } from "../../../src/policies/cinder/filters/index.ts";
import { instanceLocalityFilter } from "../../../src/policies/cinder/filters/instance-locality-filter.ts";
import { jsonFilter } from "../../../src/policies/cinder/filters/json-filter.ts";
import { sameBackendFilter } from "../../../src/policies/cinder/filters/same-backend-filter.ts";
import { isUuidLike } from "../../../src/policies/cinder/volume-request-spec.ts";
import { drawnPools, orderedPools } from "../../../src/policies/cinder/weigh-pools.ts";
import { goodnessWeigher } from "../../../src/policies/cinder/weighers/goodness-weigher.ts";
import { cinderWeighers } from "../../../src/policies/cinder/weighers/index.ts";
import { volumeNumberWeigher } from "../../../src/policies/cinder/weighers/volume-number-weigher.ts";
import { PythonError, PythonFloat, type PythonValue } from "../../../src/policies/python/python-values.ts";
import { around, capabilities, passes, poolOf, request, thick } from "./some-pools.ts";

const id = "a354cb3a-71c0-4cf3-aa50-8ca613819483";
const hints = (entries: Readonly<Record<string, PythonValue>>) => request({ schedulerHints: capabilities(entries) });

describe("a back end", () => {
  const named = { host: "h1@lvm", clusterName: null, availabilityZone: "nova" };
  const poolsOf = (entries: Readonly<Record<string, PythonValue>>, name: typeof named | { clusterName: string } = named) => {
    const backend = new BackendState({ ...named, ...name });
    backend.update(capabilities(entries), 0, "20.0");
    return [...backend.pools.values()];
  };

  it("without a list of pools is one itself, by its name; with an empty list it has none", () => {
    expect(poolsOf({ ...thick, volume_backend_name: "fast" }).map(({ backendId }) => backendId)).toEqual(["h1@lvm#fast"]);
    expect(poolsOf(thick).map(({ backendId }) => backendId)).toEqual(["h1@lvm#_pool0"]);
    expect(poolsOf({ ...thick, volume_backend_name: "" }).map(({ backendId }) => backendId)).toEqual(["h1@lvm"]);
    expect(poolsOf({ ...thick, pools: [] })).toEqual([]);
  });

  it("lends its pools what they do not say, and a function only where they have no such key", () => {
    const [a, b] = poolsOf({
      vendor_name: "ACME",
      storage_protocol: "iscsi",
      filter_function: "1",
      pools: [
        capabilities({ pool_name: "a", vendor_name: "" }),
        capabilities({ pool_name: "b", filter_function: null, storage_protocol: "ceph" }),
      ],
    });
    expect([a!.reported("vendor_name", null), a!.storageProtocol, a!.reported("filter_function", null)]).toEqual([
      "ACME",
      ["iSCSI", "iscsi"],
      "1",
    ]);
    expect([b!.storageProtocol, b!.reported("filter_function", null)]).toEqual(["ceph", null]);
  });

  it("counts as provisioned what is allocated, until it says otherwise", () => {
    expect(poolOf(thick).provisionedCapacityGb).toBe(40);
    expect(poolOf({ ...thick, provisioned_capacity_gb: 0 }).provisionedCapacityGb).toBe(0);
  });

  it("goes by its cluster's name where it has one, and loses the pools it no longer reports", () => {
    const [pool] = poolsOf({ pools: [capabilities({ pool_name: "a" })] }, { clusterName: "cl@lvm" });
    expect([pool!.backendId, pool!.host]).toEqual(["cl@lvm#a", "h1@lvm#a"]);
    const backend = new BackendState(named);
    const report = (...pools: readonly string[]) => capabilities({ pools: pools.map((pool_name) => capabilities({ pool_name })) });
    backend.update(report("a", "b"), 0, "20.0");
    backend.update(report("c", "b"), 1, "20.0");
    expect([...backend.pools.keys()]).toEqual(["b", "c"]);
  });

  it("must name its pools", () => {
    expect(() => poolsOf({ pools: [capabilities(thick)] })).toThrow(PythonError);
  });
});

describe("the requirements of a volume type", () => {
  it.each<[PythonValue, string | null, boolean]>([
    [250, "= 200", true], // at least
    [250, "250", false], // a number is no text
    [true, "True", false],
    [true, "<is> yes", true],
    ["no", "<is> maybe", true], // what is no yes is a no
    ["abc", ">= 1", false], // no number, and no error
    [null, null, true],
    [null, "s!= x", false],
    ["gold", "s== gold silver", true], // the first word only
    ["b", "<or> a b <or> c", false], // every second word, blindly
    ["lz4", "<in> z", true],
    [new PythonFloat(2.5), "<= 2.5", true],
    ["x", "s==", false],
    ["5", "< 9", false], // there is no such operator
  ])("%j against %j: %s", (value, requirement, expected) => {
    expect(matchesExtraSpec(value, requirement)).toBe(expected);
  });

  it("raise where an operator cannot take the value", () => {
    for (const [value, requirement] of [
      [5, "<in> 5"],
      [5, "s< 6"],
      ["a", "<or>"],
    ] as const)
      expect(() => matchesExtraSpec(value, requirement)).toThrow(PythonError);
  });

  it("are looked up along the path, in lists too, and other scopes are the driver's business", () => {
    const pool = poolOf({ tier: ["gold", "silver"], nested: capabilities({ a: capabilities({ b: 2 }) }), none: null, empty: [] });
    const fits = (extraSpecs: Readonly<Record<string, PythonValue>>) =>
      passes(capabilitiesFilter, pool, request({ extraSpecs: capabilities(extraSpecs) }));
    expect(fits({ tier: "silver", "capabilities:nested:a:b": "== 2", "other:tier": "lead" })).toBe(true);
    expect([fits({ "capabilities:nested:x": "1" }), fits({ "tier:0": "gold" }), fits({ "capabilities:tier:0": "gold" })]).toEqual([
      false,
      true,
      false,
    ]);
    expect([fits({ none: null }), fits({ missing: null }), fits({ empty: "s!= x" })]).toEqual([true, false, false]);
    expect([fits({ capabilities: "<in> tier" }), fits({ capabilities: "tier" })]).toEqual([true, false]);
  });

  it("ask for what multiattach needs, and for detached volumes where a driver cannot grow attached ones", () => {
    const one = poolOf({ multiattach: true, online_extend_support: false });
    expect(passes(capabilitiesFilter, one, request({ multiattach: true }))).toBe(true);
    expect(passes(capabilitiesFilter, poolOf({}), request({ multiattach: true }))).toBe(false);
    const extend = { operation: "extend_volume", newSizeGb: 20 };
    expect(passes(capabilitiesFilter, one, request({ ...extend, attachStatus: "attached" }))).toBe(false);
    expect(passes(capabilitiesFilter, one, request({ ...extend, attachStatus: "detached" }))).toBe(true);
  });
});

describe("the functions of drivers", () => {
  const lets = (filter_function: PythonValue, more = {}) =>
    passes(driverFilter, poolOf({ ...thick, filter_function, ...more }), request({ sizeGb: 30 }));
  const goodness = (goodness_function: PythonValue, more = {}) =>
    goodnessWeigher.weigh(request({ sizeGb: 30 }), around())(poolOf({ ...thick, goodness_function, ...more }), 0);

  it("pass where there is none, and keep out where one fails", () => {
    expect([lets(null), lets("volume.size < 50"), lets("volume.size <"), lets("1 / 0"), lets("'False'"), lets(0)]).toEqual([
      ...[true, true, false, false],
      ...[true, false],
    ]);
  });

  it("are asked once for each spelling of the protocol", () => {
    for (const spelling of ["FC", "fc", "fibre_channel"])
      expect(lets(`stats.storage_protocol == '${spelling}'`, { storage_protocol: "fc" })).toBe(true);
    expect(lets("stats.storage_protocol == 'fc'", { storage_protocol: "Fc" })).toBe(false);
    expect(goodness("(capabilities.storage_protocol == 'fc') * 40", { storage_protocol: "FC" })).toBe(40);
  });

  it("rate from 0 to 100, and count 0 beyond and where they fail", () => {
    expect([
      goodness(null),
      goodness("100"),
      goodness("101"),
      goodness("-1"),
      goodness("1 / 0"),
      goodness("2 > 1"),
      goodness("2 < 1"),
    ]).toEqual([...[0, 100, 0, 0, 0], ...[100, 0]]);
    expect(goodness("stats.backend_id == 'h1@lvm#p'")).toBe(0); // known to the filter only
    expect(lets("stats.backend_id == 'x' or 1")).toBe(true);
    expect(() => goodness("'high'")).toThrow(PythonError);
  });
});

describe("filters that read hints", () => {
  it("want ids where ids belong", () => {
    expect([isUuidLike(id), isUuidLike(id.toUpperCase()), isUuidLike(`{${id.replaceAll("-", "")}}`), isUuidLike(`urn:uuid:${id}`)]).toEqual(
      Array(4).fill(true),
    );
    expect([isUuidLike("volume-1"), isUuidLike(5), isUuidLike(`${id}0`), isUuidLike("")]).toEqual(Array(4).fill(false));
    for (const filter of [sameBackendFilter, differentBackendFilter]) {
      const name = filter === sameBackendFilter ? "same_host" : "different_host";
      expect(passes(filter, poolOf(thick), hints({ [name]: [id, "volume-1"] }))).toBe(false);
      expect(passes(filter, poolOf(thick), hints({ [name]: [] }))).toBe(true);
      expect(passes(filter, poolOf(thick), hints({ [name]: "" }))).toBe(false);
    }
  });

  it("find the server's host, or fail the request", () => {
    const nova = around({}, { hostOfServer: (uuid) => (uuid === id ? "h1" : null) });
    const other = id.replace("a", "b");
    const ask = (local_to_instance: PythonValue) => () => passes(instanceLocalityFilter, poolOf(thick), hints({ local_to_instance }), nova);
    expect([ask(id)(), ask("")(), ask(null)()]).toEqual([true, true, true]);
    expect(ask("server-1")).toThrow(expect.objectContaining({ type: "InvalidUUID" }));
    expect(ask(other)).toThrow(expect.objectContaining({ type: "ServerNotFound" }));
  });

  it("drop null before comparing", () => {
    const ask = (query: string) => passes(jsonFilter, poolOf({ ...thick, tier: "gold" }), hints({ query }));
    expect(ask('["=", "$capabilities.tier", "gold"]')).toBe(true);
    expect(ask('["=", "$capabilities.missing", "gold"]')).toBe(false);
    expect(ask('["not", ["=", "$capabilities.missing", "gold"]]')).toBe(true);
    expect(ask('[">=", "$free_capacity_gb", 60]')).toBe(true);
    expect(() => ask("[")).toThrow(expect.objectContaining({ type: "JSONDecodeError" }));
    expect(() => ask('["<", "$free_capacity_gb", "60"]')).toThrow(expect.objectContaining({ type: "TypeError" }));
  });
});

describe("filters that read the request", () => {
  it("let any of several zones do before they look at the one", () => {
    const pool = poolOf(thick);
    expect(passes(availabilityZoneFilter, pool, request({ availabilityZones: ["az1", "nova"], availabilityZone: "az1" }))).toBe(true);
    expect(passes(availabilityZoneFilter, pool, request({ availabilityZones: [], availabilityZone: "az1" }))).toBe(false);
    expect(passes(availabilityZoneFilter, pool, request({ availabilityZone: "" }))).toBe(true);
  });

  it("pass over pools that were tried, by the newer of two lists", () => {
    const tried = (retry: { backends?: string[]; hosts?: string[] }) =>
      passes(ignoreAttemptedHostsFilter, poolOf(thick), request({ retry: { numAttempts: 1, ...retry } }));
    expect([tried({ backends: ["h1@lvm#p"] }), tried({ hosts: ["h1@lvm#p"] }), tried({ backends: [], hosts: ["h1@lvm#p"] })]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe("filters and weighers by name", () => {
  const enabled = (options: Readonly<Record<string, readonly string[]>>) =>
    enabledPolicies(new CinderConfig(new Map(Object.entries(options))));

  it("are Cinder's own classes, each once", () => {
    for (const policies of [cinderFilters, cinderWeighers]) expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
    expect(enabled({}).filters.map(({ name }) => name)).toEqual(["AvailabilityZoneFilter", "CapacityFilter", "CapabilitiesFilter"]);
    expect(enabled({}).weighers.map(({ name }) => name)).toEqual(["CapacityWeigher"]);
  });

  it("must exist, and the entry point's name RetryFilter is none", () => {
    expect(() => enabled({ scheduler_default_filters: ["RetryFilter"] })).toThrow(
      expect.objectContaining({ type: "SchedulerHostFilterNotFound" }),
    );
    expect(() => enabled({ scheduler_default_weighers: ["Best"] })).toThrow(
      expect.objectContaining({ type: "SchedulerHostWeigherNotFound" }),
    );
  });

  it("have nothing to say when no pool is left: not even nonsense is noticed", () => {
    expect(filterPools([jsonFilter], [], hints({ query: "[" }), around())).toEqual([]);
  });
});

describe("weights", () => {
  const pools = ["a", "b", "c"].map((name) => poolOf(thick, "20.0", name));
  const counts = new Map([
    ["h1@lvm#a", 2],
    ["h1@lvm#b", 0],
    ["h1@lvm#c", 4],
  ]);
  const surroundings = around({}, { volumes: { isOn: () => false, countOn: (host) => counts.get(host)! } });

  it("are normalised, and ties keep the order of report", () => {
    const named = (order: ReturnType<typeof orderedPools>) => order.map(({ pool, weight }) => `${pool.poolName} ${weight + 0}`);
    expect(named(orderedPools([volumeNumberWeigher], pools, request(), surroundings))).toEqual(["b 0", "a -0.5", "c -1"]);
    expect(named(orderedPools([], pools, request(), surroundings))).toEqual(["a 0", "b 0", "c 0"]);
  });

  it("are chances as they are, where a choice is drawn", () => {
    const good = ["10", "0", "30"].map((goodness_function, i) => poolOf({ ...thick, goodness_function }, "20.0", "abc"[i]));
    const drawn = (uniform: number) => drawnPools([goodnessWeigher], good, request(), around(), uniform).map(({ pool }) => pool.poolName);
    expect([drawn(0), drawn(0.24), drawn(0.25), drawn(0.99)]).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c"],
      ["c", "a", "b"],
      ["c", "a", "b"],
    ]);
    expect(drawnPools([], good, request(), around(), 0.9)[0]!.pool.poolName).toBe("a"); // no weights: the first
    expect(drawnPools([goodnessWeigher], [], request(), around(), 0.9)).toEqual([]);
  });
});
