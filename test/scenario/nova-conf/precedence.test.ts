// biome-ignore-all lint/suspicious/noTemplateCurlyInString: values of oslo.config and expressions of scenarios are written ${...}
// Who has the last word: the scenario or the file, one line or another, one file or another.
import { describe, expect, it } from "vitest";
import { catalogue } from "../../../src/scenario/catalogue.ts";
import { readScenario } from "../../../src/scenario/parse.ts";
import { folder } from "../folder.ts";
import { faults, optionOf, read, scenarioText, withConf } from "./conf-scenario.ts";

describe("who has the last word", () => {
  it("the scenario, over the file; a group of hosts, over both", () => {
    const scenario = withConf("[DEFAULT]\ncpu_allocation_ratio = 8\nram_allocation_ratio = 1.5\n", {
      cloud: ["host_defaults: {ram_allocation_ratio: 1.2}"],
      hosts: "{type: dell-r7525, count: 1}, {type: dell-r7525, count: 1, cpu_allocation_ratio: 2}",
    });
    expect(scenario.cloud.hosts.map(({ cpuAllocationRatio, ramAllocationRatio }) => [cpuAllocationRatio, ramAllocationRatio])).toEqual([
      [8, 1.2],
      [2, 1.2],
    ]);
    expect(optionOf(scenario, "ram_allocation_ratio")).toMatchObject({
      status: "without effect",
      reason: expect.stringMatching(/says cloud\.host_defaults\.ram_allocation_ratio itself, at a\.yaml:3:41/),
    });
    expect(optionOf(scenario, "cpu_allocation_ratio")).toMatchObject({ status: "taken" });
  });

  it("a ratio over its initial value, unless it is 0", () => {
    const ratio = (text: string) => withConf(`[DEFAULT]\n${text}\n`).cloud.hosts[0]!.cpuAllocationRatio;
    expect(ratio("initial_cpu_allocation_ratio = 16\ncpu_allocation_ratio = 2")).toBe(2);
    expect(ratio("initial_cpu_allocation_ratio = 16\ncpu_allocation_ratio = 0.0")).toBe(16);
    expect(ratio("cpu_allocation_ratio = 0.0")).toBe(4);
  });

  it("the last of two lines, the later of two files, and in a folder the last by name", () => {
    const files = {
      "one.conf": "[scheduler]\nmax_attempts = 5\nmax_attempts = 6\n",
      "two.conf": "[scheduler]\nmax_placement_results = 7\n",
      "etc/20.conf": "[scheduler]\nmax_attempts = 8\n",
      "etc/10.conf": "[scheduler]\nmax_attempts = 9\n",
      "etc/readme.txt": "not a configuration",
    };
    const attempts = (paths: string) => read({ cloud: [`nova_conf: ${paths}`] }, files).cloud.nova.maxAttempts;
    expect(attempts("one.conf")).toBe(6);
    expect(attempts("[one.conf, two.conf]")).toBe(6);
    expect(attempts("[one.conf, etc]")).toBe(8);
    expect(attempts("[etc, one.conf]")).toBe(6);
    const scenario = read({ cloud: ["nova_conf: [one.conf, etc]"] }, files);
    expect(scenario.configuration!.map(({ source, reason }) => [source, reason])).toEqual([
      ["one.conf:2:1", "[scheduler] max_attempts in etc/20.conf, line 2, holds instead"],
      ["one.conf:3:1", "[scheduler] max_attempts in etc/20.conf, line 2, holds instead"],
      ["etc/10.conf:2:1", "[scheduler] max_attempts in etc/20.conf, line 2, holds instead"],
      ["etc/20.conf:2:1", "cloud.nova.max_attempts"],
    ]);
  });

  it("a value may point at another option, as in oslo.config", () => {
    const conf =
      "[DEFAULT]\nlimit = 6\n[scheduler]\nmax_attempts = $limit\nmax_placement_results = ${filter_scheduler.some}0\n[filter_scheduler]\nsome = 1$$\nsome = 3\n";
    expect(withConf(conf).cloud.nova).toMatchObject({ maxAttempts: 6, maxPlacementResults: 30 });
  });

  it("a value may point at an option that no file sets: its default in the release holds, as in oslo.config", () => {
    const conf = (...lines: readonly string[]) => [...lines, ""].join("\n");
    const optionsOf = (text: string, cloud: readonly string[] = []) => {
      const { study, cloud: read } = withConf(text, { policies: "[nova.conf]", cloud });
      return { ...read.nova, ...read.quota, ratio: read.hosts[0]!.cpuAllocationRatio, policy: study.policies[0]! };
    };
    const scheduler = conf(
      "[filter_scheduler]",
      "host_subset_size = $max_io_ops_per_host",
      "max_instances_per_host = ${scheduler.max_attempts}0",
      "ram_weight_multiplier = -$build_failure_weight_multiplier",
      "shuffle_best_same_weighed_hosts = $restrict_isolated_hosts_to_isolated_images",
    );
    const { policy } = optionsOf(scheduler);
    expect([policy.hostSubsetSize, policy.shuffleBestSameWeighedHosts]).toEqual([8, true]);
    expect(["max_instances_per_host", "ram_weight_multiplier"].map((name) => policy.options.get(name))).toEqual([30, -1e6]);
    // What a file sets is still before the default, under a former name too.
    expect(optionsOf(conf("[scheduler]", "max_attempts = ${quota.instances}")).maxAttempts).toBe(10);
    expect(optionsOf(conf("[DEFAULT]", "quota_instances = 7", "[scheduler]", "max_attempts = ${quota.instances}")).maxAttempts).toBe(7);
    // By release, which may lack the option.
    const ratio = conf("[DEFAULT]", "cpu_allocation_ratio = 1$initial_cpu_allocation_ratio");
    expect(optionsOf(ratio, ["nova: {release: zed}"]).ratio).toBe(116);
    expect(optionsOf(ratio, ["nova: {release: 2023.1}"]).ratio).toBe(14);
    const weight = conf("[filter_scheduler]", "ram_weight_multiplier = $num_instances_weight_multiplier");
    expect(optionsOf(weight, ["nova: {release: bobcat}"]).policy.options.get("ram_weight_multiplier")).toBe(0);
    expect(faults(() => optionsOf(weight, ["nova: {release: zed}"]))).toEqual([
      "nova.conf:2:1 [filter_scheduler] ram_weight_multiplier: refers to $num_instances_weight_multiplier, which no file sets ()",
    ]);
    // None is the empty text, which for a number is none.
    const none = withConf(conf("[DEFAULT]", "cpu_allocation_ratio = $ram_allocation_ratio"));
    expect(optionOf(none, "cpu_allocation_ratio")).toMatchObject({ status: "without effect", reason: "it is empty" });
  });

  it("a path in an imported file is relative to that file, one from a parameter to the user", () => {
    const cwd = folder({
      "base/cloud.yaml": scenarioText({ cloud: ["nova_conf: etc/nova.conf"] }),
      "base/etc/nova.conf": "[scheduler]\nmax_attempts = 7\n",
      "mine.conf": "[scheduler]\nmax_attempts = 8\n",
      "a.yaml": "import: base/cloud.yaml\n",
      "b.yaml": 'import: base/cloud.yaml\nparameters: {conf: none.conf}\ncloud: {nova_conf: "${conf}"}\n',
    });
    const imported = readScenario("a.yaml", { catalogue, cwd });
    expect(imported.cloud.nova.maxAttempts).toBe(7);
    expect(optionOf(imported, "max_attempts").source).toBe("base/etc/nova.conf:2:1");
    const given = readScenario("b.yaml", { catalogue, cwd, parameters: new Map([["conf", "mine.conf"]]) });
    expect(given.cloud.nova.maxAttempts).toBe(8);
    expect(optionOf(given, "max_attempts").source).toBe("mine.conf:2:1");
  });
});

describe("what Nova itself would not do", () => {
  it("is not done either: options in places it reads no more, zeros that mean its own default, limits of another driver", () => {
    const scenario = withConf(
      [
        "[DEFAULT]\nscheduler_max_attempts = 9\nscheduler_default_filters = RamFilter\nram_weight_multiplier = -1",
        "[scheduler]\nworkers = 0",
        "[quota]\ndriver = nova.quota.NoopQuotaDriver\ncores = 10",
        "[filter_scheduler]\nmax_attempts = 4\n",
      ].join("\n"),
    );
    const reasons = Object.fromEntries(scenario.configuration!.map(({ group, name, reason }) => [`${group} ${name}`, reason]));
    expect(reasons).toMatchObject({
      "DEFAULT scheduler_max_attempts": "Nova does not read it here; its place is [scheduler] max_attempts",
      "DEFAULT scheduler_default_filters": "Nova does not read it here; its place is [filter_scheduler] enabled_filters",
      "DEFAULT ram_weight_multiplier": "Nova does not read it here; its place is [filter_scheduler] ram_weight_multiplier",
      "scheduler workers": "0 leaves the number of workers to the service",
      "quota cores": "with the driver nova.quota.NoopQuotaDriver no limit of [quota] holds",
      "filter_scheduler max_attempts": "Nova does not read it here; its place is [scheduler] max_attempts",
    });
    expect(scenario.cloud).toMatchObject({ nova: { maxAttempts: 3 }, quota: { cores: -1 } });
  });
});
