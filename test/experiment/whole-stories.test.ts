// Stories of whole scenarios that once went wrong.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runOnce } from "../../src/experiment/run.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";

function values(text: string): ReadonlyMap<string, number> {
  const cwd = mkdtempSync(join(tmpdir(), "orrery-story-"));
  try {
    writeFileSync(join(cwd, "story.yaml"), text);
    const scenario = readScenario("story.yaml", { catalogue, cwd });
    return runOnce({ scenario, policy: scenario.study.policies[0]!, replication: 0, check: true }).values;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

const HOSTS = "hosts: [{name: h, type: hpe-dl360-gen9, count: 2, ram: 256 GiB}]";
const STUDY = "replications: 1, policies: [nova-default]";

describe("a server that was resized and deleted", () => {
  it("leaves nothing claimed behind, and counts with its new flavor while it lives", () => {
    const story = (until: string) => `
cloud: {${HOSTS}, flavors: [{name: a, vcpus: 1, ram: 2 GiB, disk: 10 GiB}, {name: c, vcpus: 16, ram: 16 GiB, disk: 10 GiB}]}
workload: {requests: [{name: w, flavor: a, lifetime: ${until}}]}
actions: [{at: 10 min, do: server resize, server: w, flavor: c}, {at: 20 min, do: server resize confirm, server: w}]
study: {duration: 4 h, warm_up: 2 h, ${STUDY}}`;
    const gone = values(story("1 h"));
    expect([gone.get("vcpu.claimed"), gone.get("ram.claimed"), gone.get("hosts.lower_bound.l1")]).toEqual([0, 0, 0]);
    // 16 vCPUs of 2 hosts with 72 threads each and a ratio of 4.
    expect(values(story("never")).get("vcpu.claimed")).toBeCloseTo((100 * 16) / (2 * 72 * 4), 6);
  });
});

describe("a deletion while the network is down", () => {
  it("takes the volume from under a guest that runs on", () => {
    const found = values(`
cloud:
  ${HOSTS}
  storage_backends: [{name: be, type: nfs, device: ssd-sata, devices: 3}]
  storage_tiers: [{name: t, capacity: 1 TiB, backend: be, thin: {}}]
  flavors: [{name: a, vcpus: 1, ram: 2 GiB, disk: 10 GiB, volume: {size: 50 GiB, type: t}}]
workload:
  arrivals: {poisson: {rate: 60 /h}}
  lifetime: {exponential: {mean: 10 min}}
  disk_io: {a: {write_iops: 50, block_size: 64 KiB, new_data: 1}}
timeline: [{at: 1 h, fail: {feed: network, for: 20 min}}]
study: {duration: 2 h, ${STUDY}}`);
    expect(found.get("servers.active")).toBeGreaterThan(50);
  });
});

describe("an outage", () => {
  it("ends when the user starts the server again", () => {
    const found = values(`
cloud: {${HOSTS}, flavors: [{name: s, vcpus: 2, ram: 4 GiB, disk: 10 GiB}]}
workload: {requests: [{flavor: s, count: 4}]}
timeline: [{at: 1 h, reboot: {host: h-1}}]
actions: [{at: 2 h, do: server reboot, hard: true, server: server-1}, {at: 3 h, do: server start, server: server-4}]
study: {duration: 5 h, ${STUDY}}`);
    expect(found.get("outage.mean")).toBeGreaterThan(5400);
    expect(found.get("outage.mean")).toBeLessThan(5410);
  });
});

describe("a cloud without a control plane", () => {
  it("checks itself while servers come and go", () => {
    const found = values(`
cloud: {control_plane: instant, ${HOSTS}, flavors: [{name: s, vcpus: 2, ram: 4 GiB, disk: 10 GiB}]}
workload: {arrivals: {constant: {interval: 1 min}}, lifetime: 5 min}
study: {duration: 2 h, ${STUDY}}`);
    expect(found.get("servers.active")).toBeGreaterThan(100);
  });
});
