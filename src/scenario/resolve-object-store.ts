// The object store as the rest of Orrery works with it: nodes and devices one by one, names in its timeline as numbers.
import { storageDevices } from "../datacenter/storage/devices.ts";
import type { ObjectReadsSpec } from "../workflows/swift/object-reads.ts";
import type { StorageEvent, StorageTarget } from "../workflows/swift/storage-timeline.ts";
import type { ObjectStoreSpec, StorageDeviceSpec, StorageNodeSpec, StoragePolicySpec } from "./object-store-spec.ts";
import type { ReadScenario } from "./schema.ts";

export type ReadObjectStore = NonNullable<ReadScenario["cloud"]["object_store"]>;
type ReadNodes = ReadObjectStore["nodes"][number];

export function objectStoreOf(read: ReadObjectStore): ObjectStoreSpec {
  return {
    hashPath: { prefix: read.hash_path_prefix ?? "", suffix: read.hash_path_suffix },
    partPower: read.part_power,
    minPartHours: read.min_part_hours,
    overload: read.overload,
    ringSeed: read.ring_seed,
    containerReplicas: read.container_replicas,
    proxies: read.proxies.count,
    proxyBytesPerSecond: read.proxies.nic,
    clientBytesPerSecond: read.client_link,
    nodes: storageNodesOf(read.nodes),
    policies: read.policies.map(policyOf),
    keystoneauth: read.keystoneauth,
    connTimeout: read.conn_timeout,
    nodeTimeout: read.node_timeout,
    replicatorInterval: read.replicator_interval,
    updaterInterval: read.updater_interval,
  };
}

export function policyOf(policy: ReadObjectStore["policies"][number]): StoragePolicySpec {
  const { name, replicas, data_fragments: dataFragments, parity_fragments: parityFragments } = policy;
  if (replicas !== undefined) return { name, kind: "replication", replicas };
  return { name, kind: "erasure_coding", dataFragments: dataFragments!, parityFragments: parityFragments! };
}

/** Groups of one name go on counting. */
export function storageNodesOf(groups: readonly ReadNodes[]): readonly StorageNodeSpec[] {
  const counted = new Map<string, number>();
  return groups.flatMap(({ name: group, count, region, zone, rack, nic, devices }) => {
    const first = counted.get(group) ?? 0;
    counted.set(group, first + count);
    const { capacityBytes: usual, bytesPerSecond } = kindOf(devices.kind);
    const capacityBytes = devices.size ?? usual;
    const weight = devices.weight ?? capacityBytes / 1e9;
    return Array.from({ length: count }, (_, index): StorageNodeSpec => {
      const name = `${group}-${first + index + 1}`;
      return {
        name,
        region,
        zone,
        rack: rack === undefined ? null : rack - 1,
        bytesPerSecond: nic,
        devices: Array.from({ length: devices.count }, (_, device): StorageDeviceSpec => {
          return { name: `${name}/d${device + 1}`, capacityBytes: Math.floor(capacityBytes), weight, bytesPerSecond };
        }),
      };
    });
  });
}

/** A disk in the middle between its outermost and its innermost tracks; a flash drive as fast as it writes. */
function kindOf(kind: string): { readonly capacityBytes: number; readonly bytesPerSecond: number } {
  const { parameters, medium } = storageDevices.get(kind)!;
  const figure = (name: string) => parameters.find((one) => one.name === `devices.${kind}.${name}`)!.value;
  const bytesPerSecond =
    medium === "disk"
      ? (figure("outer_bandwidth") + figure("inner_bandwidth")) / 2
      : Math.min(figure("read_bandwidth"), figure("write_bandwidth"));
  return { capacityBytes: figure("capacity"), bytesPerSecond };
}

/** Workers of the components, of which each proxy and each node has its own. */
export function objectStoreWorkers(read: ReadObjectStore | undefined, declared: ReadonlyMap<string, number>): [string, number][] {
  if (read === undefined) return [];
  const nodes = read.nodes.reduce((sum, { count }) => sum + count, 0);
  const times = (component: string) => declared.get(component)! * (component === "swift.proxy" ? read.proxies.count : nodes);
  return ["swift.proxy", "swift.object", "swift.container", "swift.account"].map((component) => [component, times(component)]);
}

/** Null: there is no such node or device. */
export function storageTargetOf(
  { node, device }: { readonly node?: string | undefined; readonly device?: string | undefined },
  nodes: readonly StorageNodeSpec[],
): StorageTarget | null {
  if (node !== undefined) {
    const index = nodes.findIndex(({ name }) => name === node);
    return index < 0 ? null : { node: index };
  }
  const index = nodes.flatMap(({ devices }) => devices).findIndex(({ name }) => name === device);
  return index < 0 ? null : { device: index };
}

export function storageEventsOf(read: ReadScenario): readonly StorageEvent[] {
  const nodes = read.cloud.object_store === undefined ? [] : storageNodesOf(read.cloud.object_store.nodes);
  return (read.object_store_timeline ?? []).map((event): StorageEvent => {
    const { at } = event;
    const target = storageTargetOf(event, nodes)!;
    if (event.do === "reweigh" && "device" in target) return { verb: "reweigh", at, target, weight: event.weight! };
    return event.do === "fail" ? { verb: "fail", at, target, time: event.for ?? null } : { verb: "repair", at, target };
  });
}

/** Null: there are none. */
export function objectReadsOf({ object_reads: reads }: ReadScenario): ObjectReadsSpec | null {
  if (reads === undefined) return null;
  const { rate, objects, size, skew, container, storage_policy: storagePolicy } = reads;
  return {
    ratePerSecond: rate,
    objects,
    bytes: Math.floor(size),
    skew,
    container,
    ...(storagePolicy === undefined ? {} : { storagePolicy }),
  };
}
