// The left side of a check is tried as a Python literal first: `'Member':%(role.name)s` and `True:%(enabled)s` compare a constant, `user_id:…`
// a value of the credentials. Text that is not even an expression, such as nothing at all, makes Python raise SyntaxError.
// @source Python 3 library: ast.literal_eval; oslo.policy 4.0.0: GenericCheck
import { PythonError, PythonFloat, PythonObject, type PythonValue, str } from "../nova/python-values.ts";

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass " +
    "raise return try while with yield"
  ).split(" "),
);
const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const NUMBER =
  /(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?)/y;
const STRING = /([rRuUbBfF]{0,2})('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/sy;
const OPERATOR = /\*\*|\/\/|<<|>>|<=|>=|==|!=|[-+*/%@&|^<>]/y;

/** What an expression is: a constant, or something that has to be looked up. */
type Expression = { readonly constant: PythonValue } | "other";

/**
 * The constant that the text is, or null if it is an expression of another kind, such as a name.
 * @throws PythonError SyntaxError if it is no expression
 */
export function literalOf(text: string): { readonly value: PythonValue } | null {
  let at = 0;
  const fail = (): never => {
    throw new PythonError("SyntaxError", `"${text}" is no Python expression`);
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const takeMark = (mark: string): boolean => {
    if (!text.startsWith(mark, at)) return false;
    at += mark.length;
    return true;
  };

  const expression = (): Expression => {
    let left = operand();
    while (take(OPERATOR) !== null) {
      operand();
      left = "other";
    }
    return left;
  };

  const operand = (): Expression => {
    const sign = /[-+~]/y;
    const found = take(sign);
    if (found === null) return postfix();
    const inner = operand();
    if (inner === "other" || found[0] === "~") return "other";
    const { constant } = inner;
    if (typeof constant === "number") return { constant: found[0] === "-" ? 0 - constant : constant };
    if (constant instanceof PythonFloat) return { constant: found[0] === "-" ? new PythonFloat(-constant.value) : constant };
    return "other";
  };

  const postfix = (): Expression => {
    let value = atom();
    for (;;) {
      if (takeMark(".")) {
        const name = take(NAME);
        if (name === null || KEYWORDS.has(name[0]) || /^(?:True|False|None)$/.test(name[0])) return fail();
      } else if (takeMark("(")) sequence(")");
      else if (takeMark("[")) {
        if (sequence("]").length === 0) return fail();
      } else return value;
      value = "other";
    }
  };

  /** Expressions at commas up to the closing mark; a comma may stand before it. */
  const sequence = (close: string): readonly Expression[] & { trailing?: boolean } => {
    const found: Expression[] & { trailing?: boolean } = [];
    while (!takeMark(close)) {
      found.push(expression());
      found.trailing = takeMark(",");
      if (!found.trailing && !text.startsWith(close, at)) return fail();
    }
    return found;
  };

  const atom = (): Expression => {
    const string = take(STRING);
    if (string !== null) return stringConstant(string[1]!, string[2]!);
    const number = take(NUMBER);
    if (number !== null) return numberConstant(number[0]);
    const name = take(NAME);
    if (name !== null) {
      if (KEYWORDS.has(name[0])) return fail();
      const known = new Map<string, PythonValue>([
        ["None", null],
        ["True", true],
        ["False", false],
      ]).get(name[0]);
      return known === undefined ? "other" : { constant: known };
    }
    if (takeMark("[")) {
      const values = constants(sequence("]"));
      return values === null ? "other" : { constant: values };
    }
    if (takeMark("(")) return tuple(sequence(")"));
    if (takeMark("{")) return braces();
    return fail();
  };

  const tuple = (found: readonly Expression[] & { trailing?: boolean }): Expression => {
    if (found.length === 1 && !found.trailing) return found[0]!;
    const values = constants(found);
    if (values === null) return "other";
    const inner = str(values).slice(1, -1);
    return { constant: new PythonObject(values.length === 1 ? `(${inner},)` : `(${inner})`) };
  };

  const braces = (): Expression => {
    const pairs: (readonly [Expression, Expression | null])[] = [];
    while (!takeMark("}")) {
      const key = expression();
      pairs.push([key, takeMark(":") ? expression() : null]);
      if (!takeMark(",") && !text.startsWith("}", at)) return fail();
    }
    // A check is split at its first colon, so that of all dictionaries only the empty one comes here.
    if (pairs.length === 0) return { constant: new Map() };
    const values = constants(pairs.map(([key]) => key));
    return values === null || pairs.some(([, value]) => value !== null)
      ? "other"
      : { constant: new PythonObject(`{${str(values).slice(1, -1)}}`) };
  };

  const numberConstant = (digits: string): Expression => {
    if (/^0[\d_]*[1-9]/.test(digits) && /^[\d_]+$/.test(digits)) return fail();
    const plain = digits.replaceAll("_", "");
    const imaginary = take(/[jJ]/y) !== null;
    // A letter straight after a number is an error: "1a".
    if (take(NAME) !== null) return fail();
    if (imaginary) return { constant: new PythonObject(`${plain}j`) };
    const whole = /^(?:\d+|0[xXoObB].*)$/.test(plain);
    return { constant: whole ? Number(plain) : new PythonFloat(Number(plain)) };
  };

  const stringConstant = (prefix: string, quoted: string): Expression => {
    const kind = prefix.toLowerCase();
    const inner = kind.includes("r") ? quoted.slice(1, -1) : unescaped(quoted.slice(1, -1));
    if (kind.includes("f")) return "other";
    return { constant: kind.includes("b") ? new PythonObject(`b${str([inner]).slice(1, -1)}`) : inner };
  };

  const result = expression();
  if (at < text.length && text[at] !== "#") return fail();
  return result === "other" ? null : { value: result.constant };
}

function constants(found: readonly Expression[]): readonly PythonValue[] | null {
  const values = found.map((one) => (one === "other" ? undefined : one.constant));
  return values.includes(undefined) ? null : (values as readonly PythonValue[]);
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'", '"': '"', "0": "\0" };

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (all, character: string) => escapes[character] ?? all);
}
