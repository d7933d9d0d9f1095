// Who and what there is: domains, trees of projects, users, groups and roles. Changes that take access away are told to listeners, so that tokens
// can be revoked.
// @source keystone/resource/core.py, keystone/identity/core.py, keystone/assignment/core.py (Zed)
import { parameter } from "../../kernel/parameter.ts";
import type { Micros } from "../../kernel/time.ts";
import { KeystoneError, type KeystoneErrorName } from "./keystone-error.ts";

export const maxProjectTreeDepth = parameter({
  name: "keystone.max_project_tree_depth",
  value: 5,
  unit: "1",
  meaning: "Levels of projects below a domain.",
  source: "keystone/conf/default.py",
  evidence: "verified",
});

export interface Domain {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly domainId: string;
  /** Null for a project that stands directly in its domain. */
  readonly parentId: string | null;
  readonly enabled: boolean;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly domainId: string;
  readonly password: string;
  readonly enabled: boolean;
  readonly defaultProjectId: string | null;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly domainId: string;
  readonly members: ReadonlySet<string>;
}

export interface Role {
  readonly id: string;
  readonly name: string;
}

/** Something that takes access away at an instant. */
export type AccessLoss =
  | { readonly of: "user"; readonly userId: string }
  | { readonly of: "project"; readonly projectId: string }
  | { readonly of: "domain"; readonly domainId: string }
  | { readonly of: "role"; readonly roleId: string };

interface Named {
  readonly id: string;
  readonly name: string;
}

export class Directory {
  readonly #domains = new Map<string, Domain>();
  readonly #projects = new Map<string, Project>();
  readonly #users = new Map<string, User>();
  readonly #groups = new Map<string, Group>();
  readonly #roles = new Map<string, Role>();
  readonly #listeners: ((loss: AccessLoss, now: Micros) => void)[] = [];

  onLoss(listener: (loss: AccessLoss, now: Micros) => void): void {
    this.#listeners.push(listener);
  }

  /** @throws KeystoneError Conflict for a name or id in use, as all verbs that create */
  createDomain(id: string, name: string): Domain {
    return this.#add(this.#domains, "domain", { id, name, enabled: true }, () => true);
  }

  /** @throws KeystoneError DomainNotFound, ProjectNotFound, Conflict; Forbidden below max_project_tree_depth */
  createProject(id: string, name: string, domainId: string, parentId: string | null = null): Project {
    this.domain(domainId);
    if (parentId !== null) {
      if (this.project(parentId).domainId !== domainId)
        throw new KeystoneError("ValidationError", `project ${parentId} is in another domain`);
      // The level of the new project: below its parent and the parents of that.
      if (this.ancestorsOf(parentId).length + 2 > maxProjectTreeDepth.value)
        throw new KeystoneError("Forbidden", `Max hierarchy depth reached for ${parentId} branch.`);
    }
    return this.#add(this.#projects, "project", { id, name, domainId, parentId, enabled: true }, (other) => other.domainId === domainId);
  }

  createUser(id: string, name: string, domainId: string, password: string, defaultProjectId: string | null = null): User {
    this.domain(domainId);
    const user = { id, name, domainId, password, enabled: true, defaultProjectId };
    return this.#add(this.#users, "user", user, (other) => other.domainId === domainId);
  }

  createGroup(id: string, name: string, domainId: string): Group {
    this.domain(domainId);
    return this.#add(this.#groups, "group", { id, name, domainId, members: new Set() }, (other) => other.domainId === domainId);
  }

  createRole(id: string, name: string): Role {
    return this.#add(this.#roles, "role", { id, name }, () => true);
  }

  domain(id: string): Domain {
    return found(this.#domains, id, "DomainNotFound", "domain");
  }

  project(id: string): Project {
    return found(this.#projects, id, "ProjectNotFound", "project");
  }

  user(id: string): User {
    return found(this.#users, id, "UserNotFound", "user");
  }

  group(id: string): Group {
    return found(this.#groups, id, "GroupNotFound", "group");
  }

  role(id: string): Role {
    return found(this.#roles, id, "RoleNotFound", "role");
  }

  userNamed(name: string, domainId: string): User | undefined {
    return [...this.#users.values()].find((user) => user.name === name && user.domainId === domainId);
  }

  groupsOf(userId: string): readonly string[] {
    return [...this.#groups.values()].filter(({ members }) => members.has(userId)).map(({ id }) => id);
  }

  /** Projects above this one, the nearest first. */
  ancestorsOf(projectId: string): readonly string[] {
    const { parentId } = this.project(projectId);
    return parentId === null ? [] : [parentId, ...this.ancestorsOf(parentId)];
  }

  childrenOf(projectId: string): readonly Project[] {
    return [...this.#projects.values()].filter(({ parentId }) => parentId === projectId);
  }

  /** A project works if it and its domain are enabled. */
  isProjectEnabled(projectId: string): boolean {
    const { enabled, domainId } = this.project(projectId);
    return enabled && this.domain(domainId).enabled;
  }

  isUserEnabled(userId: string): boolean {
    const { enabled, domainId } = this.user(userId);
    return enabled && this.domain(domainId).enabled;
  }

  addToGroup(userId: string, groupId: string): void {
    const group = this.group(groupId);
    this.#groups.set(groupId, { ...group, members: new Set([...group.members, this.user(userId).id]) });
  }

  removeFromGroup(userId: string, groupId: string, now: Micros): void {
    const group = this.group(groupId);
    if (!group.members.has(userId)) throw new KeystoneError("UserNotFound", `Could not find user ${userId} in group ${groupId}.`);
    this.#groups.set(groupId, { ...group, members: new Set([...group.members].filter((id) => id !== userId)) });
    this.#tell({ of: "user", userId }, now);
  }

  changePassword(userId: string, password: string, now: Micros): void {
    this.#users.set(userId, { ...this.user(userId), password });
    this.#tell({ of: "user", userId }, now);
  }

  enableUser(userId: string, enabled: boolean, now: Micros): void {
    this.#users.set(userId, { ...this.user(userId), enabled });
    if (!enabled) this.#tell({ of: "user", userId }, now);
  }

  deleteUser(userId: string, now: Micros): void {
    this.user(userId);
    this.#users.delete(userId);
    for (const group of this.#groups.values())
      if (group.members.has(userId))
        this.#groups.set(group.id, { ...group, members: new Set([...group.members].filter((id) => id !== userId)) });
    this.#tell({ of: "user", userId }, now);
  }

  /** @throws KeystoneError Forbidden while projects below are enabled, or above are not */
  enableProject(projectId: string, enabled: boolean, now: Micros): void {
    const project = this.project(projectId);
    if (!enabled && this.childrenOf(projectId).some((child) => child.enabled))
      throw new KeystoneError("Forbidden", `Cannot disable project ${projectId} since its subtree contains enabled projects.`);
    if (enabled && this.ancestorsOf(projectId).some((id) => !this.project(id).enabled))
      throw new KeystoneError("Forbidden", `Cannot enable project ${projectId} since it has disabled parents.`);
    this.#projects.set(projectId, { ...project, enabled });
    if (!enabled) this.#tell({ of: "project", projectId }, now);
  }

  /** @throws KeystoneError Forbidden for a project with others below */
  deleteProject(projectId: string, now: Micros): void {
    this.project(projectId);
    if (this.childrenOf(projectId).length > 0)
      throw new KeystoneError("Forbidden", `Cannot delete the project ${projectId} since it is not a leaf in the hierarchy.`);
    this.#projects.delete(projectId);
    this.#tell({ of: "project", projectId }, now);
  }

  enableDomain(domainId: string, enabled: boolean, now: Micros): void {
    this.#domains.set(domainId, { ...this.domain(domainId), enabled });
    if (!enabled) this.#tell({ of: "domain", domainId }, now);
  }

  /** Deletes the domain and all it holds. @throws KeystoneError Forbidden for a domain that is enabled */
  deleteDomain(domainId: string, now: Micros): void {
    if (this.domain(domainId).enabled)
      throw new KeystoneError("Forbidden", "Cannot delete a domain that is enabled, please disable it first.");
    for (const { id } of [...this.#users.values()].filter((user) => user.domainId === domainId)) this.deleteUser(id, now);
    for (const { id } of [...this.#groups.values()].filter((group) => group.domainId === domainId)) this.#groups.delete(id);
    for (const { id } of [...this.#projects.values()].filter((project) => project.domainId === domainId)) {
      this.#projects.delete(id);
      this.#tell({ of: "project", projectId: id }, now);
    }
    this.#domains.delete(domainId);
    this.#tell({ of: "domain", domainId }, now);
  }

  deleteRole(roleId: string, now: Micros): void {
    this.role(roleId);
    this.#roles.delete(roleId);
    this.#tell({ of: "role", roleId }, now);
  }

  #tell(loss: AccessLoss, now: Micros): void {
    for (const listener of this.#listeners) listener(loss, now);
  }

  #add<T extends Named>(all: Map<string, T>, noun: string, one: T, sameSpace: (other: T) => boolean): T {
    const clash = [...all.values()].find((other) => other.id === one.id || (other.name === one.name && sameSpace(other)));
    if (clash !== undefined)
      throw new KeystoneError("Conflict", `Conflict occurred attempting to store ${noun} - Duplicate entry found with name ${one.name}.`);
    all.set(one.id, one);
    return one;
  }
}

function found<T>(all: ReadonlyMap<string, T>, id: string, error: KeystoneErrorName, noun: string): T {
  const one = all.get(id);
  if (one === undefined) throw new KeystoneError(error, `Could not find ${noun}: ${id}.`);
  return one;
}
