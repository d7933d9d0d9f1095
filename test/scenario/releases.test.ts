// The release of Nova that a cloud runs: its defaults, and what it has.
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { filters } from "../../src/policies/nova/filters/index.ts";
import { changes, missingIn, novaFilterClasses, novaReleases, novaWeigherClasses, releaseNamed } from "../../src/policies/nova/releases.ts";
import { weighers } from "../../src/policies/nova/weighers/index.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { faults, optionOf, read, valueAt, withConf } from "./nova-conf/conf-scenario.ts";

const inRelease = (release: string | number, policies?: string) =>
  read({ cloud: [`nova: {release: ${release}}`], ...(policies === undefined ? {} : { policies }) });
const ratios = (release: string | number) => {
  const [group] = inRelease(release).cloud.hosts;
  return [group!.cpuAllocationRatio, group!.ramAllocationRatio, group!.diskAllocationRatio];
};

describe("the release of Nova", () => {
  it("sets the allocation ratios: 16 and 1.5 up to Zed, 4 and 1 from 2023.1 on, and where none is named", () => {
    expect(ratios("zed")).toEqual([16, 1.5, 1]);
    for (const release of ["2023.1", "antelope", 28, "29.0.1", "2025.2", "Hibiscus"]) expect(ratios(release)).toEqual([4, 1, 1]);
    expect(read({}).cloud.hosts[0]).toMatchObject({ cpuAllocationRatio: 4, ramAllocationRatio: 1 });
    expect(valueAt(inRelease("zed"), "cloud.hosts.0.cpu_allocation_ratio")).toMatchObject({
      value: "16",
      source: expect.stringContaining("Nova 26 (Zed)"),
      evidence: "verified",
    });
    expect(valueAt(read({}), "cloud.nova.release")!.value).toBe("not named: defaults of Nova 34 (2026.2 Hibiscus)");
  });

  it("gives way to what the scenario or the file says of ratios", () => {
    expect(read({ cloud: ["nova: {release: zed}", "host_defaults: {cpu_allocation_ratio: 3}"] }).cloud.hosts[0]!.cpuAllocationRatio).toBe(
      3,
    );
    const conf = "[DEFAULT]\ninitial_ram_allocation_ratio = 1.1\n";
    const zed = withConf(conf, { cloud: ["nova: {release: zed}"] });
    expect(zed.cloud.hosts[0]).toMatchObject({ cpuAllocationRatio: 16, ramAllocationRatio: 1.1 });
  });

  it("is known by series, name and version", () => {
    for (const release of novaReleases) {
      for (const word of [release.series, release.name, release.major, `${release.major}.0.0`, release.name.toUpperCase()]) {
        expect(releaseNamed(String(word))).toBe(release);
      }
    }
    expect(releaseNamed("train")).toBeUndefined();
    expect(faults(() => inRelease("train"))).toEqual([
      'a.yaml:2:19 cloud.nova.release: unknown release of Nova "train" (Orrery knows zed (26) to 2026.2 (34))',
    ]);
    expect(faults(() => inRelease("bobkat"))).toEqual([expect.stringContaining('did you mean "bobcat"?')]);
  });

  it("refuses what it does not have yet, or has no more", () => {
    const policy = "[{name: x, weight_classes: [RAMWeigher, NumInstancesWeigher], num_instances_weight_multiplier: -1}]";
    expect(faults(() => inRelease("2023.1", policy))).toEqual([
      "a.yaml:6:74 study.policies.0.weight_classes: Nova 27 (2023.1 Antelope) has no NumInstancesWeigher (it came with Nova 28 (2023.2 Bobcat))",
      "a.yaml:6:96 study.policies.0.num_instances_weight_multiplier: Nova 27 (2023.1 Antelope) has no num_instances_weight_multiplier (it came with Nova 28 (2023.2 Bobcat))",
    ]);
    expect(faults(() => inRelease("2023.2", policy))).toEqual([]);
    expect(faults(() => read({ policies: policy }))).toEqual([]);
    const conf = "[filter_scheduler]\nenabled_filters = AvailabilityZoneFilter, ComputeFilter\n";
    expect(faults(() => withConf(conf, { cloud: ["nova: {release: 2024.1}"] }))).toEqual([
      "nova.conf:2:1 [filter_scheduler] enabled_filters: Nova 29 (2024.1 Caracal) has no AvailabilityZoneFilter (it was removed in Nova 28 (2023.2 Bobcat))",
    ]);
    expect(faults(() => withConf(conf, { cloud: ["nova: {release: 2023.1}"] }))).toEqual([]);
    expect(faults(() => withConf(conf))).toEqual([]);
  });

  it("decides which weighers Nova's own policy has, so that a multiplier alone is enough, as in Nova", () => {
    const weighersIn = (release: string) => inRelease(release, "[nova-default, {name: x}]").study.policies.map((policy) => policy.weighers);
    for (const used of weighersIn("2023.1")) expect(used).not.toContain("NumInstancesWeigher");
    for (const used of weighersIn("2023.2")) expect(used).toContain("NumInstancesWeigher");
    const policies = "[nova-default, {name: by-number, num_instances_weight_multiplier: -20}]";
    const [stock, spread] = read({ policies }).study.policies.map((policy) =>
      runOnce({ scenario: read({ policies }), policy, replication: 0 }),
    );
    expect(spread!.fingerprint).not.toBe(stock!.fingerprint);
  });

  it("does not list options that it does not have", () => {
    const path = "study.policies.*.num_instances_weight_multiplier";
    expect(valueAt(inRelease("zed"), path)).toBeUndefined();
    expect(valueAt(inRelease("bobcat"), path)).toBeDefined();
  });

  it("names every filter and weigher that Orrery has from Nova, and says what it has not", () => {
    const ownWeighers = weighers.filter(({ source }) => source.startsWith("nova/")).map(({ name }) => name);
    const classes = [...novaFilterClasses, ...novaWeigherClasses].map(({ name }) => name);
    expect(classes).toEqual(expect.arrayContaining([...filters.map(({ name }) => name), ...ownWeighers]));
    const has = [...filters, ...weighers].map(({ name }) => name);
    expect(
      classes.filter((name) => !has.includes(name)).every((name) => ["NUMATopologyFilter", "ImagePropertiesWeigher"].includes(name)),
    ).toBe(true);
    const newest = novaReleases.at(-1)!;
    for (const { weighers: used, enabledFilters } of catalogue.presets.values()) {
      for (const name of [...used, ...enabledFilters]) expect(missingIn(newest, name)).toBeNull();
    }
    for (const { since, removed, source } of changes)
      expect([since ?? removed, source]).toEqual([expect.any(Number), expect.stringContaining("nova/")]);
  });

  it("says of a weigher that Orrery does not have what a file asks of it", () => {
    const conf = "[filter_scheduler]\nimage_props_weight_multiplier = 2\nweight_classes = nova.scheduler.weights.all_weighers\n";
    const scenario = withConf(conf, { cloud: ["nova: {release: 2025.1}"] });
    expect(optionOf(scenario, "image_props_weight_multiplier").status).toBe("ignored");
    const left = scenario.configuration!.find(({ name, status }) => name === "weight_classes" && status === "without effect")!;
    expect(left.value).toContain("ImagePropertiesWeigher");
    expect(left.reason).toContain("CrossCellWeigher (a scenario is one cell of Nova), ImagePropertiesWeigher (Orrery does not model it)");
  });
});
