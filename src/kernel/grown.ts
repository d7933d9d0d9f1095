// Columns grow when rows come that nobody has foreseen: a longer copy takes the place of the old one.

/** A copy of the column with `length` rows, no fewer than it has; rows that are new hold `fill`. */
export function grown(column: Float64Array, length: number, fill?: number): Float64Array<ArrayBuffer>;
export function grown(column: Int32Array, length: number, fill?: number): Int32Array<ArrayBuffer>;
export function grown(column: Float64Array | Int32Array, length: number, fill = 0): Float64Array | Int32Array {
  const longer = column instanceof Float64Array ? new Float64Array(length) : new Int32Array(length);
  longer.set(column);
  if (fill !== 0) longer.fill(fill, column.length);
  return longer;
}
