// The little language of extra-spec requirements: `>= 4`, `s== x86_64`, `<in> aes`, `<or> kvm <or> qemu`, or a literal.
// @source nova/scheduler/filters/extra_specs_ops.py
import { compareText, PythonError, toFloat, words as wordsOf } from "../python/python-values.ts";

/**
 * Does `value` meet `requirement`?
 * @throws PythonError where Nova would raise: ValueError when an operator wants a number and gets none, IndexError for `<or>` alone
 */
export function matchesExtraSpec(value: string, requirement: string): boolean {
  const words = wordsOf(requirement);
  const operator = words[0];
  const operand = words[1];
  switch (operator) {
    case "=": // sic: "=" means at least
    case ">=":
      return operand !== undefined && toFloat(value) >= toFloat(operand);
    case "==":
      return operand !== undefined && toFloat(value) === toFloat(operand);
    case "!=":
      return operand !== undefined && toFloat(value) !== toFloat(operand);
    case "<=":
      return operand !== undefined && toFloat(value) <= toFloat(operand);
    case "s==":
      return operand !== undefined && value === operand;
    case "s!=":
      return operand !== undefined && value !== operand;
    case "s<":
      return operand !== undefined && compareText(value, operand) < 0;
    case "s<=":
      return operand !== undefined && compareText(value, operand) <= 0;
    case "s>":
      return operand !== undefined && compareText(value, operand) > 0;
    case "s>=":
      return operand !== undefined && compareText(value, operand) >= 0;
    case "<in>":
      return operand !== undefined && value.includes(operand);
    case "<all-in>":
      return words.length > 1 && words.slice(1).every((word) => value.includes(word));
    case "<or>":
      if (operand === undefined) throw new PythonError("IndexError", '"<or>" without an operand');
      return words.some((word, i) => i % 2 === 1 && word === value);
    default:
      return value === requirement;
  }
}
