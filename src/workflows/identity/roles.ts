// Roles, what they imply, and who has them where.
// @source keystone/api/roles.py, keystone/api/projects.py, keystone/api/system.py (Zed)
import type { Assignment, Place } from "../../policies/keystone/role-assignments.ts";
import { keystone } from "../../services/keystone.ts";
import type { ApiOperation, Parameter } from "../api/api-operation.ts";
import { type Asked, identityService, keystoneRequest, named, newName, oneOf, targetOf } from "./keystone-api.ts";

export const roleCreate: ApiOperation = {
  name: "role create",
  meaning: "Create a role",
  service: identityService,
  rule: "identity:create_role",
  parameters: { name: newName("role") },
  workflow: keystoneRequest("create-role", keystone.api.createRole, "name", 201, ({ directory }, asked) =>
    directory.createRole(asked.name("name"), asked.name("name")),
  ),
};

export const impliedRoleCreate: ApiOperation = {
  name: "implied role create",
  meaning: "Whoever has a role has another one as well",
  service: identityService,
  rule: "identity:create_implied_role",
  parameters: { role: named("role", "The role that brings the other"), implied: named("role", "The role that it brings") },
  target: targetOf("role"),
  workflow: keystoneRequest("create-implied-role", keystone.api.createImpliedRole, "role ids", 201, ({ assignments }, asked) =>
    assignments.imply(asked.name("role"), asked.name("implied")),
  ),
};

const assignmentParameters: Readonly<Record<string, Parameter>> = {
  role: named("role", "The role"),
  user: named("user", "Who has it; this or group", "a group"),
  group: named("group", "Whose users have it; this or user", "a user"),
  of: named("project", "The project it holds in; this, domain or system", "a domain or the system"),
  domain: named("domain", "The domain it holds in; this, of or system", "a project or the system"),
  system: { kind: { is: "flag" }, meaning: "It holds for the whole cloud; this, of or domain", absent: "false" },
  inherited: { kind: { is: "flag" }, meaning: "It holds in the projects below, and not there", absent: "false" },
};

/** Who has which role where, as a request says it. @throws KeystoneError ValidationError */
function assignmentOf(asked: Asked): Assignment {
  const actor = oneOf(asked, "user", "group") === "user" ? { userId: asked.name("user") } : { groupId: asked.name("group") };
  const on = oneOf(asked, "of", "domain", "system");
  const place: Place =
    on === "system"
      ? { on: "system" }
      : on === "of"
        ? { on: "project", projectId: asked.name("of") }
        : { on: "domain", domainId: asked.name("domain") };
  return { roleId: asked.name("role"), actor, place, inherited: asked.flag("inherited") };
}

const targets = targetOf("user", "group", "project", "domain", "role");

export const roleAdd: ApiOperation = {
  name: "role add",
  meaning: "Give a role to a user or a group, in a project, a domain or the whole cloud",
  service: identityService,
  // On the system the rule is identity:create_system_grant_for_user, which by default lets the same do it.
  rule: "identity:create_grant",
  parameters: assignmentParameters,
  target: targets,
  workflow: keystoneRequest("create-grant", keystone.api.createGrant, "role, who, where", 204, (identity, asked) =>
    identity.assignments.grant(assignmentOf(asked)),
  ),
};

export const roleRemove: ApiOperation = {
  name: "role remove",
  meaning: "Take a role away again, which ends the tokens that it was good for",
  service: identityService,
  rule: "identity:revoke_grant",
  parameters: assignmentParameters,
  target: targets,
  workflow: keystoneRequest("revoke-grant", keystone.api.revokeGrant, "role, who, where", 204, (identity, asked, now) =>
    identity.assignments.revoke(assignmentOf(asked), now),
  ),
};
