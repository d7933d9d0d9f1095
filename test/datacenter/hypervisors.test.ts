// The table of hypervisors: one contract, and what sets its rows apart.
import { describe, expect, it } from "vitest";
import { cpuOverheadShare, guestMemoryOverheadMb, type Hypervisor, hypervisors } from "../../src/datacenter/hypervisors.ts";

const named = (key: string) => hypervisors.get(key)!;

describe("the table of hypervisors", () => {
  it("has libvirt's three, vCenter, Hyper-V and bare metal", () => {
    expect([...hypervisors.keys()]).toEqual(["kvm", "qemu", "xen", "vmware", "hyperv", "ironic"]);
  });

  describe.each([...hypervisors.keys()])("%s", (key) => {
    const { key: own, supported, ...parameters } = named(key);

    it("says for everything where it comes from, under a name of its own", () => {
      expect(own).toBe(key);
      expect(supported.length).toBeGreaterThan(0);
      const all = Object.values(parameters);
      expect(all).toHaveLength(15);
      for (const { name, unit, meaning, source } of all) {
        expect(name).toMatch(new RegExp(`^hypervisors\\.${key}\\.[a-z_]+$`));
        for (const text of [unit, meaning, source]) expect(text).not.toBe("");
      }
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    });

    it("costs nothing less than nothing, and leaves the guest some of the CPU", () => {
      for (const { value } of Object.values(parameters)) if (typeof value === "number") expect(value).toBeGreaterThanOrEqual(0);
      expect(cpuOverheadShare(named(key))).toBeLessThan(1);
    });

    it("has post-copy only where it can migrate, and relief of memory only where that may be overcommitted", () => {
      const { liveMigration, postCopy, overcommit, memoryMerging, memoryBallooning, memorySwapping } = parameters;
      if (postCopy.value) expect(liveMigration.value).toBe(true);
      if (!overcommit.value)
        expect([memoryMerging, memoryBallooning, memorySwapping].map(({ value }) => value)).toEqual([false, false, false]);
    });
  });

  it("lets Nova see KVM as QEMU, since both run under libvirt's QEMU driver", () => {
    expect(named("kvm").hypervisorType.value).toBe("QEMU");
  });

  it("knows bare metal as one server a host, without overcommit, migration or overhead", () => {
    const ironic: Hypervisor = named("ironic");
    expect([ironic.oneServerPerHost, ironic.overcommit, ironic.liveMigration].map(({ value }) => value)).toEqual([true, false, false]);
    expect([cpuOverheadShare(ironic), guestMemoryOverheadMb(ironic, 64, 262_144), ironic.networkRoundTripMicros.value]).toEqual([0, 0, 0]);
  });

  it("takes of a guest what the host spends on it: 3 % more host time leaves it 1 of 1.03, emulation one of ten", () => {
    expect(cpuOverheadShare(named("kvm"))).toBeCloseTo(0.03 / 1.03, 12);
    expect(cpuOverheadShare(named("qemu"))).toBeCloseTo(0.9, 12);
  });

  it("needs memory for a guest beside its RAM", () => {
    expect(guestMemoryOverheadMb(named("kvm"), 4, 8192)).toBeCloseTo(218 + 32 + 16.384, 9);
    expect(guestMemoryOverheadMb(named("hyperv"), 4, 4096)).toBe(24 + 32); // 32 MB for the first GB, 8 for each of three more
  });
});
