import { describe, expect, it } from "vitest";
import type { HostDescription } from "../../src/datacenter/hosts.ts";
import { ServerGroups } from "../../src/datacenter/server-groups.ts";
import { NovaConfig } from "../../src/policies/nova/config.ts";
import { matchesExtraSpec } from "../../src/policies/nova/extra-spec-match.ts";
import type { Filter } from "../../src/policies/nova/filter.ts";
import { computeCapabilitiesFilter } from "../../src/policies/nova/filters/compute-capabilities-filter.ts";
import { computeFilter } from "../../src/policies/nova/filters/compute-filter.ts";
import { imagePropertiesFilter } from "../../src/policies/nova/filters/image-properties-filter.ts";
import { ioOpsFilter } from "../../src/policies/nova/filters/io-ops-filter.ts";
import { numInstancesFilter } from "../../src/policies/nova/filters/num-instances-filter.ts";
import { serverGroupAffinityFilter } from "../../src/policies/nova/filters/server-group-affinity-filter.ts";
import { serverGroupAntiAffinityFilter } from "../../src/policies/nova/filters/server-group-anti-affinity-filter.ts";
import { narrow, skipsFilters } from "../../src/policies/nova/narrowing.ts";
import type { RequestSpec } from "../../src/policies/nova/request-spec.ts";
import { PythonError } from "../../src/policies/python/python-values.ts";
import { someHosts } from "../datacenter/some-hosts.ts";
import { flavor, image } from "../workflows/tiny-scenario.ts";

const config = new NovaConfig(new Map());
const plain: RequestSpec = { server: 0, flavor: flavor("m1", 1, 1024, 1), image: null, group: -1, groups: new ServerGroups(() => null, 0) };

/** The rows of the hosts that pass. */
function passing(filter: Filter, hosts: ReturnType<typeof someHosts>, request: RequestSpec, of = config): readonly number[] {
  const passes = filter.passes(hosts, request, of);
  return Array.from({ length: hosts.count }, (_, host) => host).filter((host) => passes === null || passes(host));
}

describe("ComputeFilter", () => {
  it("keeps out hosts whose compute service is down or disabled", () => {
    const hosts = someHosts({}, {}, {});
    hosts.serviceUp[1] = 0;
    expect(passing(computeFilter, hosts, plain)).toEqual([0, 2]);
  });
});

describe("ComputeCapabilitiesFilter", () => {
  const hosts = someHosts(
    { vcpuMilli: 8000, hypervisorType: "QEMU", cpuAllocationRatio: 16, reservedVcpuMilli: 2000, reservedDiskGb: 10 },
    { vcpuMilli: 64_000, hypervisorType: "Xen", cpuAllocationRatio: 1.5 },
  );
  const pass = (extraSpecs: Readonly<Record<string, string>>) =>
    passing(computeCapabilitiesFilter, hosts, {
      ...plain,
      flavor: flavor("m1", 1, 1024, 1, { extraSpecs: new Map(Object.entries(extraSpecs)) }),
    });

  it("holds attributes of the host against the requirement", () => {
    expect(pass({ "capabilities:hypervisor_type": "QEMU" })).toEqual([0]);
    expect(pass({ "capabilities:vcpus_total": ">= 64" })).toEqual([1]);
    expect(pass({ "capabilities:hypervisor_type": "<or> QEMU <or> Xen" })).toEqual([0, 1]);
    expect(pass({ "capabilities:nodename": "host-1" })).toEqual([1]);
  });

  it("asks for all of them", () => {
    expect(pass({ "capabilities:hypervisor_type": "Xen", "capabilities:vcpus_total": "<= 8" })).toEqual([]);
  });

  it("ignores other scopes and unscoped keys that are no attribute, but takes those that are", () => {
    expect(pass({ "hw:cpu_policy": "dedicated", "trait:HW_X": "required", favourite: "colour" })).toEqual([0, 1]);
    expect(pass({ hypervisor_type: "Xen" })).toEqual([1]);
  });

  it("fails every host on a capability that hosts do not have", () => {
    expect(pass({ "capabilities:gpu": "A100" })).toEqual([]);
    expect(pass({ "capabilities:hypervisor_type:version": "1" })).toEqual([]);
  });

  it("counts what is reserved as used, and writes ratios as Python does", () => {
    expect(pass({ "capabilities:vcpus_used": "2" })).toEqual([0]);
    expect(pass({ "capabilities:disk_mb_used": "10240" })).toEqual([0]);
    expect(pass({ "capabilities:cpu_allocation_ratio": "16.0" })).toEqual([0]);
    expect(pass({ "capabilities:cpu_allocation_ratio": "1.5" })).toEqual([1]);
    expect(pass({ "capabilities:ram_allocation_ratio": "1.0" })).toEqual([0, 1]);
  });

  it("fails the whole request on a bad number, as Nova does", () => {
    expect(() => pass({ "capabilities:hypervisor_type": ">= 4" })).toThrow(PythonError);
  });
});

describe("the language of extra specs", () => {
  it.each([
    ["5", "= 4", true],
    ["3", "= 4", false], // "=" is at least
    ["5", "< 9", false], // there is no "<": a literal
    [">=3", ">=3", true],
    ["1e3", "== 1_000", true],
    ["abc", "<in> bc", true],
    ["avx aes", "<all-in> aes avx", true],
    ["kvm", "<or> xen kvm", false], // every second word, blindly
    ["", "", true],
    ["nan", "!= nan", true],
    ["Infinity", "> 1", false],
    ["inf", ">= 1e308", true],
    ["4", ">=", false],
  ])("%j against %j: %s", (value, requirement, expected) => {
    expect(matchesExtraSpec(value, requirement)).toBe(expected);
  });
});

describe("ImagePropertiesFilter", () => {
  const kvm: Partial<HostDescription> = { supportedHypervisors: ["kvm", "qemu"] };
  const hosts = someHosts(kvm, { supportedHypervisors: ["xen"] }, { ...kvm, architecture: "aarch64" }, { supportedHypervisors: [] });
  const pass = (properties: Readonly<Record<string, string>>) =>
    passing(imagePropertiesFilter, hosts, { ...plain, image: image("i", 1, properties) });

  it("lets everything pass without an image or without properties that matter", () => {
    expect(passing(imagePropertiesFilter, hosts, plain)).toEqual([0, 1, 2, 3]);
    expect(pass({ os_distro: "ubuntu", img_hv_requested_version: ">=6.0" })).toEqual([0, 1, 2, 3]);
  });

  it("asks for architecture, hypervisor and mode together, in one supported instance", () => {
    expect(pass({ img_hv_type: "qemu" })).toEqual([0, 2]);
    expect(pass({ hw_architecture: "aarch64" })).toEqual([2]);
    expect(pass({ img_hv_type: "xen", hw_vm_mode: "hvm", hw_architecture: "x86_64" })).toEqual([1]);
    expect(pass({ img_hv_type: "xen", hw_architecture: "aarch64" })).toEqual([]);
  });

  it("knows the names by any case, by their other spellings and by their old keys", () => {
    expect(pass({ hw_architecture: "AMD64" })).toEqual([0, 1]);
    expect(pass({ hw_architecture: "x86_32p" })).toEqual([]);
    expect(pass({ img_hv_type: "XAPI" })).toEqual([1]);
    expect(pass({ hw_vm_mode: "HV" })).toEqual([0, 1, 2]);
    expect(pass({ hypervisor_type: "xen", architecture: "x86_64", vm_mode: "hvm" })).toEqual([1]);
    expect(pass({ hypervisor_type: "xen", img_hv_type: "kvm" })).toEqual([0, 2]); // the present key wins
  });

  it("looks for a word anywhere in the triple: mode pv, which is xen, is met by the hypervisor's name", () => {
    expect(pass({ hw_vm_mode: "pv" })).toEqual([1]);
  });
});

describe("server groups", () => {
  const hosts = someHosts({}, {}, {});
  const member = (policy: "affinity" | "anti-affinity", ...on: readonly number[]): RequestSpec => {
    const groups = new ServerGroups(() => ({ policy, maxServerPerHost: 1 }), hosts.count);
    for (const host of on) groups.join(7, host);
    groups.join(8, 0); // another group is nobody's business
    return { ...plain, group: 7, groups };
  };

  it("anti-affinity keeps out the hosts that hold a member", () => {
    expect(passing(serverGroupAntiAffinityFilter, hosts, member("anti-affinity"))).toEqual([0, 1, 2]);
    expect(passing(serverGroupAntiAffinityFilter, hosts, member("anti-affinity", 1, 2))).toEqual([0]);
  });

  it("affinity follows the members there are, and lets the first go anywhere", () => {
    expect(passing(serverGroupAffinityFilter, hosts, member("affinity"))).toEqual([0, 1, 2]);
    expect(passing(serverGroupAffinityFilter, hosts, member("affinity", 1))).toEqual([1]);
  });

  it("neither filter has anything to say to the other's groups, or to servers in none", () => {
    expect(serverGroupAffinityFilter.passes(hosts, member("anti-affinity", 1), config)).toBeNull();
    expect(serverGroupAntiAffinityFilter.passes(hosts, member("affinity", 1), config)).toBeNull();
    expect([serverGroupAffinityFilter, serverGroupAntiAffinityFilter].map((filter) => filter.passes(hosts, plain, config))).toEqual([
      null,
      null,
    ]);
  });
});

describe("the filters that count", () => {
  const hosts = someHosts({}, {}, {});
  hosts.instances.set([49, 50, 3]);
  hosts.ioOps.set([8, 7, 0]);

  it("keep out hosts that have enough servers, or enough builds under way", () => {
    expect(passing(numInstancesFilter, hosts, plain)).toEqual([0, 2]);
    expect(passing(ioOpsFilter, hosts, plain)).toEqual([1, 2]);
  });

  it("hold what the options say", () => {
    const few = new NovaConfig(new Map(Object.entries({ max_instances_per_host: 4, max_io_ops_per_host: 0 })));
    expect(passing(numInstancesFilter, hosts, plain, few)).toEqual([2]);
    expect(passing(ioOpsFilter, hosts, plain, few)).toEqual([]);
  });
});

describe("what a request says of hosts by name", () => {
  const hosts = someHosts({}, {}, {}, {});
  const kept = (more: Partial<RequestSpec>) => {
    const list = Int32Array.from([0, 1, 2, 3]);
    const request = { ...plain, ...more };
    const count = narrow(hosts, request, list, 4);
    return { hosts: [...list.subarray(0, count)], filtered: !skipsFilters(request, count) };
  };

  it("drops ignored hosts in any case, and passes the filters over when none is left", () => {
    expect(kept({ ignoreHosts: ["HOST-1", "elsewhere"] })).toEqual({ hosts: [0, 2, 3], filtered: true });
    expect(kept({ ignoreHosts: ["host-0", "host-1", "host-2", "host-3"] })).toEqual({ hosts: [], filtered: false });
  });

  it("passes the filters over for forced hosts and nodes, unless the request is a check", () => {
    expect(kept({ forceHosts: ["Host-2"] })).toEqual({ hosts: [2], filtered: false });
    expect(kept({ forceNodes: ["Host-2", "host-3"] })).toEqual({ hosts: [3], filtered: false });
    expect(kept({ forceHosts: ["host-2"], hints: new Map([["_nova_check_type", ["rebuild"]]]) })).toEqual({ hosts: [2], filtered: true });
  });

  it("goes where it must, by exact name, and still through the filters", () => {
    const to = (host: string | null) => kept({ destination: { host, node: null, cell: null, allowCrossCellMove: false } });
    expect(to("host-1")).toEqual({ hosts: [1], filtered: true });
    expect(to("HOST-1")).toEqual({ hosts: [], filtered: true });
    expect(to(null).hosts).toEqual([0, 1, 2, 3]);
  });
});
