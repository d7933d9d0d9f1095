// The policy nova.conf: how the scheduler of the file gets into a study.
import { describe, expect, it } from "vitest";
import { catalogue } from "../../../src/scenario/catalogue.ts";
import { readScenario } from "../../../src/scenario/parse.ts";
import type { OptionFacts } from "../../../src/scenario/vocabulary.ts";
import { folder } from "../folder.ts";
import { decisions, faults, optionOf, type Parts, read, scenarioText, valueAt, withConf } from "./conf-scenario.ts";

describe("the policy nova.conf", () => {
  const conf = "[filter_scheduler]\nram_weight_multiplier = -2\nhost_subset_size = 3\nenabled_filters = ComputeFilter\n";

  it("is the policy of a study that names none", () => {
    expect(withConf(conf).study.policies).toMatchObject([
      { name: "nova.conf", enabledFilters: ["ComputeFilter"], hostSubsetSize: 3, options: new Map([["ram_weight_multiplier", -2]]) },
    ]);
  });

  it("stands beside others, and others are based on it", () => {
    const policies = "[nova-default, nova.conf, {name: wide, based_on: nova.conf, host_subset_size: 9}]";
    const scenario = withConf(conf, { policies });
    expect(
      scenario.study.policies.map(({ name, hostSubsetSize, options }) => [name, hostSubsetSize, options.get("ram_weight_multiplier")]),
    ).toEqual([
      ["nova-default", 1, undefined],
      ["nova.conf", 3, -2],
      ["wide", 9, -2],
    ]);
    expect(optionOf(scenario, "ram_weight_multiplier").reason).toBe(
      "study.policies.1.ram_weight_multiplier, study.policies.2.ram_weight_multiplier",
    );
  });

  it("is missed aloud where the study does not use it", () => {
    const scenario = withConf(conf, { policies: "[nova-default]" });
    expect(scenario.study.policies.map(({ name }) => name)).toEqual(["nova-default"]);
    for (const option of scenario.configuration!) {
      expect(option).toMatchObject({ status: "without effect", reason: expect.stringContaining("no policy of the study takes it") });
    }
    const overruled = withConf(conf, { policies: "[{name: x, based_on: nova.conf, ram_weight_multiplier: 1}]" });
    expect(optionOf(overruled, "ram_weight_multiplier").reason).toBe(
      "the policies based on nova.conf say ram_weight_multiplier themselves",
    );
  });

  it("needs a file", () => {
    expect(faults(() => read({ policies: "[nova.conf, {name: x, based_on: nova.conf}]" }))).toEqual([
      expect.stringMatching(/^a\.yaml:5:35 study\.policies\.0: the policy "nova\.conf" is what a configuration file says.*nova_conf: etc/),
      expect.stringMatching(/^a\.yaml:5:\d+ study\.policies\.1: the policy "nova\.conf" is what a configuration file says/),
    ]);
  });

  it("of an empty file is nova-default, in every release", () => {
    for (const release of ["zed", "2023.2", "2026.2"]) {
      const { policies } = withConf("", { cloud: [`nova: {release: ${release}}`], policies: "[nova-default, nova-pack, nova.conf]" }).study;
      const [stock, pack, conf] = policies.map(({ weighers, enabledFilters }) => ({ weighers, enabledFilters }));
      expect(conf).toEqual(stock);
      expect(pack).toEqual(stock);
      expect(stock!.weighers).toEqual(
        expect.arrayContaining(["PCIWeigher", "ServerGroupSoftAffinityWeigher", "ServerGroupSoftAntiAffinityWeigher", "MetricsWeigher"]),
      );
    }
  });

  it("takes all weighers where the file names none, so that every multiplier in it counts", () => {
    const scenario = withConf("[filter_scheduler]\nnum_instances_weight_multiplier = -1\n");
    expect(scenario.study.policies[0]!.weighers).toContain("NumInstancesWeigher");
    const zed = withConf("[filter_scheduler]\nnum_instances_weight_multiplier = -1\n", { cloud: ["nova: {release: zed}"] });
    expect(zed.study.policies[0]!.weighers).not.toContain("NumInstancesWeigher");
    expect(optionOf(zed, "num_instances_weight_multiplier").reason).toBe(
      "Nova 26 (Zed) has no such option: it came with Nova 28 (2023.2 Bobcat)",
    );
  });
});

describe("options that are no numbers", () => {
  const facts = { meaning: "An option.", source: "nova/conf/scheduler.py" };
  const wider = {
    ...catalogue,
    options: new Map<string, OptionFacts>([
      ...catalogue.options,
      ["isolated_hosts", { ...facts, default: [] }],
      ["restrict_isolated_hosts_to_isolated_images", { ...facts, default: true }],
      ["aggregate_image_properties_isolation_namespace", { ...facts, default: null }],
    ]),
  };
  const readWith = (parts: Parts, conf = "") =>
    readScenario("a.yaml", { catalogue: wider, cwd: folder({ "a.yaml": scenarioText(parts), "nova.conf": conf }) });
  const expected = new Map<string, unknown>([
    ["isolated_hosts", ["compute-1", "compute-2"]],
    ["restrict_isolated_hosts_to_isolated_images", false],
    ["aggregate_image_properties_isolation_namespace", "trusted"],
  ]);
  const lines = [
    "isolated_hosts = compute-1, compute-2",
    "restrict_isolated_hosts_to_isolated_images = no",
    "aggregate_image_properties_isolation_namespace = trusted",
  ];

  it("are read from a file and from a scenario alike: texts, lists, true and false", () => {
    const file = readWith({ cloud: ["nova_conf: nova.conf"] }, `[filter_scheduler]\n${lines.join("\n")}\n`);
    expect(file.study.policies[0]!.options).toEqual(expected);
    const policy =
      "[{name: x, isolated_hosts: [compute-1, compute-2], restrict_isolated_hosts_to_isolated_images: false, aggregate_image_properties_isolation_namespace: trusted}]";
    const scenario = readWith({ policies: policy });
    expect(scenario.study.policies[0]!.options).toEqual(expected);
    expect(valueAt(scenario, "study.policies.0.isolated_hosts")!.value).toBe("compute-1, compute-2");
    expect(valueAt(scenario, "study.policies.*.isolated_hosts")!.value).toBe("none");
  });

  it("are refused where the type is wrong", () => {
    const policy = "[{name: x, isolated_hosts: compute-1, restrict_isolated_hosts_to_isolated_images: maybe}]";
    expect(faults(() => readWith({ policies: policy }))).toEqual([
      expect.stringMatching(/isolated_hosts: expected a list of texts/),
      expect.stringMatching(/restrict_isolated_hosts_to_isolated_images: expected true or false/),
    ]);
  });

  it("reach the filter that reads them: images that name no architecture get the one of the option", () => {
    const conf = "[filter_scheduler]\nimage_properties_default_architecture = aarch64\n";
    expect(decisions(withConf(conf)).decisions).toContain("NoValidHost");
    expect(decisions(withConf(conf.replace("aarch64", "x86_64"))).fingerprint).toBe(decisions(withConf("")).fingerprint);
  });
});
