import { describe, expect, it } from "vitest";
import type { Problem } from "../../../src/kernel/problem.ts";
import { canonicalText } from "../../../src/policies/access/check.ts";
import { credentialsFor, type TokenFacts } from "../../../src/policies/access/credentials.ts";
import { defaultRulesOf, policyServices } from "../../../src/policies/access/default-rules/index.ts";
import { Enforcer } from "../../../src/policies/access/enforcer.ts";
import { holds, RuleBook } from "../../../src/policies/access/evaluate-rule.ts";
import { literalOf } from "../../../src/policies/access/left-side.ts";
import { parseRule, type RuleText } from "../../../src/policies/access/parse-rule.ts";
import { readPolicyFile } from "../../../src/policies/access/policy-file.ts";
import { substitute, type Values } from "../../../src/policies/access/substitution.ts";
import { PythonError, type PythonValue, str } from "../../../src/policies/python/python-values.ts";

const values = (entries: Readonly<Record<string, PythonValue>>): Values => new Map(Object.entries(entries));
const project = values({ project_id: "p1", user_id: "u1" });
const member: TokenFacts = { userId: "u1", projectId: "p1", roles: ["member", "reader"] };
const admin: TokenFacts = { userId: "u9", projectId: "p9", roles: ["admin", "member", "reader"] };

/** Does the rule hold, or which error does Python raise? */
function outcome(
  rule: RuleText,
  target: Values = project,
  credentials: Values = values({ roles: ["member"], project_id: "p1" }),
): boolean | string {
  try {
    return holds(new RuleBook(new Map([["test", parseRule(rule)]])), "test", target, credentials);
  } catch (error) {
    if (error instanceof PythonError) return error.type;
    throw error;
  }
}

describe("the policy language", () => {
  it("binds not before and before or, and prints what it understood", () => {
    const texts = [
      "role:a or role:b and not role:c",
      "(role:a or role:b) AND role:c",
      "role:a or (role:b and role:c) and role:d",
      "a)",
      "not",
      "'x'",
    ];
    expect(texts.map((text) => canonicalText(parseRule(text)))).toEqual([
      "(role:a or (role:b and not role:c))",
      "((role:a or role:b) and role:c)",
      "(role:a or (role:b and role:c and role:d))",
      "!",
      "not",
      "x",
    ]);
  });

  it("takes a null for the word None on both sides", () => {
    expect(outcome("project_id:%(project_id)s", values({ project_id: null }), values({ project_id: null }))).toBe(true);
    expect(outcome("None:%(project_id)s", values({ project_id: null }))).toBe(true);
  });

  it("fails where Python would", () => {
    expect([
      outcome(":x"),
      outcome("roles.name:x"),
      outcome("project_id.x:y"),
      outcome("project_id:%(user_id)-"),
      outcome("project_id:%(user_id)x"),
    ]).toEqual(["SyntaxError", "TypeError", "TypeError", "ValueError", "TypeError"]);
    expect([outcome("http://policy/ask"), outcome("and"), outcome("rule:test")]).toEqual([
      "ConnectionError",
      "AttributeError",
      "RecursionError",
    ]);
  });

  it("knows Python's constants from names", () => {
    const texts = [
      "'x'",
      '"a\\"b"',
      "1",
      "-1.50",
      "0x1F",
      "True",
      "[1,'a',None]",
      "(1,)",
      "{}",
      "user.id",
      "os-foo",
      "f(1)[2]",
      "1_000",
      "b'x'",
    ];
    const shown = texts.map((text) => literalOf(text)).map((literal) => (literal === null ? "a name" : str(literal.value)));
    expect(shown).toEqual([
      "x",
      'a"b',
      "1",
      "-1.5",
      "31",
      "True",
      "[1, 'a', None]",
      "(1,)",
      "{}",
      ...new Array(3).fill("a name"),
      "1000",
      "b'x'",
    ]);
    for (const text of ["", "1a", "class", "a.", "(a", "'a", "a=b", "!", "012", "a[]"])
      expect(() => literalOf(text), text).toThrow(PythonError);
  });

  it("takes commas for tuples, neighbouring strings for one, and two signs for no constant", () => {
    expect(["1,2", "'a''b'", "'\\x41'", "1_0.5"].map((text) => str(literalOf(text)!.value))).toEqual(["(1, 2)", "ab", "A", "10.5"]);
    expect(["--4", "a,b", "-(-1)"].map(literalOf)).toEqual([null, null, null]);
  });

  it("fills in values as Python's % does", () => {
    const target = values({ a: 1, b: "x", "c(d)": true });
    expect(substitute("%(a)s-%(b)r-%(c(d))d-100%%-%(b)3s|%(b)-3s|", target)).toBe("1-'x'-1-100%-  x|x  |");
    expect(substitute("%(a)05d|%(a)+d|%(a)#x|%(a).2d", target)).toBe("00001|+1|0x1|01");
    expect(() => substitute("%(a)%", target)).toThrow(expect.objectContaining({ type: "ValueError" }));
    expect(() => substitute("%(b)d", target)).toThrow(expect.objectContaining({ type: "TypeError" }));
    expect(() => substitute("%(z)s", target)).toThrow(expect.objectContaining({ type: "KeyError" }));
  });
});

describe("an enforcer", () => {
  it("lets a member of the project create a server there, and nobody else", () => {
    const nova = new Enforcer(defaultRulesOf("nova"), { enforceScope: true, enforceNewDefaults: true });
    const decide = (token: TokenFacts) => nova.decide("os_compute_api:servers:create", project, credentialsFor("nova", nova, token));
    expect(decide(member)).toEqual({ allowed: true, scopeWarning: false });
    expect(decide({ ...member, roles: ["reader"] })).toMatchObject({ allowed: false, error: "PolicyNotAuthorized", status: 403 });
    expect(decide({ ...member, projectId: "p2" }).allowed).toBe(false);
    expect(decide({ userId: "u1", system: "all", roles: ["admin"] })).toMatchObject({ allowed: false, error: "InvalidScope", status: 403 });
  });

  it("knows administrators by the service's own rule, before it asks any other", () => {
    const nova = new Enforcer(defaultRulesOf("nova"));
    expect(nova.ruleText("admin_api")).toBe("is_admin:True");
    expect(nova.decide("admin_api", project, credentialsFor("nova", nova, admin)).allowed).toBe(true);
    expect(nova.decide("admin_api", project, credentialsFor("nova", nova, member)).allowed).toBe(false);
    const neutron = new Enforcer(defaultRulesOf("neutron"));
    expect(neutron.decide("owner", values({ tenant_id: "p1" }), credentialsFor("neutron", neutron, member)).allowed).toBe(true);
  });

  it("lets the old rules hold besides the new ones until new defaults are enforced", () => {
    const legacy = new Enforcer(defaultRulesOf("nova"));
    const modern = new Enforcer(defaultRulesOf("nova"), { enforceNewDefaults: true });
    const reader = { ...member, roles: ["reader"] };
    const decide = (nova: Enforcer) => nova.decide("project_member_api", project, credentialsFor("nova", nova, reader)).allowed;
    expect([decide(legacy), decide(modern)]).toEqual([true, false]);
    expect(legacy.ruleText("project_member_api")).toBe(
      "((role:member and project_id:%(project_id)s) or (is_admin:True or project_id:%(project_id)s))",
    );
    expect(modern.ruleText("project_member_api")).toBe("(role:member and project_id:%(project_id)s)");
  });

  it("only warns of a scope that does not fit, unless scopes are enforced", () => {
    const nova = new Enforcer(defaultRulesOf("nova"));
    const system = { userId: "u1", system: "all", roles: ["admin"] } as const;
    expect(nova.decide("os_compute_api:servers:create", project, credentialsFor("nova", nova, system))).toEqual({
      allowed: true,
      scopeWarning: true,
    });
  });

  it("puts an operator's rules in place of the defaults", () => {
    const problems: Problem[] = [];
    const text =
      '# only operators\n"os_compute_api:servers:create": "role:operator"\nproject_reader_api: [["role:auditor"], ["role:member"]]\n';
    const overrides = readPolicyFile(text, "policy.yaml", problems);
    expect(problems).toEqual([]);
    const nova = new Enforcer(defaultRulesOf("nova"), { overrides });
    expect(nova.ruleText("project_reader_api")).toBe("(role:auditor or role:member)");
    const decide = (roles: readonly string[]) =>
      nova.decide("os_compute_api:servers:create", project, credentialsFor("nova", nova, { ...member, roles })).allowed;
    expect([decide(["member"]), decide(["Operator"])]).toEqual([false, true]);
  });

  it("denies what has no rule, unless there is a default rule", () => {
    const nova = new Enforcer(defaultRulesOf("nova"));
    expect(nova.decide("no:such:rule", project, credentialsFor("nova", nova, admin)).allowed).toBe(false);
    const cloudkitty = new Enforcer(defaultRulesOf("cloudkitty"));
    expect(cloudkitty.decide("no:such:rule", project, credentialsFor("cloudkitty", cloudkitty, member)).allowed).toBe(true);
  });

  it("finds rules that name others which do not exist, or themselves", () => {
    const overrides = new Map<string, RuleText>([
      ["a", "rule:b or rule:nobody"],
      ["b", "not rule:a"],
    ]);
    expect(new Enforcer([], { overrides }).faults()).toEqual([
      { rule: "a", fault: 'names the rule "nobody", which does not exist' },
      { rule: "a", fault: "leads back to itself" },
      { rule: "b", fault: "leads back to itself" },
    ]);
    const faults = policyServices.flatMap((service) =>
      new Enforcer(defaultRulesOf(service)).faults().map(({ rule }) => `${service} ${rule}`),
    );
    expect(faults.filter((fault) => !fault.startsWith("neutron "))).toEqual([]);
  });
});

describe("a policy file", () => {
  it("may be JSON, or empty", () => {
    expect([...readPolicyFile('{"a": "role:admin", "b": []}', "policy.json", [])]).toEqual([
      ["a", "role:admin"],
      ["b", []],
    ]);
    expect(readPolicyFile("# nothing\n", "policy.yaml", []).size).toBe(0);
  });

  it("is complained about all at once, with places", () => {
    const problems: Problem[] = [];
    const rules = readPolicyFile('a: "role:x or"\nb: 5\nc:\n  d: e\nf: "@"\n', "policy.yaml", problems);
    expect(problems.map(({ line, column, path, message }) => [line, column, path, message])).toEqual([
      [1, 4, "a", "this rule cannot be read, so that it denies everybody"],
      [2, 4, "b", "expected a rule as text, or lists of checks"],
      [4, 3, "c", "expected a rule as text, or lists of checks"],
    ]);
    expect([...rules.keys()]).toEqual(["a", "f"]);
    const others: Problem[] = [];
    readPolicyFile("- a\n", "policy.yaml", others);
    readPolicyFile("a: [", "policy.yaml", others);
    expect(others.map(({ message }) => message.split(":")[0])).toEqual(["expected a mapping of names to rules", "not readable as YAML"]);
  });
});
