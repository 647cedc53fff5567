// Owns the weights by which a line of pixels comes to another length: bilinear, and an average over what each pixel covers where
// the line gets shorter. Knows nothing of clips.

/** What each pixel of the new line is made of: `count` neighbours from `first[x]` on, weighted by `weights[x · count …]`. */
export type ResamplingTaps = {
  /** Neighbours of each pixel, at least 1. */
  readonly count: number;
  /** The first neighbour of each pixel; that one and the `count - 1` after it lie in the old line. */
  readonly first: Int32Array;
  /** In parts of `2 ** weightBits`; those of a pixel are not below 0 and sum to just that. */
  readonly weights: Int32Array;
};

/** Two passes over 8 bits stay below 31 bits: 8 + 11 + 11. */
export const weightBits = 11;

const one = 2 ** weightBits;

/**
 * The triangle filter, as wide as a pixel of the old line or of the new one, whichever is wider, cut off at the ends of the old
 * line (what Pillow and torchvision call bilinear with antialiasing).
 * @param from pixels of the old line, at least 1
 * @param to pixels of the new line, at least 1
 * @param isMirrored whether the new line runs backwards
 */
export function planTaps(from: number, to: number, isMirrored: boolean): ResamplingTaps {
  const scale = from / to;
  const reach = Math.max(1, scale);
  const count = Math.min(from, 2 * Math.ceil(reach));
  const first = new Int32Array(to);
  const weights = new Int32Array(to * count);
  const exact = new Float64Array(count);
  for (let place = 0; place < to; place++) {
    const centre = (place + 0.5) * scale;
    // The first pixel whose middle lies within reach.
    const start = Math.min(Math.max(0, Math.floor(centre - reach + 0.5)), from - count);
    for (let tap = 0; tap < count; tap++) {
      exact[tap] = Math.max(0, 1 - Math.abs(start + tap + 0.5 - centre) / reach);
    }
    const target = isMirrored ? to - 1 - place : place;
    first[target] = start;
    quantise(exact, weights, target * count);
  }
  return { count, first, weights };
}

/** Writes whole numbers of sum `one`, next to the given proportions; what rounding leaves over goes to the largest. */
function quantise(exact: Float64Array, into: Int32Array, start: number): void {
  let sum = 0;
  for (let tap = 0; tap < exact.length; tap++) sum += exact[tap] ?? 0;
  let rest = one;
  let largest = 0;
  for (let tap = 0; tap < exact.length; tap++) {
    const weight = Math.round((one * (exact[tap] ?? 0)) / sum);
    into[start + tap] = weight;
    rest -= weight;
    if ((exact[tap] ?? 0) > (exact[largest] ?? 0)) largest = tap;
  }
  into[start + largest] = (into[start + largest] ?? 0) + rest;
}
