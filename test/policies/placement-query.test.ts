// From a request to the Placement query: the rules and traps, each as one small request.
import { describe, expect, it } from "vitest";
import { cpusInMask } from "../../src/policies/nova/cpu-list.ts";
import { fallbackQuery, placementQuery } from "../../src/policies/nova/request/placement-query.ts";
import { queryParameters, queryString } from "../../src/policies/nova/request/query-string.ts";
import { refusedByPlacement } from "../../src/policies/nova/request/refused-query.ts";
import { requestFilters, runRequestFilters } from "../../src/policies/nova/request/request-filters.ts";
import { defaultRequestOptions, type RequestOptions } from "../../src/policies/nova/request/request-options.ts";
import { anywhere, RequestRefused, type SchedulingRequest } from "../../src/policies/nova/request/scheduling-request.ts";

type Texts = Readonly<Record<string, string>>;
const plain: SchedulingRequest = {
  projectId: "project",
  availabilityZone: null,
  flavor: { vcpus: 4, memoryMb: 2048, rootGb: 20, ephemeralGb: 0, swapMb: 0, extraSpecs: new Map() },
  image: { diskFormat: "qcow2", properties: new Map() },
  isBfv: false,
  destination: null,
  forceHosts: [],
  forceNodes: [],
  schedulerHints: new Set(),
  outsideGroups: [],
  rootRequired: new Set(),
  rootForbidden: new Set(),
  sameSubtree: [],
  requestedNetworks: null,
};

const request = (extraSpecs: Texts, image: Texts = {}, changes: Partial<SchedulingRequest> = {}): SchedulingRequest => ({
  ...plain,
  flavor: { ...plain.flavor, extraSpecs: new Map(Object.entries(extraSpecs)) },
  image: { diskFormat: "qcow2", properties: new Map(Object.entries(image)) },
  ...changes,
});

const outside = (requesterId: string, resources: Readonly<Record<string, number>>, required: readonly string[] = []) => ({
  requesterId,
  resources: new Map(Object.entries(resources)),
  required,
  forbidden: [],
  memberOf: [],
  forbiddenAggregates: [],
});

const nodes = ["n1", "n2", "n3"].map((node, i) => ({ host: i < 2 ? "h1" : "h2", node, cell: "c", uuid: `uuid-${node}` }));
const query = (asked: SchedulingRequest) => placementQuery(asked, defaultRequestOptions, nodes);
const parameters = (asked: SchedulingRequest) => queryParameters(query(asked).query).map(([name, value]) => `${name}=${value}`);
const resources = (asked: SchedulingRequest) => Object.fromEntries(query(asked).query.groups.get("")?.resources ?? []);

function refusal(ask: () => unknown): string {
  try {
    ask();
  } catch (error) {
    if (error instanceof RequestRefused) return error.errorType;
    throw error;
  }
  return "granted";
}

describe("the resources of a request", () => {
  it("are the flavor's: swap is rounded up to whole gigabytes, and a volume takes the place of the root disk", () => {
    expect(resources(plain)).toEqual({ VCPU: 4, MEMORY_MB: 2048, DISK_GB: 20 });
    const flavor = { ...plain.flavor, ephemeralGb: 5, swapMb: 1025 };
    expect(resources({ ...plain, flavor, isBfv: true })).toEqual({ VCPU: 4, MEMORY_MB: 2048, DISK_GB: 7 });
    expect(resources({ ...plain, isBfv: true })).toEqual({ VCPU: 4, MEMORY_MB: 2048 });
  });

  it("are overridden by extra specs: zero takes a class away, and what is no number gives the flavor's amount back", () => {
    expect(resources(request({ "resources:DISK_GB": "0", "resources:MEMORY_MB": " 1_0 ", "resources:VCPU": "1.5" }))).toEqual({
      VCPU: 4,
      MEMORY_MB: 10,
    });
    expect(resources(request({ "resources:CUSTOM_GOLD": "2", "resources:custom_gold": "2", "resources:PCPU": "2" }))).toEqual({
      CUSTOM_GOLD: 2,
      PCPU: 2,
      MEMORY_MB: 2048,
      DISK_GB: 20,
    });
  });

  it("are suppressed by the same class in any group, of a port too", () => {
    expect(resources(request({ "resources1:PCPU": "2" }))).toEqual({ MEMORY_MB: 2048, DISK_GB: 20 });
    expect(resources(request({}, {}, { outsideGroups: [outside("port", { VCPU: 1 })] }))).toEqual({ MEMORY_MB: 2048, DISK_GB: 20 });
  });

  it("have suffixes of up to 64 signs; `traits:X` is the trait X of the group `s`", () => {
    const long = "x".repeat(64);
    expect(parameters(request({ [`resources${long}:VGPU`]: "1", [`resources${long}x:PGPU`]: "1" }))).toContain(`resources${long}=VGPU:1`);
    expect(parameters(request({ "traits:GOLD": "required" }))).toContain("requireds=GOLD");
  });

  it("count persistent memory by label, and encrypted memory once, for UEFI images on q35 only", () => {
    expect(resources(request({ "hw:pmem": "4 GB,big, 4 GB," }))).toMatchObject({
      CUSTOM_PMEM_NAMESPACE_4_GB: 2,
      CUSTOM_PMEM_NAMESPACE_BIG: 1,
    });
    const uefi = { hw_firmware_type: "uefi" };
    expect(resources(request({ "hw:mem_encryption": "yes" }, uefi))).toMatchObject({ MEM_ENCRYPTION_CONTEXT: 1 });
    expect(refusal(() => query(request({ "hw:mem_encryption": "yes" })))).toBe("FlavorImageConflict");
    expect(refusal(() => query(request({ "hw:mem_encryption": "1" }, { ...uefi, hw_machine_type: "pc" })))).toBe("InvalidMachineType");
    expect(refusal(() => query(request({ "hw:mem_encryption": "1" }, { ...uefi, hw_mem_encryption: "no" })))).toBe("FlavorImageConflict");
  });

  it("need traits for a TPM, secure boot and PCI devices of the same socket", () => {
    const specs = {
      "hw:tpm_version": "2.0",
      "hw:tpm_model": "tpm-crb",
      "os:secure_boot": "required",
      "hw:pci_numa_affinity_policy": "socket",
    };
    expect(parameters(request(specs))).toContain(
      "required=COMPUTE_SECURITY_TPM_2_0,COMPUTE_SECURITY_UEFI_SECURE_BOOT,COMPUTE_SOCKET_PCI_NUMA_AFFINITY",
    );
    expect(refusal(() => query(request({ ...specs, "hw:tpm_version": "1.2" })))).toBe("Invalid");
    expect(refusal(() => query(request(specs, { os_secure_boot: "optional" })))).toBe("FlavorImageConflict");
    expect(refusal(() => query(request({ "hw:tpm_model": "no such model" })))).toBe("granted");
  });
});

describe("pinned CPUs", () => {
  it("are PCPU instead of VCPU, one more for isolated emulator threads, and are asked for a second time as VCPU", () => {
    const pinned = request({ "hw:cpu_policy": "dedicated", "hw:emulator_threads_policy": "isolate", "hw:cpu_thread_policy": "isolate" });
    const first = query(pinned);
    expect(parameters(pinned)).toEqual(["limit=1000", "required=!HW_CPU_HYPERTHREADING", "resources=DISK_GB:20,MEMORY_MB:2048,PCPU:5"]);
    expect(first.wantsFallback).toBe(true);
    const second = fallbackQuery(first.request, defaultRequestOptions, nodes).query;
    expect(queryString(second)).toBe("limit=1000&resources=DISK_GB%3A20%2CMEMORY_MB%3A2048%2CVCPU%3A4");
    expect(placementQuery(pinned, { ...defaultRequestOptions, disable_fallback_pcpu_query: true }, []).wantsFallback).toBe(false);
  });

  it("are a part of a mixed flavor: those of the dedicated mask, else the realtime ones", () => {
    const mixed = (specs: Texts, image: Texts = {}) => resources(request({ "hw:cpu_policy": "mixed", ...specs }, image));
    expect(mixed({ "hw:cpu_dedicated_mask": "^0-1" })).toMatchObject({ VCPU: 2, PCPU: 2 });
    const realtime = { "hw:cpu_realtime": "true", "hw:cpu_realtime_mask": "^0" };
    expect(mixed(realtime)).toMatchObject({ VCPU: 1, PCPU: 3 });
    expect(mixed(realtime, { hw_cpu_realtime_mask: "3" })).toMatchObject({ VCPU: 3, PCPU: 1 });
    expect(mixed({ ...realtime, "hw:cpu_dedicated_mask": "2", "hw:emulator_threads_policy": "isolate" })).toMatchObject({
      VCPU: 3,
      PCPU: 2,
    });
    expect(mixed({})).not.toHaveProperty("PCPU");
    for (const mask of ["0-3", "4", "1,^1", "3-1", "a"])
      expect(refusal(() => mixed({ "hw:cpu_dedicated_mask": mask }))).not.toBe("granted");
    expect(refusal(() => mixed({ "hw:cpu_realtime": "true" }))).toBe("RealtimeMaskNotFoundOrInvalid");
    expect(mixed({ "hw:cpu_realtime": "true", "hw:emulator_threads_policy": "share" })).toMatchObject({ PCPU: 4 });
  });

  it("are the flavor's to decide, unless it would share what the image pins", () => {
    const policies = (flavor: string, image: string) =>
      refusal(() => query(request({ "hw:cpu_policy": flavor }, { hw_cpu_policy: image })));
    expect(policies("dedicated", "shared")).toBe("granted");
    for (const [flavor, image] of [
      ["mixed", "dedicated"],
      ["shared", "mixed"],
      ["shared", "dedicated"],
    ] as const) {
      expect(policies(flavor, image)).toBe("ImageCPUPinningForbidden");
    }
    const threads = (flavor: string) => () => parameters(request({ "hw:cpu_thread_policy": flavor }, { hw_cpu_thread_policy: "require" }));
    expect(threads("prefer")()).not.toContain("required=HW_CPU_HYPERTHREADING");
    expect(threads("require")()).toContain("required=HW_CPU_HYPERTHREADING");
    expect(refusal(threads("isolate"))).toBe("ImageCPUThreadPolicyForbidden");
  });

  it("are written as lists in which exclusion wins, in any order", () => {
    expect(cpusInMask("^2, 0-3 ,,5", 8)).toEqual([0, 1, 3, 4, 5, 6, 7]);
    expect(cpusInMask("0-3,^1-2", 8)).toEqual([0, 3]);
  });
});

describe("groups of ports and devices", () => {
  it("make `none` the policy of several groups, unless the flavor alone has made them", () => {
    const policy = (asked: SchedulingRequest) => query(asked).query.groupPolicy;
    const port = { outsideGroups: [outside("port", { CUSTOM_BW: 1 })] };
    expect(policy(request({ "resources1:VGPU": "1" }, {}, port))).toBe("none");
    expect(policy(request({ "resources1:VGPU": "1", group_policy: "isolate" }, {}, port))).toBe("isolate");
    expect(policy(request({ "resources1:VGPU": "1", "resources2:VGPU": "1" }))).toBe(null);
    // The empty group 2 counts for the flavor, though it is gone when the groups are counted.
    expect(policy(request({ "resources1:VGPU": "1", "resources2:VGPU": "0" }, {}, port))).toBe(null);
    expect(policy(request({ "resources1:VGPU": "1" }))).toBe(null);
  });

  it("lose their zeros for good: one that asks for nothing else is missed by the second query", () => {
    const first = query(request({ "hw:cpu_policy": "dedicated" }, {}, { outsideGroups: [outside("port", { CUSTOM_BW: 0 })] }));
    expect(refusal(() => fallbackQuery(first.request, defaultRequestOptions, nodes))).toBe("ValueError");
    const zeroCpus = { outsideGroups: [outside("port", { VCPU: 0 }, ["GOLD"])] };
    const once = query(request({}, {}, zeroCpus));
    expect([...once.query.groups.get("")!.resources.keys()]).not.toContain("VCPU");
    expect(query(once.request).query.groups.get("")!.resources.get("VCPU")).toBe(4);
  });

  it("need a name of their own and something to ask for", () => {
    const asked = (...groups: ReturnType<typeof outside>[]) =>
      refusal(() => query(request({ "resources1:VGPU": "1" }, {}, { outsideGroups: groups })));
    expect(asked(outside("", { VCPU: 1 }))).toBe("ValueError");
    expect(asked(outside("p", {}))).toBe("ValueError");
    expect(asked(outside("1", { VCPU: 1 }))).toBe("RequestGroupSuffixConflict");
    expect(asked(outside("p", { VCPU: 1 }), outside("p", { VCPU: 1 }))).toBe("RequestGroupSuffixConflict");
  });
});

describe("the destination", () => {
  it("is one tree when it is one node, and is filled in", () => {
    const { query: asked, request: after } = query(request({}, {}, { destination: { ...anywhere, node: "n3" } }));
    expect([asked.groups.get("")!.inTree, asked.limit, after.destination!.host]).toEqual(["uuid-n3", 1000, "h2"]);
    expect(parameters({ ...plain, forceHosts: ["h1"], forceNodes: ["n2"] })).toContain("in_tree=uuid-n2");
  });

  it("lifts the limit when it is a host with several nodes, as hints of companions do", () => {
    expect(query({ ...plain, forceHosts: ["h1"] }).query.limit).toBe(null);
    expect(query({ ...plain, schedulerHints: new Set(["same_host"]) }).query.limit).toBe(null);
    expect(query({ ...plain, schedulerHints: new Set(["query"]) }).query.limit).toBe(1000);
  });

  it("that does not exist is no valid host", () => {
    expect(refusal(() => query({ ...plain, forceHosts: ["h2"], forceNodes: ["n1"] }))).toBe("NoValidHost");
    expect(refusal(() => query({ ...plain, destination: { ...anywhere, host: "h2", cell: "other" } }))).toBe("NoValidHost");
  });
});

describe("the query on the wire", () => {
  it("is sorted and form-encoded, any-of lists and forbidden aggregates included", () => {
    const { query: asked } = query({
      ...plain,
      rootForbidden: new Set(["OLD"]),
      rootRequired: new Set(["B", "A"]),
      sameSubtree: [["_y", "_x"]],
    });
    const group = {
      ...asked.groups.get("")!,
      required: [["X"], ["Z", "Y"]],
      memberOf: [["b", "a"]],
      forbiddenAggregates: ["c"],
      forbidden: ["V"],
    };
    expect(queryString({ ...asked, groups: new Map([["", group]]) })).toBe(
      [
        ...["limit=1000", "member_of=%21in%3Ac", "member_of=in%3Aa%2Cb", "required=X%2C%21V", "required=in%3AY%2CZ"],
        ...["resources=DISK_GB%3A20%2CMEMORY_MB%3A2048%2CVCPU%3A4", "root_required=A%2CB%2C%21OLD", "same_subtree=_x%2C_y"],
      ].join("&"),
    );
    expect(queryString({ ...asked, rootForbidden: [], rootRequired: ["a b(c)"], sameSubtree: [], groups: new Map() })).toBe(
      "limit=1000&root_required=a+b%28c%29",
    );
  });
});

describe("a query that is no question", () => {
  const refused = (asked: SchedulingRequest) => refusedByPlacement(query(asked).query);

  it("has several groups of the flavor without a policy, a group without resources, or a subtree of nobody", () => {
    const two = { "resources1:VGPU": "1", "resources2:VGPU": "1" };
    expect(refused(request(two))).toContain("group_policy");
    expect(refused(request({ "trait1:GOLD": "required" }))).toContain("resources1");
    expect(refused({ ...plain, sameSubtree: [["_x"]] })).toContain("_x");
    const zeros = { "resources:VCPU": "0", "resources:MEMORY_MB": "0", "resources:DISK_GB": "0" };
    expect(refused(request(zeros))).toContain("at least one group");
    expect([refused(plain), refused(request({ ...two, group_policy: "none" }))]).toEqual([null, null]);
  });
});

describe("the request filters", () => {
  const aggregate = (uuid: string, metadata: Texts) => ({ uuid, metadata: new Map(Object.entries(metadata)) });
  const run = (asked: SchedulingRequest, options: Partial<RequestOptions>, aggregates: readonly ReturnType<typeof aggregate>[] = []) =>
    runRequestFilters(asked, { ...defaultRequestOptions, ...options }, aggregates);

  it("are ten, and a plain request goes through with disabled hosts forbidden", () => {
    expect(requestFilters).toHaveLength(10);
    const { request: after, steps, refusal } = run(plain, {});
    expect([[...after.rootForbidden], after.destination, refusal]).toEqual([["COMPUTE_STATUS_DISABLED"], null, null]);
    expect(steps.filter(({ ran }) => ran).map(({ name }) => name)).toEqual([
      ...["compute_status_filter", "accelerators_filter", "remote_managed_ports_filter"],
    ]);
  });

  it("keep projects in their own aggregates; the zone is one more condition, not another choice", () => {
    const aggregates = [
      aggregate("t1", { filter_tenant_id_7: "project" }),
      aggregate("t2", { filter_tenant_id: "project" }),
      aggregate("no", { owner: "project", filter_tenant_id: "other" }),
      aggregate("az", { availability_zone: "z" }),
    ];
    const { request: after } = run({ ...plain, availabilityZone: "z" }, { limit_tenants_to_placement_aggregate: true }, aggregates);
    expect(after.destination!.memberOf).toEqual([["t1", "t2"], ["az"]]);
    const strict = { limit_tenants_to_placement_aggregate: true, placement_aggregate_required_for_tenants: true };
    expect(run({ ...plain, projectId: "nobody" }, strict, aggregates).refusal?.error.errorType).toBe("RequestFilterFailed");
    expect(run({ ...plain, projectId: "nobody" }, { placement_aggregate_required_for_tenants: true }, aggregates).refusal).toBe(null);
  });

  it("forbid aggregates whose trait is not required by flavor or image; a trait of the root is not enough", () => {
    const aggregates = [
      aggregate("gold", { "trait:GOLD": "required" }),
      aggregate("both", { "trait:GOLD": "required", "trait:SSD": "required" }),
    ];
    const isolating = { enable_isolated_aggregate_filtering: true };
    const forbidden = (asked: SchedulingRequest) => [...(run(asked, isolating, aggregates).request.destination?.forbiddenAggregates ?? [])];
    expect(forbidden({ ...plain, rootRequired: new Set(["GOLD"]) })).toEqual(["gold", "both"]);
    expect(forbidden(request({ "trait:GOLD": "required" }))).toEqual(["both"]);
    expect(forbidden(request({ "trait1:SSD": "required" }, { "trait:GOLD": "required" }))).toEqual([]);
    expect(run(request({ "hw:tpm_version": "9" }), isolating, aggregates).refusal?.filter).toBe("isolate_aggregates");
  });

  it("ask for what the image's properties name, all of it or, if one trait does not exist, none", () => {
    const traits = (image: Texts) => [...run(request({}, image), { image_metadata_prefilter: true }).request.rootRequired];
    expect(traits({ hw_disk_bus: "virtio", hw_vif_model: "spapr-vlan", architecture: "amd64" })).toEqual([
      ...["COMPUTE_STORAGE_BUS_VIRTIO", "COMPUTE_NET_VIF_MODEL_SPAPR_VLAN", "HW_ARCH_X86_64"],
    ]);
    expect(traits({ hw_disk_bus: "virtio", hw_viommu_model: "intel" })).toEqual([]);
    expect(traits({ hw_disk_bus: "virtio", hw_architecture: "armv7l" })).toEqual([]);
  });

  it("ask for the image's format where it is known, and for nothing when there is no image on the host", () => {
    const supporting = { query_placement_for_image_type_support: true };
    const traits = (asked: SchedulingRequest) => [...run(asked, supporting).request.rootRequired];
    expect(traits(plain)).toEqual(["COMPUTE_IMAGE_TYPE_QCOW2"]);
    expect(traits({ ...plain, image: { ...plain.image!, diskFormat: "docker" } })).toEqual([]);
    expect(traits({ ...plain, isBfv: true, image: { ...plain.image!, diskFormat: null } })).toEqual([]);
    expect(run({ ...plain, image: { ...plain.image!, diskFormat: null } }, supporting).refusal?.filter).toBe("require_image_type_support");
  });

  it("reach every requested network through its segments", () => {
    const networks = [["s1", "s2"], [], ["s3"]].map((segmentAggregates) => ({ portId: null, remoteManaged: true, segmentAggregates }));
    const { request: after } = run({ ...plain, requestedNetworks: networks }, { query_placement_for_routed_network_aggregates: true });
    expect(after.destination!.memberOf).toEqual([["s1", "s2"], ["s3"]]);
    expect(after.rootRequired.size).toBe(0);
  });

  it("encrypt local disks in a format that exists, and fail without an image", () => {
    const traits = (specs: Texts, image: Texts = {}) => {
      const { request: after, refusal } = run(request(specs, image), {});
      return refusal?.error.errorType ?? [...after.rootRequired];
    };
    const on = { "hw:ephemeral_encryption": "true" };
    expect(traits(on, { hw_ephemeral_encryption_format: "luks" })).toEqual([
      "COMPUTE_EPHEMERAL_ENCRYPTION",
      "COMPUTE_EPHEMERAL_ENCRYPTION_LUKS",
    ]);
    expect(traits(on, { hw_ephemeral_encryption: "no" })).toBe("FlavorImageConflict");
    expect(traits({ ...on, "hw:ephemeral_encryption_format": "zip" })).toBe("Invalid");
    expect(run({ ...plain, image: null }, {}).refusal?.filter).toBe("ephemeral_encryption_filter");
  });
});
