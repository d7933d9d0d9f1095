// The storage of a scenario: back ends with their devices, tiers over them, and the guests' I/O.
import type { ServicePoint } from "../datacenter/fabric/attach-points.ts";
import { ethernetMtu, goodputFraction } from "../datacenter/fabric/encapsulation.ts";
import type { Fabric } from "../datacenter/fabric/fabric.ts";
import type { Traffic } from "../datacenter/fabric/traffic.ts";
import type { StorageBackend } from "../datacenter/storage/backend.ts";
import { CephPool } from "../datacenter/storage/ceph-pool.ts";
import { storageDevices } from "../datacenter/storage/devices.ts";
import { LocalBackend } from "../datacenter/storage/local-backend.ts";
import { NfsBackend } from "../datacenter/storage/nfs-backend.ts";
import type { RaidLevel } from "../datacenter/storage/raid.ts";
import { RaidArray } from "../datacenter/storage/raid-array.ts";
import { StorageTiers } from "../datacenter/storage-tiers.ts";
import type { RandomStreams } from "../kernel/random.ts";
import type { Simulation } from "../kernel/simulation.ts";
import type { PolicySpec } from "../policies/nova/policy.ts";
import type { SharedCapacity } from "../queueing/shared-capacity.ts";
import type { DiskDemand } from "../workflows/disk-stream.ts";
import { GuestDisks } from "../workflows/guest-disks.ts";
import { VolumeFlows } from "../workflows/volume-flows.ts";
import { burstySeries } from "../workload/utilisation/bursty-series.ts";
import type { Flavor } from "../workload/workload.ts";
import type { DiskIoSpec, Scenario, StorageBackendSpec } from "./scenario.ts";

export interface StorageSurroundings {
  readonly simulation: Simulation;
  readonly streams: RandomStreams;
  readonly fabric: Fabric;
  readonly traffic: Traffic;
  readonly transfers: SharedCapacity;
  readonly flavors: readonly Flavor[];
  readonly pause: (server: number) => void;
  readonly resume: (server: number) => void;
}

export interface BuiltStorage {
  readonly tiers: StorageTiers;
  readonly flows: VolumeFlows;
  /** Null: the scenario says nothing of the guests' I/O. */
  readonly disks: GuestDisks | null;
}

/** The nodes of back ends, as attach points of the network. */
export function storageNodes(backends: readonly StorageBackendSpec[]): readonly ServicePoint[] {
  return backends.flatMap((backend) =>
    Array.from({ length: backend.nodes }, (_, node) => ({ name: nodeName(backend, node), bytesPerSecond: backend.nicBytesPerSecond })),
  );
}

const nodeName = ({ name }: StorageBackendSpec, node: number) => `storage ${name}-${node + 1}`;

export function buildStorage({ cloud, diskIo }: Scenario, { volumeQos = true }: PolicySpec, parts: StorageSurroundings): BuiltStorage {
  const { simulation, streams, fabric, traffic, transfers, flavors } = parts;
  const backends = new Map((cloud.storageBackends ?? []).map((spec) => [spec.name, backendOf(spec, fabric, streams)]));
  const names = [...backends.keys()];
  const described = cloud.storageTiers.map(({ backend, qos, ...tier }) => ({
    ...tier,
    ...(backend === undefined ? {} : { backend: backends.get(backend)! }),
    ...(qos === undefined || !volumeQos ? {} : { qos }),
  }));
  const tiers = new StorageTiers(described, (event, tier, volume) => {
    if (event === "near full") disks?.countNearFull(tier);
    if (event === "volume resumed" && volume >= 0) disks?.roomFor(volume as Parameters<GuestDisks["roomFor"]>[0]);
  });
  const { encapsulation, mtu = ethernetMtu.value } = cloud.fabric;
  const flows = new VolumeFlows(transfers, fabric, traffic, encapsulation == null ? 1 : goodputFraction({ encapsulation, mtu }));
  const demands = flavors.map(({ name, volumeType }) => {
    const io = volumeType === null ? undefined : diskIo?.get(name);
    return io === undefined ? null : demandOf(io, name, streams);
  });
  const disks: GuestDisks | null =
    diskIo === undefined
      ? null
      : new GuestDisks({
          ...{ simulation, tiers, demands, flows, pause: parts.pause, resume: parts.resume },
          backendOf: cloud.storageTiers.map(({ backend }) => (backend === undefined ? -1 : names.indexOf(backend))),
        });
  return { tiers, flows, disks };
}

function backendOf(spec: StorageBackendSpec, fabric: Fabric, streams: RandomStreams): StorageBackend {
  const { name, kind, devices, nodes } = spec;
  const { model } = storageDevices.get(spec.device)!;
  const places = Array.from({ length: nodes }, (_, node) => fabric.wiring.serviceNamed(nodeName(spec, node)));
  const array = (level: RaidLevel) => new RaidArray({ level, device: model, members: Array.from({ length: devices }, (_, i) => i) });
  if ("lvm" in kind) return new LocalBackend(name, places[0]!, array(kind.lvm), streams.stream(`storage.${name}.snapshots`));
  if ("nfs" in kind) return new NfsBackend(name, places[0]!, array(kind.nfs));
  const osds = places.flatMap((host, node) =>
    Array.from({ length: devices }, (_, i) => ({ host, device: model, deviceNumber: node * devices + i })),
  );
  return new CephPool({ name, osds, size: kind.ceph.size });
}

/** The streams of a flavor's bursts are its own: they say nothing of when its guests keep their CPUs busy. */
function demandOf({ bursts, blockBytes, ...io }: DiskIoSpec, flavor: string, streams: RandomStreams): DiskDemand {
  if (bursts === null) return { ...io, bytes: blockBytes, pattern: null };
  const { stepMicros, onMicros, offMicros, offShare } = bursts;
  const own = { stream: (name: string) => streams.stream(`disk_io.${flavor}.${name}`) };
  const pattern = burstySeries(
    { stepMicros, meanOnSteps: onMicros / stepMicros, meanOffSteps: offMicros / stepMicros, onUtilisation: 1, offUtilisation: offShare },
    own,
  );
  return { ...io, bytes: blockBytes, pattern };
}
