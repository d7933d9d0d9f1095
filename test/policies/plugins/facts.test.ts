import { describe, expect, it } from "vitest";
import type { HostId } from "../../../src/datacenter/hosts.ts";
import type { RequestSpec } from "../../../src/policies/nova/request-spec.ts";
import { hostFacts, requestFacts } from "../../../src/policies/plugins/facts.ts";
import { someHosts } from "../../datacenter/some-hosts.ts";
import { flavor } from "../../workflows/tiny-scenario.ts";

const server = flavor("m1.medium", 2.5, 3000, 40);

/** All facts of the host, by variable. */
function factsOf(hosts: ReturnType<typeof someHosts>): Readonly<Record<string, number>> {
  return Object.fromEntries(hostFacts.map(({ variable, of }) => [variable, of(hosts)(0)]));
}

describe("the facts that users' own policies are told", () => {
  const hosts = someHosts({
    reservedRamMb: 384,
    reservedVcpuMilli: 1000,
    reservedDiskGb: 10,
    cpuAllocationRatio: 4,
    ramAllocationRatio: 1.5,
  });
  const before = factsOf(hosts);
  hosts.claim(0 as HostId, server);
  hosts.ioOps[0] = 3;
  hosts.failedBuilds[0] = 2;
  const after = factsOf(hosts);

  it("add up: used and free make the total, with the ratio where Nova has it so", () => {
    for (const facts of [before, after]) {
      expect(facts.used_ram_mb! + facts.free_ram_mb!).toBe(facts.total_ram_mb);
      expect(facts.used_vcpus! + facts.free_vcpus!).toBe(facts.total_vcpus! * facts.cpu_allocation_ratio!);
    }
    expect(before).toMatchObject({ total_ram_mb: 16_384, used_ram_mb: 384, free_vcpus: 31, free_disk_mb: 90 * 1024, total_disk_gb: 100 });
    expect(before).toMatchObject({ cpu_allocation_ratio: 4, ram_allocation_ratio: 1.5, disk_allocation_ratio: 1 });
  });

  it("change by what a server takes", () => {
    const { vcpus, ram_mb, disk_gb } = Object.fromEntries(
      requestFacts.map(({ variable, of }) => [variable, of({ flavor: server } as RequestSpec)]),
    );
    expect([vcpus, ram_mb, disk_gb]).toEqual([2.5, 3000, 40]);
    expect(before.free_ram_mb! - after.free_ram_mb!).toBe(ram_mb);
    expect(before.free_vcpus! - after.free_vcpus!).toBe(vcpus);
    expect(before.free_disk_mb! - after.free_disk_mb!).toBe(1024 * disk_gb!);
    expect([after.num_instances, after.num_io_ops, after.failed_builds]).toEqual([1, 3, 2]);
  });

  it("have one name each, in both spellings", () => {
    const names = [...hostFacts, ...requestFacts].map(({ variable }) => variable);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(hostFacts.map(({ method }) => method)).size).toBe(hostFacts.length);
  });
});
