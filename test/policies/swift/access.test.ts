// Who may read and write: the stories behind Swift's ACLs. (Every case of the real middleware is tested with the oracles.)
import { describe, expect, it } from "vitest";
import type { Identity, SwiftRequest } from "../../../src/datacenter/object-store/authorization.ts";
import { cleanAcl, parseAcl, referrerAllowed } from "../../../src/policies/swift/acl.ts";
import { KeystoneAuth } from "../../../src/policies/swift/keystoneauth.ts";

const person = (roles: readonly string[], project = "p1", serviceRoles: readonly string[] = [], domain = "default"): Identity => ({
  user: ["u1", "alice"],
  tenant: [project, `name of ${project}`],
  roles,
  service_roles: serviceRoles,
  user_domain: [domain, domain],
  project_domain: [domain, domain],
});

function ask(auth: KeystoneAuth, identity: Identity | null, changes: Partial<SwiftRequest> = {}) {
  const request: SwiftRequest = {
    method: "GET",
    account: "AUTH_p1",
    container: "c",
    object: "o",
    acl: null,
    referer: null,
    accountProjectDomain: "default",
    identity,
    ...changes,
  };
  const { allowed, status, swiftOwner } = auth.authorize(request, identity !== null);
  return allowed ? (swiftOwner ? "owner" : "allowed") : status;
}

describe("an ACL", () => {
  it("is stored cleaned", () => {
    expect(cleanAcl("X-Container-Read", " bob , , .referrer : *.example.com,.r:-*thief.com ")).toBe("bob,.r:.example.com,.r:-thief.com");
    expect(() => cleanAcl("X-Container-Write", ".r:*")).toThrow("expected no referrers in a write ACL");
    expect(() => cleanAcl("X-Container-Read", ".x:y")).toThrow("unknown designator .x");
    expect(() => cleanAcl("X-Container-Read", ".r:-")).toThrow("no host or domain");
  });

  it("has referrers and groups; %-escapes in groups are read as UTF-8, and what is none is marked", () => {
    expect(parseAcl(".r:*,%E6%97%A5:u1,%FF,.rlistings")).toEqual({ referrers: ["*"], groups: ["\u65e5:u1", "\ufffd", ".rlistings"] });
    expect(parseAcl(null)).toEqual({ referrers: [], groups: [] });
  });

  it("lets the last referrer that matches decide; -* matches nobody", () => {
    expect(referrerAllowed("http://www.example.com/page", ["*", "-.example.com"])).toBe(false);
    expect(referrerAllowed("http://www.example.com/page", ["-.example.com", "*"])).toBe(true);
    expect(referrerAllowed("http://www.example.com", ["*", "-*"])).toBe(true);
    expect(referrerAllowed(null, ["unknown"])).toBe(true);
    expect(referrerAllowed("https://user@EXAMPLE.com:8080/x?y", ["example.com"])).toBe(true);
    expect(referrerAllowed("http://[::1]:80/", ["::1"])).toBe(true);
    expect(() => referrerAllowed("http://[::1/", ["*"])).toThrow("expected both brackets");
  });
});

describe("Keystone's roles", () => {
  const auth = new KeystoneAuth({
    system_reader_roles: "auditor",
    project_reader_roles: "reader",
    reseller_prefix: "AUTH, SERVICE",
    SERVICE_service_roles: "service",
  });

  it("make operators owners of their project's account, and of no other", () => {
    expect(ask(auth, person(["SwiftOperator"]))).toBe("owner");
    expect(ask(auth, person(["admin"], "p2"))).toBe(403);
    expect(ask(auth, person(["resellerADMIN"], "p2"))).toBe("owner");
    expect(ask(auth, null)).toBe(401);
  });

  it("let readers read", () => {
    expect([ask(auth, person(["reader"])), ask(auth, person(["reader"]), { method: "PUT" })]).toEqual(["allowed", 403]);
    expect([ask(auth, person(["auditor"], "p2")), ask(auth, person(["auditor"], "p2"), { method: "POST" })]).toEqual(["allowed", 403]);
  });

  it("need a service's token beside the user's under a service prefix", () => {
    expect(ask(auth, person(["admin"]), { account: "SERVICE_p1" })).toBe(403);
    expect(ask(auth, person(["admin"], "p1", ["service"]), { account: "SERVICE_p1" })).toBe("owner");
  });

  it("do not delete their own account", () => {
    expect(ask(auth, person(["admin"]), { method: "DELETE", container: null, object: null })).toBe(403);
  });

  it("in an ACL open the container to members of the project", () => {
    expect([ask(auth, person(["Member"]), { acl: "member" }), ask(auth, person(["Member"], "p2"), { acl: "member" })]).toEqual([
      "allowed",
      403,
    ]);
  });
});

describe("ACLs across projects", () => {
  const auth = new KeystoneAuth();

  it.each(["p2:u1", "p2:*", "*:u1", "*:*", "p2:alice", "name of p2:alice"])("%s lets alice of project p2 in", (acl) => {
    expect(ask(auth, person([], "p2"), { acl })).toBe("allowed");
  });

  it("use names only where everybody is in the default domain, or where nothing says otherwise", () => {
    const acl = "p2:alice";
    expect(ask(auth, person([], "p2", [], "d2"), { acl })).toBe(403);
    expect(ask(auth, person([], "p2"), { acl, accountProjectDomain: "d2" })).toBe(403);
    expect(ask(auth, person([], "p2"), { acl, accountProjectDomain: null })).toBe("allowed");
    expect(ask(new KeystoneAuth({ allow_names_in_acls: "false" }), person([], "p2"), { acl })).toBe(403);
    expect(ask(auth, person([], "p2", [], "d2"), { acl: "p2:u1" })).toBe("allowed");
  });

  it("let the world read objects with .r:*, and list them with .rlistings", () => {
    expect(ask(auth, null, { acl: ".r:*" })).toBe("allowed");
    expect(ask(auth, null, { acl: ".r:*", object: null })).toBe(401);
    expect(ask(auth, null, { acl: ".r:*,.rlistings", object: null })).toBe("allowed");
    expect(ask(auth, null, { acl: ".r:*", account: "OTHER_p1" })).toBe(401);
    expect(ask(auth, null, { method: "OPTIONS" })).toBe("allowed");
  });
});
