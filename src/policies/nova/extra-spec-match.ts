// The little language of extra-spec requirements: `>= 4`, `s== x86_64`, `<in> aes`, `<or> kvm <or> qemu`, or a literal.
// @source nova/scheduler/filters/extra_specs_ops.py

/** Raised when an operator wants a number and gets none: in Nova the whole request fails then. */
export class ExtraSpecError extends Error {}

/** Does `value` meet `requirement`? Throws `ExtraSpecError` where Nova would raise. */
export function matchesExtraSpec(value: string, requirement: string): boolean {
  const words = requirement.split(/\s+/).filter((word) => word !== "");
  const operator = words[0];
  const operand = words[1];
  switch (operator) {
    case "=": // sic: "=" means at least
    case ">=":
      return operand !== undefined && number(value) >= number(operand);
    case "==":
      return operand !== undefined && number(value) === number(operand);
    case "!=":
      return operand !== undefined && number(value) !== number(operand);
    case "<=":
      return operand !== undefined && number(value) <= number(operand);
    case "s==":
      return operand !== undefined && value === operand;
    case "s!=":
      return operand !== undefined && value !== operand;
    case "s<":
      return operand !== undefined && value < operand;
    case "s<=":
      return operand !== undefined && value <= operand;
    case "s>":
      return operand !== undefined && value > operand;
    case "s>=":
      return operand !== undefined && value >= operand;
    case "<in>":
      return operand !== undefined && value.includes(operand);
    case "<all-in>":
      return words.length > 1 && words.slice(1).every((word) => value.includes(word));
    case "<or>":
      if (operand === undefined) throw new ExtraSpecError('"<or>" without an operand');
      return words.some((word, i) => i % 2 === 1 && word === value);
    default:
      return value === requirement;
  }
}

/** Python's float(): exponents, signs, inf, nan and underscores between digits. */
function number(text: string): number {
  const trimmed = text.trim();
  if (/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)([eE][+-]?\d+(_\d+)*)?$/.test(trimmed)) return Number(trimmed.replaceAll("_", ""));
  const word = trimmed.toLowerCase().replace(/^[+-]/, "");
  const sign = trimmed.startsWith("-") ? -1 : 1;
  if (word === "inf" || word === "infinity") return sign * Number.POSITIVE_INFINITY;
  if (word === "nan") return Number.NaN;
  throw new ExtraSpecError(`"${text}" is not a number`);
}
