// Cinder's own scheduler (Zed) decided these cases.
import { describe } from "vitest";
import { Evaluator } from "../../src/policies/cinder/evaluator/evaluator.ts";
import { answerCinder, answered, type CinderCase } from "./cinder-cases.ts";
import { alike, mapOf, typed } from "./cinder-values.ts";
import { holdsForAll, type OracleCase } from "./oracle-files.ts";

interface EvaluatorCase {
  readonly id: string;
  readonly kind: "evaluate";
  readonly input: { readonly expression: string; readonly vars: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly expect: unknown;
}

// Other services have cases of these kinds too.
const inputOf = (one: object) => (one as { readonly input?: Readonly<Record<string, unknown>> }).input ?? {};
const isExpression = (one: OracleCase) => one.kind === "evaluate" && typeof inputOf(one).expression === "string" && "vars" in inputOf(one);
const isScheduling = (one: OracleCase) =>
  one.kind in answerCinder &&
  ("backends" in inputOf(one) || "thin" in inputOf(one) || "capability" in inputOf(one) || one.kind === "extra_spec_match");

function holds(found: unknown, expected: unknown): void {
  if (!alike(found, expected)) throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

describe("Cinder's evaluator", () => {
  holdsForAll<EvaluatorCase>("cinder-evaluator.jsonl.gz", isExpression, 300, ({ input, expect }) => {
    const names = new Map(Object.entries(input.vars).map(([name, entries]) => [name, mapOf(entries)]));
    holds(
      answered(() => ({ result: typed(new Evaluator().evaluate(input.expression, (dictionary, key) => names.get(dictionary)?.get(key))) })),
      expect,
    );
  });
});

describe("Cinder's scheduler", () => {
  holdsForAll<CinderCase>("cinder-scheduler.jsonl.gz", isScheduling, 394, ({ kind, input, expect }) => {
    holds(
      answered(() => answerCinder[kind](input as never)),
      expect,
    );
  });
});
