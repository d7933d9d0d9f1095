// Writes that take their time: devices fail while bytes come, and others write the same object meanwhile.
import { describe, expect, it } from "vitest";
import { ErrorLimiter } from "../../../src/datacenter/object-store/error-limiter.ts";
import { type AskingObject, ObjectStore } from "../../../src/datacenter/object-store/object-store.ts";
import { storedIn } from "../../../src/datacenter/object-store/redundancy.ts";
import { RingBuilder } from "../../../src/datacenter/object-store/ring/ring-builder.ts";
import type { Upload } from "../../../src/datacenter/object-store/uploads.ts";
import { SECOND } from "../../../src/kernel/time.ts";
import { KeystoneAuth } from "../../../src/policies/swift/keystoneauth.ts";

const MB = 1_000_000;
const alice = {
  user: ["a", "alice"],
  tenant: ["p1", "p1"],
  roles: ["admin"],
  service_roles: [],
  user_domain: ["default", "Default"],
  project_domain: ["default", "Default"],
} as const;
const cat: AskingObject = { account: "AUTH_p1", container: "photos", object: "cat", identity: alice };

/** Three copies on six nodes of one device each. */
function storeOf(): ObjectStore {
  const builder = new RingBuilder({ partPower: 4, replicas: 3, minPartHours: 0 });
  for (let id = 0; id < 6; id++) builder.addDevice({ id, region: 1, zone: id % 3, ip: `node-${id}`, device: "d1", weight: 1 });
  builder.rebalance(1, 0);
  const ring = builder.ring();
  const store = new ObjectStore({
    hashPath: { prefix: "", suffix: "x" },
    devices: ring.devices.map(({ id, ip }) => ({ id, ip, capacityBytes: 1000 * MB })),
    containerRing: ring,
    policies: [{ kind: "replication", name: "gold", ring }],
    authorization: new KeystoneAuth(),
  });
  store.containers.put({ account: "AUTH_p1", container: "photos", identity: alice });
  return store;
}

const begin = (store: ObjectStore, bytes: number) => store.beginPut(cat, bytes) as Upload;

describe("an upload", () => {
  it("is nowhere until its bytes are there, and everywhere when all are", () => {
    const store = storeOf();
    const upload = begin(store, 10 * MB);
    expect([upload.status, store.getObject(cat).status, storedIn(store.nodes)]).toEqual([201, 404, { objects: 0, bytes: 0 }]);
    for (const contact of [0, 1, 2]) expect(store.commit(upload, contact, 1)).toBe(true);
    expect([store.endPut(cat, upload).status, store.getObject(cat).status, storedIn(store.nodes)]).toEqual([
      201,
      200,
      { objects: 1, bytes: 30 * MB },
    ]);
    expect(store.missing).toBe(0);
  });

  it("is stored when a quorum has it, and lacks the copy of the device that failed meanwhile", () => {
    const store = storeOf();
    const upload = begin(store, 10 * MB);
    store.failDevice(upload.contacts[1]!.device);
    expect([0, 1, 2].map((contact) => store.commit(upload, contact, 1))).toEqual([true, false, true]);
    const written = store.endPut(cat, upload);
    expect([written.status, written.contacts.map(({ status }) => status), store.missing]).toEqual([201, [201, 0, 201], 1]);
    for (let device = 0; device < 6; device++) store.runReplicator(device, 2);
    expect(store.missing).toBe(0);
  });

  it("fails when less than a quorum has it; what is stored stays, and goes where it belongs", () => {
    const store = storeOf();
    const upload = begin(store, 10 * MB);
    for (const contact of [1, 2]) store.nodes.setNodeDown(upload.contacts[contact]!.ip, true);
    expect([0, 1, 2].map((contact) => store.commit(upload, contact, 1))).toEqual([true, false, false]);
    expect(store.endPut(cat, upload).status).toBe(503);
    for (const contact of [1, 2]) store.nodes.setNodeDown(upload.contacts[contact]!.ip, false);
    expect([store.getObject(cat).status, store.missing]).toEqual([200, 2]);
    store.runReplicator(upload.contacts[0]!.device, 2);
    expect(store.missing).toBe(0);
  });

  it("that began earlier and ends later does not win; nor over a deletion that came meanwhile", () => {
    const store = storeOf();
    const slow = begin(store, 10 * MB);
    store.putObject(cat, 7 * MB, 1);
    for (const contact of [0, 1, 2]) store.commit(slow, contact, 2);
    store.endPut(cat, slow);
    expect(store.getObject(cat).file!.objectBytes).toBe(7 * MB);
    const slower = begin(store, 10 * MB);
    store.deleteObject(cat, 3);
    for (const contact of [0, 1, 2]) store.commit(slower, contact, 4);
    store.endPut(cat, slower);
    expect([store.getObject(cat).status, store.nodes.check(), store.missing]).toEqual([404, null, 0]);
  });

  it("comes to nothing when its container is deleted meanwhile", () => {
    const store = storeOf();
    const upload = begin(store, MB);
    store.containers.delete({ account: "AUTH_p1", container: "photos", identity: alice });
    for (const contact of [0, 1, 2]) store.commit(upload, contact, 1);
    expect(store.endPut(cat, upload).status).toBe(404);
  });
});

describe("a proxy", () => {
  it("leaves a device alone after eleven errors, or one 507, until a minute has passed without any", () => {
    const limiter = new ErrorLimiter();
    for (let error = 1; error <= 10; error++) limiter.error(1, error * SECOND);
    expect(limiter.isLimited(1, 10 * SECOND)).toBe(false);
    limiter.error(1, 11 * SECOND);
    expect([11, 71, 72].map((at) => limiter.isLimited(1, at * SECOND))).toEqual([true, true, false]);
    limiter.limit(2, 0);
    expect([limiter.isLimited(2, SECOND), limiter.isLimited(2, 61 * SECOND), limiter.isLimited(3, 0)]).toEqual([true, false, false]);
  });
});
