// What a scenario says of its object store is what the run has; what cannot be is said at once, with its place and what to try.
import { describe, expect, it } from "vitest";
import { metricsOf } from "../../src/experiment/metrics.ts";
import { InputError } from "../../src/kernel/problem.ts";
import { catalogue } from "../../src/scenario/catalogue.ts";
import { readScenario } from "../../src/scenario/parse.ts";
import { buildStore, readStore, type Story, storeText } from "../workflows/swift/small-store.ts";
import { folder } from "./folder.ts";

/** Each as `path: message (hint)`. */
function problemsOf(text: string): readonly string[] {
  try {
    readScenario("a.yaml", { catalogue, cwd: folder({ "a.yaml": text }) });
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ path, message, hint }) => `${path}: ${message}${hint === "" ? "" : ` (${hint})`}`);
  }
}

const devices = "devices: {count: 1}";

describe("an object store that cannot be", () => {
  it.each<[string, Story, string | RegExp]>([
    ["no nodes", { nodes: "" }, /cloud.object_store.nodes: an object store without storage nodes/],
    ["zero devices", { nodes: "{count: 6, devices: {count: 0}}" }, /devices.count: must be at least 1, got 0/],
    ["a part power too large", { power: 33 }, /part_power: must be at most 18, got 33/],
    ["a link that carries nothing", { nodes: "{count: 6, devices: {count: 1}, nic: 0 bit/s}" }, /nic: must be more than 0/],
    [
      "replicas above devices",
      { nodes: `{count: 5, ${devices}}` },
      'cloud.object_store.policies.1: storage policy "frozen" needs 6 devices for its fragments, but there are 5 devices with a weight above 0 (at least 6 devices, or fewer replicas)',
    ],
    [
      "databases above devices",
      { store: "container_replicas: 13" },
      "cloud.object_store.container_replicas: 13 databases of each container need as many devices, but there are 12 devices with a weight above 0 (at least 13 devices, or fewer replicas)",
    ],
    [
      "weights of nothing",
      { nodes: "{count: 6, devices: {count: 1, weight: 0}}" },
      /needs 3 devices for its replicas, but there are 0 devices/,
    ],
    [
      "an unknown device",
      { nodes: "{count: 6, devices: {count: 1, kind: ssd-stat}}" },
      /unknown device "ssd-stat" \(did you mean "ssd-sata"\?\)/,
    ],
    ["a name that others have", { nodes: `{name: swift-proxy, count: 6, ${devices}}` }, /name: "swift-proxy" is what others are called/],
    [
      "a rack far away",
      { nodes: `{count: 6, rack: 99, ${devices}}` },
      /rack: there is no rack 99: hosts have 1, and racks of storage follow/,
    ],
    ["an unknown option", { store: "keystoneauth: {operator_rolls: admin}" }, /operator_rolls/],
    [
      "a node that is not there",
      { timeline: ["at: 1 min, do: fail, node: storage-7"] },
      /object_store_timeline.0.node: there is no storage node "storage-7"/,
    ],
    ["a device that is not there", { timeline: ["at: 1 min, do: fail, device: storage-1/d3"] }, /there is no device "storage-1\/d3"/],
    ["nothing to fail", { timeline: ["at: 1 min, do: fail"] }, /expected either a node or a device/],
    ["both to fail", { timeline: ["at: 1 min, do: fail, node: storage-1, device: storage-1/d1"] }, /expected either a node or a device/],
    ["a repair that takes time", { timeline: ["at: 1 min, do: repair, node: storage-1, for: 1 min"] }, /for belongs to fail/],
    ["a weight of a failure", { timeline: ["at: 1 min, do: fail, node: storage-1, weight: 3"] }, /weight belongs to reweigh/],
    ["a weight of nothing", { timeline: ["at: 1 min, do: reweigh, node: storage-1, weight: 3"] }, /reweigh needs a device and its weight/],
    [
      "an unknown storage policy",
      { actions: ["at: 1 min, do: container create, name: a, storage_policy: golf"] },
      /there is no storage policy "golf" \(did you mean "gold"\?\)/,
    ],
    ["an account of nobody", { actions: ["at: 1 min, do: container list, account: 3"] }, /there is no project 3 \(projects: 1 to 2\)/],
    ["a container that nothing makes", { actions: ["at: 1 min, do: object list, container: a"] }, /nothing makes a container "a"/],
    [
      "reads of more than there is room for",
      { more: "object_reads: {rate: 1/s, objects: 1000, size: 1 GB}" },
      /the objects need 3 TB, but the devices have 1188 GB|the objects need .*, but the devices have/,
    ],
  ])("%s", (_what, story, expected) => {
    const found = problemsOf(storeText(story));
    expect(found).toContainEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
  });

  it("policies of two kinds, of none and of half a kind, and one name twice, all at once", () => {
    const text = storeText({}).replace(
      /policies: .*/,
      "policies: [{name: a, replicas: 2, data_fragments: 2}, {name: a}, {name: b, data_fragments: 4}]",
    );
    const found = problemsOf(text);
    expect(found.filter((problem) => problem.includes("policies"))).toHaveLength(4);
  });

  it("or is not there, and is asked for all the same", () => {
    const text = `cloud:
  hosts: [{type: dell-r7525, count: 2}]
  flavors: [{name: m1, vcpus: 2, ram: 4 GiB}]
workload: {requests: [{flavor: m1}]}
actions: [{at: 1 min, do: container list}]
object_reads: {rate: 1/s, objects: 10, size: 1 MB}
object_store_timeline: [{at: 1 min, do: fail, node: storage-1}]
study: {duration: 1 h, seed: 1}
`;
    const found = problemsOf(text).filter((problem) => problem.includes("the cloud has no object store"));
    expect(found).toHaveLength(3);
  });

  it("or has no proxies, because the control plane is instant", () => {
    const text = storeText({}).replace("cloud:\n", "cloud:\n  control_plane: instant\n");
    expect(problemsOf(text)).toEqual([expect.stringMatching(/an instant control plane has no proxies/)]);
  });
});

describe("an object store", () => {
  it("has its devices with their sizes, weights and bandwidths from the table of devices", () => {
    const { cloud } = readStore({
      nodes: "{count: 6, devices: {count: 1}}, {name: fast, count: 1, devices: {count: 2, kind: nvme-pm983, weight: 5}}",
    });
    const nodes = cloud.objectStore!.nodes;
    expect(nodes.map(({ name }) => name)).toEqual(["storage-1", "storage-2", "storage-3", "storage-4", "storage-5", "storage-6", "fast-1"]);
    expect(nodes[0]!.devices).toEqual([{ name: "storage-1/d1", capacityBytes: 6e12, weight: 6000, bytesPerSecond: 215e6 }]);
    expect(nodes[6]!.devices[1]).toEqual({ name: "fast-1/d2", capacityBytes: 3.84e12, weight: 5, bytesPerSecond: 2e9 });
  });

  it("stands in racks, behind their leaves, or next to the other services", () => {
    const at = (rack: string) => {
      const { cloud, objects } = buildStore({ nodes: `{count: 6, ${rack}devices: {count: 1}}` });
      const { fabric } = cloud;
      return fabric.wiring.switchNames[fabric.switchOf(objects.nodes[0]!.point)];
    };
    expect([at("rack: 1, "), at("rack: 2, "), at("")]).toEqual(["leaf-1", "leaf-2", "border"]);
  });

  it("has a place in a network of one's own, over the links that are written for it", () => {
    const links = (nodes: string) =>
      storeText({}).replace(
        "  object_store:\n",
        `  fabric:
    custom:
      switches: [sw]
      links: [{from: [compute-1..compute-2, glance, ${nodes}], to: sw}]
  object_store:
`,
      );
    const all = "storage-1, storage-2, storage-3, storage-4, storage-5, storage-6, swift-proxy-1, swift-proxy-2, clients";
    expect(problemsOf(links(all))).toEqual([]);
    expect(problemsOf(links(all.replace("storage-2, ", "")))).toEqual([expect.stringMatching(/storage-2 of the object store have no way/)]);
  });

  it("has workers for each of its proxies and nodes", () => {
    const { cloud } = readStore({ store: "proxies: {count: 3}" });
    expect(["swift.proxy", "swift.object"].map((key) => cloud.workers.get(key))).toEqual([24, 48]);
  });

  it("has metrics, which other clouds have not", () => {
    const names = metricsOf(readStore({})).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("objects."))).toHaveLength(7);
    const { objectStore: _, ...cloud } = readStore({}).cloud;
    expect(metricsOf({ ...readStore({}), cloud }).filter(({ name }) => name.startsWith("objects."))).toEqual([]);
  });
});
