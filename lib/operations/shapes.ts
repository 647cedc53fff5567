// Owns what is asked of shapes. Knows nothing of graphs.

/** The shape that two shapes broadcast to. @throws {RangeError} where they do not. */
export function broadcastShapes(one: readonly number[], other: readonly number[]): number[] {
  const rank = Math.max(one.length, other.length);
  return Array.from({ length: rank }, (_, axis) => {
    const a = one[axis - rank + one.length] ?? 1;
    const b = other[axis - rank + other.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) throw new RangeError(`[${one.join()}] and [${other.join()}] do not broadcast`);
    return a === 1 ? b : a;
  });
}

/** Whether two shapes are the same. */
export function isSameShape(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((size, axis) => size === other[axis]);
}
