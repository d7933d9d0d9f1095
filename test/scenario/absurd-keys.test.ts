// Numbers that no cloud has, in the keys of hardware, storage, power, memory, failures, Rally's tasks and requests to the APIs: a clear error with
// its place, or a run that comes to its end with figures that are figures. ORRERY_ALL=1 tries every number; otherwise a keyed draw of them.
import { describe, expect, it } from "vitest";
import { RandomStreams } from "../../src/kernel/random.ts";
import { harmOf, nameOf, type Path, placesOf, taken, tried, withUnit } from "./absurd.ts";

const hardware = `
cloud:
  control_plane: instant
  hosts:
    - {type: hpe-dl380-gen10, count: 4, racks: 4, nics: 2, bond: none, ram: 192 GiB, numa_cells: 2, huge_pages: {2 MiB: 1024},
       pci_devices: [{vendor_id: 10de, product_id: '1eb8', count: 2, numa_cell: 1}], idle_power: 100 W, max_power: 300 W}
  fabric: {fat_tree: {k: 4, link: 10 Gbit/s}, link_metrics: true}
  memory_sharing: {swap: 8 GiB, swap_latency: 1 ms, swap_accesses: 0.1, ksm: true, ksm_pages_to_scan: 100, ksm_sleep: 20 ms,
    ksm_duplicates: 0.2, ksm_sharable: 0.2, ksm_relaxation: 10 min, ballooning: true, balloon_rate: 100 MB/s, balloon_floor: 0.5,
    mem_stats_period: 10 s}
  power:
    pue: {quadratic: {fixed: 100 W, overhead: 0.1, square: 0.0001}}
    carbon_intensity: {hourly: [300 g/kWh, 200 g/kWh]}
    states: {off: 5 W, suspended: 10 W}
    saving: {interval: 10 min, free_used_percent: 10, min_free_hosts_num: 1}
  flavors: [{name: small, vcpus: 2, ram: 4 GiB, disk: 10 GiB}]
workload:
  arrivals: {poisson: {rate: 12 /h}}
  lifetime: 1 h
  memory_utilisation: 0.5
  memory_bound: 0.5
failures:
  components:
    - {component: pdu, between: {weibull: {shape: 0.8, mean: 5 h}}, repair: {lognormal: {median: 10 min, sigma: 1}}}
    - {component: disk, between: {exponential: {mean: 5 h}}, repair: 10 min}
  racks_per_pdu: 2
  disks_per_host: 4
  disks_tolerated: 1
study: {duration: 3 h, seed: 1}
`;

const storage = `
cloud:
  control_plane: instant
  hosts: [{type: dell-r7515, count: 4, ram: 256 GiB}]
  fabric:
    link_metrics: true
    leaf_spine: {spines: 1, oversubscription: 4}
  storage_backends:
    - {name: pool, type: ceph, nodes: 3, device: nvme-pm983, devices: 2, size: 3, nic: 10 Gbit/s}
    - {name: filer, type: nfs, device: ssd-sata, devices: 4, raid: raid10, nic: 10 Gbit/s}
  storage_tiers:
    - {name: fast, capacity: 1 TiB, backend: pool, qos: {write_iops_sec: 1000, write_iops_sec_max: 2000}}
    - {name: slow, capacity: 100 GiB, backend: filer, thin: {max_over_subscription_ratio: 2, near_full: 0.8}}
  flavors:
    - {name: a, vcpus: 2, ram: 2 GiB, volume: {size: 10 GiB, type: fast}}
    - {name: b, vcpus: 2, ram: 2 GiB, volume: {size: 10 GiB, type: slow}}
workload:
  requests: [{flavor: a, count: 4}, {flavor: b, count: 4}]
  disk_io:
    a: {read_iops: 100, write_iops: 100, block_size: 8 KiB, sequential: 0.5, queue_depth: 4,
        pattern: {bursty: {step: 1 min, on: 5 min, off: 5 min, off_share: 0.1}}}
    b: {read_iops: 100, write_iops: 100, queue_depth: 4, new_data: 0.5}
study: {duration: 1 h, seed: 1}
`;

const rally = (runner: string) => `
cloud:
  hosts: [{type: dell-r7515, count: 4, racks: 2}]
  fabric: {custom: {switches: [a, b], links: [{from: [compute-1..compute-4, glance], to: a, bandwidth: 10 Gbit/s},
    {from: b, to: a, bandwidth: 1 Gbit/s}]}, link_metrics: true}
  images: [{name: cirros, size: 13 MB}]
  flavors: [{name: tiny, vcpus: 1, ram: 512 MiB, disk: 1 GiB}]
  workers: {neutron.server: 2, nova.api: 8}
  stages: {nova.api: 2}
  processor_sharing: [neutron.server]
  service_times: {neutron.server.createPort: 370 ms, nova.compute.spawn: 4 s}
  service_variations: {neutron.server.createPort: 0.7}
  service_delays: {neutron.server.createPort: 10 ms}
workload:
  rally: {scenario: NovaServers.boot_and_delete_server, runner: ${runner}}
study: {duration: 30 min, seed: 1}
`;

const scenarios: readonly (readonly [string, string])[] = [
  ["hardware, memory, power and failures", hardware],
  ["storage", storage],
  ["a task of Rally's with so many at once", rally("{constant: {times: 20, concurrency: 2}}")],
  ["a task of Rally's with so many a second", rally("{rps: {times: 20, rps: 1 /s}}")],
];

/** As many of the places as take little time, the same in every run. */
function some(paths: readonly Path[], most = 10): readonly Path[] {
  if (process.env.ORRERY_ALL === "1") return paths;
  const draws = new RandomStreams("1", 0).stream("absurd values");
  return paths.filter((_, index) => draws.uniform(index, 0) < most / paths.length);
}

describe.each(scenarios)("a number of %s", (_, base) => {
  const places = placesOf(base);

  it("is right as it is in the scenario that the others differ from", () => {
    expect(tried(base)).toEqual({ problems: [], wrong: [] });
    expect(places.length).toBeGreaterThan(10);
  });

  it.each(["-1", "1e30", "0"])(
    "of %s is refused, or does no harm",
    (number) => {
      const borne = new Set(taken(base, withUnit(number)));
      expect(harmOf(base, some(places.filter((path) => borne.has(nameOf(path)))), withUnit(number))).toEqual([]);
    },
    120_000,
  );

  it.each([Number.NaN, Number.POSITIVE_INFINITY, "NaN", "a lot"])("that is no number (%s) is refused everywhere, all at once", (value) => {
    expect(taken(base, () => value)).toEqual([]);
  });
});
