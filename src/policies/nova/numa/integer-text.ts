// Whole numbers in texts, as Python's int() reads them: a sign, blanks around and single underscores between digits are fine.
import { Refusal } from "./refusal.ts";

/** The number, or null for any other text. */
export function integerIn(text: string): number | null {
  const trimmed = text.trim();
  return /^[+-]?\d+(_\d+)*$/.test(trimmed) ? Number(trimmed.replaceAll("_", "")) : null;
}

/** The number; refuses any other text with ValueError. */
export function integerOf(property: string, text: string): number {
  const number = integerIn(text);
  if (number === null) throw new Refusal("ValueError", `${property} is "${text}", expected a whole number`);
  return number;
}
