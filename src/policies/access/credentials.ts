// What a rule sees of a token: the dictionary that oslo.context makes of the request, and what some services add to it.
// @source oslo.context 5.0: RequestContext.to_policy_values; nova/context.py, cinder/context.py, neutron_lib/context.py, heat/common/context.py (from memory)
import type { PythonValue } from "../python/python-values.ts";
import type { PolicyService } from "./default-rules/index.ts";
import type { Enforcer } from "./enforcer.ts";
import type { Values } from "./substitution.ts";

/** Whom a token speaks for and where. One of the scopes is set, or none. */
export interface TokenFacts {
  readonly userId: string;
  readonly userDomainId?: string;
  readonly roles: readonly string[];
  readonly projectId?: string;
  readonly projectDomainId?: string;
  readonly domainId?: string;
  readonly system?: "all";
}

export function credentialsOf(token: TokenFacts): Values {
  return new Map<string, PythonValue>([
    ["user_id", token.userId],
    ["user_domain_id", token.userDomainId ?? null],
    ["system_scope", token.system ?? null],
    ["domain_id", token.domainId ?? null],
    ["project_id", token.projectId ?? null],
    ["project_domain_id", token.projectDomainId ?? null],
    ["roles", token.roles],
    // True unless Keystone is configured with an admin project.
    ["is_admin_project", true],
  ]);
}

/** These mark a request as an administrator's, by their rule `context_is_admin`, before any other rule is asked. */
const marksAdmins: readonly PolicyService[] = ["nova", "cinder", "neutron", "heat", "cloudkitty"];

/** The credentials as a service hands them to its own rules. */
export function credentialsFor(service: PolicyService, enforcer: Enforcer, token: TokenFacts): Values {
  const credentials = new Map(credentialsOf(token));
  if (service === "neutron") credentials.set("tenant_id", token.projectId ?? null);
  if (marksAdmins.includes(service)) credentials.set("is_admin", enforcer.decide("context_is_admin", new Map(), credentials).allowed);
  return credentials;
}
