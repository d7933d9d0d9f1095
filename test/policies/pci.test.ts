import { describe, expect, it } from "vitest";
import type { HostCell } from "../../src/datacenter/numa/host-cell.ts";
import type { PciPool } from "../../src/datacenter/pci-pool.ts";
import type { PciNumaPolicy } from "../../src/policies/nova/numa/pci-numa-policy.ts";
import type { PciAlias } from "../../src/policies/nova/pci/alias.ts";
import { consumePci, passesPciFilter } from "../../src/policies/nova/pci/consume.ts";
import { pciRequests } from "../../src/policies/nova/pci/requests.ts";

type Texts = Readonly<Record<string, string>>;

const gpu: PciAlias = { name: "gpu", vendor_id: "10DE", product_id: "1eb8", device_type: "type-PCI" };

const ask = (specs: Texts, aliases: readonly PciAlias[] = [gpu], image: Texts = {}) =>
  pciRequests(new Map(Object.entries(specs)), new Map(Object.entries(image)), aliases);

function refusal(...args: Parameters<typeof ask>): string {
  const answer = ask(...args);
  return answer.outcome === "error" ? answer.error : "fine";
}

describe("the PCI devices a flavor asks for", () => {
  const alias = (more: PciAlias): PciAlias => ({ ...gpu, ...more });
  const wants = { "pci_passthrough:alias": "gpu:1" };
  const untyped: PciAlias = { name: "gpu", vendor_id: "10de", product_id: "1eb8" };

  it.each<[what: string, refusal: string, ...ask: Parameters<typeof ask>]>([
    ["an unknown alias", "PciRequestAliasNotDefined", { "pci_passthrough:alias": "gpu:1,tpu:1" }],
    ["a count that is no number", "ValueError", { "pci_passthrough:alias": "gpu:some" }],
    ["no count", "ValueError", { "pci_passthrough:alias": "gpu" }],
    ["one name with two NUMA policies", "PciInvalidAlias", wants, [gpu, alias({ numa_policy: "required" })]],
    ["one name with two device types", "PciInvalidAlias", wants, [gpu, alias({ device_type: "type-PF" })]],
    ["one name twice without a device type", "PciInvalidAlias", wants, [untyped, untyped]],
    ["one name once without a device type", "fine", wants, [untyped]],
    ["a broken alias that nobody asks for", "PciInvalidAlias", wants, [gpu, { name: "x", vendor_id: "NVIDIA" }]],
    ["broken aliases when no device is asked for", "fine", {}, [{ name: "x", vendor_id: "NVIDIA" }]],
    ["a policy that does not exist", "InvalidPCINUMAAffinity", { ...wants, "hw:pci_numa_affinity_policy": "near" }],
    [
      "two policies",
      "ImagePCINUMAPolicyForbidden",
      { "hw:pci_numa_affinity_policy": "socket" },
      [],
      { hw_pci_numa_affinity_policy: "legacy" },
    ],
  ])("%s: %s", (_what, expected, ...args) => {
    expect(refusal(...args)).toBe(expected);
  });

  it("are requests one by one, with the policy of flavor or image before that of the alias", () => {
    const aliases = [alias({ numa_policy: "required" })];
    const policies = (specs: Texts, image: Texts = {}) => {
      const answer = ask({ "pci_passthrough:alias": "gpu:1, gpu:2", ...specs }, aliases, image);
      return answer.outcome === "requests" ? answer.requests.map(({ count, numaPolicy }) => [count, numaPolicy]) : answer.error;
    };
    expect(policies({})).toEqual([
      [1, "required"],
      [2, "required"],
    ]);
    expect(policies({ "hw:pci_numa_affinity_policy": "socket" })).toEqual([
      [1, "socket"],
      [2, "socket"],
    ]);
    expect(policies({}, { hw_pci_numa_affinity_policy: "legacy" })).toEqual([
      [1, "legacy"],
      [2, "legacy"],
    ]);
  });
});

const pool = (numaNode: number | null, count: number, more: Texts = {}): PciPool => ({
  properties: new Map(Object.entries({ vendor_id: "10de", product_id: "1eb8", dev_type: "type-PCI", ...more })),
  numaNode,
  count,
});

const request = (count: number, numaPolicy: PciNumaPolicy = "legacy", spec: Texts = { vendor_id: "10DE" }) => ({
  count,
  specs: [new Map(Object.entries(spec))],
  numaPolicy,
});

const left = (pools: readonly PciPool[] | null) => pools?.map(({ numaNode, count }) => [numaNode, count]) ?? null;

describe("devices near a server", () => {
  /** Two sockets of two NUMA cells each; the server is on cell 0. */
  const cell = (id: number, socket: number | null): HostCell => ({
    id,
    cpuset: [],
    pcpuset: [],
    memoryMb: 0,
    memoryUsedMb: 0,
    sharedVcpusUsed: 0,
    pinnedCpus: [],
    siblings: [],
    pages: [],
    socket,
  });
  const near = { hostCells: [cell(0, 0), cell(1, 0), cell(2, 1), cell(3, 1)], chosenIds: [0] };
  const pools = [pool(3, 1), pool(1, 1), pool(null, 1), pool(0, 1)];

  it.each<[PciNumaPolicy, most: number]>([
    ["required", 1],
    ["legacy", 2],
    ["socket", 2],
    ["preferred", 4],
  ])("%s: %d devices can be had", (policy, most) => {
    expect(consumePci(pools, [request(most, policy)], near)).toHaveLength(pools.length - most);
    expect(consumePci(pools, [request(most + 1, policy)], near)).toBeNull();
  });

  it("come from the same cell whenever it has enough, whatever the policy", () => {
    for (const policy of ["required", "legacy", "socket", "preferred"] as const) {
      expect(left(consumePci(pools, [request(1, policy)], near))).toEqual([
        [3, 1],
        [1, 1],
        [null, 1],
      ]);
    }
  });

  it("cannot be told by socket when one cell does not say which it is on", () => {
    const unknown = { ...near, hostCells: [...near.hostCells, cell(4, null)] };
    expect(consumePci(pools, [request(2, "socket")], unknown)).toBeNull();
  });

  it("may be far when the server has no NUMA topology, even if required near", () => {
    expect(left(consumePci([pool(3, 2)], [request(2, "required")], null))).toEqual([]);
  });
});

describe("a host's pools of devices", () => {
  it("serve requests one after another, those with fewer tags first", () => {
    const pools = [pool(0, 2, { physical_network: "physnet1" }), pool(0, 1)];
    expect(left(consumePci(pools, [request(2)], null))).toEqual([[0, 1]]);
    expect(passesPciFilter(pools, [request(2), request(1)])).toBe(true);
    expect(passesPciFilter(pools, [request(2), request(2)])).toBe(false);
    expect(passesPciFilter([], [])).toBe(true);
  });

  it("are gone when they have just what is needed, empty ones too when met on the way", () => {
    expect(left(consumePci([pool(0, 0), pool(1, 2), pool(2, 0)], [request(2)], null))).toEqual([[2, 0]]);
  });

  it.each<[what: string, tags: Texts, asking: Texts]>([
    ["physical functions", { dev_type: "type-PF" }, { dev_type: "type-PF" }],
    ["vDPA devices", { dev_type: "vdpa" }, { dev_type: "vdpa" }],
    ["remotely managed devices", { remote_managed: "true" }, { remote_managed: "true" }],
  ])("keep %s for those who ask for them", (_what, tags, asking) => {
    expect(passesPciFilter([pool(0, 1, tags)], [request(1)])).toBe(false);
    expect(passesPciFilter([pool(0, 1, tags)], [request(1, "legacy", asking)])).toBe(true);
  });

  it("count physical functions before they drop them, so a near one hides the far device that would do", () => {
    const cells = { hostCells: [], chosenIds: [0] };
    const pools = [pool(0, 1, { dev_type: "type-PF" }), pool(1, 1)];
    expect(consumePci(pools, [request(1, "preferred")], cells)).toBeNull();
    expect(left(consumePci(pools.slice(1), [request(1, "preferred")], cells))).toEqual([]);
  });
});
