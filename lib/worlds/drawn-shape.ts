// Owns what shapes look like: how far a point lies from an edge. Knows nothing of motion, colours or frames.

/** The plainest shapes. */
export const plainShapeKinds = ['disc', 'square', 'triangle'] as const;

/** The shapes that there are. */
export const shapeKinds = [...plainShapeKinds, 'diamond', 'pill', 'cross', 'ring', 'frame'] as const;

/** One of {@link shapeKinds}. */
export type ShapeKind = (typeof shapeKinds)[number];

/** About how many pixels from a point `(x, y)` relative to the centre to the edge of a shape: below 0 inside, above 0 outside. */
export const edgeDistances: { readonly [Kind in ShapeKind]: (x: number, y: number, radius: number) => number } = {
  disc: (x, y, radius) => Math.hypot(x, y) - radius,
  square: (x, y, radius) => fromBox(x, y, 0.9 * radius, 0.9 * radius),
  // Equilateral, a corner up, 2 radii wide: the largest distance from its three sides, each radius / √3 from their common
  // point, which lies radius / √12 below the middle of its height.
  triangle: (x, y, radius) => {
    const below = y - radius / Math.sqrt(12);
    return Math.max(below, (Math.sqrt(3) / 2) * Math.abs(x) - below / 2) - radius / Math.sqrt(3);
  },
  diamond: (x, y, radius) => (Math.abs(x) + Math.abs(y) - radius) / Math.SQRT2,
  pill: (x, y, radius) => Math.hypot(Math.max(0, Math.abs(x) - radius / 2), y) - radius / 2,
  cross: (x, y, radius) => Math.min(fromBox(x, y, radius, 0.34 * radius), fromBox(x, y, 0.34 * radius, radius)),
  ring: (x, y, radius) => Math.abs(Math.hypot(x, y) - 0.7 * radius) - 0.3 * radius,
  frame: (x, y, radius) => Math.abs(Math.max(Math.abs(x), Math.abs(y)) - 0.65 * radius) - 0.25 * radius,
};

/** How far each shape reaches from its centre along both axes, in radii. */
export const shapeExtents: { readonly [Kind in ShapeKind]: { readonly x: number; readonly y: number } } = {
  disc: { x: 1, y: 1 },
  square: { x: 0.9, y: 0.9 },
  triangle: { x: 1, y: Math.sqrt(3) / 2 },
  diamond: { x: 1, y: 1 },
  pill: { x: 1, y: 0.5 },
  cross: { x: 1, y: 1 },
  ring: { x: 1, y: 1 },
  frame: { x: 0.9, y: 0.9 },
};

/** From the nearest side of a box of half so many pixels. */
function fromBox(x: number, y: number, halfWidth: number, halfHeight: number): number {
  return Math.max(Math.abs(x) - halfWidth, Math.abs(y) - halfHeight);
}
