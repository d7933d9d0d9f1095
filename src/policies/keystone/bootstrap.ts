// What `keystone-manage bootstrap` leaves behind: the default domain, the project and the user `admin`, the three roles, of which each brings the next.
// @source keystone/cmd/bootstrap.py (Zed)
import type { Directory } from "./directory.ts";
import { bootstrapImplications } from "./implied-roles.ts";
import type { RoleAssignments } from "./role-assignments.ts";

/** Ids are the names: `default`, `admin`, `member`, `reader`. The administrator has the role on the project and on the system. */
export function bootstrap(directory: Directory, assignments: RoleAssignments, password: string): void {
  directory.createDomain("default", "Default");
  directory.createProject("admin", "admin", "default");
  directory.createUser("admin", "admin", "default", password);
  for (const role of ["admin", "member", "reader"]) directory.createRole(role, role);
  for (const [prior, implied] of bootstrapImplications) for (const role of implied) assignments.imply(prior, role);
  for (const place of [{ on: "project", projectId: "admin" }, { on: "system" }] as const)
    assignments.grant({ roleId: "admin", actor: { userId: "admin" }, place, inherited: false });
}
