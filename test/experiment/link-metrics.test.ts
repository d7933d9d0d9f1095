// How much of the network is used: what a run says of its links is what its downloads must have done to them.
import { describe, expect, it } from "vitest";
import { toldRun } from "../workflows/told-run.ts";

/** Twelve servers, each on a host of its own, two hosts in a rack: each downloads 2.5 GB, 30 GB in all. */
const cloud = (fabric: string, study = "{duration: 1000 s, seed: 4}") => `
cloud:
  hosts: [{type: dell-r7525, count: 12, racks: 6, ram: 16 GiB, nic: 10 Gbit/s}]
  fabric: ${fabric}
  images: [{name: big, size: 2500 MB}]
  flavors: [{name: whole, vcpus: 1, ram: 12 GiB}]
  metering: {meters: none}
workload: {arrivals: {at_once: {count: 12}}, lifetime: never}
study: ${study}
`;
const figuresOf = (text: string) => {
  const { values } = toldRun(text);
  return (name: string) => values.get(`links.${name}`)!;
};

describe("links of a leaf-spine whose leaves are oversubscribed four to one", () => {
  const figure = figuresOf(cloud("{glance: 400 Gbit/s, leaf_spine: {spines: 1, oversubscription: 4}, link_metrics: true}"));

  it("say so", () => {
    expect(figure("oversubscription")).toBeCloseTo(4, 9);
  });

  it("carry 30 GB down, and nothing up, in 1000 seconds", () => {
    expect(figure("switch_to_host.mean")).toBeCloseTo((100 * 2.5e9) / (1.25e9 * 1000), 6);
    expect(figure("spine_to_leaf.mean")).toBeCloseTo((100 * 5e9) / (0.625e9 * 1000), 6);
    expect(figure("service_to_switch.mean")).toBeCloseTo((100 * 30e9) / (50e9 * 1000), 6);
    for (const kind of ["host_to_switch", "leaf_to_spine", "switch_to_service"])
      for (const what of ["mean", "busiest", "peak", "full"]) expect(figure(`${kind}.${what}`)).toBe(0);
  });

  it("are full where the cables are narrow, for about the eight seconds of the downloads, and never at hosts", () => {
    expect(figure("spine_to_leaf.peak")).toBeCloseTo(100, 6);
    expect(figure("spine_to_leaf.full")).toBeGreaterThan(0.75);
    expect(figure("spine_to_leaf.full")).toBeLessThan(0.85);
    expect(figure("switch_to_host.full")).toBe(0);
    expect(figure("switch_to_host.peak")).toBeCloseTo(50, 6);
  });
});

describe("links", () => {
  it.each([
    ["of a star are those of hosts and services", "{star: {}, link_metrics: true}", ["host", "service"]],
    ["of a fat tree have three levels", "{fat_tree: {k: 6}, link_metrics: true}", ["host", "service", "edge", "aggregation", "core"]],
    [
      "between the switches of a custom network are of one kind",
      "{custom: {switches: [a, b], links: [{from: [compute-1..compute-12, glance], to: a}, {from: b, to: a, bandwidth: 1 Gbit/s}]}, link_metrics: true}",
      ["host", "service"],
    ],
  ])("%s", (_, fabric, froms) => {
    const { values } = toldRun(cloud(fabric));
    const kinds = [...values.keys()]
      .flatMap((name) => /^links\.(\w+)_to_\w+\.mean$/.exec(name) ?? [])
      .filter((name) => !name.includes("."));
    expect(new Set(kinds)).toEqual(new Set([...froms, "switch"]));
    expect(values.get("links.switch_to_host.mean")).toBeCloseTo(0.2, 6);
    // Twelve hosts and the image service with 25 Gbit/s, over one gigabit.
    if (fabric.includes("custom")) expect(values.get("links.oversubscription")).toBeCloseTo(145, 9);
    expect([...values].filter(([name, value]) => /^links\..*_to_/.test(name) && !(value >= 0 && value <= 100))).toEqual([]);
  });

  it("forget what they carried in the warm-up", () => {
    const figure = figuresOf(cloud("{star: {}, glance: 10 Gbit/s, link_metrics: true}", "{duration: 1000 s, warm_up: 500 s, seed: 4}"));
    expect(figure("switch_to_host.mean")).toBe(0);
    expect(figure("service_to_switch.peak")).toBe(0);
  });

  it("change nothing of a run when they are looked at, and are not told of when nobody asks", () => {
    const [plain, looked] = ["{star: {}}", "{star: {}, link_metrics: true}"].map((fabric) => toldRun(cloud(fabric)));
    expect(looked!.fingerprint).toBe(plain!.fingerprint);
    expect([...plain!.values.keys()].filter((name) => name.startsWith("links."))).toEqual([]);
    expect(toldRun(cloud("{star: {}, link_metrics: false}")).values.size).toBe(plain!.values.size);
  });
});
