// The left side of a check is tried as a Python literal first: `'Member':%(role.name)s` and `True:%(enabled)s` compare a constant, `user_id:…`
// a value of the credentials. Text that is not even an expression, such as nothing at all, makes Python raise SyntaxError.
// @source Python 3 library: ast.literal_eval; oslo.policy 4.0.0: GenericCheck
import { PythonError, PythonFloat, PythonObject, type PythonValue, str } from "../python/python-values.ts";

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass " +
    "raise return try while with yield"
  ).split(" "),
);
const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const NUMBER =
  /(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?)/y;
const STRING = /([rR][bBfF]?|[bBfF][rR]?|[uU])?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/sy;
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
    const signedTwice = /[-+~]/.test(text[at] ?? "");
    // A parenthesis around a second sign does not make it a constant either.
    const nested = /^\(+[-+~]/.test(text.slice(at));
    const inner = operand();
    if (inner === "other" || found[0] === "~" || signedTwice || nested) return "other";
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
    if (string !== null) return strings(string);
    if (takeMark("...")) return { constant: new PythonObject("Ellipsis") };
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
    const plain = digits.replaceAll("_", "");
    const imaginary = take(/[jJ]/y) !== null;
    if (!imaginary && /^0\d*[1-9]/.test(plain) && /^\d+$/.test(plain)) return fail();
    // A letter straight after a number is an error: "1a".
    if (take(NAME) !== null) return fail();
    if (imaginary) return { constant: new PythonObject(`${plain}j`) };
    const whole = /^(?:\d+|0[xXoObB].*)$/.test(plain);
    return { constant: whole ? Number(plain) : new PythonFloat(Number(plain)) };
  };

  /** Strings that follow one another are one. */
  const strings = (first: RegExpExecArray): Expression => {
    const parts = [first];
    for (let next = take(STRING); next !== null; next = take(STRING)) parts.push(next);
    const kinds = parts.map(([, prefix = ""]) => prefix.toLowerCase());
    const bytes = kinds.filter((kind) => kind.includes("b")).length;
    if (bytes > 0 && bytes < parts.length) return fail();
    if (kinds.some((kind) => kind.includes("f"))) return "other";
    const inner = parts
      .map(([, , quoted], i) => (kinds[i]!.includes("r") ? quoted!.slice(1, -1) : unescaped(quoted!.slice(1, -1))))
      .join("");
    return { constant: bytes > 0 ? new PythonObject(`b${str([inner]).slice(1, -1)}`) : inner };
  };

  /** All of the text: one expression, or several at commas, which are a tuple. */
  const whole = (): Expression => {
    const found: Expression[] & { trailing?: boolean } = [expression()];
    while ((found.trailing = takeMark(",")) && at < text.length && text[at] !== "#") found.push(expression());
    return tuple(found);
  };

  const result = whole();
  if (at < text.length && text[at] !== "#") return fail();
  return result === "other" ? null : { value: result.constant };
}

function constants(found: readonly Expression[]): readonly PythonValue[] | null {
  const values = found.map((one) => (one === "other" ? undefined : one.constant));
  return values.includes(undefined) ? null : (values as readonly PythonValue[]);
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'", '"': '"' };

function unescaped(text: string): string {
  return text.replace(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|[0-7]{1,3}|.)/gs, (all, code: string) => {
    if (/^[xu]./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? all);
  });
}
