// Cinder's own scheduler (Zed) decided these cases.
import { describe } from "vitest";
import { Evaluator } from "../../src/policies/cinder/evaluator/evaluator.ts";
import { answerCinder, answered, type CinderCase } from "./cinder-cases.ts";
import { alike, mapOf, typed } from "./cinder-values.ts";
import { holdsForAll } from "./oracle-files.ts";

interface EvaluatorCase {
  readonly id: string;
  readonly kind: "evaluate";
  readonly input: { readonly expression: string; readonly vars: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly expect: unknown;
}

function holds(found: unknown, expected: unknown): void {
  if (!alike(found, expected)) throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

describe("Cinder's evaluator", () => {
  holdsForAll<EvaluatorCase>("cinder-evaluator.jsonl.gz", ["evaluate"], 300, ({ input, expect }) => {
    const names = new Map(Object.entries(input.vars).map(([name, entries]) => [name, mapOf(entries)]));
    holds(
      answered(() => ({ result: typed(new Evaluator().evaluate(input.expression, names)) })),
      expect,
    );
  });
});

describe("Cinder's scheduler", () => {
  const kinds = Object.keys(answerCinder);
  const isCinder = ({ id, kind }: { readonly id: string; readonly kind: string }) =>
    id.startsWith("cinder-scheduler") && kinds.includes(kind);
  holdsForAll<CinderCase>("cinder-scheduler.jsonl.gz", isCinder, 394, ({ kind, input, expect }) => {
    holds(
      answered(() => answerCinder[kind](input as never)),
      expect,
    );
  });
});
