// Clouds at the edge of what is one: no host in service, one host, no bandwidth, images of nothing, networks that hang together nowhere.
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/kernel/problem.ts";
import { toldRun } from "../workflows/told-run.ts";

interface Parts {
  readonly hosts?: string;
  readonly fabric?: string;
  readonly image?: string;
  readonly more?: string;
}

const cloud = ({ hosts = "{type: dell-r7525, count: 4}", fabric = "{}", image = "20 MiB", more = "" }: Parts) => `
cloud:
  hosts: [${hosts}]
  fabric: ${fabric}
  images: [{name: cirros, size: ${image}}]
  flavors: [{name: m1, vcpus: 2, ram: 4 GiB}]
  metering: {meters: none}
workload: {arrivals: {constant: {interval: 1 min}}, max_servers: 5, lifetime: 1 h}
study: {duration: 3 h, seed: 1}
${more}
`;

function figures(parts: Parts) {
  const { values } = toldRun(cloud(parts));
  return [values.get("servers.active"), values.get("servers.no_valid_host")];
}

function problems(parts: Parts): readonly string[] {
  try {
    toldRun(cloud(parts));
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe("a cloud", () => {
  it("needs a host", () => {
    expect(problems({ hosts: "" }).length).toBeGreaterThan(0);
    expect(problems({ hosts: "{type: dell-r7525, count: 0}" }).length).toBeGreaterThan(0);
  });

  it("whose hosts are all disabled, or not in service yet, finds no valid host", () => {
    expect(figures({ hosts: "{type: dell-r7525, count: 2, disabled: true}" })).toEqual([0, 5]);
    expect(figures({ more: "timeline: [{at: 2 h, add_hosts: {all: hosts}}]" })).toEqual([0, 5]);
  });

  it("of one host works, and its host cannot be drained", () => {
    const parts = {
      hosts: "{type: dell-r7525, count: 1}",
      more: "timeline: [{at: 10 min, drain: {all: hosts}}, {at: 20 min, migrate: {all: hosts}}]",
    };
    const { values } = toldRun(cloud(parts));
    expect(["servers.active", "migrations.failed", "resizes.failed", "claims.held_twice"].map((name) => values.get(name))).toEqual([
      5, 5, 5, 0,
    ]);
  });

  it("downloads images of nothing in no time, or says that they are none", () => {
    expect(problems({ image: "0 MiB" }).length > 0 || figures({ image: "0 MiB" })[0] === 5).toBe(true);
  });

  it.each([
    "{leaf_spine: {spines: 2, uplink: 0 Gbit/s}}",
    "{glance: 0 Gbit/s}",
    "{star: {}, glance: 0 Gbit/s}",
    "{fat_tree: {k: 4, link: 0 Gbit/s}}",
  ])("has no links without bandwidth: %s", (fabric) => {
    expect(problems({ fabric }).length).toBeGreaterThan(0);
  });

  it("hangs together", () => {
    const fabric =
      "{custom: {switches: [a, b], links: [{from: [compute-1..compute-2, glance], to: a}, {from: compute-3..compute-4, to: b}]}}";
    expect(problems({ fabric })).toEqual(["compute-3, compute-4 have no way to the image service"]);
  });
});

describe("what fails in a network", () => {
  it("has a name that there is", () => {
    const more = `timeline:
  - {at: 1 h, fail: {switch: spine-9}}
  - {at: 1 h, fail: {link: [leaf-1, leaf-1]}}
  - {at: 1 h, fail: {link: [leaf-1]}}
  - {at: 1 h, fail: {link: [leaf-1, spine-9]}}
  - {at: 1 h, fail: {link: [spine-1, border]}}
`;
    expect(problems({ more })).toMatchInlineSnapshot(`
      [
        "there is no switch "spine-9"",
        "leaf-1 and leaf-1 are not joined",
        "a link has two ends, not 1",
        "there is no switch "spine-9"",
        "the links of a border switch do not fail",
      ]
    `);
  });

  it("is there at all", () => {
    const more = "failures: {components: [{component: link, between: {exponential: {mean: 1 h}}, repair: 1 h}]}";
    expect(problems({ fabric: "{star: {}}", more })).toEqual(["the network has no links, so nothing fails"]);
  });
});

describe("resizes", () => {
  it("need another flavor, and a time at which they are reverted", () => {
    const resizes = cloud({}).replace("lifetime: 1 h}", "lifetime: 1 h, resizes: {probability: 1, after: 1 min}}");
    expect(() => toldRun(resizes)).toThrow(/no other flavor/);
    expect(problems({ more: "timeline: [{at: 1 h, migrate: {all: hosts, revert_probability: 1}}]" })).toEqual([
      "nobody reverts without a time at which it is decided",
    ]);
    expect(
      problems({ more: "timeline: [{at: 1 h, profile: {name: p, all: hosts}}]\nprofiles: {p: [{do: enable, method: cold}]}" }),
    ).toEqual(["enable takes no method"]);
  });
});
