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
 * Sums of errors over the values `[start, end)`, C to a pixel: of all pixels, and of those where `mask` (1 a pixel, from the beginning
 * of the clip) is 1. OpenSTL's MSE and MAE are such sums over a whole frame, averaged over frames.
 */
export function sumErrors(
  truth: Pixels,
  filled: Pixels,
  mask: Uint8Array,
  { start, end, channels }: { readonly start: number; readonly end: number; readonly channels: number },
): { readonly whole: ErrorSums; readonly hidden: ErrorSums } {
  let [squared, absolute, clippedSquared] = [0, 0, 0];
  let [hiddenSquared, hiddenAbsolute, hiddenClipped, hiddenValues] = [0, 0, 0, 0];
  for (let first = start, pixel = start / channels; first < end; first += channels, pixel++) {
    let ofSquared = 0;
    let ofAbsolute = 0;
    let ofClipped = 0;
    for (let index = first; index < first + channels; index++) {
      const expected = truth[index] ?? 0;
      const got = filled[index] ?? 0;
      const error = expected - got;
      ofSquared += error * error;
      ofAbsolute += error < 0 ? -error : error;
      const clippedError = got < 0 ? expected : got > 255 ? expected - 255 : error;
      ofClipped += clippedError * clippedError;
    }
    squared += ofSquared;
    absolute += ofAbsolute;
    clippedSquared += ofClipped;
    if (mask[pixel] !== 1) continue;
    hiddenSquared += ofSquared;
    hiddenAbsolute += ofAbsolute;
    hiddenClipped += ofClipped;
    hiddenValues += channels;
  }
  return {
    whole: scaleSums(squared, absolute, clippedSquared, end - start),
    hidden: scaleSums(hiddenSquared, hiddenAbsolute, hiddenClipped, hiddenValues),
  };
}

/** Sums of values from 0 to 255 as those of values from 0 to 1. */
function scaleSums(squared: number, absolute: number, clippedSquared: number, values: number): ErrorSums {
  return { squared: squared / 255 ** 2, absolute: absolute / 255, clippedSquared: clippedSquared / 255 ** 2, values };
}

/** Peak signal-to-noise ratio in dB: −10 log₁₀ of the mean squared error over values in [0, 1]; at most `psnrCap`. */
export function psnrOf(meanSquaredError: number): number {
  return Math.min(psnrCap, -10 * Math.log10(meanSquaredError));
}
