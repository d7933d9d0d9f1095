// What administrators ask of Keystone, and what it refuses.
import { describe, expect, it } from "vitest";
import { told } from "./told-cloud.ts";

/** One request of the administrator a minute, from the fifth on. */
const asked = (identity: string, ...asks: readonly string[]) => {
  const { outcomes, cloud } = told(
    identity,
    asks.map((ask, index) => `{at: ${5 + index} min, do: ${ask}${ask.includes("as: ") ? "" : ", as: admin"}}`),
  );
  return { outcomes: outcomes.map((outcome) => outcome.replace(/^.* (?=\d{3})/, "")), cloud };
};

describe("Keystone", () => {
  it("makes domains, projects, users, groups and roles, which are good for something at once", () => {
    const { outcomes } = asked(
      "identity: {enforce_new_defaults: true}",
      "domain create, name: acme",
      "project create, name: lab, domain: acme",
      "project create, name: bench, domain: acme, parent: lab",
      "user create, name: ann, domain: acme, password: secret",
      "group create, name: ops, domain: acme",
      "group add user, group: ops, user: ann",
      "role create, name: operator",
      "implied role create, role: operator, implied: member",
      "role add, role: operator, group: ops, of: lab",
      "role add, role: reader, user: ann, domain: acme, inherited: true",
      "token issue, scope: lab, as: ann",
      "quota show, of: lab, as: ann",
      "token issue, scope: bench, as: ann",
      "server list, as: ann",
      "token issue, scope: domain acme, as: ann",
    );
    expect(outcomes).toEqual([
      ...["201", "201", "201", "201", "201", "204", "201", "201", "204", "204"],
      ...["201", "200", "201", "200", "401 Unauthorized"],
    ]);
  });

  it("refuses what is there already, what is not there, and what cannot be", () => {
    const { outcomes } = asked(
      "identity: {domains: [{name: acme}], projects: [{name: lab}, {name: bench, parent: lab}], users: [{name: bob}], groups: [{name: ops}], roles: [{name: guest}]}",
      "user create, name: bob",
      "project create, name: lab",
      "domain create, name: acme",
      "group create, name: ops",
      "role create, name: guest",
      "implied role create, role: admin, implied: member",
      "role remove, role: guest, user: bob, of: lab",
      "role add, role: guest, user: bob, group: ops, of: lab",
      "role add, role: guest, user: bob, system: true, inherited: true",
      "project delete, of: lab",
      "project set, of: lab, disable: true",
      "user delete, user: bob",
      "user delete, user: bob",
      "role add, role: guest, user: bob, of: lab",
      "token revoke, user: bob",
      "user set, user: admin",
    );
    expect(outcomes).toEqual([
      ...["409 Conflict", "409 Conflict", "409 Conflict", "409 Conflict", "409 Conflict", "409 Conflict"],
      ...["404 RoleAssignmentNotFound", "400 ValidationError", "400 ValidationError", "403 Forbidden", "403 Forbidden"],
      ...["204", "404 UserNotFound", "404 UserNotFound", "404 TokenNotFound", "400 ValidationError"],
    ]);
  });

  it("lets nobody but administrators change anything", () => {
    const { outcomes } = asked(
      "identity: {users: [{name: bob}], assignments: [{role: member, user: bob, project: project-1}]}",
      "user create, name: eve, as: bob",
      "role add, role: admin, user: bob, of: project-1, as: bob",
      "service list, as: bob",
      "token revoke, user: admin, as: bob",
      "token revoke, as: bob",
    );
    expect(outcomes).toEqual(["403 Forbidden", "403 Forbidden", "403 Forbidden", "403 Forbidden", "204"]);
  });

  it("takes a role away, and the tokens that it was good for", () => {
    const { outcomes } = asked(
      "identity: {token_cache_time: never, users: [{name: bob}], assignments: [{role: member, user: bob, project: project-1}]}",
      "server list, as: bob",
      "role remove, role: member, user: bob, of: project-1",
      "server list, as: bob",
      "server list, as: bob",
      "role add, role: reader, user: bob, of: project-1",
      "server list, as: bob",
    );
    expect(outcomes).toEqual(["200", "204", "401 Unauthorized", "401 Unauthorized", "204", "200"]);
  });

  it("ends the tokens of a project that is disabled or deleted", () => {
    const { outcomes } = asked(
      "identity: {token_cache_time: never, projects: [{name: lab}], users: [{name: bob, scope: lab}], assignments: [{role: member, user: bob, project: lab}]}",
      "server list, as: bob",
      "project set, of: lab, disable: true",
      "server list, as: bob",
      "project set, of: lab, enable: true",
      "server list, as: bob",
      "project delete, of: lab",
      "server list, as: bob",
    );
    expect(outcomes).toEqual(["200", "200", "401 Unauthorized", "200", "200", "204", "401 Unauthorized"]);
  });
});
