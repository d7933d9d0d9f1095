// Who has which role where: directly or through a group, on a project, a domain or the system, and passed on to what lies below if it is inherited.
// Roles imply others.
// @source keystone/assignment/core.py; OS-INHERIT: an inherited role holds below the place it is given at, not at the place itself (from memory)
import type { Micros } from "../../kernel/time.ts";
import type { Directory } from "./directory.ts";
import { withImplied } from "./implied-roles.ts";
import { KeystoneError } from "./keystone-error.ts";

/** Where a role holds, and what a token is for. */
export type Place =
  | { readonly on: "project"; readonly projectId: string }
  | { readonly on: "domain"; readonly domainId: string }
  | { readonly on: "system" };

export interface Assignment {
  readonly roleId: string;
  readonly actor: { readonly userId: string } | { readonly groupId: string };
  readonly place: Place;
  readonly inherited: boolean;
}

export class RoleAssignments {
  readonly #directory: Directory;
  readonly #assignments = new Map<string, Assignment>();
  /** By id: the roles that a role brings. */
  readonly #implies = new Map<string, readonly string[]>();
  readonly #listeners: ((userId: string, place: Place | null, now: Micros) => void)[] = [];

  constructor(directory: Directory) {
    this.#directory = directory;
    directory.onLoss((loss) => {
      for (const [key, { roleId, actor, place }] of this.#assignments) {
        const gone =
          (loss.of === "role" && roleId === loss.roleId) ||
          (loss.of === "user" && "userId" in actor && actor.userId === loss.userId && !exists(() => directory.user(loss.userId))) ||
          (loss.of === "project" &&
            place.on === "project" &&
            place.projectId === loss.projectId &&
            !exists(() => directory.project(loss.projectId))) ||
          (loss.of === "domain" &&
            place.on === "domain" &&
            place.domainId === loss.domainId &&
            !exists(() => directory.domain(loss.domainId)));
        if (gone) this.#assignments.delete(key);
      }
    });
  }

  /** Told of every user who loses a role; the place is null where an inherited role was lost at all places below. */
  onRevoke(listener: (userId: string, place: Place | null, now: Micros) => void): void {
    this.#listeners.push(listener);
  }

  /** Giving what is given already changes nothing. @throws KeystoneError …NotFound; ValidationError for an inherited role on the system */
  grant(assignment: Assignment): void {
    const { roleId, actor, place, inherited } = assignment;
    this.#directory.role(roleId);
    if ("userId" in actor) this.#directory.user(actor.userId);
    else this.#directory.group(actor.groupId);
    if (place.on === "project") this.#directory.project(place.projectId);
    if (place.on === "domain") this.#directory.domain(place.domainId);
    if (place.on === "system" && inherited) throw new KeystoneError("ValidationError", "a role on the system cannot be inherited");
    this.#assignments.set(keyOf(assignment), assignment);
  }

  /** @throws KeystoneError RoleAssignmentNotFound */
  revoke(assignment: Assignment, now: Micros): void {
    if (!this.#assignments.delete(keyOf(assignment)))
      throw new KeystoneError("RoleAssignmentNotFound", `Could not find role assignment with role: ${assignment.roleId}.`);
    const { actor, place, inherited } = assignment;
    const users = "userId" in actor ? [actor.userId] : [...this.#directory.group(actor.groupId).members];
    for (const user of users) for (const listener of this.#listeners) listener(user, inherited ? null : place, now);
  }

  /** @throws KeystoneError RoleNotFound; Conflict for what is so already */
  imply(priorRoleId: string, impliedRoleId: string): void {
    for (const id of [priorRoleId, impliedRoleId]) this.#directory.role(id);
    if (this.#implies.get(priorRoleId)?.includes(impliedRoleId) === true)
      throw new KeystoneError("Conflict", `Duplicate entry: role ${priorRoleId} implies ${impliedRoleId} already.`);
    this.#implies.set(priorRoleId, [...(this.#implies.get(priorRoleId) ?? []), impliedRoleId]);
  }

  all(): readonly Assignment[] {
    return [...this.#assignments.values()];
  }

  /** Ids of the roles that a user has at a place, with all they imply, in the order of their giving. */
  rolesAt(userId: string, place: Place): readonly string[] {
    const groups = this.#directory.groupsOf(userId);
    const given = this.all()
      .filter(({ actor }) => ("userId" in actor ? actor.userId === userId : groups.includes(actor.groupId)))
      .filter((assignment) => this.#reaches(assignment, place))
      .map(({ roleId }) => roleId);
    return withImplied(given, this.#implies);
  }

  #reaches({ place, inherited }: Assignment, goal: Place): boolean {
    if (!inherited) return samePlace(place, goal);
    if (goal.on !== "project") return false;
    if (place.on === "domain") return this.#directory.project(goal.projectId).domainId === place.domainId;
    return place.on === "project" && this.#directory.ancestorsOf(goal.projectId).includes(place.projectId);
  }
}

export function samePlace(a: Place, b: Place): boolean {
  return placeText(a) === placeText(b);
}

function placeText(place: Place): string {
  if (place.on === "project") return `project ${place.projectId}`;
  return place.on === "domain" ? `domain ${place.domainId}` : "system";
}

function keyOf({ roleId, actor, place, inherited }: Assignment): string {
  const who = "userId" in actor ? `user ${actor.userId}` : `group ${actor.groupId}`;
  return `${roleId} / ${who} / ${placeText(place)} / ${inherited}`;
}

function exists(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch (error) {
    if (error instanceof KeystoneError) return false;
    throw error;
  }
}
