// Owns the structural similarity of two frames (Wang et al. 2004) as scikit-image's `structural_similarity` computes it by
// default: a uniform window of 7 × 7, sample covariances, the mean over windows that lie inside the frame and over channels.
import type { Pixels } from './image-metrics.js';

/** The side of the window, pixels; a frame must be at least this high and wide. */
export const ssimWindow = 7;

/** The size of a frame `[H, W, C]`. */
export type SsimFrame = {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
};

/** Structural similarity in [−1, 1], 1 for equal frames, by the range that values in [0, 1] are said to have. */
export type Ssim = {
  /** Range 1, what it is. */
  range1: number;
  /**
   * Range 2: what scikit-image before 0.22 took for floats when it was not told, as OpenSTL does not. Many published tables hold
   * these higher figures.
   */
  range2: number;
};

/** Compares the frames that begin at `start` in both arrays. Pixels are 0 to 255; those of `filled` are clipped to that. */
export type CompareFrames = (truth: Pixels, filled: Pixels, start?: number) => Ssim;

/** Pixels in a window. */
const area = ssimWindow ** 2;

/** From the moments of all values to those of a sample. */
const toSample = area / (area - 1);

/**
 * A comparison of frames of one size, which keeps its memory from frame to frame. What it returns is overwritten by the next call.
 * @throws {RangeError} where the frame is smaller than the window.
 */
export function createSsim({ height, width, channels }: SsimFrame): CompareFrames {
  if (height < ssimWindow || width < ssimWindow) {
    throw new RangeError(`a frame must be at least ${ssimWindow} × ${ssimWindow} for SSIM, got ${height} × ${width}`);
  }
  const line = width * channels;
  // Over the rows of the window, for each column and channel: Σx, Σy, Σx² + Σy², Σxy.
  const sums = { x: new Float64Array(line), y: new Float64Array(line) };
  const products = { squares: new Float64Array(line), both: new Float64Array(line) };
  const windows = (height - ssimWindow + 1) * (width - ssimWindow + 1) * channels;
  const result: Ssim = { range1: 0, range2: 0 };
  return (truth, filled, start = 0) => {
    for (const of of [sums.x, sums.y, products.squares, products.both]) of.fill(0);
    [result.range1, result.range2] = [0, 0];
    for (let row = 0; row < height; row++) {
      slideDown(truth, filled, start + row * line, row < ssimWindow ? undefined : ssimWindow * line);
      if (row >= ssimWindow - 1) for (let channel = 0; channel < channels; channel++) addWindows(channel);
    }
    result.range1 /= windows;
    result.range2 /= windows;
    return result;
  };

  /** Takes the row that begins at `first` into the sums, and the row `back` values before it out of them. */
  function slideDown(truth: Pixels, filled: Pixels, first: number, back: number | undefined): void {
    const [{ x, y }, { squares, both }] = [sums, products];
    for (let column = 0; column < line; column++) {
      const one = truth[first + column] ?? 0;
      const other = clip(filled[first + column] ?? 0);
      let moreX = one;
      let moreY = other;
      let moreSquares = one * one + other * other;
      let moreBoth = one * other;
      if (back !== undefined) {
        const oldOne = truth[first + column - back] ?? 0;
        const oldOther = clip(filled[first + column - back] ?? 0);
        moreX -= oldOne;
        moreY -= oldOther;
        moreSquares -= oldOne * oldOne + oldOther * oldOther;
        moreBoth -= oldOne * oldOther;
      }
      x[column] = (x[column] ?? 0) + moreX;
      y[column] = (y[column] ?? 0) + moreY;
      squares[column] = (squares[column] ?? 0) + moreSquares;
      both[column] = (both[column] ?? 0) + moreBoth;
    }
  }

  /**
   * Adds (2 μx μy + c₁)(2 σxy + c₂) / ((μx² + μy² + c₁)(σx² + σy² + c₂)) of all windows of one row to the result, with
   * c₁ = (0.01 R)² and c₂ = (0.03 R)².
   */
  function addWindows(channel: number): void {
    const [{ x, y }, { squares, both }] = [sums, products];
    let [sumX, sumY, sumSquares, sumBoth] = [0, 0, 0, 0];
    let [total1, total2] = [0, 0];
    for (let column = channel, left = channel - ssimWindow * channels; column < line; column += channels) {
      sumX += x[column] ?? 0;
      sumY += y[column] ?? 0;
      sumSquares += squares[column] ?? 0;
      sumBoth += both[column] ?? 0;
      if (left >= 0) {
        sumX -= x[left] ?? 0;
        sumY -= y[left] ?? 0;
        sumSquares -= squares[left] ?? 0;
        sumBoth -= both[left] ?? 0;
      }
      left += channels;
      if (left < 0) continue;
      const meanX = sumX / area;
      const meanY = sumY / area;
      const meanSquares = meanX * meanX + meanY * meanY;
      const meanBoth = 2 * meanX * meanY;
      const variances = toSample * (sumSquares / area - meanSquares);
      const covariance = toSample * ((2 * sumBoth) / area - meanBoth);
      total1 += ((meanBoth + c1) * (covariance + c2)) / ((meanSquares + c1) * (variances + c2));
      total2 += ((meanBoth + 4 * c1) * (covariance + 4 * c2)) / ((meanSquares + 4 * c1) * (variances + 4 * c2));
    }
    result.range1 += total1;
    result.range2 += total2;
  }
}

// K₁ and K₂ of the paper, of values from 0 to 255 and range 1; range 2 makes both four times as large.
const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];

function clip(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
