// Rows as aligned columns without any lines around them: what a person reads in a terminal, a log or a mail.

export type Align = "left" | "right";

/** The last column is not padded. Missing cells are empty; columns without an alignment go left. */
export function plainColumns(rows: readonly (readonly string[])[], aligns: readonly Align[] = [], gap = "  "): readonly string[] {
  const count = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const widths = Array.from({ length: count }, (_, i) => rows.reduce((most, row) => Math.max(most, (row[i] ?? "").length), 0));
  return rows.map((row) =>
    widths
      .map((width, i) => (aligns[i] === "right" ? (row[i] ?? "").padStart(width) : (row[i] ?? "").padEnd(width)))
      .join(gap)
      .trimEnd(),
  );
}

/** `a, b and c`; of more than `most`, `a, b and 7 more`. */
export function listed(names: readonly string[], most = Number.POSITIVE_INFINITY): string {
  if (names.length <= 1) return names[0] ?? "none";
  if (names.length > most) return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** `1 host`, `2 hosts`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string => `${count} ${count === 1 ? noun : plural}`;
