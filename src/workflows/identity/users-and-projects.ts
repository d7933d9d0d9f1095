// Users, groups, projects and domains, made, changed and deleted by whoever may.
// @source keystone/api/users.py, groups.py, projects.py, domains.py (Zed)
import { keystone } from "../../services/keystone.ts";
import type { ApiOperation, Parameter } from "../api/api-operation.ts";
import { DEFAULT_DOMAIN } from "./identity-spec.ts";
import { identityService, inDomain, keystoneRequest, named, newName, oneOf, targetOf } from "./keystone-api.ts";

const disable: Parameter = { kind: { is: "flag" }, meaning: "Take access away", absent: "false" };
const enable: Parameter = { kind: { is: "flag" }, meaning: "Give access back", absent: "false" };

export const userCreate: ApiOperation = {
  name: "user create",
  meaning: "Create a user, whose client knows the password",
  service: identityService,
  rule: "identity:create_user",
  parameters: {
    name: newName("user"),
    domain: inDomain,
    password: { kind: { is: "text" }, meaning: "The password", absent: "one of its own" },
  },
  target: targetOf("domain"),
  workflow: keystoneRequest("create-user", keystone.api.createUser, "name, password", 201, (identity, asked) =>
    identity.addUser(asked.name("name"), asked.text("domain") ?? DEFAULT_DOMAIN, asked.text("password") ?? null, null),
  ),
};

export const userSetPassword: ApiOperation = {
  name: "user password set",
  meaning: "Give a user another password, which ends all tokens of the user; the user's client has to be told it (token issue)",
  service: identityService,
  rule: "identity:update_user",
  parameters: { user: named("user", "The user"), password: { kind: { is: "text" }, meaning: "The new password" } },
  target: targetOf("user"),
  workflow: keystoneRequest("set-password", keystone.api.setPassword, "user id, password", 200, ({ directory }, asked, now) =>
    directory.changePassword(asked.name("user"), asked.name("password"), now),
  ),
};

export const userSet: ApiOperation = {
  name: "user set",
  meaning: "Disable a user, which ends all tokens of the user, or enable it again",
  service: identityService,
  rule: "identity:update_user",
  parameters: { user: named("user", "The user"), disable, enable },
  target: targetOf("user"),
  workflow: keystoneRequest("update-user", keystone.api.updateUser, "user id, enabled", 200, ({ directory }, asked, now) =>
    directory.enableUser(asked.name("user"), oneOf(asked, "disable", "enable") === "enable", now),
  ),
};

export const userDelete: ApiOperation = {
  name: "user delete",
  meaning: "Delete a user, with all roles and tokens",
  service: identityService,
  rule: "identity:delete_user",
  parameters: { user: named("user", "The user") },
  target: targetOf("user"),
  workflow: keystoneRequest("delete-user", keystone.api.deleteUser, "user id", 204, ({ directory }, asked, now) =>
    directory.deleteUser(asked.name("user"), now),
  ),
};

export const projectCreate: ApiOperation = {
  name: "project create",
  meaning: "Create a project, in a domain or below another project",
  service: identityService,
  rule: "identity:create_project",
  parameters: { name: newName("project"), domain: inDomain, parent: named("project", "The project above it", "none") },
  target: targetOf("domain"),
  workflow: keystoneRequest("create-project", keystone.api.createProject, "name, domain, parent", 201, ({ directory }, asked) => {
    const parent = asked.text("parent") ?? null;
    const domain = asked.text("domain") ?? (parent === null ? DEFAULT_DOMAIN : directory.project(parent).domainId);
    directory.createProject(asked.name("name"), asked.name("name"), domain, parent);
  }),
};

export const projectSet: ApiOperation = {
  name: "project set",
  meaning: "Disable a project, which ends all tokens for it, or enable it again",
  service: identityService,
  rule: "identity:update_project",
  parameters: { of: named("project", "The project"), disable, enable },
  target: targetOf("project"),
  workflow: keystoneRequest("update-project", keystone.api.updateProject, "project id, enabled", 200, ({ directory }, asked, now) =>
    directory.enableProject(asked.name("of"), oneOf(asked, "disable", "enable") === "enable", now),
  ),
};

export const projectDelete: ApiOperation = {
  name: "project delete",
  meaning: "Delete a project from Keystone; what the other services hold for it stays behind",
  service: identityService,
  rule: "identity:delete_project",
  parameters: { of: named("project", "The project") },
  target: targetOf("project"),
  workflow: keystoneRequest("delete-project", keystone.api.deleteProject, "project id", 204, ({ directory }, asked, now) =>
    directory.deleteProject(asked.name("of"), now),
  ),
};

export const domainCreate: ApiOperation = {
  name: "domain create",
  meaning: "Create a domain",
  service: identityService,
  rule: "identity:create_domain",
  parameters: { name: newName("domain") },
  workflow: keystoneRequest("create-domain", keystone.api.createDomain, "name", 201, ({ directory }, asked) =>
    directory.createDomain(asked.name("name"), asked.name("name")),
  ),
};

export const groupCreate: ApiOperation = {
  name: "group create",
  meaning: "Create a group of users",
  service: identityService,
  rule: "identity:create_group",
  parameters: { name: newName("group"), domain: inDomain },
  target: targetOf("domain"),
  workflow: keystoneRequest("create-group", keystone.api.createGroup, "name", 201, ({ directory }, asked) =>
    directory.createGroup(asked.name("name"), asked.name("name"), asked.text("domain") ?? DEFAULT_DOMAIN),
  ),
};

export const groupAddUser: ApiOperation = {
  name: "group add user",
  meaning: "Put a user into a group, whose roles the user has from then on",
  service: identityService,
  rule: "identity:add_user_to_group",
  parameters: { group: named("group", "The group"), user: named("user", "The user") },
  target: targetOf("group", "user"),
  workflow: keystoneRequest("add-user-to-group", keystone.api.addUserToGroup, "group id, user id", 204, ({ directory }, asked) =>
    directory.addToGroup(asked.name("user"), asked.name("group")),
  ),
};
