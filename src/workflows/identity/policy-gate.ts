// The policies of all services in one place: may this token do what a rule is about? What a rule sees besides the thing itself is the project that
// it belongs to, under the names that the services use for it.
// @source nova/policy.py, neutron/policy.py (build_match_rule), keystone/common/rbac_enforcer/enforcer.py (Zed)
import type { Outcome } from "../../datacenter/outcomes.ts";
import { credentialsFor, type TokenFacts } from "../../policies/access/credentials.ts";
import { defaultRulesOf, type PolicyService, policyServices } from "../../policies/access/default-rules/index.ts";
import { Enforcer, type EnforcerOptions } from "../../policies/access/enforcer.ts";
import type { Values } from "../../policies/access/substitution.ts";
import { PythonError, type PythonValue } from "../../policies/python/python-values.ts";
import type { IdentitySpec } from "./identity-spec.ts";

/** These answer with Forbidden where others answer PolicyNotAuthorized; both are 403. */
const forbids: readonly string[] = ["keystone", "glance", "swift"];

export class PolicyGate {
  private readonly enforcers = new Map<PolicyService, Enforcer>();

  constructor({ enforceScope, enforceNewDefaults, policies }: Pick<IdentitySpec, "enforceScope" | "enforceNewDefaults" | "policies">) {
    for (const service of policyServices) {
      const overrides = policies.get(service);
      const options: EnforcerOptions = { enforceScope, enforceNewDefaults, ...(overrides === undefined ? {} : { overrides }) };
      this.enforcers.set(service, new Enforcer(defaultRulesOf(service), options));
    }
  }

  /**
   * Null: the rule allows it. Services whose default rules are not modelled let everybody who has a role in the project.
   * @param own project of the thing; null: that of the token
   */
  decide(service: string, rule: string, token: TokenFacts, own: string | null, more: Values): Outcome | null {
    const refusal = forbids.includes(service) ? "Forbidden" : "PolicyNotAuthorized";
    const known = policyServices.find((name) => name === service);
    if (known === undefined) return token.roles.length > 0 ? null : refusal;
    const enforcer = this.enforcers.get(known)!;
    try {
      return enforcer.decide(rule, targetOf(token, own, more), credentialsFor(known, enforcer, token)).allowed ? null : refusal;
    } catch (error) {
      if (error instanceof PythonError) return "UnexpectedError";
      throw error;
    }
  }
}

function targetOf(token: TokenFacts, own: string | null, more: Values): Values {
  const project = own ?? token.projectId ?? null;
  return new Map<string, PythonValue>([
    ["project_id", project],
    ["tenant_id", project],
    ["network:tenant_id", project],
    ["network:project_id", project],
    ["user_id", token.userId],
    ...more,
  ]);
}
