import { describe, expect, it } from "vitest";
import { ExtraSpecError, matchesExtraSpec } from "../../src/policies/nova/extra-spec-match.ts";
import { weighers } from "../../src/policies/nova/weighers/index.ts";
import { type NovaHost, readCases, type SingleCase, scheduling } from "./nova-cases.ts";

const nodes = (rows: readonly NovaHost[], of: Iterable<number>) => [...of].map((row) => rows[row]!.node);

/** Leaves out what the scheduler has no notion of yet: destinations, forced hosts, multipliers of aggregates. */
function plain({ aggregates, request }: SingleCase): boolean {
  const narrowed = [request.ignore_hosts, request.force_hosts, request.force_nodes, request.requested_destination];
  const byAggregate = aggregates.some(({ metadata }) => Object.keys(metadata).some((key) => key.endsWith("_multiplier")));
  return narrowed.every((value) => value === null) && !byAggregate;
}

/** Holds a decision against Nova's: the survivors of each filter, the raw values of each weigher, the weight and the whole order. */
function check(one: SingleCase): void {
  const { hosts, scheduler, spec } = scheduling(one);
  const { expected } = one;
  const count = scheduler.select(spec, hosts.count - 1, 0);
  const survivors = expected.filters.filter(({ name }) => name !== "AllHostsFilter").map(({ passed }) => passed.length);
  expect([...scheduler.leftAfter].slice(0, survivors.length)).toEqual(survivors);
  if (expected.outcome === "no_valid_host") {
    expect(count).toBe(0);
    return;
  }
  for (const { name, raw } of expected.weighers!) {
    const weigher = weighers.find((weigher) => weigher.name === name)!;
    const value = weigher.weigh(hosts, spec);
    const filtered = expected.filtered!.map((node) => one.hosts.findIndex((host) => host.node === node));
    expect(filtered.map((row) => Math.max(value(row), weigher.minval ?? Number.NEGATIVE_INFINITY))).toEqual(raw);
  }
  expect(nodes(one.hosts, scheduler.ordered.subarray(0, count))).toEqual(expected.sorted);
  expect(scheduler.weight).toBe(expected.weighed![0]!.weight);
}

describe("Nova's own answers", () => {
  it("the language of extra specs: all 300 cases", () => {
    const cases = readCases<{ value: string; requirement: string; expected: boolean | string }>("extra_specs_ops.jsonl.gz");
    expect(cases).toHaveLength(300);
    for (const { value, requirement, expected } of cases) {
      let answer: boolean | string;
      try {
        answer = matchesExtraSpec(value, requirement);
      } catch (error) {
        if (!(error instanceof ExtraSpecError)) throw error;
        answer = "error";
      }
      expect([value, requirement, answer]).toEqual([value, requirement, typeof expected === "string" ? "error" : expected]);
    }
  });

  const known = new Set(weighers.map((weigher) => weigher.name));
  const ofWeighers = readCases<SingleCase>("weighers.jsonl.gz").filter(
    (one) => plain(one) && one.config.filter_scheduler.weight_classes.every((name) => known.has(name)),
  );
  it("there are 25 cases for the weighers that exist here, with multipliers of the configuration only", () => {
    expect(ofWeighers).toHaveLength(25);
  });
  it.each(ofWeighers.map((one) => [one.id, one.config.filter_scheduler.weight_classes.join(", "), one] as const))(
    "%s: %s",
    (_id, _what, one) => check(one),
  );

  const ofFilters = readCases<SingleCase>("filters.jsonl.gz");
  const filterCases = (name: string, expressible: (one: SingleCase) => boolean) =>
    ofFilters.filter((one) => one.config.filter_scheduler.enabled_filters.includes(name) && plain(one) && expressible(one));
  /** The weighers behind the filter are another question; only those that exist take part. */
  const filterOnly = (one: SingleCase): void => {
    const { hosts, scheduler, spec } = scheduling({
      ...one,
      config: { filter_scheduler: { enabled_filters: one.config.filter_scheduler.enabled_filters, weight_classes: [] } },
    });
    const count = scheduler.select(spec, hosts.count - 1, 0);
    expect(nodes(one.hosts, scheduler.ordered.subarray(0, count))).toEqual(one.expected.filters[0]!.passed);
  };

  const affinity = filterCases("ServerGroupAffinityFilter", () => true);
  const antiAffinity = filterCases("ServerGroupAntiAffinityFilter", ({ request, hosts }) => {
    const alone = hosts.every(({ instances }) => !instances.includes(request.instance_uuid));
    return (request.instance_group?.rules.max_server_per_host ?? 1) === 1 && alone;
  });
  // Attributes that hosts have here; cpu_info, stats and the version of the hypervisor are not among them.
  const attributes = new Set([
    ...["host", "nodename", "hypervisor_hostname", "hypervisor_type", "vcpus_total", "vcpus_used", "total_usable_ram_mb", "free_ram_mb"],
    ...["total_usable_disk_gb", "free_disk_mb", "num_instances", "num_io_ops", "failed_builds", "cpu_allocation_ratio"],
  ]);
  const capabilities = filterCases("ComputeCapabilitiesFilter", ({ request, expected }) => {
    const keys = Object.keys(request.flavor.extra_specs);
    const expressible = keys.every((key) => {
      const scoped = key.startsWith("capabilities:");
      return (key.includes(":") && !scoped) || attributes.has(scoped ? key.slice("capabilities:".length) : key);
    });
    return expressible && expected.outcome !== "error";
  });
  it("there are as many cases for the filters as can be said with these hosts", () => {
    expect([affinity.length, antiAffinity.length, capabilities.length]).toEqual([10, 9, 3]);
  });
  it.each(
    [...affinity, ...antiAffinity, ...capabilities].map((one) => [one.id, one.config.filter_scheduler.enabled_filters[0]!, one] as const),
  )("%s: %s", (_id, _what, one) => filterOnly(one));
});
