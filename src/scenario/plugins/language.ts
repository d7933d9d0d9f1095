// What is left of the language to a user's own code: what gives the same answer on every machine, at any time, and comes to an end.

/** Passes through loops, calls of functions, and entries and characters gone through by the language, that one call of a plug-in may make. */
export const MAX_STEPS = 10_000_000;
/** Calls that may be open within each other; far below what the smallest stack holds. */
export const MAX_DEPTH = 500;

/** Every global name there is. */
export const GLOBALS: readonly string[] = [
  ..."undefined NaN Infinity Object Array Number Boolean String Symbol JSON Math Map Set WeakMap WeakSet".split(" "),
  ..."Error EvalError RangeError ReferenceError SyntaxError TypeError URIError isFinite isNaN parseFloat parseInt".split(" "),
];

/** Of Math, what gives the same bits everywhere; log, exp and pow are Orrery's own. */
export const EXACT_MATH: readonly string[] =
  "abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2".split(" ");
export const OWN_MATH: readonly string[] = ["exp", "log", "pow"];

const NO_CLOCK = "an answer may depend on the host and the request alone, not on the clock of the machine";
export const NO_CHANCE = "an answer may depend on the host and the request alone; for chance, set host_subset_size in the policy";
export const NO_OUTSIDE = "a plug-in cannot reach out of the simulation";
/** A pattern may search for ever in a single step. */
export const NO_PATTERNS = "the work of a regular expression cannot be counted; compare with ===, includes, startsWith or endsWith";
/** Methods that make a regular expression of a text. */
export const PATTERN_METHODS: readonly string[] = ["match", "matchAll", "search"];
/** Methods of texts, lists, maps, sets and objects that take no longer for long ones than for short ones; the others count by length. */
export const AT_ONCE: readonly string[] = [
  ..."constructor length prototype name toString valueOf at charAt charCodeAt codePointAt push pop keys values entries add has delete".split(
    " ",
  ),
  ..."is create defineProperty getOwnPropertyDescriptor getPrototypeOf setPrototypeOf hasOwn isExtensible preventExtensions".split(" "),
];
/** Longest text or list that a single step may make. */
export const MAX_LENGTH = 1_000_000;
/** Names that users try, and why they are not there. */
export const REFUSED: ReadonlyMap<string, string> = new Map([
  ["Date", NO_CLOCK],
  ["performance", NO_CLOCK],
  ["crypto", NO_CHANCE],
  ["console", "nothing is printed; decisions.csv in the folder of results tells every weight"],
  ["module", "write export const MyWeigher = {...}"],
  ["exports", "write export const MyWeigher = {...}"],
  ["require", "a plug-in is one file: nothing can be imported but types"],
  ...["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "Promise"].map((name) => [name, "a plug-in answers at once"] as const),
  ...["process", "fetch", "Buffer", "URL", "WebSocket", "Worker", "navigator", "window", "document"].map(
    (name) => [name, NO_OUTSIDE] as const,
  ),
  ...["eval", "Function", "globalThis", "Proxy", "Reflect"].map((name) => [name, "code that makes code cannot be checked"] as const),
  ["RegExp", NO_PATTERNS],
  ["arguments", "name the parameters, or write (...values)"],
  ["Intl", "the order of texts would depend on the machine"],
]);
/** Methods whose answer depends on the language of the machine. */
export const LOCALE = /^(localeCompare|toLocale[A-Z]\w*)$/;

/** 10000000 is `10,000,000`. */
export const withCommas = (whole: number): string => String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
