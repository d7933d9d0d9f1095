// The grammar of `filter_function` and `goodness_function`: `capabilities.iops > 300 and volume.size < 20 ? 100 : 30`. Cinder hands a table of
// operators to pyparsing, whose rules decide more than the table shows: a word before an operand is a call, `not` binds tighter than a
// comparison, and the first way to read a piece is kept even if another one would let the rest be read.
// @source cinder/scheduler/evaluator/evaluator.py (_def_parser); pyparsing 3.0 helpers.py (infix_notation), core.py (quoted_string)
import { PythonError } from "../../python/python-values.ts";

export type Expression =
  | { readonly kind: "constant"; readonly text: string }
  | { readonly kind: "call"; readonly name: string; readonly argument: Expression }
  | { readonly kind: "sign"; readonly sign: string; readonly operand: Expression }
  | { readonly kind: "not"; readonly operand: Expression }
  | { readonly kind: "chain"; readonly of: Chain; readonly first: Expression; readonly rest: readonly Link[] }
  | { readonly kind: "choice"; readonly condition: Expression; readonly yes: Expression; readonly no: Expression };

/** What a row of operands with operators between them is. */
export type Chain = "power" | "product" | "sum" | "comparison" | "and" | "or" | "list";
export interface Link {
  readonly operator: string;
  readonly operand: Expression;
}

interface Found {
  readonly expression: Expression;
  readonly end: number;
}

const NUMBER = /\d+(?:\.\d+)?/y;
const WORD = /[A-Za-z_.]+/y;
const OPEN = /\(/y;
const CLOSE = /\)/y;
const SPACE = /[ \t\r\n]*/y;
/** Up to the closing mark, which must follow: a doubled mark stands for itself. */
const QUOTED = [
  /"(?:[^"\n\r\\]|""|\\(?:[^x]|x[0-9a-fA-F]+))*/y, //
  /'(?:[^'\n\r\\]|''|\\(?:[^x]|x[0-9a-fA-F]+))*/y,
];

type Level =
  | { readonly form: "before"; readonly operator: RegExp; readonly make: (operator: string, operand: Expression) => Expression }
  | { readonly form: "between"; readonly operator: RegExp; readonly of: Chain; readonly rightToLeft?: true }
  | { readonly form: "choice" };

/** Tightest first. Names of operators need no blank behind them: `notfoo` is `not foo`. */
const levels: readonly Level[] = [
  { form: "before", operator: WORD, make: (name, argument) => ({ kind: "call", name, argument }) },
  { form: "between", operator: /\^/y, of: "power", rightToLeft: true },
  { form: "before", operator: /[+-]/y, make: (sign, operand) => ({ kind: "sign", sign, operand }) },
  { form: "between", operator: /[*/]/y, of: "product" },
  { form: "between", operator: /[+-]/y, of: "sum" },
  { form: "before", operator: /NOT|not|!/y, make: (_, operand) => ({ kind: "not", operand }) },
  { form: "between", operator: /<=|<>|<|>=|>|!=|==/y, of: "comparison" },
  { form: "choice" },
  { form: "between", operator: /AND|and|&&/y, of: "and" },
  { form: "between", operator: /OR|or|\|\|/y, of: "or" },
  { form: "between", operator: /,/y, of: "list", rightToLeft: true },
];
const QUESTION = /\?/y;
const COLON = /:/y;

/** @throws PythonError EvaluatorParseException where the text cannot be read to its end */
export function parseExpression(text: string): Expression {
  const reader = new Reader(expandTabs(text));
  const found = reader.read(levels.length, 0);
  if (found === null || !reader.isEnd(found.end))
    throw new PythonError("EvaluatorParseException", `${JSON.stringify(text)} cannot be read behind character ${found?.end ?? 0}`);
  return found.expression;
}

/** str.expandtabs(), which pyparsing applies to what it reads, also within quotes. */
function expandTabs(text: string): string {
  let column = 0;
  let out = "";
  for (const character of text) {
    const width = character === "\t" ? 8 - (column % 8) : 1;
    out += character === "\t" ? " ".repeat(width) : character;
    column = character === "\n" || character === "\r" ? 0 : column + width;
  }
  return out;
}

class Reader {
  private readonly text: string;
  /** What was read at a level and place: without it, nested `not (` that lead nowhere take time that doubles with each. */
  private readonly known = new Map<number, Found | null>();

  constructor(text: string) {
    this.text = text;
  }

  isEnd(at: number): boolean {
    return this.skipSpace(at) === this.text.length;
  }

  /** Reads as much as it can with the operators of the `depth` tightest levels; null where not even an operand stands. */
  read(depth: number, at: number): Found | null {
    const place = at * (levels.length + 1) + depth;
    const known = this.known.get(place);
    if (known !== undefined) return known;
    const found = this.readAnew(depth, at);
    this.known.set(place, found);
    return found;
  }

  private readAnew(depth: number, at: number): Found | null {
    if (depth === 0) return this.operand(at);
    const level = levels[depth - 1]!;
    if (level.form === "before") {
      const operator = this.take(level.operator, at);
      const operand = operator === null ? null : this.read(depth, operator.end);
      if (operator !== null && operand !== null) return { expression: level.make(operator.text, operand.expression), end: operand.end };
      return this.read(depth - 1, at);
    }
    const first = this.read(depth - 1, at);
    if (first === null) return null;
    if (level.form === "choice") return this.choice(depth, first);
    const rest: Link[] = [];
    let end = first.end;
    for (;;) {
      const operator = this.take(level.operator, end);
      const operand = operator === null ? null : this.read(level.rightToLeft ? depth : depth - 1, operator.end);
      if (operator === null || operand === null) break;
      rest.push({ operator: operator.text, operand: operand.expression });
      end = operand.end;
    }
    return rest.length === 0 ? first : { expression: { kind: "chain", of: level.of, first: first.expression, rest }, end };
  }

  /** `a ? b : c`, and any further `? d : e` behind it, which is read and means nothing. */
  private choice(depth: number, condition: Found): Found {
    let result = condition;
    for (;;) {
      const question = this.take(QUESTION, result.end);
      const yes = question === null ? null : this.read(depth - 1, question.end);
      const colon = yes === null ? null : this.take(COLON, yes.end);
      const no = colon === null ? null : this.read(depth - 1, colon.end);
      if (yes === null || no === null) return result;
      const first = result === condition;
      const expression: Expression = first
        ? { kind: "choice", condition: condition.expression, yes: yes.expression, no: no.expression }
        : result.expression;
      result = { expression, end: no.end };
    }
  }

  private operand(at: number): Found | null {
    for (const pattern of [NUMBER, WORD]) {
      const found = this.take(pattern, at);
      if (found !== null) return { expression: { kind: "constant", text: found.text }, end: found.end };
    }
    for (const pattern of QUOTED) {
      const found = this.take(pattern, at);
      if (found !== null && this.text[found.end] === found.text[0])
        return { expression: { kind: "constant", text: found.text + found.text[0] }, end: found.end + 1 };
    }
    const open = this.take(OPEN, at);
    const inside = open === null ? null : this.read(levels.length, open.end);
    const close = inside === null ? null : this.take(CLOSE, inside.end);
    return inside === null || close === null ? null : { expression: inside.expression, end: close.end };
  }

  private take(pattern: RegExp, at: number): { readonly text: string; readonly end: number } | null {
    pattern.lastIndex = this.skipSpace(at);
    const found = pattern.exec(this.text);
    return found === null ? null : { text: found[0], end: pattern.lastIndex };
  }

  private skipSpace(at: number): number {
    SPACE.lastIndex = at;
    SPACE.exec(this.text);
    return SPACE.lastIndex;
  }
}
