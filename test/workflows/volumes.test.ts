// Volumes as users know them: made, attached, grown, moved, copied and deleted, and every way in which Cinder says no.
import { describe, expect, it } from "vitest";
import { type Ask, backend, GIB, users, volumeType } from "./block-cloud.ts";
import { alike } from "./tiny-scenario.ts";

const create = (name: string, gib: number, more: Partial<Ask> = {}): Ask => ({ do: "volume create", name, size: gib * GIB, ...more });
const about = (operation: string, volume: string, more: Partial<Ask> = {}): Ask => ({ do: operation, volume, ...more });
const attach = (volume: string, more: Partial<Ask> = {}) => about("server add volume", volume, { server: 0, ...more });
const detach = (volume: string, more: Partial<Ask> = {}) => about("server remove volume", volume, { server: 0, ...more });

describe("a volume", () => {
  it("is made, attached, detached and deleted, each with its states on the way", () => {
    const { told, statesOf, built, cloud } = users([create("v", 10), attach("v"), detach("v"), about("volume delete", "v")]);
    expect(told).toEqual(["volume create 202", "server add volume 200", "server remove volume 202", "volume delete 202"]);
    expect(statesOf(0)).toEqual([
      "creating",
      "available",
      "reserved",
      "attaching",
      "in-use",
      "detaching",
      "available",
      "deleting",
      "deleted",
    ]);
    expect(built.engine!.strands).toBe(0);
    expect(cloud.block!.books.check()).toBeNull();
  });

  it("takes about as long to be made, attached, detached and deleted as Rally has measured", () => {
    const round = (i: number): Ask[] => [create(`v${i}`, 1), attach(`v${i}`), detach(`v${i}`), about("volume delete", `v${i}`)];
    const { told, tookSeconds, calls } = users(Array.from({ length: 30 }, (_, i) => round(i)).flat());
    expect(told.filter((line) => / 4|pending/.test(line))).toEqual([]);
    const token = 0.2; // to log in and be validated, which Rally has done before
    const mean = (which: number) => Array.from({ length: 30 }, (_, i) => tookSeconds(4 * i + which)).reduce((a, b) => a + b, 0) / 30;
    for (const [which, seconds] of [0.58, 0.75, 0.63, 0.3].entries()) expect(Math.abs(mean(which) - seconds)).toBeLessThan(token + 0.12);
    expect(calls("nova.compute", "cinder.api.updateAttachment")).toBe(30);
  });

  it("is downloaded from Glance where it is made of an image", () => {
    const { told, statesOf, volumes, calls } = users([create("root", 10, { image: "cirros" })]);
    expect(told).toEqual(["volume create 202"]);
    expect(statesOf(0)).toEqual(["creating", "downloading", "available"]);
    expect(volumes.of(0).bootable).toBe(true);
    expect(calls("cinder.volume", "glance.api.sendImage")).toBe(1);
  });

  it("is a clone of the image where both are in Ceph, and keeps the image from being deleted", () => {
    const ceph = { store: "rbd", backends: [backend("c@rbd", 100, { protocol: "ceph", thin: true })] } as const;
    const image: readonly Ask[] = [
      { do: "image create", name: "mine" },
      { do: "image upload", image: "mine", size: 5 * GIB },
    ];
    const { told, tookSeconds } = users(
      [
        ...image,
        create("root", 10, { image: "mine" }),
        { do: "image delete", image: "mine" },
        about("volume delete", "root"),
        { do: "image delete", image: "mine" },
      ],
      ceph,
    );
    expect(told.slice(2)).toEqual(["volume create 202", "image delete 409 InUseByStore", "volume delete 202", "image delete 204"]);
    const downloaded = users([...image, create("root", 10, { image: "mine" })]);
    expect(tookSeconds(2)).toBeLessThan(2);
    expect(downloaded.tookSeconds(2)).toBeGreaterThan((5 * GIB) / 1.25e9);
  });

  it("is made of a snapshot or another volume, where that is", () => {
    const { told, poolOf, volumes } = users([
      create("v", 10),
      about("volume snapshot create", "v", { name: "s" }),
      { do: "volume create", name: "of-snapshot", snapshot: "s" },
      { do: "volume create", name: "clone", source: "v", size: 20 * GIB },
    ]);
    expect(told).toEqual(["volume create 202", "volume snapshot create 202", "volume create 202", "volume create 202"]);
    expect([poolOf("of-snapshot"), poolOf("clone")]).toEqual([poolOf("v"), poolOf("v")]);
    expect(volumes.rows.map(({ sizeGb }) => sizeGb)).toEqual([10, 10, 20]);
  });

  it("grows while a server has it, and keeps its size where there is no room", () => {
    const { told, statesOf, volumes } = users([
      create("v", 10),
      attach("v"),
      about("volume set size", "v", { size: 30 * GIB }),
      about("volume set size", "v", { size: 200 * GIB }),
    ]);
    expect(told.slice(2)).toEqual(["volume set size 202", "volume set size 202 NoValidBackend"]);
    expect(statesOf(0).slice(-5)).toEqual(["in-use", "extending", "in-use", "extending", "in-use"]);
    expect(volumes.of(0).sizeGb).toBe(30);
  });

  it("moves to another back end with its new type, if that is allowed, at the speed of the network", () => {
    const types = [volumeType("slow", { volume_backend_name: "slow" }), volumeType("fast", { volume_backend_name: "fast" })];
    const backends = ["slow", "fast"].map((name) => backend(`${name}@lvm`, 100, { options: new Map([["volume_backend_name", name]]) }));
    const { told, poolOf, statesOf, tookSeconds, volumes } = users(
      [
        create("v", 50),
        about("volume set type", "v", { type: "fast" }),
        about("volume set type", "v", { type: "fast", retype_policy: "on-demand" }),
        about("volume migrate", "v", { host: "slow@lvm#pool" }),
      ],
      { types, backends },
    );
    expect(told).toEqual(["volume create 202", "volume set type 202 NoValidBackend", "volume set type 202", "volume migrate 202"]);
    expect([poolOf("v"), volumes.of(0).type, volumes.of(0).migrationStatus]).toEqual(["slow@lvm#pool", "fast", "success"]);
    expect(statesOf(0)).toEqual(["creating", "available", "retyping", "available", "retyping", "available"]);
    const seconds = (50 * GIB) / 1.25e9;
    expect(tookSeconds(2)).toBeGreaterThan(seconds);
    expect(tookSeconds(2)).toBeLessThan(seconds + 3);
    expect(volumes.pools.usedGb).toEqual(new Float64Array([50, 0]));
  });

  it("is backed up to the object store, in full and then what has changed, and restored from there", () => {
    const { told, statesOf, cloud, calls } = users([
      create("v", 20),
      about("volume backup create", "v", { name: "full" }),
      about("volume backup create", "v", { name: "more", incremental: true }),
      create("w", 20),
      about("volume backup restore", "w", { backup: "more" }),
      { do: "volume backup delete", backup: "full" },
      { do: "volume backup delete", backup: "more" },
      { do: "volume backup delete", backup: "full" },
    ]);
    expect(told.slice(1)).toEqual([
      "volume backup create 202",
      "volume backup create 202",
      "volume create 202",
      "volume backup restore 202",
      "volume backup delete 400 InvalidBackup",
      "volume backup delete 202",
      "volume backup delete 202",
    ]);
    expect(statesOf(0)).toEqual(["creating", "available", "backing-up", "available", "backing-up", "available"]);
    expect(statesOf(1)).toEqual(["creating", "available", "restoring-backup", "available"]);
    expect(cloud.block!.books.copies.bytesToRestore(1)).toBe(22 * GIB);
    expect([calls("cinder.backup", "swift.proxy.putObject"), calls("cinder.backup", "swift.proxy.deleteObject")]).toEqual([2, 2]);
  });

  it("goes to another project when that takes it, with its quota", () => {
    const { told, volumes } = users([
      create("v", 10),
      about("volume transfer request create", "v"),
      about("volume transfer request accept", "v", { project: 1 }),
      about("volume delete", "v"),
      about("volume transfer request create", "v", { project: 1 }),
      about("volume transfer request delete", "v", { project: 1 }),
      about("volume transfer request accept", "v"),
    ]);
    expect(told.slice(1)).toEqual([
      "volume transfer request create 202",
      "volume transfer request accept 202",
      "volume delete 404 VolumeNotFound",
      "volume transfer request create 202",
      "volume transfer request delete 202",
      "volume transfer request accept 404 TransferNotFound",
    ]);
    expect([volumes.quotas.usedBy("project-1", "gigabytes"), volumes.quotas.usedBy("project-2", "gigabytes")]).toEqual([0, 10]);
  });

  it("is exchanged for a larger one under its server", () => {
    const { told, statusOf } = users([
      create("small", 10),
      create("large", 20),
      attach("small"),
      about("server swap volume", "small", { server: 0, new_volume: "large" }),
      about("server swap volume", "large", { server: 0, new_volume: "small" }),
    ]);
    expect(told.slice(2)).toEqual(["server add volume 200", "server swap volume 202", "server swap volume 400 InvalidVolume"]);
    expect([statusOf("small"), statusOf("large")]).toEqual(["available", "in-use"]);
  });

  it("of a type with multiattach can be in several servers", () => {
    const shared = { types: [volumeType("shared", {}, true)], requests: alike(2, { flavor: 0, lifetime: Number.POSITIVE_INFINITY }) };
    const two = [create("v", 10), attach("v"), attach("v"), attach("v", { server: 1 }), detach("v")];
    const { told, statusOf, volumes } = users(two, shared);
    expect(told.slice(1)).toEqual([
      "server add volume 200",
      "server add volume 400 InvalidVolume",
      "server add volume 200",
      "server remove volume 202",
    ]);
    expect([statusOf("v"), volumes.attachedTo(0)]).toEqual(["in-use", 1]);
    expect(users(two, { ...shared, types: [volumeType("plain")] }).told[3]).toBe("server add volume 400 InvalidVolume");
  });
});

describe("Cinder refuses", () => {
  it("with its own error and status", () => {
    const { told, cloud } = users([
      create("v", 10),
      create("none", 1, { type: "nothing" }),
      create("none", 1, { image: "nothing" }),
      create("none", 1, { snapshot: "nothing" }),
      create("none", 1, { source: "nothing" }),
      create("none", 1, { source: "v" }),
      create("none", 1, { availability_zone: "mars" }),
      about("volume delete", "nothing"),
      about("volume set size", "v", { size: 10 * GIB }),
      about("volume set type", "v", { type: "nothing" }),
      about("volume set type", "v", { type: "plain" }),
      about("volume migrate", "v", { host: "nowhere" }),
      about("volume snapshot create", "nothing", { name: "s" }),
      { do: "volume snapshot delete", snapshot: "nothing" },
      about("volume backup create", "v", { name: "b", incremental: true }),
      about("volume backup restore", "v", { backup: "nothing" }),
      { do: "volume backup delete", backup: "nothing" },
      { do: "volume type create", name: "plain" },
      { do: "volume type delete", type: "plain" },
      { do: "volume type delete", type: "nothing" },
      about("volume transfer request delete", "v"),
      attach("v"),
      about("volume delete", "v"),
      about("volume snapshot create", "v", { name: "s" }),
      about("volume backup create", "v", { name: "b" }),
      about("volume transfer request create", "v"),
      attach("v"),
      attach("nothing"),
      detach("nothing"),
      about("volume set size", "v", { size: 12 * GIB, project: 1 }),
    ]);
    expect(told.slice(1)).toEqual([
      "volume create 404 VolumeTypeNotFound",
      "volume create 400 ImageNotFound",
      "volume create 404 SnapshotNotFound",
      "volume create 404 VolumeNotFound",
      "volume create 400 InvalidInput",
      "volume create 400 InvalidInput",
      "volume delete 404 VolumeNotFound",
      "volume set size 400 InvalidInput",
      "volume set type 404 VolumeTypeNotFound",
      "volume set type 400 InvalidInput",
      "volume migrate 400 InvalidHost",
      "volume snapshot create 404 VolumeNotFound",
      "volume snapshot delete 404 SnapshotNotFound",
      "volume backup create 400 InvalidBackup",
      "volume backup restore 404 BackupNotFound",
      "volume backup delete 404 BackupNotFound",
      "volume type create 409 VolumeTypeExists",
      "volume type delete 400 VolumeTypeInUse",
      "volume type delete 404 VolumeTypeNotFound",
      "volume transfer request delete 404 TransferNotFound",
      "server add volume 200",
      "volume delete 400 InvalidVolume",
      "volume snapshot create 400 InvalidVolume",
      "volume backup create 400 InvalidVolume",
      "volume transfer request create 400 InvalidVolume",
      "server add volume 400 InvalidVolume",
      "server add volume 404 VolumeNotFound",
      "server remove volume 404 VolumeNotFound",
      "volume set size 404 VolumeNotFound",
    ]);
    expect(cloud.block!.books.check()).toBeNull();
  });

  it("what is beyond the quota, with 413, and counts again once something is deleted", () => {
    const quota = { volumes: 2, gigabytes: 56, snapshots: 1, backups: 1, backup_gigabytes: 25, per_volume_gigabytes: 40 };
    const { told } = users(
      [
        create("v", 41),
        create("v", 26),
        create("w", 31),
        create("w", 10),
        create("x", 1),
        about("volume set size", "w", { size: 31 * GIB }),
        about("volume snapshot create", "w", { name: "s" }),
        about("volume snapshot create", "w", { name: "t" }),
        about("volume backup create", "v", { name: "b" }),
        about("volume backup create", "w", { name: "b" }),
        about("volume backup create", "w", { name: "c" }),
        about("volume delete", "v"),
        create("x", 1),
      ],
      { quota },
    );
    expect(told).toEqual([
      "volume create 413 VolumeSizeExceedsLimit",
      "volume create 202",
      "volume create 413 VolumeSizeExceedsAvailableQuota",
      "volume create 202",
      "volume create 413 VolumeLimitExceeded",
      "volume set size 413 VolumeSizeExceedsAvailableQuota",
      "volume snapshot create 202",
      "volume snapshot create 413 SnapshotLimitExceeded",
      "volume backup create 413 VolumeBackupSizeExceedsAvailableQuota",
      "volume backup create 202",
      "volume backup create 413 BackupLimitExceeded",
      "volume delete 202",
      "volume create 202",
    ]);
  });
});

describe("the schedulers of Cinder", () => {
  it("know between two reports only of what they have sent out themselves, so that one may fill a pool for another", () => {
    // Three volumes of 30 GB at once: two schedulers both find the large pool the emptier one.
    const asks = [create("a", 30), create("b", 30, { after: 0 }), create("c", 30, { after: 0 }), create("d", 30, { after: 0 })];
    const backends = [backend("a@lvm", 65), backend("b@lvm", 64)];
    const alone = users(asks, { backends });
    expect(alone.told).toEqual(new Array(4).fill("volume create 202"));
    expect(alone.calls("cinder.api", "cinder.scheduler.chooseBackend")).toBe(4);
    // All four choose pool a; two are refused there. Cinder's default filters let them be sent there again and again.
    const stubborn = users(asks, { backends, schedulers: 4 });
    expect(stubborn.told.filter((line) => line.endsWith("NoValidBackend")).length).toBe(2);
    const filters = ["AvailabilityZoneFilter", "CapacityFilter", "CapabilitiesFilter", "IgnoreAttemptedHostsFilter"];
    const several = users(asks, { backends, schedulers: 4, options: { scheduler_default_filters: filters } });
    expect(several.told).toEqual(new Array(4).fill("volume create 202"));
    expect(several.calls("cinder.api", "cinder.scheduler.chooseBackend")).toBe(6);
    expect(several.volumes.pools.usedGb).toEqual(new Float64Array([60, 60]));
  });

  it("end a volume in error when no pool has room for it; it can be deleted all the same", () => {
    const { told, statesOf, volumes } = users([create("v", 500), about("volume delete", "v")]);
    expect(told).toEqual(["volume create 202 NoValidBackend", "volume delete 202"]);
    expect(statesOf(0)).toEqual(["creating", "error", "deleting", "deleted"]);
    expect(volumes.quotas.usedBy("project-1", "gigabytes")).toBe(0);
  });

  it("give a volume up when it was tried in as many pools as scheduler_max_attempts allows", () => {
    const asks = Array.from({ length: 4 }, (_, i) => create(`v${i}`, 30, { after: i === 0 ? 10 : 0 }));
    const { told } = users(asks, {
      backends: [backend("a@lvm", 65), backend("b@lvm", 64)],
      schedulers: 4,
      options: { scheduler_max_attempts: 1 },
    });
    expect(told.filter((line) => line.endsWith("NoValidBackend")).length).toBe(2);
  });
});
