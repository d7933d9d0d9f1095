// JSON as Python reads it: 16 and 16.0 stay different, keys keep their order, NaN and Infinity are numbers. JavaScript's parser forgets all three,
// and Nova compares the text of what it read.
// @source Python 3 library: json.loads
import { PythonError, PythonFloat, type PythonValue } from "./python-values.ts";

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a JSON text may not hold them
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const words: readonly (readonly [string, PythonValue])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", new PythonFloat(Number.NaN)],
  ["Infinity", new PythonFloat(Number.POSITIVE_INFINITY)],
  ["-Infinity", new PythonFloat(Number.NEGATIVE_INFINITY)],
];

/** @throws PythonError JSONDecodeError, which is a ValueError */
export function parseJson(text: string): PythonValue {
  let at = 0;
  const fail = (): never => {
    throw new PythonError("JSONDecodeError", `no JSON at character ${at}`);
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const takeMark = (mark: string): boolean => {
    take(SPACE);
    if (!text.startsWith(mark, at)) return false;
    at += mark.length;
    return true;
  };
  const string = (): string => {
    take(SPACE);
    const found = take(STRING);
    return found === null ? fail() : (JSON.parse(found[0]) as string);
  };
  const list = (): PythonValue => {
    const entries: PythonValue[] = [];
    if (takeMark("]")) return entries;
    do entries.push(value());
    while (takeMark(","));
    return takeMark("]") ? entries : fail();
  };
  const dict = (): PythonValue => {
    const entries = new Map<string, PythonValue>();
    if (takeMark("}")) return entries;
    do {
      const key = string();
      if (!takeMark(":")) fail();
      entries.set(key, value());
    } while (takeMark(","));
    return takeMark("}") ? entries : fail();
  };
  const value = (): PythonValue => {
    if (takeMark("{")) return dict();
    if (takeMark("[")) return list();
    if (text[at] === '"') return string();
    for (const [word, meaning] of words) if (takeMark(word)) return meaning;
    const number = take(NUMBER);
    if (number === null) return fail();
    if (number[1] !== undefined || number[2] !== undefined) return new PythonFloat(Number(number[0]));
    const integer = Number(number[0]) + 0;
    return Number.isSafeInteger(integer) ? integer : BigInt(number[0]);
  };
  const whole = value();
  take(SPACE);
  return at === text.length ? whole : fail();
}
