import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HostId } from "../../src/datacenter/hosts.ts";
import { ComputeNodes } from "../../src/policies/nova/compute-nodes.ts";
import { someHosts } from "../datacenter/some-hosts.ts";
import { flavor } from "../workflows/tiny-scenario.ts";

const flavors = [flavor("s", 1, 1024, 10), flavor("m", 2, 2048, 20), flavor("sw", 1, 512, 5, { swapMb: 1536 })];
const two = () =>
  someHosts(
    { reservedRamMb: 512, reservedVcpuMilli: 1000, reservedDiskGb: 3, cpuAllocationRatio: 4 },
    { ramMb: 8192, cpuAllocationRatio: 2 },
  );

describe("a compute node record", () => {
  it("says what the host was at the last write, whatever has happened since, and is right again once it is written", () => {
    const step = fc.record({
      what: fc.constantFrom("take", "let go", "begin", "end", "fail", "write"),
      host: fc.nat(1),
      flavor: fc.nat(1),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const hosts = two();
        const nodes = new ComputeNodes(hosts);
        const on: number[][] = [[], []];
        const live = (row: number) => [
          ...[hosts.usedVcpus(row), hosts.usedDiskMb(row), hosts.freeRamMb(row), hosts.freeDiskMb(row), hosts.freeVcpus(row)],
          ...[hosts.numInstances(row), hosts.numIoOps(row), hosts.numFailedBuilds(row), hosts.shareUsedWith(row, flavors[0]!)],
        ];
        const said = (row: number) => [
          ...[nodes.usedVcpus(row), nodes.usedDiskMb(row), nodes.freeRamMb(row), nodes.freeDiskMb(row), nodes.freeVcpus(row)],
          ...[nodes.numInstances(row), nodes.numIoOps(row), nodes.numFailedBuilds(row), nodes.shareUsedWith(row, flavors[0]!)],
        ];
        const expected = [live(0), live(1)];
        for (const { what, host, flavor: kind } of steps) {
          if (what === "take" && hosts.claim(host as HostId, flavors[kind]!)) {
            nodes.takeOn(host, flavors[kind]!);
            on[host]!.push(kind);
          } else if (what === "let go" && on[host]!.length > 0) {
            const gone = flavors[on[host]!.pop()!]!;
            hosts.release(host as HostId, gone);
            nodes.letGo(host, gone);
          } else if (what === "begin") hosts.ioOps[host]!++;
          else if (what === "end" && hosts.ioOps[host]! > 0) hosts.ioOps[host]!--;
          else if (what === "fail") hosts.failedBuilds[host]!++;
          else if (what === "write") {
            nodes.write(host);
            expected[host] = live(host);
          }
          expect([said(0), said(1)]).toEqual(expected);
        }
        for (const row of [0, 1]) nodes.write(row);
        expect([said(0), said(1)]).toEqual([live(0), live(1)]);
      }),
    );
  });

  it("does not know of a server that Placement has claimed for and nova-compute has not taken on", () => {
    const hosts = two();
    const nodes = new ComputeNodes(hosts);
    hosts.claim(0 as HostId, flavors[1]!);
    nodes.write(0);
    expect([nodes.numInstances(0), nodes.freeRamMb(0)]).toEqual([0, 16_384 - 512]);
    nodes.takeOn(0, flavors[1]!);
    expect(nodes.numInstances(0)).toBe(0); // not written yet
    nodes.write(0);
    expect([nodes.numInstances(0), nodes.freeRamMb(0)]).toEqual([1, 16_384 - 512 - 2048]);
  });

  it("counts swap in whole GiB, and the CPUs of the shared set only", () => {
    const hosts = someHosts({ resources: new Map([["PCPU", 4]]), cpuAllocationRatio: 2 });
    const nodes = new ComputeNodes(hosts);
    nodes.takeOn(0, flavors[2]!);
    nodes.write(0);
    expect([nodes.freeDiskMb(0), nodes.totalVcpus(0), nodes.freeVcpus(0)]).toEqual([1024 * (100 - 5 - 1), 8, 15]);
  });
});
