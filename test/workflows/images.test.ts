// Images as users know them: registered, uploaded, staged and imported, shared, listed, taken out of use and deleted; and where their bytes go.
import { describe, expect, it } from "vitest";
import { HOUR, MINUTE } from "../../src/kernel/time.ts";
import { type Ask, GIB, users } from "./block-cloud.ts";
import { hostGroup, requestTable } from "./tiny-scenario.ts";

const create = (name: string, more: Partial<Ask> = {}): Ask => ({ do: "image create", name, ...more });
const about = (verb: string, image: string, more: Partial<Ask> = {}): Ask => ({ do: `image ${verb}`, image, ...more });
const upload = (image: string, gib = 1, more: Partial<Ask> = {}) => about("upload", image, { size: gib * GIB, ...more });

const lists = ({ cloud }: ReturnType<typeof users>) =>
  [...cloud.imageLists.values()].map((images) => images.map((image) => cloud.imageRegistry.of(image).name));

describe("an image", () => {
  it("is queued until it is uploaded, and is active then", () => {
    const run = users([create("mine"), about("show", "mine"), upload("mine", 10), about("save", "mine")]);
    expect(run.told).toEqual(["image create 201", "image show 200", "image upload 204", "image save 200"]);
    const { cloud } = run;
    expect(cloud.imageRegistry.of(1)).toMatchObject({ status: "active", bytes: 10 * GIB, visibility: "shared", owner: 0 });
    // By the line of the users, 10 Gbit/s.
    expect(run.tookSeconds(2)).toBeGreaterThan((10 * GIB) / 1.25e9);
    expect(run.tookSeconds(2)).toBeLessThan((10 * GIB) / 1.25e9 + 1);
  });

  it("can be staged and imported instead", () => {
    const { told, cloud } = users([
      create("mine"),
      about("stage", "mine", { size: GIB }),
      about("save", "mine"),
      about("import", "mine"),
      about("import", "mine"),
    ]);
    expect(told).toEqual([
      "image create 201",
      "image stage 204",
      "image save 409 InvalidImageStatusTransition",
      "image import 202",
      "image import 409 InvalidImageStatusTransition",
    ]);
    expect(cloud.imageRegistry.of(1).status).toBe("active");
  });

  it("is kept in Swift, or on Cinder, where Glance is told to, and goes through Glance both ways", () => {
    const asks = [create("mine"), upload("mine"), about("save", "mine"), about("delete", "mine")];
    const swift = users(asks, { store: "swift" });
    expect(swift.told).toEqual(["image create 201", "image upload 204", "image save 200", "image delete 204"]);
    // One download more is that of the server.
    const objects = ["putObject", "getObject", "deleteObject"].map((verb) => swift.calls("glance.api", `swift.proxy.${verb}`));
    expect(objects).toEqual([1, 2, 1]);
    const cinder = users(asks, { store: "cinder" });
    expect([cinder.calls("glance.api", "cinder.api.createVolume"), cinder.calls("glance.api", "cinder.api.createAttachment")]).toEqual([
      1, 2,
    ]);
    expect(users(asks).calls("glance.api", "swift.proxy.putObject")).toBe(0);
  });

  it("in Ceph is not downloaded by hosts", () => {
    const seconds = (store: "file" | "rbd") => users([], { store }).cloud.servers.launchedAt[0]! / 1e6;
    expect(seconds("file") - seconds("rbd")).toBeGreaterThan(GIB / 1.25e9);
  });

  it("is made of a server, and belongs to the project that asked for it", () => {
    const run = users([
      { do: "server image create", server: 0, name: "snap" },
      about("save", "snap", { project: 1 }),
      about("save", "snap"),
      about("delete", "snap"),
    ]);
    expect(run.told).toEqual(["server image create 202", "image save 404 ImageNotFound", "image save 200", "image delete 204"]);
  });
});

describe("who sees an image", () => {
  it("is its owner, and those it is shared with; it is in their lists once they have accepted it", () => {
    const list = { do: "image list", project: 1 };
    const run = users([
      create("mine"),
      about("show", "mine", { project: 1 }),
      about("add project", "mine", { member: 2 }),
      about("add project", "mine", { member: 2 }),
      about("show", "mine", { project: 1 }),
      list,
      { ...list, member_status: "pending" },
      about("set member", "mine", { status: "accepted", project: 1 }),
      list,
      about("set member", "mine", { status: "rejected", project: 1 }),
      list,
      about("delete", "mine", { project: 1 }),
      about("remove project", "mine", { member: 2 }),
      about("remove project", "mine", { member: 2 }),
      about("show", "mine", { project: 1 }),
    ]);
    expect(run.told.filter((line) => !/ 20/.test(line))).toEqual([
      "image show 404 ImageNotFound",
      "image add project 409 Duplicate",
      "image delete 403 Forbidden",
      "image remove project 404 MemberNotFound",
      "image show 404 ImageNotFound",
    ]);
    expect(lists(run)).toEqual([["cirros"], ["mine"], ["mine", "cirros"], ["cirros"]]);
  });

  it("is everybody if it is the community's, which is listed only where it is asked for", () => {
    const run = users([
      create("mine", { visibility: "private" }),
      about("show", "mine", { project: 1 }),
      about("add project", "mine", { member: 2 }),
      about("set", "mine", { visibility: "public" }),
      about("set", "mine", { visibility: "community" }),
      about("show", "mine", { project: 1 }),
      { do: "image list", project: 1 },
      { do: "image list", project: 1, visibility: "community" },
      create("public", { visibility: "public" }),
      about("set", "cirros", { property: ["a=b"] }),
    ]);
    expect(run.told.slice(1)).toEqual([
      "image show 404 ImageNotFound",
      "image add project 403 Forbidden",
      "image set 403 Forbidden",
      "image set 200",
      "image show 200",
      "image list 200",
      "image list 200",
      "image create 403 Forbidden",
      "image set 403 Forbidden",
    ]);
    expect(lists(run)).toEqual([["cirros"], ["mine"]]);
  });
});

describe("a list of images", () => {
  it("is asked for by properties, sizes and states, and sorted by keys", () => {
    const run = users([
      create("a", { property: ["os=linux", "arch=arm"] }),
      create("b", { property: ["os=linux"], disk_format: "raw" }),
      create("c", { property: ["os=plan9"] }),
      upload("a", 3),
      upload("b", 5),
      { do: "image list" },
      { do: "image list", property: ["os=linux"] },
      { do: "image list", property: ["os=linux", "arch=arm"] },
      { do: "image list", property: ["disk_format=raw"] },
      { do: "image list", status: "queued" },
      { do: "image list", size_min: 2 * GIB, sort: "size:desc" },
      { do: "image list", size_max: 2 * GIB, sort: "name" },
      { do: "image list", name: "b" },
      { do: "image list", sort: "disk_format:asc,name:desc" },
      { do: "image list", sort: "colour" },
    ]);
    expect(lists(run)).toEqual([
      ["c", "b", "a", "cirros"],
      ["b", "a"],
      ["a"],
      ["b"],
      ["c"],
      ["b", "a"],
      ["c", "cirros"],
      ["b"],
      ["cirros", "c", "a", "b"],
    ]);
    expect(run.told.at(-1)).toBe("image list 400 Invalid");
  });
});

describe("Glance refuses", () => {
  it("with its own error and status", () => {
    const { told } = users([
      create("mine", { protected: true }),
      about("save", "mine"),
      upload("mine"),
      upload("mine"),
      about("set deactivate", "mine"),
      about("save", "mine"),
      about("set activate", "mine"),
      about("save", "mine"),
      about("delete", "mine"),
      about("set", "mine", { protected: false }),
      about("delete", "mine"),
      about("show", "mine"),
      create("queued"),
      about("set deactivate", "queued"),
      about("set member", "queued", { status: "accepted" }),
    ]);
    expect(told).toEqual([
      "image create 201",
      "image save 409 InvalidImageStatusTransition",
      "image upload 204",
      "image upload 409 InvalidImageStatusTransition",
      "image set deactivate 204",
      "image save 403 Forbidden",
      "image set activate 204",
      "image save 200",
      "image delete 403 ProtectedImageDelete",
      "image set 200",
      "image delete 204",
      "image show 404 ImageNotFound",
      "image create 201",
      "image set deactivate 409 InvalidImageStatusTransition",
      "image set member 404 MemberNotFound",
    ]);
  });

  it("images that are too large, and too many of a project", () => {
    const { told } = users(
      [create("a"), upload("a", 11), upload("a", 6), create("b"), upload("b", 6), about("delete", "a"), upload("b", 6)],
      {
        limits: { imageSizeCap: 10 * GIB, userStorageQuota: 11 * GIB },
      },
    );
    expect(told.filter((line) => line.startsWith("image upload"))).toEqual([
      "image upload 413 ImageSizeLimitExceeded",
      "image upload 204",
      "image upload 413 StorageQuotaFull",
      "image upload 204",
    ]);
  });

  it("volumes of images that are not active, or that ask for more room", () => {
    const { told } = users([
      create("mine", { min_disk: 20 * GIB }),
      { do: "volume create", name: "v", size: 20 * GIB, image: "mine" },
      upload("mine"),
      { do: "volume create", name: "v", size: 19 * GIB, image: "mine" },
      { do: "volume create", name: "v", size: 20 * GIB, image: "mine" },
    ]);
    expect(told.filter((line) => line.startsWith("volume"))).toEqual([
      "volume create 400 ImageUnacceptable",
      "volume create 400 InvalidInput",
      "volume create 202",
    ]);
  });
});

describe("the image cache of a host", () => {
  /** Servers one after another on one host, each for ten minutes, with `gap` between them. */
  const downloads = (gap: number, cleans: boolean) => {
    const requests = requestTable([0, 1, 2].map((i) => ({ arrival: i * gap, lifetime: 10 * MINUTE })));
    const cache = { managerInterval: 40 * MINUTE, removeUnusedOriginalMinimumAge: 24 * HOUR };
    const run = users([], {
      requests,
      tail: (3 * gap) / MINUTE,
      ...(cleans ? { cache } : {}),
      cloud: { hosts: [hostGroup(1)] },
    });
    return [run.calls("nova.compute", "glance.api.sendImage"), run.cloud.imageCache?.removed ?? 0];
  };

  it("loses what nobody has used for a day, at the next look; without clean-up it keeps everything", () => {
    expect(downloads(23 * HOUR, true)).toEqual([1, 0]);
    expect(downloads(25 * HOUR, true)).toEqual([3, 2]);
    expect(downloads(25 * HOUR, false)).toEqual([1, 0]);
  });

  it("looks only every 40 minutes", () => {
    // Unused from about 0:10 on; the look after 24:10 is the one at 24:40.
    expect(downloads(24.5 * HOUR, true)[1]).toBe(0);
    expect(downloads(24.7 * HOUR, true)[1]).toBeGreaterThan(0);
  });
});
