import { beforeEach, describe, expect, it } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../../src/kernel/time.ts";
import { credentialsFor } from "../../../src/policies/access/credentials.ts";
import { defaultRulesOf } from "../../../src/policies/access/default-rules/index.ts";
import { Enforcer } from "../../../src/policies/access/enforcer.ts";
import { bootstrap } from "../../../src/policies/keystone/bootstrap.ts";
import { Catalogue } from "../../../src/policies/keystone/catalogue.ts";
import { Directory } from "../../../src/policies/keystone/directory.ts";
import { KeystoneError } from "../../../src/policies/keystone/keystone-error.ts";
import { type Place, RoleAssignments } from "../../../src/policies/keystone/role-assignments.ts";
import { TokenCache } from "../../../src/policies/keystone/token-cache.ts";
import { tokenFactsOf } from "../../../src/policies/keystone/token-facts.ts";
import { Tokens } from "../../../src/policies/keystone/tokens.ts";

const p1: Place = { on: "project", projectId: "p1" };
const p2: Place = { on: "project", projectId: "p2" };

let directory: Directory;
let assignments: RoleAssignments;
let tokens: Tokens;

/** One domain, two projects, Ann and Bob, and the roles of a fresh installation. */
beforeEach(() => {
  directory = new Directory();
  assignments = new RoleAssignments(directory);
  tokens = new Tokens(directory, assignments);
  bootstrap(directory, assignments, "root");
  directory.createProject("p1", "web", "default");
  directory.createProject("p2", "batch", "default");
  directory.createUser("ann", "Ann", "default", "secret");
  directory.createUser("bob", "Bob", "default", "hidden");
});

const give = (userId: string, roleId: string, place: Place, inherited = false) =>
  assignments.grant({ roleId, actor: { userId }, place, inherited });

function refusal(ask: () => unknown): string {
  try {
    ask();
  } catch (error) {
    if (error instanceof KeystoneError) return `${error.type} ${error.status}`;
    throw error;
  }
  return "allowed";
}

describe("Keystone's directory", () => {
  it("has names once in a domain, and answers 404 for what it does not know", () => {
    expect(refusal(() => directory.createUser("x", "Ann", "default", ""))).toBe("Conflict 409");
    directory.createDomain("other", "Other");
    expect(refusal(() => directory.createUser("x", "Ann", "other", ""))).toBe("allowed");
    expect(refusal(() => directory.createProject("y", "y", "nowhere"))).toBe("DomainNotFound 404");
    expect([() => directory.user("z"), () => directory.project("z"), () => directory.role("z")].map(refusal)).toEqual([
      "UserNotFound 404",
      "ProjectNotFound 404",
      "RoleNotFound 404",
    ]);
  });

  it("keeps projects in trees of five levels below a domain, and deletes leaves only", () => {
    let parent: string | null = null;
    for (const id of ["a", "b", "c", "d", "e"]) {
      directory.createProject(id, id, "default", parent);
      parent = id;
    }
    expect(refusal(() => directory.createProject("f", "f", "default", "e"))).toBe("Forbidden 403");
    expect(refusal(() => directory.deleteProject("a", 0))).toBe("Forbidden 403");
    expect(refusal(() => directory.enableProject("c", false, 0))).toBe("Forbidden 403");
    directory.enableProject("e", false, 0);
    directory.enableProject("d", false, 0);
    directory.enableProject("c", false, 0);
    expect(refusal(() => directory.enableProject("d", true, 0))).toBe("Forbidden 403");
    expect(directory.ancestorsOf("d")).toEqual(["c", "b", "a"]);
  });

  it("deletes a domain only after it was disabled, with all it holds", () => {
    expect(refusal(() => directory.deleteDomain("default", 0))).toBe("Forbidden 403");
    directory.enableDomain("default", false, 0);
    directory.deleteDomain("default", 0);
    expect(refusal(() => directory.user("ann"))).toBe("UserNotFound 404");
    expect(refusal(() => directory.project("p1"))).toBe("ProjectNotFound 404");
  });
});

describe("roles", () => {
  it("bring what they imply", () => {
    give("ann", "admin", p1);
    expect(assignments.rolesAt("ann", p1)).toEqual(["admin", "member", "reader"]);
    expect(assignments.rolesAt("ann", p2)).toEqual([]);
  });

  it("come through groups", () => {
    directory.createGroup("ops", "ops", "default");
    directory.addToGroup("bob", "ops");
    assignments.grant({ roleId: "reader", actor: { groupId: "ops" }, place: { on: "system" }, inherited: false });
    expect(assignments.rolesAt("bob", { on: "system" })).toEqual(["reader"]);
    directory.removeFromGroup("bob", "ops", 0);
    expect(assignments.rolesAt("bob", { on: "system" })).toEqual([]);
  });

  it("that are inherited hold below the place they were given at, and not at it", () => {
    const domain: Place = { on: "domain", domainId: "default" };
    directory.createProject("p1a", "web-a", "default", "p1");
    directory.createProject("p1b", "web-b", "default", "p1a");
    give("ann", "reader", domain, true);
    give("bob", "member", p1, true);
    expect([domain, p1, p2].map((place) => assignments.rolesAt("ann", place))).toEqual([[], ["reader"], ["reader"]]);
    const below = ["p1", "p1a", "p1b", "p2"].map((projectId) => assignments.rolesAt("bob", { on: "project", projectId }));
    expect(below).toEqual([[], ["member", "reader"], ["member", "reader"], []]);
    expect(refusal(() => give("ann", "admin", { on: "system" }, true))).toBe("ValidationError 400");
  });

  it("that nobody gave cannot be taken away", () => {
    const assignment = { roleId: "member", actor: { userId: "ann" }, place: p1, inherited: false };
    expect(refusal(() => assignments.revoke(assignment, 0))).toBe("RoleAssignmentNotFound 404");
  });
});

describe("tokens", () => {
  beforeEach(() => give("ann", "member", p1));

  const login = (now: number, place: Place | null = p1) => tokens.authenticate("Ann", "default", "secret", place, now);

  it("are given for a password, for places where one has a role, and carry the roles", () => {
    expect(tokens.validate(login(0), 0)).toMatchObject({ userId: "ann", roleNames: ["member", "reader"], place: p1 });
    expect(refusal(() => tokens.authenticate("Ann", "default", "wrong", p1, 0))).toBe("Unauthorized 401");
    expect(refusal(() => tokens.authenticate("Zoe", "default", "secret", p1, 0))).toBe("Unauthorized 401");
    expect(refusal(() => login(0, p2))).toBe("Unauthorized 401");
    expect(tokens.validate(login(0, null), 0)).toMatchObject({ place: null, roleIds: [] });
  });

  it("without a place are for the default project, if one may go there", () => {
    directory.createUser("eve", "Eve", "default", "pw", "p2");
    expect(tokens.authenticate("Eve", "default", "pw", null, 0).place).toBeNull();
    give("eve", "reader", p2);
    expect(tokens.authenticate("Eve", "default", "pw", null, 0).place).toEqual(p2);
  });

  it("end after an hour, or two days later for requests with a service token", () => {
    const token = login(0);
    expect(refusal(() => tokens.validate(token, HOUR - 1))).toBe("allowed");
    expect(refusal(() => tokens.validate(token, HOUR))).toBe("TokenNotFound 404");
    expect(refusal(() => tokens.validate(token, 48 * HOUR, true))).toBe("allowed");
    expect(refusal(() => tokens.validate(token, 49 * HOUR, true))).toBe("TokenNotFound 404");
  });

  it("in exchange for another end when that one does", () => {
    give("ann", "reader", p2);
    const second = tokens.rescope(login(0, null), p2, 30 * MINUTE);
    expect(second).toMatchObject({ place: p2, issuedAt: 30 * MINUTE, expiresAt: HOUR });
    expect(refusal(() => tokens.rescope(login(0), p2, 2 * HOUR))).toBe("Unauthorized 401");
  });

  it.each([
    ["the password changes", () => directory.changePassword("ann", "secret", 10 * SECOND)],
    ["the user is disabled", () => directory.enableUser("ann", false, 10 * SECOND)],
    ["the user is deleted", () => directory.deleteUser("ann", 10 * SECOND)],
    ["the project is disabled", () => directory.enableProject("p1", false, 10 * SECOND)],
    ["the project is deleted", () => directory.deleteProject("p1", 10 * SECOND)],
    ["the domain is disabled", () => directory.enableDomain("default", false, 10 * SECOND)],
    ["the role is deleted", () => directory.deleteRole("member", 10 * SECOND)],
    [
      "the role is taken away",
      () => assignments.revoke({ roleId: "member", actor: { userId: "ann" }, place: p1, inherited: false }, 10 * SECOND),
    ],
  ])("are void as soon as %s", (_what, happens) => {
    const token = login(0);
    happens();
    expect(refusal(() => tokens.validate(token, 10 * SECOND))).toBe("TokenNotFound 404");
  });

  it("stay void when the reason is gone, and a new one is good", () => {
    const token = login(0);
    directory.enableUser("ann", false, 10 * SECOND);
    directory.enableUser("ann", true, 20 * SECOND);
    expect(refusal(() => tokens.validate(token, 20 * SECOND))).toBe("TokenNotFound 404");
    expect(refusal(() => tokens.validate(login(20 * SECOND), 20 * SECOND))).toBe("allowed");
  });

  it("that are issued within the second of a revocation are void as they are born", () => {
    directory.changePassword("ann", "secret", 10 * SECOND + 100);
    expect(refusal(() => tokens.validate(login(10 * SECOND + 900_000), 11 * SECOND))).toBe("TokenNotFound 404");
    expect(refusal(() => tokens.validate(login(11 * SECOND), 11 * SECOND))).toBe("allowed");
  });

  it("can be ended one by one; revocations are forgotten when no token can be left that they concern", () => {
    const [first, second] = [login(0), login(SECOND)];
    tokens.revoke(first, 2 * SECOND);
    expect([first, second].map((token) => refusal(() => tokens.validate(token, 3 * SECOND)))).toEqual(["TokenNotFound 404", "allowed"]);
    expect(tokens.revocationCount).toBe(1);
    tokens.forgetRevocations(50 * HOUR);
    expect(tokens.revocationCount).toBe(0);
  });

  it("are refused to a user who guessed too often, where that is set up", () => {
    const strict = new Tokens(directory, assignments, { lockoutFailureAttempts: 2 });
    const attempt = (password: string, now: number) => refusal(() => strict.authenticate("Ann", "default", password, p1, now));
    expect([attempt("a", 0), attempt("b", 0), attempt("secret", MINUTE), attempt("secret", 30 * MINUTE)]).toEqual([
      ...new Array(3).fill("Unauthorized 401"),
      "allowed",
    ]);
  });
});

describe("the cache of a service", () => {
  it("asks once in five minutes, so that a revoked token works on for a while, but not past its end", () => {
    give("ann", "member", p1);
    const token = tokens.authenticate("Ann", "default", "secret", p1, 0);
    const cache = new TokenCache();
    const seen = (now: number) => refusal(() => cache.validate(token, now, (one) => tokens.validate(one, now)));
    expect(seen(SECOND)).toBe("allowed");
    directory.enableUser("ann", false, 2 * SECOND);
    expect([seen(3 * SECOND), seen(300 * SECOND)]).toEqual(["allowed", "allowed"]);
    expect(seen(301 * SECOND)).toBe("Unauthorized 401");
    expect([cache.hits, cache.misses]).toEqual([2, 2]);
    const other = tokens.authenticate("Bob", "default", "hidden", null, 0);
    const late = new TokenCache();
    late.validate(other, HOUR - 1, (one) => tokens.validate(one, HOUR - 1));
    expect(refusal(() => late.validate(other, HOUR, (one) => tokens.validate(one, 0)))).toBe("Unauthorized 401");
  });
});

describe("a request", () => {
  const nova = new Enforcer(defaultRulesOf("nova"), { enforceScope: true, enforceNewDefaults: true });

  const may = (name: string, password: string, place: Place | null, rule: string, projectId: string): boolean => {
    const token = tokens.validate(tokens.authenticate(name, "default", password, place, 0), 0);
    const credentials = credentialsFor("nova", nova, tokenFactsOf(token, directory));
    return nova.decide(rule, new Map([["project_id", projectId]]), credentials).allowed;
  };

  it("goes from the password to the token, from the token to its roles, and from the roles to what the service allows", () => {
    give("ann", "member", p1);
    give("bob", "reader", p1);
    const rules = ["os_compute_api:servers:create", "os_compute_api:servers:index", "os_compute_api:os-hypervisors:list"];
    expect(rules.map((rule) => may("Ann", "secret", p1, rule, "p1"))).toEqual([true, true, false]);
    expect(rules.map((rule) => may("Bob", "hidden", p1, rule, "p1"))).toEqual([false, true, false]);
    expect(rules.map((rule) => may("Ann", "secret", p1, rule, "p2"))).toEqual([false, false, false]);
    const project: Place = { on: "project", projectId: "admin" };
    expect(may("admin", "root", project, rules[2]!, "p1")).toBe(true);
    expect(may("admin", "root", { on: "system" }, rules[2]!, "p1")).toBe(false);
    expect(may("Ann", "secret", null, rules[1]!, "p1")).toBe(false);
  });
});

describe("the catalogue", () => {
  it("lists endpoints by region and interface, filled in for the token's project", () => {
    const catalogue = new Catalogue();
    catalogue.addRegion("RegionOne");
    catalogue.addRegion("RegionTwo");
    catalogue.putService("compute", "nova");
    catalogue.putService("object-store", "swift");
    const add = (serviceType: string, region: string, kind: "public" | "internal", url: string) =>
      catalogue.addEndpoint({ serviceType, region, interface: kind, url, enabled: true });
    add("compute", "RegionOne", "public", "http://one:8774/v2.1");
    add("compute", "RegionOne", "internal", "http://10.0.0.1:8774/v2.1");
    add("compute", "RegionTwo", "public", "http://two:8774/v2.1");
    add("object-store", "RegionOne", "public", "http://one:8080/v1/AUTH_$(project_id)s");
    const scope = { userId: "ann", projectId: "p1" };
    expect(catalogue.urlOf("compute", scope, "RegionTwo")).toBe("http://two:8774/v2.1");
    expect(catalogue.urlOf("compute", scope, null, "internal")).toBe("http://10.0.0.1:8774/v2.1");
    expect(catalogue.urlOf("object-store", scope)).toBe("http://one:8080/v1/AUTH_p1");
    const unscoped = { userId: "ann", projectId: null };
    expect(refusal(() => catalogue.urlOf("object-store", unscoped))).toBe("EndpointNotFound 404");
    catalogue.putService("compute", "nova", false);
    expect(catalogue.endpointsFor(scope)).toHaveLength(1);
    expect(refusal(() => add("compute", "Nowhere", "public", ""))).toBe("RegionNotFound 404");
    expect(refusal(() => add("dns", "RegionOne", "public", ""))).toBe("ServiceNotFound 404");
  });
});
