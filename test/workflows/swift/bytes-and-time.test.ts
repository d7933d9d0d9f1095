// How long objects take, and over which links their bytes go.
import { describe, expect, it } from "vitest";
import { glance } from "../../../src/services/glance.ts";
import { apiRequest } from "../../../src/workflows/api/steps.ts";
import { serviceAccount, serviceIdentity } from "../../../src/workflows/swift/identities.ts";
import type { AskedFor } from "../../../src/workflows/swift/store-object.ts";
import { ensureContainer, fetchObject, removeObject, storeObject } from "../../../src/workflows/swift/store-object.ts";
import { buildStore, NOTHING, run, type Story, underWay } from "./small-store.ts";

const PHOTOS = "at: 1 min, do: container create, name: photos";
const ARCHIVE = "at: 1 min, do: container create, name: photos, storage_policy: frozen";
const CAT = "at: 5 min, do: object create, container: photos, name: cat, size: 2600 MB";
const SAVE = "at: 10 min, do: object save, container: photos, object: cat";

/** Bytes over the links of attach points and devices at the end. */
function carried(story: Story) {
  const { cloud, objects, seconds } = run(story);
  const { transfers, fabric } = cloud;
  const glanceAt = fabric.glance;
  const up = (point: number) => transfers.bytesOn(fabric.route(point, glanceAt, 0)![0]!);
  const down = (point: number) => transfers.bytesOn(fabric.route(glanceAt, point, 0)!.at(-1)!);
  const sum = (points: readonly number[], bytes: (point: number) => number) =>
    Math.round(points.reduce((total, point) => total + bytes(point), 0) / 1e6);
  const nodes = objects.nodes.map(({ point }) => point);
  return {
    seconds,
    megabytes: {
      clientUp: sum([objects.clients], up),
      clientDown: sum([objects.clients], down),
      proxiesUp: sum(objects.proxyPoints, up),
      proxiesDown: sum(objects.proxyPoints, down),
      nodesUp: sum(nodes, up),
      nodesDown: sum(nodes, down),
      devices: Math.round(objects.deviceLink.reduce((total, link) => total + transfers.bytesOn(link), 0) / 1e6),
    },
  };
}

describe("bytes", () => {
  it("of an object go once to the proxy and from there to every replica; a download comes from one", () => {
    const { megabytes } = carried({ actions: [PHOTOS, CAT, SAVE] });
    expect(megabytes).toEqual({
      clientUp: 2600,
      clientDown: 2600,
      proxiesDown: 2600 + 2600,
      proxiesUp: 3 * 2600 + 2600,
      nodesDown: 3 * 2600,
      nodesUp: 2600,
      devices: 4 * 2600,
    });
  });

  it("of an object of 4 + 2 fragments are half as many more when it is stored, and no more when it is read", () => {
    const { megabytes } = carried({ actions: [ARCHIVE, CAT, SAVE] });
    expect(megabytes).toEqual({
      clientUp: 2600,
      clientDown: 2600,
      proxiesDown: 2600 + 2600,
      proxiesUp: 1.5 * 2600 + 2600,
      nodesDown: 1.5 * 2600,
      nodesUp: 2600,
      devices: 2.5 * 2600,
    });
  });

  it("of an object of a server go over its host's link", () => {
    const { cloud, objects } = run({ actions: [PHOTOS, `${CAT}, server: web`] });
    const host = cloud.servers.host[0]!;
    const out = cloud.fabric.route(host, objects.clients, 0)![0]!;
    expect(Math.round(cloud.transfers.bytesOn(out) / 1e6)).toBe(2600);
  });
});

describe("the time of an object", () => {
  it("is that of a device at 520 MB/s, alone on the network: five seconds for 2.6 GB, written or read", () => {
    const { seconds } = carried({ actions: [PHOTOS, CAT, SAVE] });
    expect(seconds[1]).toBeGreaterThan(5);
    expect(seconds[1]).toBeLessThan(5.3);
    expect(seconds[2]).toBeGreaterThan(5);
    expect(seconds[2]).toBeLessThan(5.3);
  });

  it("is that of the client's link where that is slower", () => {
    const { seconds } = carried({ actions: [PHOTOS, CAT, SAVE], store: "client_link: 2600 Mbit/s" });
    for (const time of seconds.slice(1)) {
      expect(time).toBeGreaterThan(8);
      expect(time).toBeLessThan(8.3);
    }
  });

  it("is shorter in fragments, of which several devices have one each", () => {
    const { seconds } = carried({ actions: [ARCHIVE, CAT, SAVE] });
    // The client's 10 Gbit/s are 2.08 s.
    for (const time of seconds.slice(1)) {
      expect(time).toBeGreaterThan(2.08);
      expect(time).toBeLessThan(2.4);
    }
  });
});

describe("a service that keeps its things in Swift", () => {
  it("asks a proxy as clients do: its container is made, its object stored, fetched and deleted", () => {
    const { cloud, engine, objects, built } = buildStore({});
    const disk: AskedFor = () => ({
      account: serviceAccount,
      identity: serviceIdentity("glance"),
      container: "glance",
      object: "image-1",
      bytes: 500e6,
      point: cloud.fabric.glance,
    });
    const steps = [ensureContainer, storeObject, fetchObject, removeObject].flatMap((does) => does(glance.api, disk));
    const workflow = engine.add(apiRequest("upload-to-swift", glance.api.uploadImage, "image id", ...steps));
    const ask = { operation: "image create", service: "image", project: 0, user: "", server: -1, args: {} };
    cloud.simulation.run(60e6);
    engine.start(workflow, cloud.requests.add(ask, cloud.simulation.now));
    cloud.simulation.run(120e6);
    expect(cloud.requests.row(0)).toMatchObject({ outcome: null, status: 200 });
    const calls = new Map(built.engine!.calls.map(({ from, operation, count }) => [`${from} > ${operation}`, count]));
    for (const verb of ["putContainer", "putObject", "getObject", "deleteObject"])
      expect(calls.get(`glance.api > swift.proxy.${verb}`)).toBe(1);
    expect(calls.get("swift.proxy > keystone.api.validateToken")).toBe(4);
    expect(calls.get("swift.proxy > swift.object.putObject")).toBe(3);
    expect(calls.get("swift.object > swift.container.updateObject")).toBe(6);
    expect(objects.store.containers.get(serviceAccount, "glance")).toBeDefined();
    expect(underWay({ cloud, engine, objects })).toEqual(NOTHING);
  });
});
