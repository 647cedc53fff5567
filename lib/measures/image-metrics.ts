// Owns the errors of filled-in pixels against the truth, as OpenSTL defines them. Knows nothing of clips, plans or who filled.
// Pixels are given as 0 to 255; all errors are of values in [0, 1].

/** Pixels, 0 to 255; a fill may be fractional and may leave that range. */
export type Pixels = Uint8Array | Float32Array;

/** Sums of errors over some values. */
export type ErrorSums = {
  /** Σ (truth − filled)². */
  readonly squared: number;
  /** Σ |truth − filled|. */
  readonly absolute: number;
  /** Σ (truth − filled)² with the fill clipped to [0, 1]; what PSNR is made of. */
  readonly clippedSquared: number;
  /** How many values were summed. */
  readonly values: number;
};

/** The largest PSNR that is given: that of a mean squared error of 1e-10 or less, where the definition goes to infinity. */
export const psnrCap = 100;

/**
 * Sums of errors over the values `[start, end)`, C to a pixel; `mask` (1 a pixel) leaves out the pixels where it is 0.
 * OpenSTL's MSE and MAE are such sums over a frame, averaged over frames.
 */
export function sumErrors(
  truth: Pixels,
  filled: Pixels,
  { start, end, channels, mask }: { start: number; end: number; channels: number; mask?: Uint8Array },
): ErrorSums {
  let [squared, absolute, clippedSquared, values] = [0, 0, 0, 0];
  for (let index = start, pixel = start / channels; index < end; index += channels, pixel++) {
    if (mask !== undefined && mask[pixel] === 0) continue;
    for (let value = index; value < index + channels; value++) {
      const expected = truth[value] ?? 0;
      const got = filled[value] ?? 0;
      const error = expected - got;
      squared += error * error;
      absolute += error < 0 ? -error : error;
      const clippedError = got < 0 ? expected : got > 255 ? expected - 255 : error;
      clippedSquared += clippedError * clippedError;
    }
    values += channels;
  }
  return { squared: squared / 255 ** 2, absolute: absolute / 255, clippedSquared: clippedSquared / 255 ** 2, values };
}

/** Peak signal-to-noise ratio in dB: −10 log₁₀ of the mean squared error over values in [0, 1]; at most `psnrCap`. */
export function psnrOf(meanSquaredError: number): number {
  return Math.min(psnrCap, -10 * Math.log10(meanSquaredError));
}
