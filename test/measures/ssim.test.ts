import { expect } from 'chai';
import fc from 'fast-check';
import { frameLength } from '../../lib/clip/clip.js';
import { createRandom } from '../../lib/clip/random.js';
import type { Pixels } from '../../lib/measures/image-metrics.js';
import { createSsim, type SsimFrame, ssimWindow } from '../../lib/measures/ssim.js';
import { readGoldenFigures } from './golden-figures.js';

/** The similarity of one frame, of range 1. */
const ssim = (truth: Pixels, filled: Pixels, frame: SsimFrame) => createSsim(frame)(truth, filled).range1;

const square = { height: 8, width: 8, channels: 1 };
const flat = (value: number) => new Float32Array(64).fill(value);
const noise = (length: number, seed: number) => {
  const random = createRandom(seed, 'ssim');
  return Float32Array.from({ length }, () => random.integer(256));
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** SSIM straight from its definition: each window by itself, about its own means. One channel, range 1. */
function ssimByDefinition(truth: Pixels, filled: Pixels, height: number, width: number): number {
  const similarities: number[] = [];
  for (let top = 0; top + 7 <= height; top++) {
    for (let left = 0; left + 7 <= width; left++) {
      const places = Array.from({ length: 49 }, (_, at) => (top + Math.floor(at / 7)) * width + left + (at % 7));
      const x = places.map((place) => (truth[place] ?? NaN) / 255);
      const y = places.map((place) => (filled[place] ?? NaN) / 255);
      const [meanX, meanY] = [mean(x), mean(y)];
      const covariance = (one: number[], oneMean: number, two: number[], twoMean: number) =>
        one.reduce((sum, value, at) => sum + (value - oneMean) * ((two[at] ?? NaN) - twoMean), 0) / 48;
      const luminance = (2 * meanX * meanY + 0.01 ** 2) / (meanX ** 2 + meanY ** 2 + 0.01 ** 2);
      const variances = covariance(x, meanX, x, meanX) + covariance(y, meanY, y, meanY);
      similarities.push((luminance * (2 * covariance(x, meanX, y, meanY) + 0.03 ** 2)) / (variances + 0.03 ** 2));
    }
  }
  return mean(similarities);
}

describe('ssim', () => {
  it('is that of scikit-image, at either range', async () => {
    const { shape, clips, figures } = await readGoldenFigures();
    const compare = createSsim(shape);
    const similarities = clips.flatMap(({ truth, filled }) =>
      [0, frameLength(shape)].map((start) => ({ ...compare(truth, filled, start) })),
    );
    expect(mean(similarities.map(({ range1 }) => range1))).to.be.closeTo(figures.ssim, 1e-10);
    expect(mean(similarities.map(({ range2 }) => range2))).to.be.closeTo(figures.ssimRange2, 1e-10);
  });

  it('agrees with the definition, though it slides its sums along', () => {
    const side = fc.integer({ min: ssimWindow, max: 16 });
    fc.assert(
      fc.property(side, side, fc.integer(), (height, width, seed) => {
        const [truth, filled] = [noise(height * width, seed), noise(height * width, seed + 1)];
        const expected = ssimByDefinition(truth, filled, height, width);
        expect(ssim(truth, filled, { height, width, channels: 1 })).to.be.closeTo(expected, 1e-10);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it('compares only the means of frames without structure', () => {
    // (2 · 0.2 · 0.4 + 0.0001) / (0.2² + 0.4² + 0.0001), and 0.0001 / 1.0001 for white and black.
    expect(ssim(flat(51), flat(102), square)).to.be.closeTo(0.1601 / 0.2001, 1e-9);
    expect(ssim(flat(255), flat(0), square)).to.be.closeTo(0.0001 / 1.0001, 1e-9);
    // At range 2 the constant is 0.0004.
    expect(createSsim(square)(flat(255), flat(0)).range2).to.be.closeTo(0.0004 / 1.0004, 1e-9);
  });

  it('is 1 for equal frames, the same both ways round, and negative for a negative', () => {
    const [one, other] = [noise(64, 1), noise(64, 2)];
    expect(ssim(one, one, square)).to.be.closeTo(1, 1e-12);
    expect(ssim(one, other, square)).to.be.closeTo(ssim(other, one, square), 1e-12);
    const negative = one.map((value) => 255 - value);
    expect(ssim(one, negative, square)).to.be.within(-1, -0.5);
  });

  it('clips the fill to what can be shown', () => {
    expect(ssim(flat(255), flat(400), square)).to.be.closeTo(1, 1e-12);
    expect(ssim(flat(0), flat(-90), square)).to.be.closeTo(1, 1e-12);
  });

  it('is the mean over channels', () => {
    // Red equal, green white against black.
    const truth = Float32Array.from({ length: 128 }, () => 255);
    const filled = truth.map((value, index) => (index % 2 === 0 ? value : 0));
    expect(ssim(truth, filled, { ...square, channels: 2 })).to.be.closeTo((1 + 0.0001 / 1.0001) / 2, 1e-9);
  });

  it('knows nothing of the frames that it compared before', () => {
    const compare = createSsim(square);
    const first = { ...compare(noise(64, 1), noise(64, 2)) };
    compare(flat(1), flat(1).fill(NaN, 5, 6));
    expect(compare(noise(64, 1), noise(64, 2))).to.deep.equal(first);
  });

  it('is NaN where the fill is', () => {
    expect(ssim(flat(1), flat(1).fill(NaN, 5, 6), square)).to.be.NaN;
  });

  it('refuses frames smaller than its window', () => {
    const frame = new Uint8Array(200);
    expect(ssim(frame, frame, { height: 7, width: 7, channels: 1 })).to.be.closeTo(1, 1e-12);
    for (const [height, width] of [
      [6, 20],
      [20, 6],
    ] as const) {
      expect(() => ssim(frame, frame, { height, width, channels: 1 })).to.throw(
        RangeError,
        `at least 7 × 7 for SSIM, got ${height} × ${width}`,
      );
    }
  });
});
