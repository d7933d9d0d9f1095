// Policy rules with the answers of the real oslo.policy (4.0.0) and Keystone (22.0.2).
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { canonicalText } from "../../src/policies/access/check.ts";
import { defaultRulesOf, policyServices } from "../../src/policies/access/default-rules/index.ts";
import { Enforcer, type Scope } from "../../src/policies/access/enforcer.ts";
import { holds, RuleBook } from "../../src/policies/access/evaluate-rule.ts";
import { parseRule, type RuleText } from "../../src/policies/access/parse-rule.ts";
import type { Values } from "../../src/policies/access/substitution.ts";
import { withImplied } from "../../src/policies/keystone/implied-roles.ts";
import { parseJson } from "../../src/policies/python/python-json.ts";
import { isDict, PythonError, type PythonValue } from "../../src/policies/python/python-values.ts";
import { holdsForAll, type OracleCase } from "./oracle-files.ts";

/** Read as Python reads it, where 1 and 1.0 differ. */
interface PolicyCase extends OracleCase {
  readonly input: Values;
  readonly expect: Values;
}

/** A folder may hold cases of other services with kinds of the same name; these are left out. */
const kinds: Readonly<Record<string, string>> = {
  evaluate: "checks",
  default_rule: "checks",
  scope: "enforce_scope",
  implied_roles: "implies",
};

function policyCase(line: string): PolicyCase {
  const { id, kind, input } = JSON.parse(line) as OracleCase & { readonly input?: object };
  if (input === undefined || !(kind in kinds) || !(kinds[kind]! in input)) return { id, kind: "", input: new Map(), expect: new Map() };
  const one = parseJson(line) as Values;
  return { id, kind, input: one.get("input") as Values, expect: one.get("expect") as Values };
}

function plain(value: PythonValue): unknown {
  if (isDict(value)) return Object.fromEntries([...value].map(([key, entry]) => [key, plain(entry)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

function answer(ask: () => boolean): object {
  try {
    return { result: ask() };
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    return { error: error.type === "RecursionError" ? "cycle" : error.type };
  }
}

describe("oslo.policy's own answers", () => {
  holdsForAll<PolicyCase>(
    "policy.jsonl.gz",
    ["evaluate", "default_rule"],
    180,
    ({ input, expect: expected }) => {
      const rules = [...(input.get("rules") as Values)].map(([name, rule]) => [name, parseRule(rule as RuleText)] as const);
      const book = new RuleBook(new Map(rules));
      const rule = input.get("rule") as string;
      if (expected.has("canonical")) expect(canonicalText(book.find(rule)!)).toBe(expected.get("canonical"));
      const checks = input.get("checks") as readonly Values[];
      const answers = checks.map((check) =>
        answer(() => {
          const credentials = check.get("creds") as Values;
          const system = credentials.get("system_scope") ?? null;
          const seen = system === null ? credentials : new Map([...credentials, ["system", system]]);
          return holds(book, rule, check.get("target") as Values, seen);
        }),
      );
      expect(answers).toEqual(plain(expected.get("results")!));
    },
    policyCase,
  );
  holdsForAll<PolicyCase>(
    "policy.jsonl.gz",
    ["scope"],
    20,
    ({ input, expect: expected }) => {
      const rule = {
        name: "test",
        check: input.get("check") as string,
        scopeTypes: (input.get("scope_types") ?? []) as readonly Scope[],
        formerly: null,
      };
      const enforcer = new Enforcer([rule], { enforceScope: input.get("enforce_scope") as boolean });
      const decision = enforcer.decide("test", new Map(), input.get("creds") as Values);
      expect(decision.allowed ? { result: true } : { error: decision.error }).toEqual(plain(expected));
    },
    policyCase,
  );
  holdsForAll<PolicyCase>(
    "policy.jsonl.gz",
    ["implied_roles"],
    12,
    ({ input, expect: expected }) => {
      const implies = input.get("implies") as ReadonlyMap<string, readonly string[]>;
      const effective = withImplied(input.get("assigned") as readonly string[], implies);
      expect([...effective].sort((a, b) => (a < b ? -1 : 1))).toEqual(expected.get("effective"));
    },
    policyCase,
  );
});

describe("the default rules of nine services", () => {
  const path = fileURLToPath(new URL("rbac.csv.gz", import.meta.url));
  const { data } = Papa.parse<Record<string, string>>(gunzipSync(readFileSync(path)).toString("utf8"), {
    header: true,
    skipEmptyLines: true,
  });
  const personas: Readonly<Record<string, object>> = {
    admin: { user_id: "u1", project_id: "p1", roles: ["admin", "member", "reader"] },
    member: { user_id: "u1", project_id: "p1", roles: ["member", "reader"] },
    reader: { user_id: "u1", project_id: "p1", roles: ["reader"] },
    other_member: { user_id: "u2", project_id: "p2", roles: ["member", "reader"] },
    system_admin: { user_id: "u9", system_scope: "all", roles: ["admin", "member", "reader"] },
    system_reader: { user_id: "u9", system_scope: "all", roles: ["reader"] },
    service: { user_id: "us", project_id: "ps", roles: ["service"] },
  };
  const target = parseJson('{"project_id": "p1", "user_id": "u1", "target.project.id": "p1", "target.user.id": "u1"}') as Values;

  it.each(policyServices)("of %s are complete and let the personas do what the table says", (service) => {
    const rows = data.filter((row) => row.service === service);
    const rules = defaultRulesOf(service);
    const shown = rules.map(({ name, check, scopeTypes, formerly }) => [name, check, scopeTypes.join(" "), formerly ?? ""].join(" | "));
    const wanted = rows.map((row) => [row.rule, row.check_str, row.scope_types, row.deprecated_check_str].join(" | "));
    expect(new Set(shown)).toEqual(new Set(wanted));
    const differences: string[] = [];
    let decided = 0;
    for (const mode of ["legacy", "new"]) {
      const enforcer = new Enforcer(rules, { enforceScope: mode === "new", enforceNewDefaults: mode === "new" });
      for (const [persona, facts] of Object.entries(personas)) {
        const credentials = parseJson(JSON.stringify(facts)) as Values;
        for (const row of rows) {
          decided++;
          const got = enforcer.decide(row.rule!, target, credentials).allowed ? "Y" : "-";
          if (got !== row[`${mode}_${persona}`]) differences.push(`${row.rule} ${mode}_${persona}: ${got} ${row.check_str}`);
        }
      }
    }
    expect(differences).toEqual([]);
    expect(decided).toBe(rows.length * 14);
  });
});
