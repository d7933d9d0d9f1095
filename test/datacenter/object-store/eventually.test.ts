// Whatever fails meanwhile, a cluster that is whole again and whose replicators have gone round agrees: every object is as its last writer left
// it, on its primaries and nowhere else, and the listing says so too.
import { describe, expect, it } from "vitest";
import type { Authorization } from "../../../src/datacenter/object-store/authorization.ts";
import { ObjectStore } from "../../../src/datacenter/object-store/object-store.ts";
import { RingBuilder } from "../../../src/datacenter/object-store/ring/ring-builder.ts";
import { RandomStreams } from "../../../src/kernel/random.ts";

const NODES = 9;
const OBJECTS = 12;
const all = Array.from({ length: NODES }, (_, id) => id);
const everybody: Authorization = {
  authorize: () => ({ allowed: true, status: null, swiftOwner: true }),
  cleanAcl: (_, value) => value,
};

function storeOf(kind: "replication" | "erasure_coding") {
  const builder = new RingBuilder({ partPower: 3, replicas: kind === "replication" ? 3 : 6, minPartHours: 0 });
  for (const id of all) builder.addDevice({ id, region: 1, zone: id % 3, ip: `n${id}`, device: "sdb", weight: 100 });
  builder.rebalance(3, 0);
  const ring = builder.ring();
  const devices = all.map((id) => ({ id, ip: `n${id}`, capacityBytes: 1e9 }));
  const policy =
    kind === "replication"
      ? ({ kind, name: "p", ring } as const)
      : ({ kind, name: "p", ring, dataFragments: 3, parityFragments: 3, duplicationFactor: 1 } as const);
  const containers = new RingBuilder({ partPower: 3, replicas: 3, minPartHours: 0 });
  for (const device of builder.devices) containers.addDevice(device);
  containers.rebalance(4, 0);
  const hashPath = { prefix: "x", suffix: "" };
  const store = new ObjectStore({ hashPath, devices, containerRing: containers.ring(), policies: [policy], authorization: everybody });
  store.containers.put({ account: "a", container: "c", identity: null });
  return { store, builder };
}

/** Every background process of every device once. */
function everyPass(store: ObjectStore, nowSeconds: number): void {
  for (const id of all) store.runReplicator(id, nowSeconds);
  store.containers.replicate("a", "c");
  for (const id of all) store.containers.runUpdater(id);
}

describe.each(["replication", "erasure_coding"] as const)("with %s", (kind) => {
  it.each(Array.from({ length: 4 }, (_, i) => i))("all agree in the end (history %i)", (history) => {
    const chance = new RandomStreams("eventually", history).stream(kind);
    const { store, builder } = storeOf(kind);
    const asking = (object: number) => ({ account: "a", container: "c", object: `o${object}`, identity: null });
    /** Bytes of what was last acknowledged; 0 for none. */
    const expected = new Map<number, number>();
    let [down, broken] = [-1, -1];
    for (let step = 0; step < 200; step++) {
      const draw = (n: number, bound: number) => chance.integer(step, n, bound);
      const what = draw(0, 12);
      const object = draw(1, OBJECTS);
      if (what < 5) {
        const bytes = 3 * (1 + draw(2, 1000));
        if (store.putObject(asking(object), bytes, step).status === 201) expected.set(object, bytes);
      } else if (what < 7) {
        const { status } = store.deleteObject(asking(object), step);
        if (status === 204 || status === 404) expected.set(object, 0);
      } else if (what === 7) store.postObject(asking(object));
      else if (what === 8) {
        // At most one node is down and one device broken at a time, and each is whole before the next.
        if (down >= 0) store.nodes.setNodeDown(`n${down}`, false);
        down = down >= 0 ? -1 : draw(2, NODES);
        if (down >= 0) store.nodes.setNodeDown(`n${down}`, true);
      } else if (what === 9 && broken >= 0) {
        store.nodes.replace(broken);
        everyPass(store, step);
        broken = -1;
      } else if (what === 9 && down < 0) {
        for (let pass = 0; pass < 2; pass++) everyPass(store, step);
        broken = draw(2, NODES);
        store.failDevice(broken);
      } else if (what === 10) store.runReplicator(draw(2, NODES), step);
      else {
        builder.setWeight(draw(2, NODES), 50 + draw(3, 100));
        builder.rebalance(draw(4, 1000), step * 3600);
        store.setRing("p", builder.ring());
        if (down < 0) for (let pass = 0; pass < 3; pass++) everyPass(store, step);
      }
      expect(store.nodes.check()).toBeNull();
    }
    if (down >= 0) store.nodes.setNodeDown(`n${down}`, false);
    if (broken >= 0) store.nodes.replace(broken);
    for (let pass = 0; pass < 4; pass++) everyPass(store, 400);
    const listed = new Map(
      store.containers.list({ account: "a", container: "c", identity: null }).entries.map(({ name, bytes }) => [name, bytes]),
    );
    for (const [object, bytes] of expected) {
      for (let first = 0; first < 3; first++)
        expect([object, store.getObject(asking(object), first).file?.objectBytes ?? 0]).toEqual([object, bytes]);
      expect([object, listed.get(`o${object}`) ?? 0]).toEqual([object, bytes]);
    }
    const kept = [...expected.values()].reduce((sum, bytes) => sum + bytes, 0) * (kind === "replication" ? 3 : 2);
    expect(all.reduce((sum, id) => sum + store.nodes.usedBytes(id), 0)).toBe(kept);
    for (const id of all) expect(store.replicator.plan(id)).toEqual([]);
  });
});
