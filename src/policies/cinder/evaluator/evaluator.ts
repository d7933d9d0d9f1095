// What a `filter_function` or `goodness_function` comes to. Its arithmetic is Python's, and its surprises are Cinder's: numbers from
// dictionaries are cut to whole ones, and `and`, `or` and `? :` look at their first two operands only.
// @source cinder/scheduler/evaluator/evaluator.py
import { absolute, add, both, divide, either, extreme, float, int, multiply, power, subtract } from "../../python/arithmetic.ts";
import { equal, isList, isTrue, less, PythonError, PythonFloat, type PythonValue } from "../../python/python-values.ts";
import { type Chain, type Expression, type Link, parseExpression } from "./grammar.ts";

/** What `stats.x`, `capabilities.x`, `volume.x`, `qos.x` and `extra.x` stand for; undefined for what there is not. */
export type LookUp = (dictionary: string, key: string) => PythonValue | undefined;

/** Reads each text once: a scheduler meets the same few functions at every pool and decision. */
export class Evaluator {
  private readonly read = new Map<string, Expression>();

  /**
   * @throws PythonError EvaluatorParseException for what cannot be read, for `stats.x` that is not there and for division by zero; KeyError for
   * an unknown function; TypeError, ValueError, OverflowError, ZeroDivisionError as Python would
   */
  evaluate(text: string, lookUp: LookUp): PythonValue {
    let expression = this.read.get(text);
    if (expression === undefined) {
      expression = parseExpression(text);
      this.read.set(text, expression);
    }
    return reckon(expression, lookUp);
  }
}

function reckon(expression: Expression, lookUp: LookUp): PythonValue {
  switch (expression.kind) {
    case "constant":
      return constant(expression.text, lookUp);
    case "call":
      return call(expression.name, reckon(expression.argument, lookUp));
    case "sign":
      return multiply(expression.sign === "-" ? -1 : 1, reckon(expression.operand, lookUp));
    case "not":
      return !isTrue(reckon(expression.operand, lookUp));
    case "choice":
      return reckon(isTrue(reckon(expression.condition, lookUp)) ? expression.yes : expression.no, lookUp);
    case "chain":
      return chains[expression.of](reckon(expression.first, lookUp), expression.rest, (operand) => reckon(operand, lookUp));
  }
}

const NAME = /^([a-zA-Z_]+)\.([a-zA-Z_]+)$/;

/** A word of two names is looked up; whatever it is then goes through int(), then float(), and text loses its quotes. */
function constant(text: string, lookUp: LookUp): PythonValue {
  const [, dictionary, key] = NAME.exec(text) ?? [];
  const value = dictionary === undefined ? text : found(dictionary, key!, lookUp);
  try {
    return int(value);
  } catch (error) {
    if (!isValueError(error)) throw error;
  }
  if (value instanceof PythonFloat) return value; // nan, which has no whole number
  try {
    return new PythonFloat(float(value));
  } catch (error) {
    if (!isValueError(error)) throw error;
  }
  return (value as string).replaceAll('"', "").replaceAll("'", "");
}

const isValueError = (error: unknown): boolean => error instanceof PythonError && error.type === "ValueError";

function found(dictionary: string, key: string, lookUp: LookUp): PythonValue {
  const value = lookUp(dictionary, key);
  if (value === undefined) throw new PythonError("EvaluatorParseException", `there is no ${dictionary}.${key}`);
  return value;
}

function call(name: string, argument: PythonValue): PythonValue {
  const values = isList(argument) ? argument : [argument];
  switch (name) {
    case "max":
    case "min":
      return extreme(values, name);
    case "abs":
      if (values.length !== 1) throw new PythonError("TypeError", `abs() takes one argument, not ${values.length}`);
      return absolute(values[0]!);
    default:
      throw new PythonError("KeyError", `there is no function ${name}`);
  }
}

type Operand = (of: Expression) => PythonValue;
type ChainOf = (first: PythonValue, rest: readonly Link[], operand: Operand) => PythonValue;

const chains: Readonly<Record<Chain, ChainOf>> = {
  power: (first, rest, operand) => rest.reduce((base, link) => power(base, operand(link.operand)), first),
  product: (first, rest, operand) => {
    try {
      return rest.reduce((product, link) => {
        const value = operand(link.operand);
        // The divisor becomes a float first, whatever it was: 6 / '2' is 3.
        return link.operator === "*" ? multiply(product, value) : divide(product, new PythonFloat(float(value)));
      }, first);
    } catch (error) {
      // Also one from within an operand.
      if (error instanceof PythonError && error.type === "ZeroDivisionError")
        throw new PythonError("EvaluatorParseException", error.message);
      throw error;
    }
  },
  sum: (first, rest, operand) => rest.reduce((sum, link) => (link.operator === "+" ? add : subtract)(sum, operand(link.operand)), first),
  comparison: (first, rest, operand) => {
    let left = first;
    for (const link of rest) {
      const right = operand(link.operand);
      if (!compares(link.operator, left, right)) return false;
      left = right;
    }
    return true;
  },
  and: (first, [link], operand) => both(first, operand(link!.operand)),
  or: (first, [link], operand) => either(first, operand(link!.operand)),
  list: (first, [link], operand) => {
    const others = operand(link!.operand);
    return isList(others) ? [first, ...others] : [first, others];
  },
};

function compares(operator: string, a: PythonValue, b: PythonValue): boolean {
  switch (operator) {
    case "==":
      return equal(a, b);
    case "!=":
    case "<>":
      return !equal(a, b);
    case "<":
      return less(a, b, false);
    case "<=":
      return less(a, b, true);
    case ">":
      return less(b, a, false);
    default:
      return less(b, a, true);
  }
}
