// How busy servers are in time: for each server and each step of equal length the share of its vCPUs that the guest keeps busy. A series is a
// pure function, so two policies see the same demand whatever they ask for and in which order; some series remember what they worked out
// last, which makes asking server by server, step after step, fast and changes no answer.
import type { Micros } from "../../kernel/time.ts";

export interface UtilisationSeries {
  /** Step s lasts from s to s + 1 times this. */
  readonly stepMicros: Micros;
  /** 0..1; `server` and `step` are whole numbers from 0. */
  at(server: number, step: number): number;
}

/** @throws RangeError when the step is not a positive whole number of microseconds */
export function requireStep(stepMicros: Micros): Micros {
  if (Number.isSafeInteger(stepMicros) && stepMicros > 0) return stepMicros;
  throw new RangeError(`a utilisation series of steps of ${stepMicros} us: expected a positive whole number`);
}

/** @throws RangeError when the value is not a share from 0 to 1; `entity` is named in the message if given */
export function requireShare(what: string, value: number, entity?: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new RangeError(`${what}${entity === undefined ? "" : ` ${entity}`} is ${value}: expected a share from 0 to 1`);
}
