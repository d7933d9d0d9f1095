// Mistakes in configuration files, each with its line.
import { describe, expect, it } from "vitest";
import { faults, read, withConf } from "./conf-scenario.ts";

describe("mistakes in a file", () => {
  it("are all told at once, each with its line", () => {
    const conf = [
      ...["orphan = 1", "[DEFAULT]", "cpu_allocation_ratio = lots", "ram_allocation_ratio = -1", "no sign", "  no value above", "[open"],
      ...["[scheduler]", "max_attempts = 0", "max_placement_results = $nowhere", "workers = 2.5", "[filter_scheduler]"],
      ...["enabled_filters = ComputFilter, RamFilter, Mine", "available_filters = nova.scheduler.filters.all_filters"],
      ...["available_filters = my.Mine", "weight_classes = RAMWeigher, nova.scheduler.weights.ram.RAMWeiger", "host_subset_size = 0"],
      ...["shuffle_best_same_weighed_hosts = maybe", ""],
    ].join("\n");
    expect(faults(() => withConf(conf))).toEqual([
      'nova.conf:1:1 : the option "orphan" stands in no group (begin with [DEFAULT])',
      'nova.conf:3:1 [DEFAULT] cpu_allocation_ratio: expected a number, got "lots" ()',
      "nova.conf:4:1 [DEFAULT] ram_allocation_ratio: must be at least 0, got -1 ()",
      'nova.conf:5:1 : expected "name = value" (a comment begins with #)',
      expect.stringMatching(/^nova\.conf:6:1 : a line that begins with a blank/),
      'nova.conf:7:1 : the group "[open" has no closing bracket (nothing may follow the bracket)',
      "nova.conf:9:1 [scheduler] max_attempts: must be at least 1, got 0 ()",
      "nova.conf:10:1 [scheduler] max_placement_results: refers to $nowhere, which no file sets ()",
      'nova.conf:11:1 [scheduler] workers: expected a whole number, got "2.5" ()',
      'nova.conf:13:1 [filter_scheduler] enabled_filters: unknown filter "ComputFilter" (did you mean "ComputeFilter"?)',
      "nova.conf:13:1 [filter_scheduler] enabled_filters: RamFilter was gone before Nova 26 (Zed) (Placement checks the room on hosts)",
      expect.stringMatching(
        /Mine is a filter of your own, which Orrery does not have \(give enabled_filters in a policy based on nova\.conf\)/,
      ),
      expect.stringMatching(
        /^nova\.conf:16:1 .*"RAMWeigher" is not the path of a weigher \(write nova\.scheduler\.weights\.ram\.RAMWeigher\)/,
      ),
      expect.stringMatching(
        /^nova\.conf:16:1 .*RAMWeiger is not a weigher that Orrery has \(did you mean "nova\.scheduler\.weights\.ram\.RAMWeigher"\?\)/,
      ),
      "nova.conf:17:1 [filter_scheduler] host_subset_size: must be at least 1, got 0 ()",
      'nova.conf:18:1 [filter_scheduler] shuffle_best_same_weighed_hosts: expected true or false (or 1, 0, yes, no, on, off), got "maybe" ()',
    ]);
  });

  it("point at the scenario where it names a file that cannot be read", () => {
    const cloud = ["nova_conf: [none.conf, 7, empty]"];
    const told = faults(() => read({ cloud }, { "empty/readme": "" }));
    expect(told[0]).toBe('a.yaml:2:15 cloud.nova_conf: cannot read "none.conf": there is no such file ()');
    expect(told[1]).toMatch(/^a\.yaml:2:26 cloud\.nova_conf: expected the path of a configuration file, or a list of paths/);
    expect(told[2]).toMatch(/^a\.yaml:2:29 cloud\.nova_conf: cannot read "empty": is a folder, expected a configuration file/);
  });

  it("of values that a scenario would not take are told at their line, too", () => {
    expect(faults(() => withConf("[DEFAULT]\ncpu_allocation_ratio = 5000\n[filter_scheduler]\nram_weight_multiplier = nan\n"))).toEqual([
      expect.stringMatching(/^nova\.conf:2:1 cloud\.(host_defaults|hosts\.0)\.cpu_allocation_ratio: must be at most 1000/),
      expect.stringMatching(/^nova\.conf:4:1 study\.policies\.0\.ram_weight_multiplier: /),
    ]);
  });

  it("of filters count only where the study uses them", () => {
    const conf = "[filter_scheduler]\nenabled_filters = Mine\n";
    expect(faults(() => withConf(conf))).toHaveLength(1);
    expect(faults(() => withConf(conf, { policies: "[nova-default]" }))).toEqual([]);
    expect(faults(() => withConf(conf, { policies: "[{name: x, based_on: nova.conf, enabled_filters: [ComputeFilter]}]" }))).toEqual([]);
  });
});
