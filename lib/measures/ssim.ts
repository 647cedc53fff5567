// Owns the structural similarity of two frames (Wang et al. 2004) as scikit-image's `structural_similarity` computes it by
// default: a uniform window of 7 × 7, sample covariances, the mean over windows that lie inside the frame and over channels.
import type { Pixels } from './image-metrics.js';

/** The side of the window, pixels; a frame must be at least this high and wide. */
export const ssimWindow = 7;

/** A frame `[H, W, C]` to compare. */
export type SsimFrame = {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Where the frame begins in both arrays. Default 0. */
  readonly start?: number;
  /**
   * The range that values in [0, 1] are said to have. Default 1, what it is; 2 gives the higher figures of scikit-image
   * before 0.22 on floats, which many published tables hold.
   */
  readonly range?: 1 | 2;
};

/**
 * Structural similarity in [−1, 1], 1 for equal frames. Pixels are 0 to 255; those of `filled` are clipped to that.
 * @throws {RangeError} where the frame is smaller than the window.
 */
export function ssim(truth: Pixels, filled: Pixels, frame: SsimFrame): number {
  const { height, width, channels } = frame;
  if (height < ssimWindow || width < ssimWindow) {
    throw new RangeError(`a frame must be at least ${ssimWindow} × ${ssimWindow} for SSIM, got ${height} × ${width}`);
  }
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) sum += ssimOfChannel(truth, filled, frame, channel);
  return sum / channels;
}

function ssimOfChannel(truth: Pixels, filled: Pixels, frame: SsimFrame, channel: number): number {
  const { height, width, channels, start = 0, range = 1 } = frame;
  // (0.01 R)² and (0.03 R)², K₁ and K₂ of the paper.
  const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2];
  const area = ssimWindow * ssimWindow;
  const toSample = area / (area - 1);
  // Sums over the window's rows, for each column: Σx, Σy, Σx², Σy², Σxy.
  const sums = [0, 0, 0, 0, 0].map(() => new Float64Array(width));
  const [sumX = empty, sumY = empty, sumXx = empty, sumYy = empty, sumXy = empty] = sums;
  const addRow = (row: number, sign: 1 | -1) => {
    for (let column = 0; column < width; column++) {
      const index = start + (row * width + column) * channels + channel;
      const x = (truth[index] ?? 0) / 255;
      const y = Math.min(255, Math.max(0, filled[index] ?? 0)) / 255;
      sumX[column] = (sumX[column] ?? 0) + sign * x;
      sumY[column] = (sumY[column] ?? 0) + sign * y;
      sumXx[column] = (sumXx[column] ?? 0) + sign * x * x;
      sumYy[column] = (sumYy[column] ?? 0) + sign * y * y;
      sumXy[column] = (sumXy[column] ?? 0) + sign * x * y;
    }
  };
  let total = 0;
  for (let row = 0; row < height; row++) {
    addRow(row, 1);
    if (row >= ssimWindow) addRow(row - ssimWindow, -1);
    if (row < ssimWindow - 1) continue;
    for (let left = 0; left + ssimWindow <= width; left++) {
      const [x, y, xx, yy, xy] = [sumX, sumY, sumXx, sumYy, sumXy].map((line) => meanOfRun(line, left, area));
      total += similarity(x ?? 0, y ?? 0, xx ?? 0, yy ?? 0, xy ?? 0, toSample, c1, c2);
    }
  }
  return total / ((height - ssimWindow + 1) * (width - ssimWindow + 1));
}

const empty = new Float64Array();

function meanOfRun(line: Float64Array, left: number, area: number): number {
  let sum = 0;
  for (let column = left; column < left + ssimWindow; column++) sum += line[column] ?? 0;
  return sum / area;
}

/** (2 μx μy + c₁)(2 σxy + c₂) / ((μx² + μy² + c₁)(σx² + σy² + c₂)) from the means of x, y, x², y², xy. */
function similarity(
  x: number,
  y: number,
  xx: number,
  yy: number,
  xy: number,
  toSample: number,
  c1: number,
  c2: number,
): number {
  const variances = toSample * (xx - x * x + yy - y * y);
  const covariance = toSample * (xy - x * y);
  return ((2 * x * y + c1) * (2 * covariance + c2)) / ((x * x + y * y + c1) * (variances + c2));
}
