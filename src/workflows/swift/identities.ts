// Who asks, as Keystone would tell Swift's proxy, and in whose account. Project 1 is the tenant `project-1` with the account `AUTH_project-1`.
import type { Identity } from "../../datacenter/object-store/authorization.ts";
import type { Cloud } from "../cloud.ts";

const DOMAIN = ["default", "Default"] as const;
/** Assumed of whoever asks where the scenario has no users: he may do what he likes in the account of his own project, and nothing elsewhere. */
const OPERATOR = ["swiftoperator"];

export const accountOf = (project: number): string => `AUTH_${tenantOf(project)}`;

const tenantOf = (project: number): string => `project-${project + 1}`;

export function identityOf({ requests, access }: Cloud, request: number): Identity {
  const tenant = tenantOf(requests.project(request));
  const user = requests.user(request) || `member-of-${tenant}`;
  return identity(user, tenant, access.rolesOf?.(request) ?? OPERATOR);
}

/** Another service of the cloud, which keeps what it stores in the account of the project `service`. */
export function serviceIdentity(service: string): Identity {
  return identity(service, "service", ["admin", "service"]);
}

export const serviceAccount = "AUTH_service";

function identity(user: string, tenant: string, roles: readonly string[]): Identity {
  return { user: [user, user], tenant: [tenant, tenant], roles, service_roles: [], user_domain: DOMAIN, project_domain: DOMAIN };
}
