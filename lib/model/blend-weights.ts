// Owns the linear blend over time as a matrix for each place, so that a graph can fill a clip in by one product. Knows nothing
// of pixels.

/**
 * For each place the matrix `[S, S]` whose row s says how step s is made of the steps: itself where it is visible; where it is
 * hidden, the nearest visible ones before and after it, weighted by their distance; a copy where there is only one of them;
 * nothing (zeros) where no step is visible.
 * @param hidden `[places, S]`, 1 where it is hidden
 * @returns `[places, S, S]`
 */
export function blendWeights(hidden: Float32Array, steps: number): Float32Array {
  const weights = new Float32Array(hidden.length * steps);
  const next = new Int32Array(steps);
  for (let start = 0; start < hidden.length; start += steps) {
    let following = -1;
    for (let step = steps - 1; step >= 0; step--) {
      if (hidden[start + step] === 0) following = step;
      next[step] = following;
    }
    let before = -1;
    for (let step = 0; step < steps; step++) {
      const row = (start + step) * steps;
      const after = next[step] ?? -1;
      if (after === step) before = step;
      if (before < 0 && after < 0) break;
      if (before < 0 || after < 0 || before === after) {
        weights[row + Math.max(before, after)] = 1;
        continue;
      }
      const share = (step - before) / (after - before);
      weights[row + before] = 1 - share;
      weights[row + after] = share;
    }
  }
  return weights;
}
