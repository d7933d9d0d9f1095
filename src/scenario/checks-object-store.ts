// What an object store must get right across several values: rings that the devices can fill, policies that are of one kind, places on the network
// that there are, and nothing that is asked of a store that is not there.
import { GLANCE } from "../datacenter/fabric/attach-points.ts";
import { fatTreeRacks } from "../datacenter/fabric/fat-tree.ts";
import { swiftParameters } from "../datacenter/object-store/swift-parameters.ts";
import { didYouMean } from "../kernel/did-you-mean.ts";
import { formatQuantity, shorten } from "../kernel/units.ts";
import { apiOperations } from "../workflows/api/operations.ts";
import { objectStorage } from "../workflows/swift/asking.ts";
import type { Across } from "./across.ts";
import { namedTwice, namesIn } from "./checks.ts";
import type { HostNames } from "./host-names.ts";
import { type Path, valueAt } from "./located.ts";
import { CLIENTS, proxyName, type StorageNodeSpec, slotsOf } from "./object-store-spec.ts";
import { policyOf, type ReadObjectStore, storageNodesOf, storageTargetOf } from "./resolve-object-store.ts";
import type { ReadAction } from "./schema-actions.ts";
import { MAX_DEVICES } from "./schema-object-store.ts";
import { counted } from "./value-kinds.ts";

const STORE = ["cloud", "object_store"] as const;
const TIMELINE = ["object_store_timeline"] as const;
const READS = ["object_reads"] as const;
const AN_OBJECT_STORE = "object_store: {nodes: [{count: 3, devices: {count: 4}}]} in cloud";

export function checkObjectStore(across: Across, hosts: HostNames | null): void {
  const written = valueAt(across.root, STORE) !== undefined;
  if (!written) {
    for (const key of [TIMELINE, READS])
      if (valueAt(across.root, key) !== undefined) across.complainOfKey(key, "the cloud has no object store", AN_OBJECT_STORE);
    eachAction(across, (path) => across.complain([...path, "do"], "the cloud has no object store", AN_OBJECT_STORE));
    return;
  }
  if (across.read(["cloud", "control_plane"]) === "instant")
    across.complainOfKey(STORE, "an instant control plane has no proxies to ask for objects", "control_plane: modelled");
  across.problems.push(...namedTwice(namesIn(across.root, [...STORE, "policies"]), "storage policy"));
  const store = across.read(STORE) as ReadObjectStore | undefined;
  if (store === undefined) return;
  const nodes = storageNodesOf(store.nodes);
  if (nodes.length === 0) {
    across.complain([...STORE, "nodes"], "an object store without storage nodes", "nodes: [{count: 3, devices: {count: 4}}]");
    return;
  }
  checkPlaces(across, store, nodes, hosts);
  const before = across.problems.length;
  checkPolicies(across, store);
  if (across.problems.length > before) return;
  checkRings(across, store, nodes);
  checkTimeline(across, nodes);
  checkReads(across, store, nodes);
  checkActions(across, store);
}

/** Whole copies or fragments, and not both. */
function checkPolicies(across: Across, store: ReadObjectStore): void {
  for (const [index, { name, replicas, data_fragments: data, parity_fragments: parity }] of store.policies.entries()) {
    const path: Path = [...STORE, "policies", index];
    const hint = "replicas: 3, or data_fragments: 4 and parity_fragments: 2";
    if (replicas !== undefined && (data !== undefined || parity !== undefined))
      across.complain(path, `storage policy "${shorten(name)}" has both replicas and fragments`, hint);
    else if (replicas === undefined && data === undefined && parity === undefined)
      across.complain(path, `storage policy "${shorten(name)}" says neither replicas nor fragments`, hint);
    else if (replicas === undefined && (data === undefined || parity === undefined))
      across.complain(path, `storage policy "${shorten(name)}" says only one of data_fragments and parity_fragments`, hint);
  }
}

function checkRings(across: Across, store: ReadObjectStore, nodes: readonly StorageNodeSpec[]): void {
  const devices = nodes.flatMap((node) => node.devices);
  if (devices.length > MAX_DEVICES) {
    across.complain([...STORE, "nodes"], `${devices.length} devices: a ring has at most ${MAX_DEVICES}`, "fewer nodes, or fewer devices");
    return;
  }
  const weighted = devices.filter(({ weight }) => weight > 0).length;
  const tooFew = `${counted(weighted, "devices")} with a weight above 0`;
  for (const [index, policy] of store.policies.entries()) {
    const slots = slotsOf(policyOf(policy));
    if (slots <= weighted) continue;
    const path: Path = [...STORE, "policies", index];
    const what = policy.replicas === undefined ? "fragments" : "replicas";
    across.complain(
      path,
      `storage policy "${shorten(policy.name)}" needs ${slots} devices for its ${what}, but there are ${tooFew}`,
      more(slots),
    );
  }
  if (store.container_replicas > weighted)
    across.complain(
      [...STORE, "container_replicas"],
      `${counted(store.container_replicas, "databases")} of each container need as many devices, but there are ${tooFew}`,
      more(store.container_replicas),
    );
}

const more = (devices: number) => `at least ${devices} devices, or fewer replicas`;

function checkPlaces(across: Across, store: ReadObjectStore, nodes: readonly StorageNodeSpec[], hosts: HostNames | null): void {
  const fabric = (across.read(["cloud", "fabric"]) ?? {}) as Readonly<Record<string, unknown>>;
  const groups = Array.from({ length: across.length(["cloud", "hosts"]) }, (_, index) => across.number(["cloud", "hosts", index, "racks"]));
  if (groups.includes(undefined)) return;
  const racks = groups.reduce<number>((sum, count) => sum + count!, 0);
  const ports = new Map<number, number>();
  for (const [index, { count, rack, name }] of store.nodes.entries()) {
    const path: Path = [...STORE, "nodes", index];
    const taken = [GLANCE, CLIENTS, "swift-proxy"].includes(name) || (hosts?.rowsOf(`${name}-1`).ok ?? false);
    if (taken) across.complain([...path, "name"], `"${shorten(name)}" is what others are called`, "another name");
    if (rack === undefined) continue;
    if ("star" in fabric || "custom" in fabric) {
      const topology = "star" in fabric ? "a star" : "a custom network";
      across.complainOfKey([...path, "rack"], `rack has no effect in ${topology}`, "leave it out");
      continue;
    }
    const most = racks + nodes.length;
    if (rack > most)
      across.complain([...path, "rack"], `there is no rack ${rack}: hosts have ${racks}, and racks of storage follow`, `1 to ${most}`);
    ports.set(rack, (ports.get(rack) ?? 0) + count);
  }
  const tree = fabric.fat_tree as { readonly k: number } | undefined;
  if (tree === undefined) return;
  for (const [index, { rack }] of store.nodes.entries()) {
    if (rack === undefined) continue;
    const path: Path = [...STORE, "nodes", index, "rack"];
    const free = tree.k / 2 - hostNics(across, rack);
    if (rack > fatTreeRacks(tree.k))
      across.complain(path, `a fat tree with k = ${tree.k} has ${fatTreeRacks(tree.k)} racks`, "another rack, or a larger k");
    else if (ports.get(rack)! > free)
      across.complain(
        path,
        `rack ${rack} has ${counted(Math.max(0, free), "ports")} left for storage nodes, but there are ${ports.get(rack)}`,
        "another rack, or a larger k",
      );
  }
}

/** NICs of the hosts in a rack, at most. */
function hostNics(across: Across, rack: number): number {
  let first = 1;
  for (let index = 0; index < across.length(["cloud", "hosts"]); index++) {
    const group = across.read(["cloud", "hosts", index]) as
      | { readonly count: number; readonly racks: number; readonly nics: number }
      | undefined;
    if (group === undefined) return 0;
    const place = rack - first;
    if (place >= 0 && place < group.racks) return Math.ceil((group.count - place) / group.racks) * group.nics;
    first += group.racks;
  }
  return 0;
}

/** Names that links of a custom network can have besides hosts and switches. */
export function storageNamesIn(across: Across): readonly string[] {
  const store = across.read(STORE) as ReadObjectStore | undefined;
  return store === undefined ? [] : storagePointsOf(store).map(({ name }) => name);
}

export function storagePointsOf(store: ReadObjectStore): readonly { readonly name: string; readonly bytesPerSecond: number }[] {
  return [
    ...storageNodesOf(store.nodes),
    ...Array.from({ length: store.proxies.count }, (_, index) => ({ name: proxyName(index), bytesPerSecond: store.proxies.nic })),
    { name: CLIENTS, bytesPerSecond: store.client_link },
  ];
}

interface ReadEvent {
  readonly do: string;
  readonly node?: string;
  readonly device?: string;
  readonly for?: number;
  readonly weight?: number;
}

function checkTimeline(across: Across, nodes: readonly StorageNodeSpec[]): void {
  const names = [...nodes.map(({ name }) => name), ...nodes.flatMap(({ devices }) => devices.map(({ name }) => name))];
  for (let index = 0; index < across.length(TIMELINE); index++) {
    const path: Path = [...TIMELINE, index];
    const event = across.read(path) as ReadEvent | undefined;
    if (event === undefined) continue;
    const { node, device, weight } = event;
    if ((node === undefined) === (device === undefined)) {
      across.complain(path, "expected either a node or a device", "node: storage-1, or device: storage-1/d1");
      continue;
    }
    const name = node ?? device!;
    if (storageTargetOf(event, nodes) === null) {
      const noun = node === undefined ? "device" : "storage node";
      const near = didYouMean(name, names);
      const hint =
        near === null ? `such as ${node === undefined ? nodes[0]!.devices[0]!.name : nodes[0]!.name}` : `did you mean "${near}"?`;
      across.complain([...path, node === undefined ? "device" : "node"], `there is no ${noun} "${shorten(name)}"`, hint);
    }
    if (event.for !== undefined && event.do !== "fail") across.complainOfKey([...path, "for"], "for belongs to fail", "leave it out");
    if (event.do === "reweigh" && (device === undefined || weight === undefined))
      across.complain(path, "reweigh needs a device and its weight", "{at: 1 h, do: reweigh, device: storage-1/d1, weight: 0}");
    if (event.do !== "reweigh" && weight !== undefined)
      across.complainOfKey([...path, "weight"], "weight belongs to reweigh", "leave it out");
  }
}

function checkReads(across: Across, store: ReadObjectStore, nodes: readonly StorageNodeSpec[]): void {
  const reads = across.read(READS) as { readonly objects: number; readonly size: number; readonly storage_policy?: string } | undefined;
  if (reads === undefined) return;
  checkPolicyName(across, [...READS, "storage_policy"], reads.storage_policy, store);
  const policy = store.policies.find(({ name }) => name === reads.storage_policy) ?? store.policies[0];
  if (policy === undefined) return;
  const of = policyOf(policy);
  const copies = of.kind === "replication" ? of.replicas : slotsOf(of) / of.dataFragments;
  const needed = reads.objects * reads.size * copies;
  const room = nodes
    .flatMap(({ devices }) => devices)
    .reduce((sum, { capacityBytes, weight }) => sum + (weight > 0 ? capacityBytes : 0), 0);
  const usable = room * (1 - swiftParameters.fallocateReserve.value);
  if (needed > usable)
    across.complain(
      [...READS, "objects"],
      `the objects need ${formatQuantity(Math.ceil(needed), "information")}, but the devices have ${formatQuantity(Math.floor(usable), "information")}`,
      "fewer or smaller objects, or more devices",
    );
}

function checkPolicyName(across: Across, path: Path, name: unknown, store: ReadObjectStore): void {
  const names = store.policies.map((policy) => policy.name);
  if (typeof name !== "string" || names.includes(name)) return;
  const near = didYouMean(name, names);
  across.complain(
    path,
    `there is no storage policy "${shorten(name)}"`,
    near === null ? `policies: ${names.join(", ")}` : `did you mean "${near}"?`,
  );
}

function checkActions(across: Across, store: ReadObjectStore): void {
  const projects = across.number(["workload", "projects"]);
  eachAction(across, (path, action) => {
    const account = action.account as number | undefined;
    if (account !== undefined && (account < 1 || (projects !== undefined && account > projects)))
      across.complain([...path, "account"], `there is no project ${account}`, `projects: 1 to ${projects ?? "..."}`);
    checkPolicyName(across, [...path, "storage_policy"], action.storage_policy, store);
  });
}

/** The requests to Swift. */
function eachAction(across: Across, look: (path: Path, action: ReadAction) => void): void {
  for (let index = 0; index < across.length(["actions"]); index++) {
    const path: Path = ["actions", index];
    const action = across.read(path) as ReadAction | undefined;
    const operation = apiOperations.find(({ name }) => name === action?.do);
    if (action !== undefined && operation?.service === objectStorage) look(path, action);
  }
}
