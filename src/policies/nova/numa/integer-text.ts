// Whole numbers that a server's properties must hold: any other text refuses it.
import { integerIn } from "../../python/text-values.ts";
import { Refusal } from "./refusal.ts";

/** The number; refuses any other text with ValueError. */
export function integerOf(property: string, text: string): number {
  const number = integerIn(text);
  if (number === null) throw new Refusal("ValueError", `${property} is "${text}", expected a whole number`);
  return number;
}
