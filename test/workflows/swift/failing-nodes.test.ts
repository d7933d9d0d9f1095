// Storage nodes and devices fail while objects are written and read: quorums hold, handoffs stand in, replicators rebuild, and no byte is lost on
// the way.
import { describe, expect, it } from "vitest";
import { accountOf, identityOf } from "../../../src/workflows/swift/identities.ts";
import { buildStore, NOTHING, run, type Story, told, underWay } from "./small-store.ts";

const PHOTOS = "at: 1 min, do: container create, name: photos";
const create = (at: string, name: string, size: string) => `at: ${at}, do: object create, container: photos, name: ${name}, size: ${size}`;
const save = (at: string, object: string) => `at: ${at}, do: object save, container: photos, object: ${object}`;

/** Nodes of the primaries of an object, which depend on its name only. */
function primariesOf(object: string, policy = "gold"): readonly string[] {
  const { objects, cloud } = buildStore({ actions: [PHOTOS] });
  cloud.simulation.run(2 * 60e6);
  const identity = { ...identityOf(cloud, 0), roles: ["admin"] };
  objects.store.containers.put({ account: accountOf(0), container: policy, identity }, { storagePolicy: policy });
  const container = policy === "gold" ? "photos" : policy;
  const { primaries } = objects.store.placeOf(accountOf(0), container, object);
  return primaries.map((device) => objects.deviceNames[device]!);
}
const nodeOf = (device: string) => device.split("/")[0]!;

const down = (device: string, at: string, time: string) => `at: ${at}, do: fail, node: ${nodeOf(device)}, for: ${time}`;

describe("a node that does not answer", () => {
  const [first, second, third] = primariesOf("cat");

  it("costs a write the time for a connection, and a handoff takes its place", () => {
    const quick = run({ actions: [PHOTOS, create("10 min", "cat", "1 MB")] });
    const slow = run({ actions: [PHOTOS, create("10 min", "cat", "1 MB")], timeline: [down(second!, "5 min", "20 min")] });
    expect([quick.answers[1], slow.answers[1]]).toEqual(["object create 201", "object create 201"]);
    expect(slow.seconds[1]! - quick.seconds[1]!).toBeGreaterThan(0.45);
    expect(slow.seconds[1]! - quick.seconds[1]!).toBeLessThan(1.2);
    expect(slow.objects.store.missing).toBe(0);
  });

  it("costs reads the time for a connection where it is asked first, until its errors are too many", () => {
    const reads = Array.from({ length: 60 }, (_, i) => save(`${400 + i} s`, "cat"));
    const { answers, seconds } = run({
      actions: [PHOTOS, create("2 min", "cat", "1 MB"), ...reads],
      timeline: [down(first!, "5 min", "20 min")],
    });
    expect(answers.slice(2).filter((answer) => answer !== "object save 200")).toEqual([]);
    const waited = seconds.slice(2).filter((time) => time > 0.5).length;
    // A third of the reads would ask it first; after eleven errors nobody does.
    expect([waited, seconds.slice(-10).filter((time) => time > 0.5).length]).toEqual([11, 0]);
  });

  it("leaves writes without a quorum when no device is left to stand in", () => {
    const nodes = "{count: 3, devices: {count: 2, kind: ssd-sata, size: 100 GB}}";
    const story = (count: number): Story => ({
      nodes,
      actions: [
        PHOTOS,
        create("2 min", "cat", "1 MB"),
        create("6 min", "dog", "1 MB"),
        save("7 min", "cat"),
        "at: 7 min, do: object list, container: photos",
      ],
      timeline: Array.from({ length: count }, (_, i) => `at: 5 min, do: fail, node: storage-${i + 1}`),
    });
    expect(run(story(1)).answers.slice(2)).toEqual(["object create 201", "object save 200", "object list 200"]);
    // Two devices are left on one node: a quorum of three.
    expect(run(story(2)).answers.slice(2)).toEqual(["object create 201", "object save 200", "object list 200"]);
    expect(run(story(3)).answers.slice(2)).toEqual([
      "object create 503 HTTPServiceUnavailable",
      "object save 503 HTTPServiceUnavailable",
      "object list 503 HTTPServiceUnavailable",
    ]);
  });

  it("dies in the middle of a write: the proxy gives it up after node_timeout, and a quorum has the object", () => {
    const { answers, seconds, objects, ...made } = run({
      actions: [PHOTOS, create("5 min", "cat", "4 GB")],
      timeline: [down(third!, "301 s", "10 min")],
    });
    expect(answers[1]).toBe("object create 201");
    // It dies after one second, and is given up ten seconds later; the others have long had all bytes.
    expect(seconds[1]).toBeCloseTo(11, 2);
    expect(objects.store.missing).toBe(0); // rebuilt when it was back
    expect(underWay({ objects, ...made })).toEqual(NOTHING);
  });

  it("dies in the middle of a read: the rest comes from another", () => {
    const nodes = primariesOf("cat").map(nodeOf);
    for (const node of nodes) {
      const { answers, seconds, rows } = run({
        actions: [PHOTOS, create("2 min", "cat", "4 GB"), save("5 min", "cat")],
        timeline: [`at: 303 s, do: fail, node: ${node}`],
      });
      expect([rows[2]!.operation, answers[2]]).toEqual(["object save", "object save 200"]);
      // 4 GB at the 520 MB/s of one device take 7.7 s; where the one that is read from dies, ten seconds more.
      expect(seconds[2]).toBeGreaterThan(7.6);
      expect(seconds[2]).toBeLessThan(19.5);
    }
  });

  it("is away while objects are written and read, and gets what it missed when it is back", () => {
    const objects = Array.from({ length: 20 }, (_, i) => `o${i}`);
    const made = run({
      actions: [
        PHOTOS,
        ...objects.map((name, i) => create(`${300 + 10 * i} s`, name, "100 MB")),
        ...objects.map((name, i) => save(`${305 + 10 * i} s`, name)),
      ],
      timeline: ["at: 330 s, do: fail, node: storage-1, for: 5 min"],
    });
    expect(made.answers.filter((answer) => !/20[01]$/.test(answer))).toEqual([]);
    expect(made.objects.store.missing).toBe(0);
    const [length] = made.objects.rebuilds.lengths;
    // It was away for 300 s; the passes of handoffs bring it what is its own within a minute or so.
    expect(made.objects.rebuilds.lengths).toHaveLength(1);
    expect(length! / 1e6).toBeGreaterThan(0);
    expect(length! / 1e6).toBeLessThan(420);
    expect(made.objects.replicatedBytes).toBeGreaterThan(0);
    expect(underWay(made)).toEqual(NOTHING);
  });
});

describe("a device that fails", () => {
  const objects = Array.from({ length: 30 }, (_, i) => `o${i}`);
  const writes = [PHOTOS, ...objects.map((name, i) => create(`${120 + 2 * i} s`, name, "100 MB"))];

  it("is rebuilt where it is replaced: what comes over the links is what it holds in the end", () => {
    const {
      cloud,
      objects: swift,
      ...made
    } = buildStore({
      actions: writes,
      timeline: ["at: 10 min, do: fail, device: storage-3/d1", "at: 10 min, do: repair, device: storage-3/d1"],
    });
    const device = swift.deviceNames.indexOf("storage-3/d1");
    const link = swift.deviceLink[device]!;
    const point = swift.nodes[2]!.point;
    const nic = cloud.fabric.route(swift.clients, point, 0)!.at(-1)!;
    cloud.simulation.run(599e6);
    const [before, nicBefore, held] = [cloud.transfers.bytesOn(link), cloud.transfers.bytesOn(nic), swift.store.nodes.usedBytes(device)];
    expect(held).toBeGreaterThan(0);
    expect(swift.replicatedBytes).toBe(0);
    cloud.simulation.run(30 * 60e6);
    expect(swift.store.missing).toBe(0);
    expect(swift.store.nodes.usedBytes(device)).toBe(held);
    // Nobody sends a part twice.
    expect(cloud.transfers.bytesOn(link) - before).toBeCloseTo(held, 0);
    expect(swift.replicatedBytes).toBe(held);
    // Parts whose other copies are on the other device of the node come over no wire.
    expect(cloud.transfers.bytesOn(nic) - nicBefore).toBeCloseTo(held, 0);
    expect(swift.rebuilds.lengths).toHaveLength(1);
    expect(underWay({ cloud, objects: swift, ...made })).toEqual(NOTHING);
  });

  it("and is not replaced: handoffs take its parts", () => {
    const { objects: swift } = run({ actions: writes, timeline: ["at: 10 min, do: fail, device: storage-3/d1"] });
    expect([swift.store.missing, swift.rebuilds.lengths.length]).toEqual([0, 1]);
  });

  it("is given its fragments back from four others each", () => {
    const { cloud, objects: swift } = buildStore({
      actions: ["at: 1 min, do: container create, name: photos, storage_policy: frozen", ...writes.slice(1)],
      timeline: ["at: 10 min, do: fail, device: storage-3/d1, for: 1 s"],
    });
    cloud.simulation.run(599e6);
    const held = swift.store.nodes.usedBytes(swift.deviceNames.indexOf("storage-3/d1"));
    const carried = () => swift.deviceLink.reduce((sum, link) => sum + cloud.transfers.bytesOn(link), 0);
    const before = carried();
    // 100 MB are six fragments of 25 MB.
    expect(before).toBeCloseTo(30 * 150e6, 0);
    expect(held).toBeGreaterThan(0);
    cloud.simulation.run(30 * 60e6);
    expect(swift.store.missing).toBe(0);
    // Rebuilding reads three fragments over the network besides the rebuilder's own, and sends one.
    expect(swift.replicatedBytes).toBe(4 * held);
    // One fragment is written and, as if it had been read, is counted at the rebuilder.
    expect(carried() - before).toBeCloseTo((3 + 2) * held, 0);
  });

  it("in the middle of a write is told at once, and the others are a quorum", () => {
    const [first] = primariesOf("cat");
    const {
      answers,
      seconds,
      objects: swift,
    } = run({
      actions: [PHOTOS, create("5 min", "cat", "4 GB")],
      timeline: [`at: 302 s, do: fail, device: ${first}, for: 1 min`],
    });
    expect(answers[1]).toBe("object create 201");
    expect(seconds[1]).toBeLessThan(20);
    expect(swift.store.missing).toBe(0);
  });
});

describe("a listing", () => {
  it("lags behind the objects until the updater has come through", () => {
    const { cloud, objects, built } = buildStore({ actions: [PHOTOS], store: "replicator_interval: 1 h" });
    cloud.simulation.run(2 * 60e6);
    const [database] = objects.store.containers.databasesOf(accountOf(0), "photos");
    const node = objects.nodes.find(({ devices }) => devices.includes(database!))!;
    const client = built.client!;
    const ask = (operation: string, args: Record<string, string | number>) =>
      client.send({ operation, project: 0, user: "", server: -1, args: { container: "photos", ...args } });
    const listed = () => {
      const request = ask("object list", {});
      cloud.simulation.run(cloud.simulation.now + 10e6);
      return cloud.requests.target[request];
    };
    objects.failNode(node);
    for (let i = 0; i < 5; i++) ask("object create", { name: `o${i}`, size: 1e6 });
    cloud.simulation.run(3 * 60e6);
    expect(listed()).toBe(5); // the other databases know
    objects.returnNode(node);
    expect(listed()).toBe(0); // this one does not
    cloud.simulation.run(10 * 60e6);
    expect([listed(), objects.lateRows > 0]).toEqual([5, true]);
    expect(told(built).answers.at(-1)).toBe("object list 200");
  });
});

describe("a device with another weight", () => {
  const objects = Array.from({ length: 30 }, (_, i) => create(`${120 + 2 * i} s`, `o${i}`, "10 MB"));
  const emptied = (hours: number, at: string) => {
    const { objects: swift } = run({
      actions: [PHOTOS, ...objects],
      store: `min_part_hours: ${hours}`,
      timeline: [`at: ${at}, do: reweigh, device: storage-3/d1, weight: 0`],
      duration: "3 h",
    });
    expect(swift.store.missing).toBe(0);
    return swift.store.nodes.usedBytes(swift.deviceNames.indexOf("storage-3/d1"));
  };

  it("gives its parts away, and is empty when replicators have been round", () => {
    expect(emptied(0, "10 min")).toBe(0);
  });

  it("keeps the parts of which others have moved less than min_part_hours ago", () => {
    expect(emptied(1, "10 min")).toBeGreaterThan(0);
    expect(emptied(1, "61 min")).toBe(0);
  });
});
