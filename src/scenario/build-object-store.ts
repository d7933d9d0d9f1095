// The object store of a run: rings balanced, nodes and devices in their places, replicators and updaters at work.
import type { ServicePoint } from "../datacenter/fabric/attach-points.ts";
import { ObjectStore } from "../datacenter/object-store/object-store.ts";
import { RingBuilder } from "../datacenter/object-store/ring/ring-builder.ts";
import type { StoragePolicy } from "../datacenter/object-store/storage-policy.ts";
import { KeystoneAuth } from "../policies/swift/keystoneauth.ts";
import type { ApiClient } from "../workflows/api/api-client.ts";
import type { Cloud } from "../workflows/cloud.ts";
import type { WorkflowEngine } from "../workflows/engine.ts";
import { Exchanges } from "../workflows/swift/exchanges.ts";
import { ObjectCloud, type StorageNode } from "../workflows/swift/object-cloud.ts";
import { ObjectReads } from "../workflows/swift/object-reads.ts";
import { Rebuilds } from "../workflows/swift/rebuilds.ts";
import { Replication } from "../workflows/swift/replication.ts";
import { StorageTimeline } from "../workflows/swift/storage-timeline.ts";
import { Updaters } from "../workflows/swift/updaters.ts";
import { CLIENTS, type ObjectStoreSpec, proxyName, slotsOf } from "./object-store-spec.ts";
import type { Scenario } from "./scenario.ts";

/** What of it hangs on the fabric. */
export function objectStorePoints(spec: ObjectStoreSpec | undefined): readonly ServicePoint[] {
  if (spec === undefined) return [];
  return [
    ...spec.nodes.map(({ name, bytesPerSecond, rack }) => ({ name, bytesPerSecond, ...(rack === null ? {} : { rack }) })),
    ...Array.from({ length: spec.proxies }, (_, index) => ({ name: proxyName(index), bytesPerSecond: spec.proxyBytesPerSecond })),
    { name: CLIENTS, bytesPerSecond: spec.clientBytesPerSecond },
  ];
}

export function buildObjectStore(
  scenario: Scenario,
  cloud: Cloud,
  engine: WorkflowEngine | null,
  client: ApiClient | null,
): ObjectCloud | null {
  const {
    cloud: { objectStore: spec },
    objectReads,
    storageEvents = [],
  } = scenario;
  if (spec === undefined || engine === null || client === null) return null;
  const { wiring } = cloud.fabric;
  let id = 0;
  const nodes = spec.nodes.map(({ name, devices }): StorageNode => {
    return { name, point: wiring.serviceNamed(name), devices: devices.map(() => id++) };
  });
  const devices = spec.nodes.flatMap((node) => node.devices);
  const builderOf = (replicas: number): RingBuilder => ringBuilderOf(spec, replicas);
  const containers = builderOf(spec.containerReplicas);
  const builders = spec.policies.map((policy) => ({ policy: policy.name, builder: builderOf(slotsOf(policy)) }));
  const store = new ObjectStore({
    hashPath: spec.hashPath,
    devices: spec.nodes.flatMap((node, row) =>
      node.devices.map(({ capacityBytes }, index) => ({ id: nodes[row]!.devices[index]!, ip: node.name, capacityBytes })),
    ),
    containerRing: containers.ring(),
    policies: spec.policies.map((policy, index): StoragePolicy => {
      const ring = builders[index]!.builder.ring();
      if (policy.kind === "replication") return { kind: "replication", name: policy.name, ring };
      const { name, dataFragments, parityFragments } = policy;
      return { kind: "erasure_coding", name, ring, dataFragments, parityFragments, duplicationFactor: 1 };
    }),
    authorization: new KeystoneAuth(spec.keystoneauth),
  });
  const objects = new ObjectCloud(cloud, {
    store,
    nodes,
    deviceLink: devices.map(({ bytesPerSecond }) => cloud.transfers.addLink(bytesPerSecond)),
    deviceNames: devices.map(({ name }) => name),
    proxyPoints: Array.from({ length: spec.proxies }, (_, index) => wiring.serviceNamed(proxyName(index))),
    clients: wiring.serviceNamed(CLIENTS),
    builders: [{ policy: null, builder: containers }, ...builders],
    settings: spec,
  });
  cloud.objectStore = objects;
  objects.exchanges = new Exchanges(cloud, engine, objects);
  objects.rebuilds = new Rebuilds(cloud);
  objects.replication = new Replication(cloud, engine, objects);
  new Updaters(cloud, engine, objects);
  objects.timeline = new StorageTimeline(cloud, objects, storageEvents);
  if (objectReads !== undefined) new ObjectReads(cloud, client, objectReads);
  return objects;
}

function ringBuilderOf(spec: ObjectStoreSpec, replicas: number): RingBuilder {
  const { partPower, minPartHours, overload, ringSeed } = spec;
  const builder = new RingBuilder({ partPower, minPartHours, overload, replicas });
  let id = 0;
  for (const { name: ip, region, zone, devices } of spec.nodes)
    for (const { name, weight } of devices) builder.addDevice({ id: id++, region, zone, ip, device: name, weight });
  builder.rebalance(ringSeed, 0);
  return builder;
}
