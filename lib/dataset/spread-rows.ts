// Owns the choice of a few clips that stand for many. Knows nothing of what is done with them.

/** At most so many of the rows, evenly spread, in their order. */
export function spreadRows(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows;
  return Int32Array.from({ length: most }, (_, index) => rows[Math.floor((index * rows.length) / most)] ?? 0);
}
