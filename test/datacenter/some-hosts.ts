// Hosts for tests: 8 vCPUs, 16 GiB and 100 GB each, nothing reserved, nothing overcommitted.
import { type HostDescription, Hosts } from "../../src/datacenter/hosts.ts";

export function describeHost(more: Partial<HostDescription> = {}): HostDescription {
  return {
    name: "host",
    type: "test",
    rack: 0,
    hypervisorType: "QEMU",
    supportedHypervisors: ["kvm", "qemu"],
    architecture: "x86_64",
    vcpuMilli: 8000,
    ramMb: 16_384,
    diskGb: 100,
    reservedVcpuMilli: 0,
    reservedRamMb: 0,
    reservedDiskGb: 0,
    cpuAllocationRatio: 1,
    ramAllocationRatio: 1,
    diskAllocationRatio: 1,
    ...more,
  };
}

/** One host for each description, named host-0, host-1, ... */
export function someHosts(...descriptions: readonly Partial<HostDescription>[]): Hosts {
  return new Hosts(descriptions.map((more, index) => describeHost({ name: `host-${index}`, ...more })));
}
