// Cinder's own scheduler (Zed) decided these cases.
import { describe } from "vitest";
import { Evaluator } from "../../src/policies/cinder/evaluator/evaluator.ts";
import { PythonError } from "../../src/policies/python/python-values.ts";
import { alike, mapOf, typed } from "./cinder-values.ts";
import { holdsForAll } from "./oracle-files.ts";

interface EvaluatorCase {
  readonly id: string;
  readonly kind: "evaluate";
  readonly input: { readonly expression: string; readonly vars: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly expect: unknown;
}

/** The error's class stands for what raises. */
function answer(decide: () => unknown): unknown {
  try {
    return decide();
  } catch (error) {
    if (error instanceof PythonError) return { error: error.type };
    throw error;
  }
}

function holds(found: unknown, expected: unknown): void {
  if (!alike(found, expected)) throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

describe("Cinder's evaluator", () => {
  holdsForAll<EvaluatorCase>("cinder-evaluator.jsonl.gz", ["evaluate"], 300, ({ input, expect }) => {
    const names = new Map(Object.entries(input.vars).map(([name, entries]) => [name, mapOf(entries)]));
    holds(
      answer(() => ({ result: typed(new Evaluator().evaluate(input.expression, names)) })),
      expect,
    );
  });
});
