// Objects come, go and survive: stories of a small Swift cluster.
import { describe, expect, it } from "vitest";
import type { Identity } from "../../../src/datacenter/object-store/authorization.ts";
import { type AskingObject, ObjectStore } from "../../../src/datacenter/object-store/object-store.ts";
import { RingBuilder } from "../../../src/datacenter/object-store/ring/ring-builder.ts";
import { KeystoneAuth } from "../../../src/policies/swift/keystoneauth.ts";

const MB = 1_000_000;
const HOUR = 3600;
const HASH_PATH = { prefix: "", suffix: "endcap" };

const person = (name: string, project: string, roles: readonly string[]): Identity => ({
  user: [`id-${name}`, name],
  tenant: [project, project],
  roles,
  service_roles: [],
  user_domain: ["default", "Default"],
  project_domain: ["default", "Default"],
});
const alice = person("alice", "p1", ["admin"]);
const bob = person("bob", "p2", ["member"]);

/** One device on each of so many nodes, in four zones. */
function builderOf(nodes: number, replicas: number): RingBuilder {
  const builder = new RingBuilder({ partPower: 6, replicas, minPartHours: 1 });
  for (let id = 0; id < nodes; id++) {
    builder.addDevice({ id, region: 1, zone: id % 4, ip: `10.0.0.${id}`, device: "sdb", weight: 100 });
  }
  builder.rebalance(7, 0);
  return builder;
}

function storeOf(nodes = 8, capacityBytes = 1000 * MB): ObjectStore {
  const ring = builderOf(nodes, 3).ring();
  const store = new ObjectStore({
    hashPath: HASH_PATH,
    devices: ring.devices.map(({ id, ip }) => ({ id, ip, capacityBytes })),
    containerRing: ring,
    policies: [
      { kind: "replication", name: "gold", ring },
      {
        kind: "erasure_coding",
        name: "deepfreeze",
        ring: builderOf(nodes, 6).ring(),
        dataFragments: 4,
        parityFragments: 2,
        duplicationFactor: 1,
      },
    ],
    authorization: new KeystoneAuth(),
  });
  store.containers.put({ account: "AUTH_p1", container: "photos", identity: alice });
  store.containers.put({ account: "AUTH_p1", container: "archive", identity: alice }, { storagePolicy: "deepfreeze" });
  return store;
}

const photos = (object: string, identity: Identity | null = alice): AskingObject => ({
  account: "AUTH_p1",
  container: "photos",
  object,
  identity,
});
const archive = (object: string): AskingObject => ({ ...photos(object), container: "archive" });
const primariesOf = (store: ObjectStore, { account, container, object }: AskingObject) =>
  store.placeOf(account, container, object).primaries;
const names = (store: ObjectStore, container = "photos") =>
  store.containers.list({ account: "AUTH_p1", container, identity: alice }).entries.map(({ name }) => name);
const holders = (store: ObjectStore, nodes = 8) =>
  Array.from({ length: nodes }, (_, id) => id).filter((id) => store.nodes.partsOn(id).length > 0);
const everyPass = (store: ObjectStore, nowSeconds: number, nodes = 8) =>
  Array.from({ length: nodes }, (_, id) => store.runReplicator(id, nowSeconds));

describe("an object that is stored", () => {
  it("is on all its primaries, is listed, can be read and weighed, and goes again", () => {
    const store = storeOf();
    const put = store.putObject(photos("cat"), 6 * MB, 0);
    expect([put.status, put.quorum, put.asyncPending]).toEqual([201, 2, 0]);
    expect(put.contacts.map(({ device, status, bytes }) => [device, status, bytes])).toEqual(
      primariesOf(store, photos("cat")).map((device) => [device, 201, 6 * MB]),
    );
    expect(names(store)).toEqual(["cat"]);
    const got = store.getObject(photos("cat"), 1);
    expect([got.status, got.file?.objectBytes, got.contacts.length]).toEqual([200, 6 * MB, 1]);
    expect(got.contacts[0]!.device).toBe(primariesOf(store, photos("cat"))[1]);
    expect(store.headObject(photos("cat")).contacts[0]!.bytes).toBe(0);
    expect(store.postObject(photos("cat")).status).toBe(202);
    expect(store.containers.delete({ account: "AUTH_p1", container: "photos", identity: alice }).status).toBe(409);
    expect(store.deleteObject(photos("cat"), 1).status).toBe(204);
    expect([store.getObject(photos("cat")).status, store.deleteObject(photos("cat"), 2).status, names(store)]).toEqual([404, 404, []]);
    expect(store.postObject(photos("cat")).status).toBe(404);
    expect(store.containers.delete({ account: "AUTH_p1", container: "photos", identity: alice }).status).toBe(204);
    expect(store.putObject(photos("cat"), 1, 3).status).toBe(404);
    expect(store.nodes.check()).toBeNull();
  });

  it("replaces the one before", () => {
    const store = storeOf();
    store.putObject(photos("cat"), 6 * MB, 0);
    store.putObject(photos("cat"), 2 * MB, 1);
    expect(store.getObject(photos("cat")).file?.objectBytes).toBe(2 * MB);
    expect(store.containers.listAccount({ account: "AUTH_p1", identity: alice }).entries).toEqual([
      { name: "archive", bytes: 0 },
      { name: "photos", bytes: 2 * MB },
    ]);
    expect(Array.from({ length: 8 }, (_, id) => store.nodes.usedBytes(id)).reduce((sum, bytes) => sum + bytes)).toBe(6 * MB);
  });

  it("is refused when it is too large, or its name too long", () => {
    const store = storeOf();
    expect(store.putObject(photos("dump"), 6e9, 0).status).toBe(413);
    expect(store.putObject(photos("a".repeat(1025)), 1, 0).status).toBe(400);
    expect(store.containers.put({ account: "AUTH_p1", container: "c".repeat(257), identity: alice }).status).toBe(400);
  });
});

describe("while a node is down", () => {
  it("a handoff stands in, and its replicator brings the copy home afterwards", () => {
    const store = storeOf();
    const [first] = primariesOf(store, photos("cat"));
    store.nodes.setNodeDown(`10.0.0.${first}`, true);
    const put = store.putObject(photos("cat"), 6 * MB, 0);
    expect([put.status, put.contacts.map(({ status }) => status), put.contacts[3]!.handoff]).toEqual([201, [0, 201, 201, 201], true]);
    const handoff = put.contacts[3]!.device;
    expect(everyPass(store, 60).flatMap(({ moves }) => moves)).toEqual([]); // nothing is copied anew for a node that may come back
    store.nodes.setNodeDown(`10.0.0.${first}`, false);
    const { moves, bytes, dropped } = store.runReplicator(handoff, 90);
    expect(moves.map(({ from, to }) => [from, to])).toEqual([[handoff, first]]);
    expect([bytes, dropped]).toEqual([6 * MB, 1]);
    expect(holders(store)).toEqual([...primariesOf(store, photos("cat"))].sort((a, b) => a - b));
  });

  it("with all three primaries away, handoffs take the write and the read; a read of what is out of reach is 503, not 404", () => {
    const store = storeOf();
    store.putObject(photos("cat"), MB, 0);
    const primaries = primariesOf(store, photos("cat"));
    for (const device of primaries) store.nodes.setNodeDown(`10.0.0.${device}`, true);
    const missed = store.getObject(photos("cat"));
    expect([missed.status, missed.contacts.length]).toEqual([503, 6]);
    expect(store.putObject(photos("cat"), 2 * MB, 1).status).toBe(201);
    expect(store.getObject(photos("cat")).file?.objectBytes).toBe(2 * MB);
    for (const device of primaries) store.nodes.setNodeDown(`10.0.0.${device}`, false);
    // The primaries are asked first and have the old one still: Swift is eventually consistent.
    expect(store.getObject(photos("cat")).file?.objectBytes).toBe(MB);
    everyPass(store, 60);
    expect(store.getObject(photos("cat")).file?.objectBytes).toBe(2 * MB);
  });

  it("too few nodes for a quorum take nothing", () => {
    const store = storeOf();
    for (let node = 1; node < 8; node++) store.nodes.setNodeDown(`10.0.0.${node}`, true);
    const put = store.putObject(photos("cat"), MB, 0);
    expect(put.status).toBe(503);
    expect(holders(store)).toEqual([]);
  });

  it("a delete that it misses reaches it later, as a tombstone", () => {
    const store = storeOf();
    store.putObject(photos("cat"), MB, 0);
    const [first] = primariesOf(store, photos("cat"));
    store.nodes.setNodeDown(`10.0.0.${first}`, true);
    expect(store.deleteObject(photos("cat"), 10).status).toBe(204);
    store.nodes.setNodeDown(`10.0.0.${first}`, false);
    expect(store.getObject(photos("cat")).status).toBe(200); // the first primary does not know yet
    everyPass(store, 60);
    expect(store.getObject(photos("cat")).status).toBe(404);
    everyPass(store, 8 * 24 * HOUR);
    expect(holders(store)).toEqual([]); // tombstones are reclaimed after a week
  });

  it("for longer than reclaim_age, it brings deleted objects back", () => {
    const store = storeOf();
    store.putObject(photos("cat"), MB, 0);
    const [first] = primariesOf(store, photos("cat"));
    store.nodes.setNodeDown(`10.0.0.${first}`, true);
    store.deleteObject(photos("cat"), 10);
    everyPass(store, 8 * 24 * HOUR);
    store.nodes.setNodeDown(`10.0.0.${first}`, false);
    everyPass(store, 8 * 24 * HOUR);
    expect(store.getObject(photos("cat"), 1).status).toBe(200);
  });
});

describe("a device that fails", () => {
  it("is replaced by handoffs at once, and filled from its peers when a new one is there", () => {
    const store = storeOf();
    for (let i = 0; i < 40; i++) store.putObject(photos(`cat${i}`), MB, i);
    const held = store.nodes.usedBytes(3);
    expect(held).toBeGreaterThan(0);
    store.failDevice(3);
    const rebuilt = everyPass(store, 100).flatMap(({ moves }) => moves);
    expect(rebuilt.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(held);
    store.nodes.replace(3);
    const home = everyPass(store, 200);
    expect(home.flatMap(({ moves }) => moves).every(({ to }) => to === 3)).toBe(true);
    expect(home.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(held);
    everyPass(store, 300);
    expect(store.nodes.usedBytes(3)).toBe(held);
    expect(Array.from({ length: 8 }, (_, id) => store.nodes.usedBytes(id)).reduce((sum, bytes) => sum + bytes)).toBe(120 * MB);
    expect(store.nodes.check()).toBeNull();
  });

  it("moves are planned by part, and a workflow may apply them one after the other", () => {
    const store = storeOf();
    for (let i = 0; i < 40; i++) store.putObject(photos(`cat${i}`), MB, i);
    store.failDevice(3);
    store.nodes.replace(3);
    const peer = Array.from({ length: 8 }, (_, id) => id).find((id) => store.replicator.plan(id).length > 0)!;
    const plan = store.replicator.plan(peer);
    for (const move of plan) {
      expect(move.bytes).toBe(move.files.length * MB);
      expect(store.replicator.apply(move)).toBe(move.files.length);
    }
    expect(store.replicator.plan(peer)).toEqual([]);
  });

  it("that is full answers 507, and the next handoff is taken; with all of them full the client meets 503", () => {
    const store = storeOf(8, 10 * MB);
    expect(store.putObject(photos("a"), 8 * MB, 0).status).toBe(201);
    let [refused, full] = [0, 0];
    for (let i = 0; i < 10; i++) {
      const put = store.putObject(photos(`b${i}`), 8 * MB, i);
      if (put.contacts.some(({ status }) => status === 507) && put.status === 201) refused++;
      if (put.status === 503) full++;
    }
    expect([refused > 0, full > 0]).toEqual([true, true]);
    expect(store.nodes.check()).toBeNull();
  });
});

describe("a rebalanced ring", () => {
  it("makes handoffs of devices that were primaries, and the passes move what has to move", () => {
    const builder = builderOf(8, 3);
    const before = builder.ring();
    const store = storeOf();
    for (let i = 0; i < 60; i++) store.putObject(photos(`cat${i}`), MB, i);
    builder.removeDevice(5);
    builder.rebalance(8, 2 * HOUR);
    store.setRing("gold", builder.ring());
    expect(builder.ring().parts).toBe(before.parts);
    for (let pass = 0; pass < 3; pass++) everyPass(store, 3 * HOUR);
    expect(store.nodes.usedBytes(5)).toBe(0);
    for (let i = 0; i < 60; i++) expect(store.getObject(photos(`cat${i}`), i).contacts).toHaveLength(1);
    expect(Array.from({ length: 8 }, (_, id) => store.nodes.usedBytes(id)).reduce((sum, bytes) => sum + bytes)).toBe(180 * MB);
  });
});

describe("a container's listing", () => {
  it("lags while container servers are busy, until the updaters get through", () => {
    const store = storeOf();
    for (let device = 0; device < 8; device++) store.containers.setServerBusy(device, true);
    const put = store.putObject(photos("cat"), MB, 0);
    expect([put.status, put.asyncPending, names(store)]).toEqual([201, 3, []]);
    expect(store.getObject(photos("cat")).status).toBe(200);
    for (let device = 0; device < 8; device++) store.containers.setServerBusy(device, false);
    const waiting = Array.from({ length: 8 }, (_, id) => id).filter((id) => store.containers.asyncPending(id) > 0);
    expect(waiting).toHaveLength(3);
    expect(store.containers.runUpdater(waiting[0]!)).toEqual({ sent: 3, left: 0 });
    expect(names(store)).toEqual(["cat"]);
  });

  it("differs from one database to the next until they are replicated", () => {
    const store = storeOf();
    const container = { account: "AUTH_p1", container: "photos", identity: alice };
    const serving = () => store.containers.list(container).contacts[0]!.device;
    const away = serving();
    store.nodes.setNodeDown(`10.0.0.${away}`, true);
    for (let i = 0; i < 5; i++) store.putObject(photos(`cat${i}`), MB, i);
    expect(names(store)).toHaveLength(5);
    store.nodes.setNodeDown(`10.0.0.${away}`, false);
    expect([serving(), names(store)]).toEqual([away, []]);
    expect(store.containers.replicate("AUTH_p1", "photos")).toBe(5);
    expect(names(store)).toHaveLength(5);
  });

  it("is by name in the order of code points, from a marker on", () => {
    const store = storeOf();
    for (const name of ["b", "a/2", "a/1", "Z", "\u{1f431}", "\uffee"]) store.putObject(photos(name), 1, 0);
    expect(names(store)).toEqual(["Z", "a/1", "a/2", "b", "\uffee", "\u{1f431}"]);
    const listing = store.containers.list({ account: "AUTH_p1", container: "photos", identity: alice }, "a/1", "a/");
    expect([listing.entries, listing.count, listing.bytes]).toEqual([[{ name: "a/2", bytes: 1 }], 6, 6]);
  });
});

describe("erasure coding, four fragments and two of parity", () => {
  it("keeps half as much again as the object, wants five stored and four to read", () => {
    const store = storeOf();
    const put = store.putObject(archive("tape"), 8 * MB, 0);
    expect([put.status, put.quorum, put.contacts.length, put.contacts[0]!.bytes]).toEqual([201, 5, 6, 2 * MB]);
    const got = store.getObject(archive("tape"));
    expect([got.status, got.contacts.length, got.contacts.reduce((sum, { bytes }) => sum + bytes, 0)]).toEqual([200, 4, 8 * MB]);
  });

  it("reads with two devices gone, and not with three", () => {
    const store = storeOf();
    store.putObject(archive("tape"), 8 * MB, 0);
    const [a, b, c] = primariesOf(store, archive("tape"));
    store.failDevice(a!);
    store.failDevice(b!);
    expect(store.getObject(archive("tape")).status).toBe(200);
    store.failDevice(c!);
    expect(store.getObject(archive("tape")).status).toBe(503);
  });

  it("rebuilds a lost fragment from four others, on a handoff first and at home in the end", () => {
    const store = storeOf();
    store.putObject(archive("tape"), 8 * MB, 0);
    const [lost] = primariesOf(store, archive("tape"));
    store.failDevice(lost!);
    const [move, ...more] = everyPass(store, 60).flatMap(({ moves }) => moves);
    expect([more, move!.bytes, move!.rebuildBytes]).toEqual([[], 2 * MB, 6 * MB]);
    store.nodes.replace(lost!);
    const home = everyPass(store, 120).flatMap(({ moves }) => moves);
    expect(home.map(({ from, to, bytes, rebuildBytes }) => [from, to, bytes, rebuildBytes])).toEqual([[move!.to, lost, 2 * MB, 0]]);
    expect(holders(store)).toEqual([...primariesOf(store, archive("tape"))].sort((x, y) => x - y));
    expect(store.deleteObject(archive("tape"), 200).status).toBe(204);
    expect(store.getObject(archive("tape")).status).toBe(404);
  });
});

describe("access", () => {
  it("is the owner's alone until an ACL says otherwise", () => {
    const store = storeOf();
    const container = { account: "AUTH_p1", container: "photos", identity: alice };
    store.putObject(photos("cat"), MB, 0);
    expect([store.getObject(photos("cat", bob)).status, store.getObject(photos("cat", null)).status]).toEqual([403, 401]);
    expect(store.containers.post(container, { read: "p2:*, .r:*" }).status).toBe(204);
    expect([store.getObject(photos("cat", bob)).status, store.putObject(photos("dog", bob), 1, 1).status]).toEqual([200, 403]);
    expect(store.getObject(photos("cat", null)).status).toBe(200);
    expect(store.containers.list({ ...container, identity: null }).status).toBe(401); // .r:* reads objects but does not list them
    expect(store.containers.post(container, { read: ".r:*,.rlistings", write: "p2:bob" }).status).toBe(204);
    expect([store.containers.list({ ...container, identity: null }).status, store.putObject(photos("dog", bob), 1, 1).status]).toEqual([
      200, 201,
    ]);
    expect(store.containers.post(container, { write: ".r:*" }).status).toBe(400);
    expect(store.containers.post({ ...container, identity: bob }, { read: "" }).status).toBe(403);
  });

  it("to containers: made, made again, with another policy, not at all", () => {
    const store = storeOf();
    const container = { account: "AUTH_p1", container: "photos", identity: alice };
    expect(store.containers.put(container).status).toBe(202);
    expect(store.containers.put(container, { storagePolicy: "deepfreeze" }).status).toBe(409);
    expect(store.containers.put(container, { storagePolicy: "silver" }).status).toBe(400);
    expect(store.containers.put({ ...container, container: "more" }).status).toBe(201);
    expect(store.containers.put({ ...container, identity: bob }).status).toBe(403);
    expect(store.containers.list({ ...container, container: "none" }).status).toBe(404);
  });
});
