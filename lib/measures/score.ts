// Owns the figures of one way to fill clips, gathered clip by clip in flat memory. Knows nothing of who filled them.
import { type ClipShape, clipLength, frameLength } from '../clip/clip.js';
import { type Pixels, psnrOf, sumErrors } from './image-metrics.js';
import { ssim, ssimWindow } from './ssim.js';

/**
 * How well hidden pixels were filled in. Values are in [0, 1]; means are over frames that have hidden pixels, over all clips.
 * Where whole frames are hidden, the first four are OpenSTL's over those frames, and the last three equal them.
 */
export type Figures = {
  /** Squared error summed over the C · H · W values of a frame; lower is better. */
  readonly mse: number;
  /** Absolute error summed over the C · H · W values of a frame; lower is better. */
  readonly mae: number;
  /** Mean of the frames' dB, after clipping, each at most 100; higher is better. */
  readonly psnr: number;
  /** Mean of the frames' structural similarity, up to 1; higher is better. NaN for frames smaller than 7 × 7. */
  readonly ssim: number;
  /** Squared error of one hidden value, times C · H · W, so that it compares with `mse`. */
  readonly hiddenMse: number;
  /** Absolute error of one hidden value, times C · H · W, so that it compares with `mae`. */
  readonly hiddenMae: number;
  /** Mean of the frames' dB over their hidden pixels alone. */
  readonly hiddenPsnr: number;
};

/** Gathers figures. */
export type Score = {
  /**
   * Adds one clip: truth and fill `[T, H, W, C]`, 0 to 255, and which pixels were hidden, `[T, H, W]`, 1 = hidden.
   * @throws {RangeError} where a length is not the shape's.
   */
  readonly add: (truth: Uint8Array, filled: Pixels, mask: Uint8Array) => void;
  /**
   * The figures of what was added.
   * @throws {RangeError} where nothing hidden was added.
   */
  readonly result: () => Figures;
};

/** A score of clips of one shape; `ssimRange` as `range` of `ssim`, default 1. */
export function createScore(shape: ClipShape, { ssimRange = 1 }: { readonly ssimRange?: 1 | 2 } = {}): Score {
  const { height, width, channels } = shape;
  const length = frameLength(shape);
  const hasSsim = Math.min(height, width) >= ssimWindow;
  let [frames, hiddenValues] = [0, 0];
  const sums = { mse: 0, mae: 0, psnr: 0, ssim: 0, hiddenSquared: 0, hiddenAbsolute: 0, hiddenPsnr: 0 };
  return {
    add: (truth, filled, mask) => {
      const expected = clipLength(shape);
      if (truth.length !== expected || filled.length !== expected || mask.length * channels !== expected) {
        throw new RangeError(
          `truth and fill must have ${expected} values and the mask ${expected / channels}, ` +
            `got ${truth.length}, ${filled.length} and ${mask.length}`,
        );
      }
      for (let start = 0; start < expected; start += length) {
        const span = { start, end: start + length, channels };
        const hidden = sumErrors(truth, filled, { ...span, mask });
        if (hidden.values === 0) continue;
        const whole = hidden.values === length ? hidden : sumErrors(truth, filled, span);
        sums.mse += whole.squared;
        sums.mae += whole.absolute;
        sums.psnr += psnrOf(whole.clippedSquared / length);
        sums.ssim += hasSsim ? ssim(truth, filled, { height, width, channels, start, range: ssimRange }) : NaN;
        sums.hiddenSquared += hidden.squared;
        sums.hiddenAbsolute += hidden.absolute;
        sums.hiddenPsnr += psnrOf(hidden.clippedSquared / hidden.values);
        frames++;
        hiddenValues += hidden.values;
      }
    },
    result: () => {
      if (frames === 0) throw new RangeError('a score needs at least one clip of which a pixel is hidden, got none');
      return {
        mse: sums.mse / frames,
        mae: sums.mae / frames,
        psnr: sums.psnr / frames,
        ssim: sums.ssim / frames,
        hiddenMse: (sums.hiddenSquared / hiddenValues) * length,
        hiddenMae: (sums.hiddenAbsolute / hiddenValues) * length,
        hiddenPsnr: sums.hiddenPsnr / frames,
      };
    },
  };
}
