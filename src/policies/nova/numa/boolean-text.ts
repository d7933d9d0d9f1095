// Texts that mean yes. Every other text means no, none is unreadable.
// @source oslo_utils/strutils.py (bool_from_string)
const yes: readonly string[] = ["1", "t", "true", "on", "y", "yes"];

export const booleanIn = (text: string): boolean => yes.includes(text.trim().toLowerCase());
