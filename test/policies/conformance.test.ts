// What every filter and every weigher must be, whatever it decides.
import { describe, expect, it } from "vitest";
import { layOutCells } from "../../src/datacenter/numa/lay-out-cells.ts";
import { CaseGroup } from "../../src/policies/cases/case-cloud.ts";
import { NovaConfig, novaOptions, type OptionValue } from "../../src/policies/nova/config.ts";
import { filters } from "../../src/policies/nova/filters/index.ts";
import { type HostRecord, HostRecords } from "../../src/policies/nova/host-records.ts";
import { numaConstraints } from "../../src/policies/nova/numa/constraints.ts";
import type { RequestSpec } from "../../src/policies/nova/request-spec.ts";
import { weighers } from "../../src/policies/nova/weighers/index.ts";
import { flavor, image } from "../workflows/tiny-scenario.ts";

const config = new NovaConfig(
  new Map<string, OptionValue>([
    ["max_io_ops_per_host", 2],
    ["max_instances_per_host", 3],
    ["isolated_images", ["image-1"]],
    ["isolated_hosts", ["host-1"]],
    ["metrics.weight_setting", ["cpu.percent=1.5"]],
    ["metrics.required", false],
  ]),
);

const asked = numaConstraints({ vcpuMilli: 2000, ramMb: 2048, extraSpecs: new Map([["hw:numa_nodes", "2"]]) }, new Map());
if (asked.outcome === "error") throw new RangeError(asked.error);
const twoNodes = asked.topology;

/** Hosts in all sorts of states, and requests that give every filter and weigher something to say. */
function surroundings() {
  const hosts = new HostRecords(
    [
      hostRecord(0, { num_instances: 1, num_io_ops: 1, instances: ["uuid-a", "uuid-b"], cpu_info: '{"cores": 8}' }),
      hostRecord(1, {
        vcpus: 64,
        memory_mb: 262_144,
        free_ram_mb: 260_000,
        failed_builds: 3,
        metrics: [{ name: "cpu.percent", value: 40 }],
      }),
      hostRecord(2, {
        numa_cells: layOutCells({
          ...{ sockets: 2, cellsPerSocket: 1, coresPerCell: 16, threadsPerCore: 2, memoryMbPerCell: 131_072, hugePages: [] },
          ...{ sharedCpus: null, dedicatedCpus: null },
        }),
        ...{ hypervisor_type: "Xen", supported_instances: [["x86_64", "xen", "hvm"]], num_io_ops: 2, failed_builds: 1, num_instances: 9 },
        ...{ pci_pools: [{ vendor_id: "10de", product_id: "1db6", numa_node: null, count: 2 }], host_ip: "192.168.7.1" },
      }),
      hostRecord(3, {
        ...{ cell: "cell2", free_disk_gb: 0, free_ram_mb: 0, vcpus_used: 8, instances: ["uuid-c"], hypervisor_version: 7_000_000 },
        service: { disabled: false, forced_down: false, seconds_since_heartbeat: 61 },
      }),
    ],
    [
      {
        name: "special",
        hosts: ["host-1", "host-2"],
        metadata: {
          ...{ availability_zone: "az1", filter_tenant_id: "project-1", instance_type: "m2, m3", ssd: "true", os_type: "linux" },
          ...{ max_io_ops_per_host: "1", max_instances_per_host: "1" },
        },
      },
    ],
  );
  const plain: RequestSpec = {
    server: 5,
    flavor: flavor("m1", 2, 2048, 10, { extraSpecs: new Map([["capabilities:hypervisor_type", "QEMU"]]) }),
    image: { ...image("xen", 1e9, { img_hv_type: "kvm", os_type: "windows" }), id: "image-1" },
    group: -1,
    groups: new CaseGroup(hosts, null, [], []),
    instanceUuid: "uuid-z",
    projectId: "project-2",
    availabilityZone: "az1",
    hints: new Map([
      ["same_host", ["uuid-a"]],
      ["different_host", ["uuid-b", "uuid-c"]],
      ["build_near_host_ip", ["10.0.0.200"]],
      ["query", ['["or", [">", "$vcpus_total", 8], ["=", "$failed_builds", 1]]']],
    ]),
    destination: { host: null, node: null, cell: "cell1", allowCrossCellMove: true },
    numa: { extraSpecs: new Map(), imageProperties: new Map(), topology: twoNodes },
    pciRequests: [{ count: 1, specs: [new Map([["vendor_id", "10DE"]])], numaPolicy: "legacy" }],
  };
  const inGroup = (policy: string): RequestSpec => ({
    ...plain,
    flavor: flavor("m2", 2, 2048, 10, { extraSpecs: new Map([["ssd", "true"]]) }),
    group: 0,
    groups: new CaseGroup(hosts, { policy, rules: {} }, ["uuid-a"], ["host-0"]),
  });
  return { hosts, requests: [plain, ...["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"].map(inGroup)] };
}

function hostRecord(row: number, more: Partial<HostRecord>): HostRecord {
  return {
    ...{ host: `host-${row}`, node: `node-${row}`, cell: "cell1", host_ip: `10.0.0.${row}` },
    ...{ vcpus: 8, vcpus_used: 0, memory_mb: 16_384, free_ram_mb: 16_384 },
    ...{ local_gb: 100, local_gb_used: 0, free_disk_gb: 100, disk_available_least: null },
    ...{ num_instances: 0, num_io_ops: 0, failed_builds: 0 },
    ...{ cpu_allocation_ratio: 1, ram_allocation_ratio: 1, disk_allocation_ratio: 1 },
    ...{ hypervisor_type: "QEMU", hypervisor_version: 6_002_000, supported_instances: [["x86_64", "kvm", "hvm"]] },
    ...{ cpu_info: null, stats: {}, metrics: [], pci_pools: [], instances: [], watts_by_load: [80, 100 + 10 * row, 200] },
    service: { disabled: false, forced_down: false, seconds_since_heartbeat: 5 },
    ...more,
  };
}

const unique = (names: readonly string[]) => expect(new Set(names).size).toBe(names.length);
const sentence = /^[A-Z\d].*\.$/;

describe("every filter", () => {
  it("has a name of its own", () => {
    unique(filters.map((filter) => filter.name));
    unique(filters.map((filter) => filter.meaning));
  });

  it.each(filters.map((filter) => [filter.name, filter] as const))(
    "%s says what it is and where it comes from, and answers alike when asked twice",
    (name, filter) => {
      expect(name).toMatch(/^[A-Z]\w*(Filter|Isolation)$/);
      expect(filter.source, "a filter says where its rule comes from").not.toBe("");
      expect(filter.meaning).toMatch(sentence);
      const { hosts, requests } = surroundings();
      const before = JSON.stringify(hosts);
      const answers = requests.map((request) => {
        const [once, twice] = [filter.passes(hosts, request, config), filter.passes(hosts, request, config)].map((test) =>
          [0, 1, 2, 3].map((host) => test?.(host) ?? null),
        );
        expect(once).toEqual(twice);
        for (const answer of once!) expect([true, false, null]).toContain(answer);
        return once!;
      });
      // It lets some pass and keeps some out, and changes nothing.
      if (name !== "AllHostsFilter") {
        expect(new Set(answers.flat())).toContain(true);
        expect(new Set(answers.flat())).toContain(false);
      }
      expect(JSON.stringify(hosts)).toBe(before);
    },
  );

  it.each(filters.filter(({ name }) => name !== "AllHostsFilter").map((filter) => [filter.name, filter] as const))(
    "%s says of each host that it keeps out why, in words that would do for another host in the same state",
    (_name, filter) => {
      const { hosts, requests } = surroundings();
      let told = 0;
      for (const request of requests) {
        const passes = filter.passes(hosts, request, config);
        const because = filter.because!(hosts, request, config);
        for (const host of [0, 1, 2, 3]) {
          if (passes === null || passes(host)) continue;
          const reason = because(host);
          expect(reason).toMatch(/^\S.*[^\s.]$/);
          expect(reason).not.toMatch(/undefined|null|NaN|\[object/);
          expect(reason).not.toContain(hosts.nodeName(host));
          told++;
        }
      }
      expect(told).toBeGreaterThan(0);
    },
  );
});

describe("every option", () => {
  it("is declared once, has a meaning and a source, and is there where a filter or a weigher reads it", () => {
    unique(novaOptions.map((option) => option.name));
    for (const option of novaOptions) {
      expect(option.meaning).toMatch(sentence);
      expect(option.source).toMatch(/^nova\/conf\/\w+\.py$/);
    }
    const known = novaOptions.map((option) => option.name);
    for (const policy of [...filters, ...weighers]) for (const name of policy.options ?? []) expect(known).toContain(name);
  });
});

describe("every weigher", () => {
  it("has a name and a multiplier of its own", () => {
    unique(weighers.map((weigher) => weigher.name));
    unique(weighers.map((weigher) => weigher.meaning));
    unique(weighers.map((weigher) => weigher.multiplier.name));
  });

  it.each(weighers.map((weigher) => [weigher.name, weigher] as const))(
    "%s says what it is and where it comes from, and answers alike when asked twice",
    (name, weigher) => {
      expect(name).toMatch(/^[A-Z]\w*Weigher$/);
      expect(weigher.source, "a weigher says where its rule comes from").not.toBe("");
      expect(weigher.meaning).toMatch(sentence);
      const { multiplier } = weigher;
      expect(multiplier.name).toMatch(/^[a-z_]+_weight_multiplier$/);
      expect(Number.isFinite(multiplier.default)).toBe(true);
      expect(multiplier.unit).toBe("1");
      expect(multiplier.meaning).toMatch(sentence);
      const { hosts, requests } = surroundings();
      const before = JSON.stringify(hosts);
      let told = 0;
      for (const request of requests) {
        const [once, twice] = [weigher.weigh(hosts, request, config, () => 1), weigher.weigh(hosts, request, config, () => 1)].map(
          (value) => [0, 1, 2, 3].map(value ?? (() => 0)),
        );
        expect(once).toEqual(twice);
        expect(once!.every(Number.isFinite)).toBe(true);
        if (new Set(once).size > 1) told++;
      }
      expect(told).toBeGreaterThan(0);
      expect(JSON.stringify(hosts)).toBe(before);
    },
  );
});
