// What every filter and every weigher must be, whatever it decides.
import { describe, expect, it } from "vitest";
import { ServerGroups } from "../../src/datacenter/server-groups.ts";
import { filters } from "../../src/policies/nova/filters/index.ts";
import type { RequestSpec } from "../../src/policies/nova/request-spec.ts";
import { weighers } from "../../src/policies/nova/weighers/index.ts";
import { someHosts } from "../datacenter/some-hosts.ts";
import { flavor, image } from "../workflows/tiny-scenario.ts";

/** Hosts in all sorts of states, and requests that give every filter something to say. */
function surroundings() {
  const hosts = someHosts(
    {},
    { vcpuMilli: 64_000, ramMb: 262_144 },
    { hypervisorType: "Xen", supportedHypervisors: ["xen"] },
    { diskGb: 0 },
  );
  hosts.usedRamMb.set([1024, 2048, 0, 16_384]);
  hosts.usedVcpuMilli.set([1000, 2000, 0, 8000]);
  hosts.ioOps.set([1, 0, 2, 0]);
  hosts.failedBuilds.set([0, 3, 1, 0]);
  hosts.serviceUp[3] = 0;
  const requests = [null, "affinity" as const, "anti-affinity" as const].map((policy): RequestSpec => {
    const groups = new ServerGroups(policy, hosts.count);
    groups.join(0, 1);
    return {
      server: 5,
      flavor: flavor("m1", 2, 2048, 10, { extraSpecs: new Map([["capabilities:hypervisor_type", "QEMU"]]) }),
      image: image("xen", 1e9, { img_hv_type: "kvm" }),
      group: policy === null ? -1 : 0,
      groups,
    };
  });
  return { hosts, requests };
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
      expect(name).toMatch(/^[A-Z]\w*Filter$/);
      expect(filter.source, "a filter says where its rule comes from").not.toBe("");
      expect(filter.meaning).toMatch(sentence);
      const { hosts, requests } = surroundings();
      const before = JSON.stringify(hosts);
      const answers = requests.map((request) => {
        const [once, twice] = [filter.passes(hosts, request), filter.passes(hosts, request)].map((test) =>
          [0, 1, 2, 3].map((host) => test?.(host) ?? null),
        );
        expect(once).toEqual(twice);
        for (const answer of once!) expect([true, false, null]).toContain(answer);
        return once!;
      });
      // It lets some pass and keeps some out, and changes nothing.
      expect(new Set(answers.flat())).toContain(true);
      expect(new Set(answers.flat())).toContain(false);
      expect(JSON.stringify(hosts)).toBe(before);
    },
  );
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
      for (const request of requests) {
        const [once, twice] = [weigher.weigh(hosts, request), weigher.weigh(hosts, request)].map((value) => [0, 1, 2, 3].map(value));
        expect(once).toEqual(twice);
        expect(once!.every(Number.isFinite)).toBe(true);
        expect(new Set(once).size).toBeGreaterThan(1);
      }
      expect(JSON.stringify(hosts)).toBe(before);
    },
  );
});
