// How numbers are shown to a person. An interval decides how far a mean is written out: its half-width gets two significant digits and the
// mean as many places, so that nothing shown is finer than it is known and nothing that is there is rounded to nothing.

/** A bare number: whole numbers as they are, others with three places, smaller ones with three significant digits. */
export function figure(value: number): string {
  if (Number.isInteger(value)) return String(value === 0 ? 0 : value);
  return Math.abs(value) >= 0.1 ? value.toFixed(3) : value.toPrecision(3);
}

/** A mean to the accuracy of its interval; a bare number where there is none (`halfWidth` infinite) or no spread at all. */
export function rounded(mean: number, halfWidth: number): string {
  const places = placesOf(halfWidth);
  if (places === null) return figure(mean);
  const text = mean.toFixed(places);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** `2551 ± 57`; without interval just `2551`. */
export function withInterval(mean: number, halfWidth: number): string {
  if (!Number.isFinite(halfWidth)) return figure(mean);
  const places = placesOf(halfWidth);
  const spread = places === null ? figure(halfWidth) : halfWidth.toFixed(places);
  return `${rounded(mean, halfWidth)} ± ${spread}`;
}

/** A difference carries its sign; what rounds to zero carries none. */
export function signed(text: string): string {
  return text.startsWith("-") || Number.parseFloat(text) === 0 ? text : `+${text}`;
}

const MOST_PLACES = 6;

/** Decimal places that show two significant digits; null where that says nothing or takes too many. */
function placesOf(halfWidth: number): number | null {
  if (!Number.isFinite(halfWidth) || halfWidth === 0) return null;
  const exponent = Number(halfWidth.toExponential(1).split("e")[1]);
  return exponent < 1 - MOST_PLACES ? null : Math.max(0, 1 - exponent);
}
