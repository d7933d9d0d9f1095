// A number of the model and where it comes from. Every default is declared once as a parameter, next to the code that uses it; the
// scenario schema, `orrery explain` and the docs read that one object.

/** How far a value can be trusted, with the tags of the reference texts. */
export type Evidence = "verified" | "derived" | "from memory" | "assumed";

export interface Parameter<T extends number | string | boolean = number> {
  /** Name as a scenario or an operator writes it, e.g. `nova.max_attempts`. */
  readonly name: string;
  readonly value: T;
  /** Unit of `value` (`us`, `B`, `B/s`, `1`, `W`, ...); `1` for a pure number, `text` for a word. */
  readonly unit: string;
  readonly meaning: string;
  /** File, paper, measurement or reasoning behind the value. */
  readonly source: string;
  readonly evidence: Evidence;
}

export function parameter<T extends number | string | boolean>(declaration: Parameter<T>): Parameter<T> {
  return declaration;
}
