// The gate of a service's API: may this token do that to this target? Every service asks one, with its own default rules and what the operator's
// policy.yaml puts in their place.
// @source oslo.policy 4.0.0: oslo_policy/policy.py Enforcer.enforce
import { parameter } from "../../kernel/parameter.ts";
import { type Check, canonicalText, rulesNamedIn } from "./check.ts";
import { holds, RuleBook } from "./evaluate-rule.ts";
import { parseRule, type RuleText } from "./parse-rule.ts";
import type { Values } from "./substitution.ts";

export type Scope = "system" | "domain" | "project";

export interface RuleDefault {
  /** Nova's, Neutron's, … own name of the operation: `os_compute_api:servers:create`. */
  readonly name: string;
  readonly check: string;
  /** Scopes the operation is meant for; empty for all. */
  readonly scopeTypes: readonly Scope[];
  /** The rule of earlier releases, or null. */
  readonly formerly: string | null;
}

export const enforceScope = parameter({
  name: "oslo_policy.enforce_scope",
  value: false,
  unit: "text",
  meaning: "A token of a scope that an operation is not meant for is refused, rather than warned of.",
  source: "oslo.policy 4.0.0: opts.py",
  evidence: "verified",
});

export const enforceNewDefaults = parameter({
  name: "oslo_policy.enforce_new_defaults",
  value: false,
  unit: "text",
  meaning: "The rules of earlier releases no longer hold besides the new ones.",
  source: "oslo.policy 4.0.0: opts.py",
  evidence: "verified",
});

export interface EnforcerOptions {
  readonly enforceScope?: boolean;
  readonly enforceNewDefaults?: boolean;
  /** Rules of the operator's policy file, in place of the defaults of the same name. */
  readonly overrides?: ReadonlyMap<string, RuleText>;
  /** Rule for names without one. */
  readonly defaultRule?: string;
}

export type PolicyDecision =
  | { readonly allowed: true /** The token's scope does not fit, which only leads to a warning. */; readonly scopeWarning: boolean }
  | { readonly allowed: false; readonly error: "PolicyNotAuthorized" | "InvalidScope"; readonly status: 403; readonly message: string };

export class Enforcer {
  readonly #book: RuleBook;
  readonly #checks: ReadonlyMap<string, Check>;
  readonly #scopes: ReadonlyMap<string, readonly Scope[]>;
  readonly #enforceScope: boolean;

  constructor(defaults: readonly RuleDefault[], options: EnforcerOptions = {}) {
    const newOnly = options.enforceNewDefaults ?? enforceNewDefaults.value;
    const checks = new Map(defaults.map((rule) => [rule.name, checkOf(rule, newOnly)]));
    for (const [name, text] of options.overrides ?? []) checks.set(name, parseRule(text));
    this.#checks = checks;
    this.#book = new RuleBook(checks, options.defaultRule);
    this.#scopes = new Map(defaults.map(({ name, scopeTypes }) => [name, scopeTypes]));
    this.#enforceScope = options.enforceScope ?? enforceScope.value;
  }

  /** The rule in force, as text, or null for a name without one of its own. */
  ruleText(name: string): string | null {
    const check = this.#checks.get(name);
    return check === undefined ? null : canonicalText(check);
  }

  /**
   * Decides an operation, named by its rule. A rule that does not exist denies.
   * @throws PythonError where the rule itself cannot be evaluated: the service would answer 500
   */
  decide(rule: string, target: Values, credentials: Values): PolicyDecision {
    const seen = withSystem(credentials);
    const meantFor = this.#book.find(rule) === undefined ? [] : (this.#scopes.get(rule) ?? []);
    const scope = scopeOf(seen);
    const fits = meantFor.length === 0 || meantFor.includes(scope);
    if (!fits && this.#enforceScope) {
      const message = `${rule} requires a scope of [${meantFor.join(", ")}], request was made with ${scope} scope.`;
      return { allowed: false, error: "InvalidScope", status: 403, message };
    }
    if (holds(this.#book, rule, target, seen)) return { allowed: true, scopeWarning: !fits };
    return { allowed: false, error: "PolicyNotAuthorized", status: 403, message: `${rule} is disallowed by policy` };
  }

  /** Rules that name rules without a check, and rules that lead back to themselves: what `oslopolicy-validator` complains about. */
  faults(): readonly { readonly rule: string; readonly fault: string }[] {
    return [...this.#checks].flatMap(([rule, check]) => [
      ...rulesNamedIn(check)
        .filter((name) => !this.#checks.has(name))
        .map((name) => ({ rule, fault: `names the rule "${name}", which does not exist` })),
      ...(this.#leadsTo(check, rule, new Set()) ? [{ rule, fault: "leads back to itself" }] : []),
    ]);
  }

  #leadsTo(check: Check, goal: string, visited: Set<string>): boolean {
    return rulesNamedIn(check).some((name) => {
      if (name === goal) return true;
      const next = this.#checks.get(name);
      if (next === undefined || visited.has(name)) return false;
      visited.add(name);
      return this.#leadsTo(next, goal, visited);
    });
  }
}

function checkOf({ check, formerly }: RuleDefault, newOnly: boolean): Check {
  const current = parseRule(check);
  return formerly === null || formerly === check || newOnly ? current : { is: "or", checks: [current, parseRule(formerly)] };
}

/** Services write `system_scope`, oslo.policy reads `system`. */
function withSystem(credentials: Values): Values {
  const system = credentials.get("system_scope");
  return system === undefined || system === null || system === "" ? credentials : new Map([...credentials, ["system", system]]);
}

function scopeOf(credentials: Values): Scope {
  if (credentials.get("system")) return "system";
  return credentials.get("domain_id") ? "domain" : "project";
}
