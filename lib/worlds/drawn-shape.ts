// Owns what shapes look like: how far a point lies from an edge, and colours. Knows nothing of motion or frames.

/** Red, green and blue, 0 to 255 each, not necessarily whole. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The shapes that there are. */
export const shapeKinds = ['disc', 'square', 'triangle'] as const;

/** One of {@link shapeKinds}. */
export type ShapeKind = (typeof shapeKinds)[number];

/** Pixels from a point `(x, y)` relative to the centre to the edge of a shape: below 0 inside, above 0 outside. */
export const edgeDistances: { readonly [Kind in ShapeKind]: (x: number, y: number, radius: number) => number } = {
  disc: (x, y, radius) => Math.hypot(x, y) - radius,
  square: (x, y, radius) => Math.max(Math.abs(x), Math.abs(y)) - 0.9 * radius,
  // Equilateral, a corner up, 2 radii wide: the largest distance from its three sides, each radius / √3 from their common
  // point, which lies radius / √12 below the middle of its height.
  triangle: (x, y, radius) => {
    const below = y - radius / Math.sqrt(12);
    return Math.max(below, (Math.sqrt(3) / 2) * Math.abs(x) - below / 2) - radius / Math.sqrt(3);
  },
};

/** How far each shape reaches from its centre along both axes, in radii. */
export const shapeExtents: { readonly [Kind in ShapeKind]: { readonly x: number; readonly y: number } } = {
  disc: { x: 1, y: 1 },
  square: { x: 0.9, y: 0.9 },
  triangle: { x: 1, y: Math.sqrt(3) / 2 },
};

/** `share` of the second colour in the first: 0 gives the first, 1 the second. */
export function mixColours(first: Colour, second: Colour, share: number): Colour {
  return [
    first[0] + (second[0] - first[0]) * share,
    first[1] + (second[1] - first[1]) * share,
    first[2] + (second[2] - first[2]) * share,
  ];
}
