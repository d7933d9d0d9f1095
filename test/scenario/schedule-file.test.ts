// The file of `orrery schedule FILE`: what is decided, request by request, on clouds that a reader can work out.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { decide } from "../../src/policies/cases/decisions.ts";
import { presets } from "../../src/policies/nova/policy.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readSchedule } from "../../src/scenario/schedule-file.ts";
import { flavor, hostGroup, requestTable, tinyScenario } from "../workflows/tiny-scenario.ts";
import { folder, problemsOf } from "./folder.ts";

const at = folder({});
let files = 0;

function write(text: string): string {
  const file = join(at, `schedule-${files++}.yaml`);
  writeFileSync(file, text);
  return file;
}

const decisions = (text: string) => decide(readSchedule(write(text), catalogue));
const hosts = (text: string) => decisions(text).map(({ host, outcome }) => host ?? outcome);

const flavors = `
flavors:
  - {name: small, vcpus: 1, ram: 1 GiB}
  - {name: large, vcpus: 4, ram: 4 GiB, extra_specs: {"aggregate_instance_extra_specs:ssd": "true"}}`;
/** Hosts of 4 vCPUs and 8 GiB, nothing reserved or overcommitted. */
const plain = "vcpus: 4, ram: 8 GiB, disk: 100 GiB, cpu_allocation_ratio: 1, reserved_host_memory: 0 B";
const three = `hosts: [{name: a, ${plain}}, {name: b, ${plain}}, {name: c, ${plain}}]${flavors}`;

describe("orrery schedule FILE", () => {
  it("decides one request after another, each claiming its host: the freest host, then the others", () => {
    const told = decisions(`${three}\nrequests: [{flavor: small}, {flavor: small}, {name: mine, flavor: large}]`);
    expect(told.map(({ server, host, alternates }) => [server, host, alternates])).toEqual([
      ["request-1", "a", ["b", "c"]],
      ["request-2", "b", ["c", "a"]],
      ["mine", "c", []],
    ]);
    // RAM, CPU and disk each weigh 1 on the freest host.
    expect(told.map(({ weight, candidates }) => [weight, candidates])).toEqual([
      [3, 3],
      [3, 3],
      [0, 1],
    ]);
    expect(told[0]!.left_after).toMatchObject({ ComputeFilter: 3, ServerGroupAffinityFilter: 3 });
  });

  it("places all servers of a request or none", () => {
    const file = `${three}\npolicy: first-fit\nrequests: [{name: r, flavor: large, count: 4}, {name: s, flavor: large, count: 3}]`;
    expect(hosts(file)).toEqual(["NoValidHost", "NoValidHost", "NoValidHost", "NoValidHost", "a", "b", "c"]);
    expect(decisions(file).map(({ server }) => server)).toEqual(["r-1", "r-2", "r-3", "r-4", "s-1", "s-2", "s-3"]);
  });

  it("goes on from the host chosen last where the policy says so", () => {
    const requests = "requests: [{flavor: small, count: 2}, {flavor: small}, {flavor: small}]";
    expect(hosts(`${three}\npolicy: round-robin\n${requests}`)).toEqual(["a", "b", "c", "a"]);
    expect(hosts(`${three}\npolicy: next-fit\n${requests}`)).toEqual(["a", "a", "a", "a"]);
  });

  it("keeps to server groups, those with members that run already and with several members a host included", () => {
    const hostsWithMember = `hosts: [{name: a, ${plain}, instances: [old]}, {name: b, ${plain}}]${flavors}\npolicy: first-fit`;
    const groups =
      "groups: [{name: apart, policy: anti-affinity, members: [old]}, {name: pairs, policy: anti-affinity, max_server_per_host: 2}]";
    const requests = "requests: [{flavor: small, group: apart}, {flavor: small, group: apart}, {flavor: small, count: 3, group: pairs}]";
    expect(hosts(`${hostsWithMember}\n${groups}\n${requests}`)).toEqual(["b", "NoValidHost", "a", "a", "b"]);
  });

  it("asks Placement for the aggregates of the availability zone, and filters by their metadata", () => {
    const cloud = `
hosts: [{name: a, ${plain}}, {name: b, ${plain}, aggregates: [zone]}, {name: c, ${plain}, aggregates: [zone, fast]}]
aggregates: [{name: zone, availability_zone: az2}, {name: fast, metadata: {ssd: true}}]
policy: {name: p, based_on: first-fit, enabled_filters: [AggregateInstanceExtraSpecsFilter]}${flavors}
requests: [{flavor: large, availability_zone: az2}, {flavor: small, availability_zone: az2}, {flavor: small, availability_zone: nova}]`;
    expect(hosts(cloud)).toEqual(["c", "b", "a"]);
    expect(decisions(cloud).map(({ candidates, left_after }) => [candidates, left_after.AggregateInstanceExtraSpecsFilter])).toEqual([
      [2, 1],
      [1, 1], // c is full
      [2, 2], // no aggregate is in the zone nova, so all hosts with room are offered
    ]);
  });

  it("understands hints, images, options and metrics, which scenarios do not have", () => {
    const policy = "policy: {name: p, based_on: first-fit, enabled_filters: [SameHostFilter, DifferentHostFilter, IsolatedHostsFilter]}";
    const images = "images: [{name: gold}]\nconfig: {isolated_images: [gold], isolated_hosts: [b]}";
    const requests =
      "requests: [{name: r, flavor: small}, {flavor: small, image: gold}, {flavor: small, hints: {same_host: r}}, {flavor: small, hints: {different_host: [r]}}]";
    expect(hosts(`${three}\n${policy}\n${images}\n${requests}`)).toEqual(["a", "b", "a", "c"]);
    const busy = `hosts: [{name: a, ${plain}, metrics: {cpu.percent: 70}}, {name: b, ${plain}, metrics: {cpu.percent: 20}}]${flavors}`;
    const weigher = "policy: {name: p, weight_classes: [MetricsWeigher]}\nconfig: {metrics.weight_setting: [cpu.percent=-1]}";
    expect(hosts(`${busy}\n${weigher}\nrequests: [{flavor: small}]`)).toEqual(["b"]);
    const raised = decisions(`${three}\n${weigher}\nrequests: [{flavor: small}]`);
    expect(raised[0]).toMatchObject({ outcome: "error", host: null, error: expect.stringContaining("MetricsWeigher") });
  });

  it("takes builds under way for finished, unless it is told that they are not", () => {
    // Free RAM decides for a, builds against it.
    const roomy = plain.replace("8 GiB", "16 GiB");
    const cloud = `hosts: [{name: a, ${roomy}}, {name: b, ${plain}}]${flavors}
policy: {name: p, weight_classes: [RAMWeigher, IoOpsWeigher]}\nrequests: [{flavor: small}, {flavor: small}]`;
    expect(hosts(cloud)).toEqual(["a", "a"]);
    expect(hosts(`${cloud}\nbuilds_finish: false`)).toEqual(["a", "b"]);
  });

  it("draws the same for the same seed", () => {
    const drawn = (seed: string) => hosts(`${three}\npolicy: random\nseed: ${seed}\nrequests: [{flavor: small, count: 8}]`).join("");
    expect(drawn("one")).toBe(drawn("one"));
    expect(new Set(["one", "two", "three", "four"].map(drawn)).size).toBeGreaterThan(1);
  });

  it.each([...presets.keys()].filter((name) => name !== "random"))("decides under %s as a run does", (name) => {
    // Hosts of two types and three flavors, as a scenario and as a file.
    const sizes = [flavor("s", 1, 2048, 10), flavor("m", 4, 4096, 40), flavor("l", 6, 12_288, 20)];
    const order = [0, 1, 0, 2, 0, 0, 1, 2, 1, 0, 2, 0, 1, 1, 0, 2, 0];
    const scenario = tinyScenario({
      cloud: {
        controlPlane: "instant",
        flavors: sizes,
        hosts: [hostGroup(3, { cpuAllocationRatio: 2 }), hostGroup(2, { type: "dell-r6515", vcpus: 12, ramMb: 24_576, diskGb: 200 })],
      },
    });
    const requests = requestTable(order.map((flavor) => ({ flavor })));
    const run = runOnce({ scenario, policy: presets.get(name)!, replication: 0, workload: { flavors: sizes, requests } });
    const file = `
policy: ${name}
hosts:
  - {count: 3, type: hpe-dl360-gen9, vcpus: 8, ram: 16 GiB, disk: 100 GiB, cpu_allocation_ratio: 2, reserved_host_memory: 0 B}
  - {count: 2, type: dell-r6515, vcpus: 12, ram: 24 GiB, disk: 200 GiB, cpu_allocation_ratio: 1, reserved_host_memory: 0 B}
flavors:
  - {name: s, vcpus: 1, ram: 2 GiB, disk: 10 GiB}
  - {name: m, vcpus: 4, ram: 4 GiB, disk: 40 GiB}
  - {name: l, vcpus: 6, ram: 12 GiB, disk: 20 GiB}
requests: [${order.map((size) => `{flavor: ${"sml"[size]}}`).join(", ")}]`;
    expect(hosts(file)).toEqual([...run.built.cloud.servers.host].map((host) => (host < 0 ? "NoValidHost" : `host-${host + 1}`)));
  });

  it("says all that is wrong with a file at once, and where", () => {
    const file = write(`policy: nova-defualt
hosts:
  - {name: a, vcpus: 4, ram: 8, agregates: [ssd]}
  - {name: a, type: dell-r7525}
flavors: [{name: small, vcpus: 0.5, ram: 1 GiB}]
config: {isolated_hosts: a}
requests: [{flavor: smal, count: 0}]
`);
    const found = problemsOf(() => readSchedule(file, catalogue)).map(({ line, column, path, message }) => [line, column, path, message]);
    expect(found).toEqual([
      [1, 9, "policy", 'unknown policy "nova-defualt"'],
      [3, 30, "hosts.0.ram", expect.stringContaining("without a unit")],
      [3, 33, "hosts.0.agregates", 'unknown key "agregates"'],
      [4, 12, "hosts.1.name", 'host "a" is named twice (first in line 3)'],
      [5, 32, "flavors.0.vcpus", expect.stringContaining("a whole number of vCPUs")],
      [6, 26, "config.isolated_hosts", expect.stringContaining("a list of names")],
      [7, 21, "requests.0.flavor", 'unknown flavor "smal"'],
      [7, 34, "requests.0.count", expect.stringContaining("at least 1")],
    ]);
  });

  it("refuses more hosts and servers than are worth building, and takes JSON for what it is", () => {
    const file = write(
      `hosts: [{count: 600000, ${plain}}, {count: 600000, ${plain}}]${flavors}\nrequests: [{flavor: small, count: 70000}, {flavor: small, count: 70000}]`,
    );
    expect(problemsOf(() => readSchedule(file, catalogue)).map(({ message }) => message)).toEqual([
      "there are 1200000 hosts in total, at most 1000000 can be decided on",
      "there are 140000 servers in total, at most 100000 can be decided on",
    ]);
    const json = {
      policy: "first-fit",
      hosts: [{ vcpus: 1, ram: "1 GiB" }],
      flavors: [{ name: "s", vcpus: 1, ram: "256 MiB" }],
      requests: [{ flavor: "s" }],
    };
    expect(hosts(JSON.stringify(json))).toEqual(["host-1"]);
  });

  it("and what only shows when values are put together", () => {
    const file = write(`hosts: [{disk: 1 TiB}, {name: x, count: 2, ${plain}}, {name: x-2, ${plain}}]
flavors: [{name: small, vcpus: 1, ram: 1 GiB}]
groups: [{name: g, policy: affinity, max_server_per_host: 2}]
requests: [{flavor: small, availability_zone: az1, ignore_hosts: [y], group: g}]
`);
    const found = problemsOf(() => readSchedule(file, catalogue)).map(({ path, message }) => `${path}: ${message}`);
    expect(found).toEqual([
      'hosts: two hosts are named "x-2"',
      "hosts.0.vcpus: is missing: expected vcpus, or a type that gives them",
      "hosts.0.ram: is missing: expected ram, or a type that gives it",
      "groups.0.max_server_per_host: is for anti-affinity groups, this one is affinity",
      'requests.0.availability_zone: no aggregate is in availability zone "az1"',
      'requests.0.ignore_hosts.0: unknown host "y"',
    ]);
    expect(problemsOf(() => readSchedule(join("no", "such.yaml"), catalogue))[0]!.message).toContain("there is no such file");
  });
});
