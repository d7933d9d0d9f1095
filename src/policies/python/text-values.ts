// Extra specs and image properties are texts; Nova and Cinder read numbers and booleans out of them as Python does.
// @source Python's int(); oslo_utils/strutils.py, bool_from_string

/** `7`, ` +7 `, `007`, `1_0`; null for everything else (`1.5`, empty). */
export function integerIn(text: string): number | null {
  const trimmed = text.trim();
  return /^[+-]?\d+(_\d+)*$/.test(trimmed) ? Number(trimmed.replaceAll("_", "")) + 0 : null; // no -0
}

/** 1, t, true, on, y, yes in any case; everything else is false. */
export function booleanIn(text: string): boolean {
  return /^(1|t|true|on|y|yes)$/i.test(text.trim());
}
