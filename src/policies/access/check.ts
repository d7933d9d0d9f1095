// What a policy rule becomes when it is read: a tree of checks. Its canonical text is what oslo.policy itself prints of it.
// @source oslo.policy 4.0.0: oslo_policy/_checks.py

/** A rule as a tree. */
export type Check =
  | { readonly is: "always" }
  | { readonly is: "never" }
  | { readonly is: "not"; readonly check: Check }
  | { readonly is: "and" | "or"; readonly checks: readonly Check[] }
  /** `rule:name`: whatever the rule of that name says. */
  | { readonly is: "rule"; readonly name: string }
  /** `role:name`: the token has the role; the name may hold `%(key)s` of the target. */
  | { readonly is: "role"; readonly role: string }
  /** `http://…`: a server elsewhere is asked. */
  | { readonly is: "url"; readonly kind: "http" | "https"; readonly match: string }
  /** `kind:match`: a value of the credentials, or a literal, against a text with values of the target. */
  | { readonly is: "compare"; readonly kind: string; readonly match: string }
  /** A rule of one bare word, such as `not` or a quoted text: oslo.policy keeps it and falls over it when it is asked. */
  | { readonly is: "word"; readonly text: string };

export const always: Check = { is: "always" };
export const never: Check = { is: "never" };

/** The check as text: `(role:admin or (role:member and project_id:%(project_id)s))`. */
export function canonicalText(check: Check): string {
  switch (check.is) {
    case "always":
      return "@";
    case "never":
      return "!";
    case "not":
      return `not ${canonicalText(check.check)}`;
    case "and":
    case "or":
      return `(${check.checks.map(canonicalText).join(` ${check.is} `)})`;
    case "rule":
      return `rule:${check.name}`;
    case "role":
      return `role:${check.role}`;
    case "word":
      return check.text;
    default:
      return `${check.kind}:${check.match}`;
  }
}

/** The names of the rules that a check refers to, in the order of their writing. */
export function rulesNamedIn(check: Check): readonly string[] {
  if (check.is === "rule") return [check.name];
  if (check.is === "not") return rulesNamedIn(check.check);
  return check.is === "and" || check.is === "or" ? check.checks.flatMap(rulesNamedIn) : [];
}
