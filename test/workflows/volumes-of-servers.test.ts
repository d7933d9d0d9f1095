// What becomes of volumes when their servers are stopped, shelved, deleted or built from them, in any order of events.
import { describe, expect, it } from "vitest";
import { type Ask, type BlockCloud, backend, GIB, users } from "./block-cloud.ts";
import { alike, flavor } from "./tiny-scenario.ts";

const create = (name: string, gib = 10): Ask => ({ do: "volume create", name, size: gib * GIB });
const attach = (volume: string, more: Partial<Ask> = {}): Ask => ({ do: "server add volume", server: 0, volume, ...more });
const detach = (volume: string, more: Partial<Ask> = {}): Ask => ({ do: "server remove volume", server: 0, volume, ...more });
const server = (verb: string, more: Partial<Ask> = {}): Ask => ({ do: `server ${verb}`, server: 0, ...more });
const remove = (volume: string): Ask => ({ do: "volume delete", volume });

/** Nothing may be left behind: no claims, attachments, work or room. */
function leftovers({ cloud, built, volumes }: ReturnType<typeof users>): string[] {
  const { books } = cloud.block!;
  const left: string[] = [];
  if (books.check() !== null) left.push(books.check()!);
  if (built.engine!.strands !== 0) left.push(`${built.engine!.strands} strands`);
  if (books.attachments.rows.some(({ status }) => status !== "detached")) left.push("attachments");
  for (const row of volumes.rows) if (row.status !== "deleted") left.push(`volume ${row.name} ${row.status}`);
  for (const row of volumes.snapshots) if (row.status !== "deleted") left.push(`snapshot ${row.name}`);
  for (const row of books.copies.backups) if (row.status !== "deleted") left.push(`backup ${row.name}`);
  if (volumes.pools.usedGb.some((used) => used !== 0)) left.push("room in pools");
  for (const resource of ["volumes", "gigabytes", "snapshots", "backups", "backup_gigabytes"])
    if (volumes.quotas.usedBy("project-1", resource) !== 0) left.push(`quota of ${resource}`);
  if (cloud.hosts.usedVcpuMilli.some((used) => used !== 0)) left.push("claims on hosts");
  return left;
}

describe("a server that is deleted", () => {
  it("lets its volumes go, and takes those with it that are deleted on termination", () => {
    const run = users([
      create("data"),
      create("scratch"),
      attach("data"),
      attach("scratch", { delete_on_termination: true }),
      server("delete"),
      remove("data"),
    ]);
    expect(run.told.slice(2)).toEqual(["server add volume 200", "server add volume 200", "server delete 204", "volume delete 202"]);
    expect(run.statesOf(0).slice(-4)).toEqual(["in-use", "available", "deleting", "deleted"]);
    expect(leftovers(run)).toEqual([]);
  });

  it("does so after it was shelved, stopped, paused or deleted softly", () => {
    const before: readonly (readonly Ask[])[] = [
      [server("shelve")],
      [server("stop")],
      [server("pause")],
      [server("shelve"), server("unshelve")],
    ];
    for (const asks of before) {
      const run = users([create("v"), attach("v", { delete_on_termination: true }), ...asks, server("delete")]);
      expect([asks.map((ask) => ask.do), leftovers(run)]).toEqual([asks.map((ask) => ask.do), []]);
    }
    const softly = { cloud: { nova: { reclaimInstanceInterval: 600e6 } } };
    const run = users([create("v"), attach("v", { delete_on_termination: true }), server("delete")], softly);
    expect(leftovers(run)).toEqual([]);
  });

  it("waits for a volume that is being attached or detached, whenever the deletion comes", () => {
    for (let eighth = 0; eighth < 24; eighth++) {
      const after = eighth / 8 / 10 / 6; // up to 3 s
      const attaching = users([create("v"), attach("v", { delete_on_termination: true }), server("delete", { after })]);
      const detaching = users([create("v"), attach("v"), detach("v"), server("delete", { after }), remove("v")]);
      expect([eighth, leftovers(attaching).filter((line) => line !== "volume v available" && !/room|quota/.test(line))]).toEqual([
        eighth,
        [],
      ]);
      expect([eighth, leftovers(detaching)]).toEqual([eighth, []]);
    }
  });

  it("leaves a volume that moves, is copied or grows at that moment, and that can be deleted afterwards", () => {
    for (const ask of [
      { do: "volume backup create", volume: "v", name: "b", force: true },
      { do: "volume migrate", volume: "v", host: "b@lvm#pool" },
      { do: "volume set size", volume: "v", size: 20 * GIB },
    ] satisfies readonly Ask[]) {
      const run = users([
        create("v"),
        attach("v", { delete_on_termination: true }),
        { ...ask },
        server("delete", { after: 0.005 }),
        remove("v"),
      ]);
      const lines = leftovers(run).filter((line) => !/backup/.test(line));
      // Where Cinder could delete it with the server it is gone already.
      expect([ask.do, lines]).toEqual([ask.do, []]);
    }
  });
});

describe("a server with volumes", () => {
  it("keeps them while it is shelved, and gets those that were attached meanwhile when it is unshelved", () => {
    const run = users([create("v"), create("w"), attach("v"), server("shelve"), attach("w"), server("unshelve"), detach("v"), detach("w")]);
    expect(run.told.slice(2)).toEqual([
      "server add volume 200",
      "server shelve 202",
      "server add volume 200",
      "server unshelve 202",
      "server remove volume 202",
      "server remove volume 202",
    ]);
    expect(run.statesOf(1)).toEqual(["creating", "available", "reserved", "in-use", "detaching", "available"]);
  });

  it("is let alone by others while one comes or goes", () => {
    const run = users([
      create("v"),
      attach("v"),
      server("stop", { after: 0.005 }),
      server("migrate", { live: true, after: 0 }),
      server("stop"),
    ]);
    expect(run.told.slice(2)).toEqual([
      "server stop 409 InstanceInvalidState",
      "server migrate 409 InstanceInvalidState",
      "server stop 202",
    ]);
  });

  it("is refused by Nova's gates in other states", () => {
    const run = users([create("v"), server("suspend"), attach("v"), detach("v"), server("resume"), server("rescue"), attach("v")]);
    expect(run.told.slice(2)).toEqual([
      "server add volume 409 InstanceInvalidState",
      "server remove volume 409 InstanceInvalidState",
      "server resume 202",
      "server rescue 200",
      "server add volume 409 InstanceInvalidState",
    ]);
  });
});

describe("a server that boots from a volume", () => {
  const boot = (more: BlockCloud = {}, asks: readonly Ask[] = []) =>
    users(asks, {
      bootVolumes: new Map([[0, { sizeGb: 20, deleteOnTermination: true }]]),
      cloud: { flavors: [flavor("m1", 2, 4096, 0)] },
      ...more,
    });

  it("has one made of its image, and brings no image to its host", () => {
    const run = boot();
    expect([run.cloud.servers.vmStateOf(0), run.statesOf(0)]).toEqual([
      "active",
      ["creating", "downloading", "available", "reserved", "attaching", "in-use"],
    ]);
    expect([run.calls("nova.compute", "glance.api.sendImage"), run.calls("cinder.volume", "glance.api.sendImage")]).toEqual([0, 1]);
    expect(leftovers(boot({}, [server("delete")]))).toEqual([]);
  });

  it("takes one that there is, and leaves it behind", () => {
    const made = { volume: "root", sizeGb: 0, deleteOnTermination: false };
    const bootVolumes = new Map([[0, made]]);
    const requests = alike(1, { flavor: 0, arrival: 1200e6 });
    const run = boot({ bootVolumes, requests }, [
      create("root"),
      { do: "image show", image: "cirros" },
      server("delete", { after: 20 }),
      remove("root"),
    ]);
    expect(run.told.slice(2)).toEqual(["server delete 204", "volume delete 202"]);
    expect(run.statesOf(0)).toEqual(["creating", "available", "reserved", "attaching", "in-use", "available", "deleting", "deleted"]);
    expect(leftovers(run)).toEqual([]);
  });

  it("keeps its volume when the build is tried on other hosts", () => {
    const run = boot({ cloud: { flavors: [flavor("m1", 2, 4096, 0)], nova: { buildFailureProbability: 0.6 } } }, [server("delete")]);
    expect(run.volumes.rows.length).toBe(1);
    expect(leftovers(run)).toEqual([]);
  });

  it("ends in error when the volume cannot be made or is not there", () => {
    const tooLarge = boot({ backends: [backend("a@lvm", 10)] });
    expect([tooLarge.cloud.servers.outcomeOf(0), tooLarge.cloud.servers.vmStateOf(0)]).toEqual(["VolumeNotCreated", "error"]);
    const absent = boot({ bootVolumes: new Map([[0, { volume: "none", sizeGb: 0, deleteOnTermination: false }]]) });
    expect(absent.cloud.servers.outcomeOf(0)).toBe("VolumeNotFound");
  });
});
