// The network as the rest of Orrery works with it: the form it was written in becomes a topology, names in its links become hosts and switches.
import { GLANCE } from "../datacenter/fabric/attach-points.ts";
import type { CustomLink, CustomNetwork } from "../datacenter/fabric/custom.ts";
import { encapsulations } from "../datacenter/fabric/encapsulation.ts";
import { NO_LATENCY } from "../datacenter/fabric/hop-latency.ts";
import { storagePointsOf } from "./checks-object-store.ts";
import type { HostNames } from "./host-names.ts";
import type { FabricSpec, TopologySpec } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";

type ReadCloud = ReadScenario["cloud"];
type ReadFabric = ReadCloud["fabric"];
type ReadCustom = Extract<ReadFabric, { custom: unknown }>["custom"];

export function fabricOf(cloud: ReadCloud, hosts: HostNames): FabricSpec {
  const { fabric } = cloud;
  const { hop_latency: hop } = fabric;
  return {
    topology: topologyOf(cloud, hosts),
    glanceBytesPerSecond: fabric.glance,
    latencyMicros: fabric.latency,
    hopLatency: hop === undefined ? null : { ...NO_LATENCY, switchMicros: hop.switch, nicMicros: hop.nic, factor: hop.factor },
    encapsulation: encapsulations.find((name) => name === fabric.encapsulation) ?? null,
    mtu: fabric.mtu,
    hashSeed: fabric.hash_seed,
    ...(fabric.link_metrics === true ? { linkMetrics: true } : {}),
  };
}

function topologyOf(cloud: ReadCloud, hosts: HostNames): TopologySpec {
  const { fabric } = cloud;
  if ("star" in fabric) return { star: {} };
  if ("fat_tree" in fabric) return { fatTree: { k: fabric.fat_tree.k, linkBytesPerSecond: fabric.fat_tree.link } };
  if ("custom" in fabric) return { custom: customNetwork(fabric.custom, cloud, hosts) };
  if (!("leaf_spine" in fabric)) return { leafSpine: { spines: fabric.spines, uplinkBytesPerSecond: fabric.uplink } };
  const { spines, uplink, oversubscription } = fabric.leaf_spine;
  return { leafSpine: oversubscription === undefined ? { spines, uplinkBytesPerSecond: uplink } : { spines, oversubscription } };
}

function customNetwork({ switches, links }: ReadCustom, cloud: ReadCloud, hosts: HostNames): CustomNetwork {
  const nicOf = cloud.hosts.flatMap(({ count, nic }) => new Array<number>(count).fill(nic));
  const storage = cloud.object_store === undefined ? [] : storagePointsOf(cloud.object_store);
  const linksFrom = (name: string, to: string, written: number | undefined): readonly CustomLink[] => {
    if (switches.includes(name)) return [{ from: { switch: name }, to, bytesPerSecond: written! }];
    if (name === GLANCE) return [{ from: { service: GLANCE }, to, bytesPerSecond: written ?? cloud.fabric.glance }];
    const stored = storage.find((point) => point.name === name);
    if (stored !== undefined) return [{ from: { service: name }, to, bytesPerSecond: written ?? stored.bytesPerSecond }];
    const named = hosts.rowsOf(name);
    return named.ok ? named.rows.map((host) => ({ from: { host }, to, bytesPerSecond: written ?? nicOf[host]! })) : [];
  };
  return { switches, links: links.flatMap(({ from, to, bandwidth }) => from.flatMap((name) => linksFrom(name, to, bandwidth))) };
}
