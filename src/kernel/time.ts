// Simulated time is an integer count of microseconds held in a double: exact for 285 years, and equal on every machine.

/** An instant (since the start of the run) or a duration, in whole microseconds. */
export type Micros = number;

export const MILLISECOND: Micros = 1_000;
export const SECOND: Micros = 1_000_000;
export const MINUTE: Micros = 60 * SECOND;
export const HOUR: Micros = 60 * MINUTE;
export const DAY: Micros = 24 * HOUR;
export const WEEK: Micros = 7 * DAY;

/** The largest instant the kernel accepts: 2^53 - 1 microseconds. */
export const MAX_TIME: Micros = Number.MAX_SAFE_INTEGER;

/** Seconds (any real number) to the nearest whole microsecond. */
export function microsFromSeconds(seconds: number): Micros {
  return Math.round(seconds * SECOND);
}

/** `12.5 s`, `3 h 2 min 1 s`, `2 d 4 h`: for messages and tables, never for files that machines read. */
export function formatTime(micros: Micros): string {
  if (!Number.isFinite(micros)) return "never";
  if (micros < MILLISECOND) return `${micros} us`;
  if (micros < SECOND) return `${micros / MILLISECOND} ms`;
  if (micros < MINUTE) return `${micros / SECOND} s`;
  const parts: string[] = [];
  let rest = micros;
  for (const [unit, name] of [
    [DAY, "d"],
    [HOUR, "h"],
    [MINUTE, "min"],
  ] as const) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  if (rest > 0) parts.push(`${rest / SECOND} s`);
  return parts.join(" ");
}
