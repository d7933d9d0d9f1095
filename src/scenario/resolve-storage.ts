// The storage of a scenario as the rest of Orrery works with it.
import { type QosSpec, qosKeys } from "../datacenter/storage/qos.ts";
import { type RaidLevel, raidLevels } from "../datacenter/storage/raid.ts";
import type { DiskIoSpec, Scenario, StorageBackendSpec, StorageTierSpec } from "./scenario.ts";
import type { ReadScenario } from "./schema.ts";

type ReadTier = ReadScenario["cloud"]["storage_tiers"][number];
type ReadBackend = ReadScenario["cloud"]["storage_backends"][number];
type ReadDiskIo = Extract<ReadScenario["workload"], { disk_io: unknown }>["disk_io"];

const levelOf = (name: string): RaidLevel => raidLevels.find((level) => level === name)!;

export function storageTierOf({ name, capacity, backend, thin, qos }: ReadTier): StorageTierSpec {
  const spec: QosSpec = Object.fromEntries(qosKeys.flatMap((key) => (Object.hasOwn(qos, key) ? [[key, qos[key]!]] : [])));
  return {
    name,
    capacityGb: capacity,
    ...(backend === undefined ? {} : { backend }),
    ...(thin === undefined ? {} : { thin: { maxOverSubscriptionRatio: thin.max_over_subscription_ratio, nearFullRatio: thin.near_full } }),
    ...(Object.keys(spec).length === 0 ? {} : { qos: spec }),
  };
}

export function storageBackendOf(read: ReadBackend): StorageBackendSpec {
  const { name, device, devices, nic } = read;
  const common = { name, device, devices, nicBytesPerSecond: nic };
  if ("nodes" in read) return { ...common, nodes: read.nodes, kind: { ceph: { size: read.size } } };
  const level = levelOf(read.raid);
  return { ...common, nodes: 1, kind: read.type === "lvm" ? { lvm: level } : { nfs: level } };
}

export function diskIoOf(workload: ReadScenario["workload"]): Pick<Scenario, "diskIo"> {
  if ("trace" in workload || Object.keys(workload.disk_io).length === 0) return {};
  return { diskIo: new Map(Object.entries(workload.disk_io).map(([flavor, io]) => [flavor, oneOf(io)])) };
}

function oneOf({ pattern, ...io }: ReadDiskIo[string]): DiskIoSpec {
  const bursts = typeof pattern === "string" ? null : pattern.bursty;
  return {
    readIops: io.read_iops,
    writeIops: io.write_iops,
    blockBytes: io.block_size,
    sequentialShare: io.sequential,
    queueDepth: io.queue_depth,
    newShare: io.new_data,
    bursts: bursts === null ? null : { stepMicros: bursts.step, onMicros: bursts.on, offMicros: bursts.off, offShare: bursts.off_share },
  };
}
