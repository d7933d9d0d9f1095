// Numbers that no cloud has, in every key of the cloud, the workload's resizes, failures and timeline that takes a number: a clear error with its
// place, or a run that comes to its end with figures that are figures.
import { describe, expect, it } from "vitest";
import { harmOf, placesOf, taken, tried, withUnit } from "./absurd.ts";

const base = `
cloud:
  hosts:
    - {type: dell-r7525, count: 4, racks: 2, nics: 1, nic: 10 Gbit/s, vcpus: 64, ram: 128 GiB, disk: 500 GiB, cpu_allocation_ratio: 2,
       ram_allocation_ratio: 1, disk_allocation_ratio: 1, reserved_host_cpus: 1, reserved_host_memory: 1 GiB, reserved_host_disk: 1 GiB}
  fabric:
    leaf_spine: {spines: 2, uplink: 10 Gbit/s}
    glance: 10 Gbit/s
    latency: 200 us
    hop_latency: {switch: 1 us, nic: 1 us, factor: 1}
    encapsulation: plain
    mtu: 1500
    hash_seed: 1
  images: [{name: cirros, size: 20 MiB}]
  storage_tiers: [{name: ssd, capacity: 1 TiB}]
  flavors:
    - {name: small, vcpus: 2, ram: 4 GiB, disk: 10 GiB, volume: {size: 1 GiB}}
    - {name: large, vcpus: 4, ram: 8 GiB, disk: 10 GiB}
  quota: {instances: 100, cores: 400, ram: 1 TiB}
  nova: {max_attempts: 3, instance_build_timeout: 1 h, build_failure_probability: 0.1, image_conversion_rate: 500 MB/s,
         update_resources_interval: 60 s, max_concurrent_builds: 10, max_placement_results: 1000}
  migration: {live_migration_bandwidth: 1 GB/s, live_migration_downtime: 500 ms, live_migration_downtime_steps: 10,
    live_migration_downtime_delay: 75 s, live_migration_completion_timeout: 800 s, live_migration_parallel_connections: 1,
    max_concurrent_live_migrations: 1, switch_time: 100 ms, tracking_slowdown: 0.1, touched_share: 0.6, allocated_disk_share: 0.5,
    resize_confirm_window: 1 h, resize_failure_probability: 0.1}
  metering: {meters: none}
workload:
  arrivals: {poisson: {rate: 12 /h}}
  lifetime: 1 h
  resizes: {probability: 0.5, after: 10 min, confirm_after: 10 min, revert_probability: 0.1}
failures:
  components:
    - {component: link, between: {exponential: {mean: 5 h}}, repair: 10 min}
  crews: 1
  report_interval: 10 s
  service_down_time: 60 s
  sync_power_state_interval: 600 s
  owners_start_after: 10 min
  reboot_time: 5 min
  bursts: {between: 5 h, size: 1, repair: 10 min}
  instance_ha: {monitoring_interval: 60 s, wait_period_after_service_update: 180 s, host_failure_recovery_threads: 3}
timeline:
  - {at: 1 h, every: 1 h, times: 2, drain: {all: hosts, count: 1, method: cold, confirm_after: 5 min, revert_probability: 0.5}}
  - {at: 1 h, fail: {switch: 1, for: 5 min}}
  - {at: 1 h, rolling: {size: 1, wait: 1 min}, reboot: {all: hosts}}
  - {at: 2 h, set: {all: hosts, cpu_allocation_ratio: 2, ram_allocation_ratio: 1, disk_allocation_ratio: 1}}
  - {at: 2 h, enable: {all: hosts, fraction: 0.5}}
study: {duration: 3 h, seed: 1}
`;

const places = placesOf(base);

describe("a number in the cloud, the workload, the failures or the timeline", () => {
  it("is right as it is in the scenario that the others differ from", () => {
    expect(tried(base)).toEqual({ problems: [], wrong: [] });
    expect(places.length).toBeGreaterThan(80);
  });

  it("below zero is refused everywhere, all at once, but for quotas, where it is no limit", () => {
    expect(taken(base, withUnit("-1"))).toMatchInlineSnapshot(`
      [
        "cloud.quota.instances",
        "cloud.quota.cores",
      ]
    `);
  });

  it("beyond all measure is refused everywhere", () => {
    expect(taken(base, withUnit("1e30"))).toMatchInlineSnapshot(`[]`);
  });

  it("of 0 is refused where it makes no sense, and otherwise does no harm", () => {
    // A third of them, the same in every run; ORRERY_ALL=1 tries each.
    const some = places.filter((_, index) => process.env.ORRERY_ALL === "1" || index % 3 === 0);
    expect(harmOf(base, some, withUnit("0"))).toEqual([]);
  }, 120_000);

  it.each([Number.NaN, Number.POSITIVE_INFINITY, "NaN", "a lot"])("that is no number (%s) is refused everywhere, all at once", (value) => {
    // As a text the switch is one of the fabric, whose name is looked for when all else is right.
    expect(taken(base, () => value).filter((place) => place !== "timeline.1.fail.switch")).toEqual([]);
  });
});
