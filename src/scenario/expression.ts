// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of scenario files are written ${...}
// Expressions in a scenario, `${2 * racks}`. The text is parsed by mathjs and compiled here, node by node, through a list of what is
// allowed: numbers, parameters, arithmetic, comparison, a choice and eight functions. Everything else is refused, so an expression can
// neither reach the machine nor draw a number. mathjs is loaded when the first calculation occurs, because it takes longer than the rest.
import { createRequire } from "node:module";
import type { MathNode } from "mathjs";
import { suggestion } from "../kernel/did-you-mean.ts";
import { shorten } from "../kernel/units.ts";

export type ExpressionValue = number | string | boolean;

export type Evaluated =
  | { readonly ok: true; readonly value: ExpressionValue /** Parameters the value was made from. */; readonly used: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly hint: string };

type Look = (name: string) => ExpressionValue;
/** What is left of an expression once it is read: a function of whatever its names stand for. */
type Compiled<Context> = (context: Context) => ExpressionValue;
/** What a name stands for. @throws Refusal where it stands for nothing */
type Naming<Context> = (name: string) => Compiled<Context>;

const MAX_LENGTH = 500;
const MAX_EXPONENT = 64;

const FUNCTIONS: Readonly<
  Record<string, { readonly least: number; readonly most: number; readonly apply: (...values: number[]) => number }>
> = {
  min: { least: 1, most: 100, apply: Math.min },
  max: { least: 1, most: 100, apply: Math.max },
  round: { least: 1, most: 1, apply: Math.round },
  floor: { least: 1, most: 1, apply: Math.floor },
  ceil: { least: 1, most: 1, apply: Math.ceil },
  abs: { least: 1, most: 1, apply: Math.abs },
  sqrt: { least: 1, most: 1, apply: Math.sqrt },
};

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": power,
};

const ORDER: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** Words with a meaning of their own in expressions; a parameter cannot be called so. */
export const RESERVED_WORDS: readonly string[] = [
  ...Object.keys(FUNCTIONS),
  ..."true false null undefined NaN Infinity mod to in and or xor not end".split(" "),
];

/** Why an expression cannot be read, or not be calculated. */
export class Refusal extends Error {
  readonly hint: string;

  constructor(message: string, hint = "") {
    super(message);
    this.hint = hint;
  }
}

/** Repeated multiplication, so that every machine gives the same bits. */
function power(base: number, exponent: number): number {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > MAX_EXPONENT) {
    throw new Refusal(`"^" needs a whole exponent between -${MAX_EXPONENT} and ${MAX_EXPONENT}, got ${exponent}`);
  }
  let product = 1;
  for (let i = 0; i < Math.abs(exponent); i++) product *= base;
  return exponent < 0 ? 1 / product : product;
}

function asNumber(value: ExpressionValue): number {
  if (typeof value === "number") return value;
  throw new Refusal(`cannot calculate with ${typeof value === "string" ? `the text "${shorten(value)}"` : value}`);
}

let parse: ((text: string) => MathNode) | undefined;

function parser(): (text: string) => MathNode {
  parse ??= (createRequire(import.meta.url)("mathjs/number") as { parse: (text: string) => MathNode }).parse;
  return parse;
}

/** Evaluates the text between the braces. Never throws. */
export function evaluate(text: string, parameters: ReadonlyMap<string, ExpressionValue>): Evaluated {
  const used: string[] = [];
  const look: Look = (name) => {
    const value = parameters.get(name);
    if (value === undefined)
      throw new Refusal(`unknown parameter "${name}"`, suggestion(name, [...parameters.keys()]) || `declare it: parameters: {${name}: 1}`);
    used.push(name);
    return value;
  };
  try {
    if (text.trim() === "") throw new Refusal("the expression is empty", 'e.g. "${2 * racks}"');
    const named: Naming<Look> = (name) => (look) => look(name);
    const value = parameters.has(text.trim()) ? look(text.trim()) : compile(parsed(text), named)(look);
    if (typeof value === "number" && !Number.isFinite(value))
      throw new Refusal(`the expression "${shorten(text)}" does not give a finite number`);
    return { ok: true, value, used };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, message: error.message, hint: error.hint };
    throw error;
  }
}

/** @throws Refusal */
export function parsed(text: string): MathNode {
  if (text.length > MAX_LENGTH) throw new Refusal(`the expression has more than ${MAX_LENGTH} characters`);
  try {
    return parser()(text);
  } catch (error) {
    throw new Refusal(
      `cannot read the expression "${shorten(text)}": ${error instanceof Error ? shorten(error.message) : "unknown reason"}`,
    );
  }
}

/** @throws Refusal */
export function compile<Context>(node: MathNode, named: Naming<Context>): Compiled<Context> {
  // mathjs declares its nodes loosely; only the fields named here are read.
  const part = node as unknown as {
    type: string;
    value: unknown;
    name: string;
    op: string;
    implicit: boolean;
    args: MathNode[];
    content: MathNode;
    fn: { name?: string };
    condition: MathNode;
    trueExpr: MathNode;
    falseExpr: MathNode;
  };
  switch (part.type) {
    case "ConstantNode": {
      const value = part.value;
      if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return () => value;
      break;
    }
    case "SymbolNode":
      if (Object.hasOwn(FUNCTIONS, part.name)) throw new Refusal(`"${part.name}" is a function`, `write ${part.name}(...)`);
      return named(part.name);
    case "ParenthesisNode":
      return compile(part.content, named);
    case "OperatorNode":
      return compileOperator(part.op, part.args, part.implicit, named);
    case "FunctionNode":
      return compileFunction(part.fn.name ?? "", part.args, named);
    case "ConditionalNode": {
      const condition = compile(part.condition, named);
      const yes = compile(part.trueExpr, named);
      const no = compile(part.falseExpr, named);
      return (look) => {
        const chosen = condition(look);
        if (typeof chosen !== "boolean")
          throw new Refusal("a choice needs a comparison before the question mark", 'e.g. "${racks > 2 ? 10 : 5}"');
        return chosen ? yes(look) : no(look);
      };
    }
  }
  const what = part.type.replace(/Node$/, "").toLowerCase();
  throw new Refusal(
    `an expression cannot contain this (${what})`,
    "allowed: numbers, parameters, + - * / ^, comparison, a ? b : c and functions",
  );
}

function compileOperator<Context>(op: string, args: readonly MathNode[], implicit: boolean, named: Naming<Context>): Compiled<Context> {
  if (implicit) throw new Refusal("two values stand side by side", "write * to multiply");
  const [left, right] = args.map((arg) => compile(arg, named));
  if (left !== undefined && right === undefined && (op === "-" || op === "+")) {
    return (look) => (op === "-" ? -asNumber(left(look)) : asNumber(left(look)));
  }
  if (left !== undefined && right !== undefined) {
    if (op === "==") return (look) => left(look) === right(look);
    if (op === "!=") return (look) => left(look) !== right(look);
    const arithmetic = Object.hasOwn(ARITHMETIC, op) ? ARITHMETIC[op] : undefined;
    if (arithmetic !== undefined) return (look) => arithmetic(asNumber(left(look)), asNumber(right(look)));
    const order = Object.hasOwn(ORDER, op) ? ORDER[op] : undefined;
    if (order !== undefined) return (look) => order(asNumber(left(look)), asNumber(right(look)));
  }
  throw new Refusal(`the operator "${op}" is not allowed here`, "operators: + - * / ^ == != < <= > >= and a ? b : c");
}

function compileFunction<Context>(name: string, args: readonly MathNode[], named: Naming<Context>): Compiled<Context> {
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known === undefined) throw new Refusal(`unknown function "${shorten(name)}"`, suggestion(name, Object.keys(FUNCTIONS)));
  if (args.length < known.least || args.length > known.most)
    throw new Refusal(`${name}(...) takes ${known.most === 1 ? "one value" : "one or more values"}`);
  const compiled = args.map((arg) => compile(arg, named));
  return (look) => known.apply(...compiled.map((arg) => asNumber(arg(look))));
}
