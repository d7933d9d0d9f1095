// A weigher in a line: `free_ram_mb / total_ram_mb - 0.1 * num_io_ops`. The text is an expression as scenarios have them, but over the facts of
// a host and a request; what it says is checked, and its names are bound, when the scenario is read.
import type { MathNode } from "mathjs";
import { suggestion } from "../kernel/did-you-mean.ts";
import { shorten } from "../kernel/units.ts";
import { compile, parsed, Refusal } from "./expression.ts";

export type Formula<Context> =
  | { readonly ok: true /** @throws Refusal where a power cannot be calculated */; readonly value: (context: Context) => number }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** @param variables what each name stands for; all are numbers. The value may be infinite or NaN */
export function compileFormula<Context>(text: string, variables: ReadonlyMap<string, (context: Context) => number>): Formula<Context> {
  try {
    if (text.trim() === "") throw new Refusal("the expression is empty", "e.g. free_ram_mb / total_ram_mb");
    const tree = parsed(text);
    const compiled = compile<Context>(tree, (name) => {
      const variable = variables.get(name);
      if (variable === undefined) throw new Refusal(`unknown variable "${shorten(name)}"`, suggestion(name, [...variables.keys()]));
      return variable;
    });
    const kind = kindOf(tree);
    if (kind !== "number")
      throw new Refusal(`gives ${shown[kind]}, expected a number`, kind === "boolean" ? "e.g. num_io_ops < 2 ? 1 : 0" : "");
    return { ok: true, value: compiled as (context: Context) => number };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, message: error.message, hint: error.hint };
    throw error;
  }
}

type Kind = "number" | "boolean" | "text";
const shown = { number: "a number", boolean: "true or false", text: "a text" } as const;

/** What a tree that could be compiled gives. @throws Refusal when a part gives what its place cannot take */
function kindOf(node: MathNode): Kind {
  const part = node as unknown as {
    readonly type: string;
    readonly value: unknown;
    readonly op: string;
    readonly args: readonly MathNode[];
    readonly content: MathNode;
    readonly condition: MathNode;
    readonly trueExpr: MathNode;
    readonly falseExpr: MathNode;
  };
  switch (part.type) {
    case "ConstantNode":
      return typeof part.value === "number" ? "number" : typeof part.value === "boolean" ? "boolean" : "text";
    case "ParenthesisNode":
      return kindOf(part.content);
    case "ConditionalNode": {
      if (kindOf(part.condition) !== "boolean")
        throw new Refusal("a choice needs a comparison before the question mark", "e.g. num_io_ops < 2 ? 1 : 0");
      const [yes, no] = [kindOf(part.trueExpr), kindOf(part.falseExpr)];
      if (yes !== no) throw new Refusal(`a choice between ${shown[yes]} and ${shown[no]}`, "both have to be numbers");
      return yes;
    }
    case "OperatorNode":
    case "FunctionNode": {
      const kinds = part.args.map(kindOf);
      const equality = part.op === "==" || part.op === "!=";
      const odd = kinds.find((kind) => kind !== "number");
      if (!equality && odd !== undefined) throw new Refusal(`cannot calculate with ${shown[odd]}`);
      return equality || /^[<>]=?$/.test(part.op ?? "") ? "boolean" : "number";
    }
    default:
      return "number"; // a variable
  }
}
