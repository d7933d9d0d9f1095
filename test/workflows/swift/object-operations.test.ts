// Everything that users can ask of Swift, and every way in which it says no.
import { describe, expect, it } from "vitest";
import { openAccess } from "../../../src/workflows/api/access.ts";
import { buildStore, NOTHING, run, told, underWay } from "./small-store.ts";

const PHOTOS = "at: 1 min, do: container create, name: photos";
const CAT = "at: 2 min, do: object create, container: photos, name: cat, size: 100 MB";

describe("a container", () => {
  it("is made, listed and deleted once it is empty; making it again is no error", () => {
    const { answers, cloud } = run({
      actions: [
        PHOTOS,
        "at: 2 min, do: container create, name: photos",
        "at: 3 min, do: container list",
        "at: 3 min, do: object create, container: photos, name: cat, size: 1 MB",
        "at: 4 min, do: object list, container: photos",
        "at: 5 min, do: container delete, container: photos",
        "at: 6 min, do: object delete, container: photos, object: cat",
        "at: 7 min, do: container delete, container: photos",
        "at: 8 min, do: container delete, container: photos",
        "at: 9 min, do: object store account show",
      ],
    });
    expect(answers).toEqual([
      "container create 201",
      "container create 202",
      "container list 200",
      "object create 201",
      "object list 200",
      "container delete 409 HTTPConflict",
      "object delete 204",
      "container delete 204",
      "container delete 404 HTTPNotFound",
      "object store account show 204",
    ]);
    expect(cloud.requests.target[4]).toBe(1); // one object was listed
  });

  it("keeps the storage policy that it was made with", () => {
    const { answers } = run({
      actions: [
        "at: 1 min, do: container create, name: archive, storage_policy: frozen",
        "at: 2 min, do: container create, name: archive, storage_policy: gold",
        "at: 3 min, do: container create, name: archive, storage_policy: frozen",
      ],
    });
    expect(answers).toEqual(["container create 201", "container create 409 HTTPConflict", "container create 202"]);
  });

  it("is open to others as far as its ACLs say", () => {
    const by2 = "project: 2, account: 1";
    const { answers } = run({
      actions: [
        PHOTOS,
        CAT,
        `at: 3 min, do: object save, container: photos, object: cat, ${by2}`,
        "at: 4 min, do: container set, container: photos, read: '.r:*'",
        `at: 5 min, do: object save, container: photos, object: cat, ${by2}`,
        `at: 5 min, do: object list, container: photos, ${by2}`,
        "at: 6 min, do: container set, container: photos, read: 'project-2:*', write: 'project-2:alice'",
        `at: 7 min, do: object list, container: photos, ${by2}`,
        `at: 7 min, do: object create, container: photos, name: dog, size: 1 MB, ${by2}`,
        "at: 7.1 min, do: container set, container: photos, read: 'project-2:*', write: 'project-2:member-of-project-2'",
        `at: 7.2 min, do: object create, container: photos, name: dog, size: 1 MB, ${by2}`,
        `at: 8 min, do: container delete, container: photos, ${by2}`,
        `at: 8 min, do: container set, container: photos, read: 'project-2:*', ${by2}`,
        `at: 8 min, do: object store account show, ${by2}`,
        "at: 9 min, do: container set, container: photos, write: '.r:*'",
        "at: 9 min, do: container set, container: photos, read: '.nobody:x'",
      ],
    });
    expect(answers.slice(2)).toEqual([
      "object save 403 HTTPForbidden",
      "container set 204",
      "object save 200",
      "object list 403 HTTPForbidden",
      "container set 204",
      "object list 200",
      "object create 403 HTTPForbidden",
      "container set 204",
      "object create 201",
      "container delete 403 HTTPForbidden",
      "container set 403 HTTPForbidden",
      "object store account show 403 HTTPForbidden",
      "container set 400 HTTPBadRequest",
      "container set 400 HTTPBadRequest",
    ]);
  });

  it("may be public from the start", () => {
    const { answers } = run({
      actions: [
        "at: 1 min, do: container create, name: site, public: true",
        "at: 2 min, do: object list, container: site, project: 2, account: 1",
      ],
    });
    expect(answers).toEqual(["container create 201", "object list 200"]);
  });

  it("belongs to nobody where the roles of keystoneauth are others", () => {
    const { answers } = run({ store: "keystoneauth: {operator_roles: admin}", actions: [PHOTOS] });
    expect(answers).toEqual(["container create 403 HTTPForbidden"]);
  });
});

describe("roles", () => {
  it.each([
    [["member"], "container create 403 HTTPForbidden"],
    [["SwiftOperator"], "container create 201"],
    [["reselleradmin"], "container create 201"],
  ])("that Keystone knows decide, where it knows any: %s", (roles, expected) => {
    const { cloud, built } = buildStore({ actions: [PHOTOS] });
    cloud.access = { ...openAccess, rolesOf: () => roles };
    cloud.simulation.run(2 * 60e6);
    expect(told(built).answers).toEqual([expected]);
  });
});

describe("an object", () => {
  it("is stored, shown, marked, fetched by a client or a server, and deleted", () => {
    const made = run({
      actions: [
        PHOTOS,
        CAT,
        "at: 3 min, do: object show, container: photos, object: cat",
        "at: 4 min, do: object set, container: photos, object: cat",
        "at: 5 min, do: object save, container: photos, object: cat",
        "at: 6 min, do: object save, container: photos, object: cat, server: web",
        "at: 7 min, do: object create, container: photos, name: cat, size: 50 MB, server: web",
        "at: 8 min, do: object delete, container: photos, object: cat",
        "at: 9 min, do: object delete, container: photos, object: cat",
        "at: 9 min, do: object save, container: photos, object: cat",
        "at: 9 min, do: object show, container: photos, object: cat",
        "at: 9 min, do: object set, container: photos, object: cat",
      ],
    });
    expect(made.answers).toEqual([
      "container create 201",
      "object create 201",
      "object show 200",
      "object set 202",
      "object save 200",
      "object save 200",
      "object create 201",
      "object delete 204",
      "object delete 404 HTTPNotFound",
      "object save 404 HTTPNotFound",
      "object show 404 HTTPNotFound",
      "object set 404 HTTPNotFound",
    ]);
    expect(underWay(made)).toEqual(NOTHING);
  });

  it("is refused when it is too large, without its container, or from a server that does not run", () => {
    const { answers } = run({
      actions: [
        PHOTOS,
        "at: 2 min, do: object create, container: photos, name: huge, size: 6 GiB",
        "at: 3 min, do: server stop, server: web",
        "at: 4 min, do: object create, container: photos, name: cat, size: 1 MB, server: web",
        "at: 5 min, do: container delete, container: photos",
        "at: 6 min, do: object create, container: photos, name: cat, size: 1 MB",
      ],
    });
    expect(answers.slice(1)).toEqual([
      "object create 413 HTTPRequestEntityTooLarge",
      "server stop 202",
      "object create 499 HTTPClientDisconnect",
      "container delete 204",
      "object create 404 HTTPNotFound",
    ]);
  });

  it("is not stored when the devices are full (507), and the client is told 503", () => {
    const nodes = "{count: 6, devices: {count: 1, kind: ssd-sata, size: 1 GB}}";
    const creates = [1, 2, 3].map((n) => `at: ${n + 1} min, do: object create, container: photos, name: o${n}, size: 900 MB`);
    const { answers, objects } = run({ nodes, actions: [PHOTOS, ...creates] });
    // Six devices of 1 GB have room for two objects in three copies, on handoffs where primaries are full.
    expect(answers.slice(1)).toEqual(["object create 201", "object create 201", "object create 503 HTTPServiceUnavailable"]);
    expect(objects.store.nodes.check()).toBeNull();
  });
});
