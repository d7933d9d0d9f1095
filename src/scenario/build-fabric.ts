// The network of a scenario, wired: its hosts with their racks and NICs, the image service, and the topology that joins them.
import { type AttachPoints, bonds, GLANCE } from "../datacenter/fabric/attach-points.ts";
import { custom } from "../datacenter/fabric/custom.ts";
import { ethernetMtu } from "../datacenter/fabric/encapsulation.ts";
import type { Fabric } from "../datacenter/fabric/fabric.ts";
import { fatTree } from "../datacenter/fabric/fat-tree.ts";
import { leafSpine } from "../datacenter/fabric/leaf-spine.ts";
import { linksOf, type TopologyName } from "../datacenter/fabric/link-kinds.ts";
import { star } from "../datacenter/fabric/star.ts";
import type { TrafficOptions } from "../datacenter/fabric/traffic.ts";
import type { Wiring } from "../datacenter/fabric/wiring.ts";
import type { Simulation } from "../kernel/simulation.ts";
import type { SharedCapacity } from "../queueing/shared-capacity.ts";
import { LinkUse } from "../workflows/link-use.ts";
import { objectStorePoints } from "./build-object-store.ts";
import { storageNodes } from "./build-storage.ts";
import type { CloudSpec, FabricSpec, HostGroupSpec } from "./scenario.ts";

export function wiringOf({ hosts, fabric, storageBackends, blockStorage, imageService, objectStore }: CloudSpec): Wiring {
  const points = attachPoints(hosts, fabric, [
    ...storageNodes(storageBackends ?? []),
    ...(blockStorage?.points ?? []),
    ...(imageService?.points ?? []),
    ...objectStorePoints(objectStore),
  ]);
  const { topology } = fabric;
  if ("star" in topology) return star(points);
  if ("leafSpine" in topology) return leafSpine(points, topology.leafSpine);
  if ("fatTree" in topology) return fatTree(points, topology.fatTree);
  return custom(points, topology.custom);
}

/** Hosts and racks are numbered through the file; the hosts of a group are dealt over its racks. */
function attachPoints(
  groups: readonly HostGroupSpec[],
  { glanceBytesPerSecond }: FabricSpec,
  storage: AttachPoints["services"],
): AttachPoints {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const nicBytesPerSecond = new Float64Array(count);
  const [racks, nics, bond] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  let [host, firstRack] = [0, 0];
  for (const group of groups) {
    for (let i = 0; i < group.count; i++, host++) {
      nicBytesPerSecond[host] = group.nicBytesPerSecond;
      racks[host] = firstRack + (i % group.racks);
      nics[host] = group.nics ?? 1;
      bond[host] = bonds.indexOf(group.bond ?? "active-active");
    }
    firstRack += group.racks;
  }
  return { nicBytesPerSecond, racks, nics, bonds: bond, services: [{ name: GLANCE, bytesPerSecond: glanceBytesPerSecond }, ...storage] };
}

export function trafficOptions({ hopLatency, encapsulation, mtu = ethernetMtu.value }: FabricSpec): TrafficOptions {
  return {
    ...(hopLatency == null ? {} : { latency: hopLatency }),
    ...(encapsulation == null ? {} : { framing: { encapsulation, mtu } }),
  };
}

/** Null where the scenario does not ask for it. */
export function buildLinkUse(
  { linkMetrics, topology }: FabricSpec,
  { simulation, transfers, fabric }: { readonly simulation: Simulation; readonly transfers: SharedCapacity; readonly fabric: Fabric },
): LinkUse | null {
  const [name] = Object.keys(topology) as [TopologyName];
  return linkMetrics === true ? new LinkUse(simulation, transfers, linksOf(fabric, name)) : null;
}
