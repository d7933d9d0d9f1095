// What storage must get right across several values: arrays that can be made of their devices, copies that have nodes of their own, tiers that fit
// on their back end, QoS specs that go together, and nothing that would have no effect.
import type { StorageBackend } from "../datacenter/storage/backend.ts";
import { CephPool } from "../datacenter/storage/ceph-pool.ts";
import { storageDevices } from "../datacenter/storage/devices.ts";
import { requireQos, TokenLimits } from "../datacenter/storage/qos.ts";
import { raidLevels, requireRaid, usableBytesOf } from "../datacenter/storage/raid.ts";
import type { Across } from "./across.ts";
import { type Path, valueAt } from "./located.ts";
import type { ReadScenario } from "./schema.ts";

type ReadCloud = ReadScenario["cloud"];
type Tier = ReadCloud["storage_tiers"][number];
type Backend = ReadCloud["storage_backends"][number];
type Flavor = ReadCloud["flavors"][number];

const GIB = 2 ** 30;

export function checkStorage(across: Across): void {
  const listed = <T>(path: Path) => Array.from({ length: across.length(path) }, (_, i) => across.read([...path, i]) as T | undefined);
  const backends = listed<Backend>(["cloud", "storage_backends"]);
  const tiers = listed<Tier>(["cloud", "storage_tiers"]);
  const flavors = listed<Flavor>(["cloud", "flavors"]);
  const tierOf = ({ volume }: Flavor) => tiers.find((tier, i) => tier?.name === volume?.type || (volume?.type === undefined && i === 0));

  backends.forEach((backend, index) => {
    if (backend === undefined) return;
    const path: Path = ["cloud", "storage_backends", index];
    const usable = usableBytes(across, path, backend);
    const own = tiers.filter((tier) => tier?.backend === backend.name) as Tier[];
    const asked = own.reduce((sum, { capacity }) => sum + capacity, 0);
    if (own.length === 0) across.complain(path, `no storage tier stands on "${backend.name}"`, `write backend: ${backend.name} on a tier`);
    if (usable !== null && asked * GIB > usable) {
      const most = Math.floor(usable / GIB);
      const name = own.map((tier) => `"${tier.name}"`).join(" and ");
      across.complain(path, `holds ${most} GiB of volumes, and ${name} has ${asked} GiB of capacity`, "add devices, or take less");
    }
  });
  if (backends.length > 0 && valueAt(across.root, ["cloud", "fabric", "custom"]) !== undefined) {
    across.complain(
      ["cloud", "storage_backends"],
      "a custom network has no place for storage nodes",
      "use a star, a leaf_spine or a fat_tree",
    );
  }

  const ios = (across.read(["workload", "disk_io"]) ?? {}) as Readonly<Record<string, { read_iops: number; write_iops: number }>>;
  const busy = new Set<string>();
  for (const [name, { read_iops, write_iops }] of Object.entries(ios)) {
    const path: Path = ["workload", "disk_io", name];
    const flavor = flavors.find((each) => each?.name === name);
    if (read_iops + write_iops === 0) across.complain(path, "does no I/O at all", "write read_iops or write_iops");
    checkBursts(across, path);
    if (flavor === undefined) continue;
    const tier = flavor.volume === undefined ? undefined : tierOf(flavor);
    if (flavor.volume === undefined) {
      across.complain(path, `flavor "${name}" has no volume to do I/O with`, "write volume: {size: 100 GiB} on the flavor");
    } else if (tier !== undefined) {
      busy.add(tier.name);
      if (tier.backend === undefined && tier.thin === undefined && Object.keys(tier.qos).length === 0) {
        across.complain(path, `has no effect: tier "${tier.name}" is a capacity only`, "give the tier a backend, thin or qos");
      }
    }
  }
  tiers.forEach((tier, index) => {
    if (tier === undefined) return;
    const path: Path = ["cloud", "storage_tiers", index];
    const hasQos = Object.keys(tier.qos).length > 0;
    if (hasQos)
      checkQos(across, path, tier, flavors.filter((flavor) => flavor?.volume !== undefined && tierOf(flavor) === tier) as Flavor[]);
    for (const [key, there] of [["backend", tier.backend !== undefined] as const, ["qos", hasQos] as const]) {
      if (!there || busy.has(tier.name)) continue;
      across.complain([...path, key], `${key} has no effect while nobody does I/O on "${tier.name}"`, "write disk_io under workload");
    }
  });
  for (let index = 0; index < across.length(["study", "policies"]); index++) {
    const path: Path = ["study", "policies", index, "volume_qos"];
    if (valueAt(across.root, path) === undefined || tiers.some((tier) => tier === undefined || Object.keys(tier.qos).length > 0)) continue;
    across.complainOfKey(path, "volume_qos has no effect: no storage tier has a qos");
  }
}

/** Bytes that the back end can hold; null where it cannot be, which is complained of. */
function usableBytes(across: Across, path: Path, backend: Backend): number | null {
  const { model } = storageDevices.get(backend.device)!;
  if (!("nodes" in backend)) {
    const level = raidLevels.find((each) => each === backend.raid)!;
    return attempt(across, [...path, "devices"], () => {
      requireRaid(level, backend.devices);
      return usableBytesOf(level, backend.devices, model.capacityBytes);
    });
  }
  const { nodes, size, devices, name } = backend;
  if (size > nodes) {
    const hint = "add nodes, or keep fewer copies";
    across.complain([...path, "size"], `${size} copies need as many nodes, and there are ${nodes}`, hint);
    return null;
  }
  const osds = Array.from({ length: nodes * devices }, (_, osd) => ({ host: Math.floor(osd / devices), device: model, deviceNumber: osd }));
  return attempt(across, path, () => {
    const pool: StorageBackend = new CephPool({ name, osds, size });
    return pool.usableBytes;
  });
}

function checkQos(across: Across, path: Path, { qos }: Tier, flavors: readonly Flavor[]): void {
  const at: Path = [...path, "qos"];
  const sound = attempt(across, at, () => {
    requireQos(qos);
    return 1;
  });
  if (sound === null) return;
  for (const size of new Set(flavors.map(({ volume }) => volume!.size)))
    attempt(across, at, () => new TokenLimits(qos, size).longRunIops(0, 1));
}

function checkBursts(across: Across, path: Path): void {
  const at: Path = [...path, "pattern", "bursty"];
  const [step, on, off] = ["step", "on", "off"].map((key) => across.number([...at, key]));
  if (step === undefined || on === undefined || off === undefined) return;
  for (const [key, mean] of [["on", on] as const, ["off", off] as const])
    if (mean < step) across.complain([...at, key], "must be at least as long as a step", "give a shorter step");
  if (on >= step && off >= step && step / on + step / off > 1)
    across.complain(at, "bursts and pauses would have to alternate from step to step", "make them longer, or the step shorter");
}

function attempt(across: Across, path: Path, of: () => number): number | null {
  try {
    return of();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    across.complain(path, error.message);
    return null;
  }
}
