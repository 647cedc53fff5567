import { expect } from 'chai';
import type { FrameFigures } from '../../lib/measures/figures.js';
import { createScore } from '../../lib/measures/score.js';
import { readGoldenFigures } from './golden-figures.js';

const figureNames = [
  ...(['mse', 'mae', 'pixelMse', 'pixelMae', 'psnr', 'ssim', 'ssimRange2'] as const),
  ...(['hiddenMse', 'hiddenMae', 'hiddenPsnr'] as const),
];

function expectClose(figures: FrameFigures, expected: FrameFigures): void {
  for (const name of figureNames) expect(figures[name], name).to.be.closeTo(expected[name], 1e-10);
}

/** Two frames of one row of two grey pixels. */
const shape = { frames: 2, height: 1, width: 2, channels: 1 };

describe('createScore', () => {
  it('gives the figures of NumPy and scikit-image', async () => {
    const { shape, clips, figures } = await readGoldenFigures();
    const score = createScore(shape);
    for (const [clip, { truth, filled, mask }] of clips.entries()) score.add(truth, filled, mask, String(clip));
    const result = score.result();
    expect(result).to.have.all.keys(...figureNames, 'hiddenMseError', 'perStep');
    expectClose(result, figures);
    expect(result.hiddenMseError).to.be.closeTo(figures.hiddenMseError, 1e-10);
    expect(result.perStep.map(({ frame, clips: count }) => [frame, count])).to.deep.equal([
      [0, 2],
      [1, 2],
    ]);
    for (const [step, expected] of figures.perStep.entries()) {
      const got = result.perStep[step];
      if (got === undefined) throw new Error(`there is no step ${step}`);
      expectClose(got, expected);
    }
  });

  it('returns what a clip adds: the squared error of one of its hidden values', () => {
    const score = createScore(shape);
    const truth = Uint8Array.of(255, 255, 255, 255);
    expect(score.add(truth, new Uint8Array(4), Uint8Array.of(0, 1, 1, 1))).to.equal(1);
    expect(score.add(truth, Uint8Array.of(0, 0, 255, 0), Uint8Array.of(0, 1, 1, 0))).to.equal(0.5);
    expect(score.add(truth, truth, new Uint8Array(4))).to.be.NaN;
  });

  it('tells the steps apart, and gives only those of which something was hidden', () => {
    const score = createScore({ ...shape, frames: 3 });
    const truth = Uint8Array.of(255, 255, 255, 255, 255, 255);
    score.add(truth, Uint8Array.of(0, 0, 255, 255, 0, 255), Uint8Array.of(0, 0, 1, 1, 1, 0));
    score.add(truth, Uint8Array.of(0, 0, 255, 255, 255, 255), Uint8Array.of(0, 0, 0, 0, 1, 1));
    const { mse, perStep } = score.result();
    expect(perStep.map(({ frame, clips, mse: ofStep }) => [frame, clips, ofStep])).to.deep.equal([
      [1, 1, 0],
      [2, 2, 0.5],
    ]);
    expect(perStep[1]).to.deep.include({ pixelMse: 0.25, pixelMae: 0.25, mae: 0.5 });
    expect(perStep[1]?.hiddenMse).to.be.closeTo(2 / 3, 1e-12);
    expect(mse).to.be.closeTo(1 / 3, 1e-12);
  });

  it('takes the spread from source to source, not from clip to clip', () => {
    const scoreOf = (sources: readonly string[]) => {
      const score = createScore({ frames: 1, height: 1, width: 1, channels: 1 });
      // Squared errors 1, 1, 0, 0.
      for (const [clip, source] of sources.entries()) {
        score.add(Uint8Array.of(255), Uint8Array.of(clip < 2 ? 0 : 255), Uint8Array.of(1), source);
      }
      return score.result();
    };
    // Four of deviation √(1/3) about 0.5; two of means 1 and 0; one.
    expect(scoreOf(['a', 'b', 'c', 'd']).hiddenMseError).to.be.closeTo(Math.sqrt(1 / 3 / 4), 1e-12);
    expect(scoreOf(['a', 'a', 'b', 'b']).hiddenMseError).to.be.closeTo(0.5, 1e-12);
    expect(scoreOf(['a', 'b', 'a', 'b']).hiddenMseError).to.be.closeTo(0, 1e-12);
    expect(scoreOf(['a', 'a', 'a', 'a']).hiddenMseError).to.be.NaN;
    expect(scoreOf(['a', 'a', 'b', 'b']).hiddenMse).to.equal(0.5);
  });

  it('adds up over a frame, and scales one hidden value to a frame', () => {
    const score = createScore(shape);
    // Frame 0: errors 0.2 (hidden) and 0.4 (not). Frame 1: error 1, hidden, and 0.
    score.add(Uint8Array.of(51, 102, 255, 0), Uint8Array.of(102, 0, 0, 0), Uint8Array.of(1, 0, 1, 0));
    const { mse, mae, psnr, ssim, hiddenMse, hiddenMae, hiddenPsnr } = score.result();
    expect(mse).to.be.closeTo((0.04 + 0.16 + 1) / 2, 1e-12);
    expect(mae).to.be.closeTo((0.2 + 0.4 + 1) / 2, 1e-12);
    // −10 log₁₀ of mean squared errors of 0.1 and 0.5.
    expect(psnr).to.be.closeTo((10 + 3.0102999566398) / 2, 1e-12);
    expect(ssim).to.be.NaN;
    // Two hidden values, of which each stands for two of a frame.
    expect(hiddenMse).to.be.closeTo(((0.04 + 1) / 2) * 2, 1e-12);
    expect(hiddenMae).to.be.closeTo(((0.2 + 1) / 2) * 2, 1e-12);
    // −10 log₁₀ 0.04 and 0.
    expect(hiddenPsnr).to.be.closeTo(13.979400086720377 / 2, 1e-12);
  });

  it('weighs each frame alike, and each hidden value alike', () => {
    const score = createScore(shape);
    score.add(Uint8Array.of(255, 255, 0, 0), new Uint8Array(4), Uint8Array.of(1, 1, 1, 0));
    // Frame 0: two hidden errors of 1. Frame 1: one hidden error of 0.
    expect(score.result()).to.deep.include({ mse: 1, mae: 1, psnr: 50, hiddenPsnr: 50 });
    expect(score.result().hiddenMse).to.be.closeTo(4 / 3, 1e-12);
    expect(score.result().hiddenMae).to.be.closeTo(4 / 3, 1e-12);
  });

  it('leaves out frames of which nothing is hidden', () => {
    const score = createScore(shape);
    const [truth, filled] = [Uint8Array.of(255, 255, 10, 20), Uint8Array.of(0, 0, 61, 20)];
    score.add(truth, filled, Uint8Array.of(0, 0, 1, 0));
    const before = score.result();
    expect(before.mse).to.be.closeTo(0.04, 1e-12);
    score.add(truth, filled, new Uint8Array(4));
    expect(score.result()).to.deep.equal(before);
  });

  it('gives hidden figures that equal the others where whole frames are hidden', async () => {
    const { shape, clips } = await readGoldenFigures();
    const score = createScore(shape);
    for (const { truth, filled, mask } of clips)
      score.add(
        truth,
        filled,
        mask.map((_, pixel) => (pixel < 99 ? 0 : 1)),
      );
    const { mse, mae, psnr, hiddenMse, hiddenMae, hiddenPsnr } = score.result();
    expect(hiddenMse).to.be.closeTo(mse, 1e-10);
    expect(hiddenMae).to.be.closeTo(mae, 1e-10);
    expect(hiddenPsnr).to.be.closeTo(psnr, 1e-10);
  });

  it('gives a fill without error the best figures there are', async () => {
    const { shape, clips } = await readGoldenFigures();
    const score = createScore(shape);
    for (const { truth, mask } of clips) score.add(truth, truth, mask);
    expectClose(score.result(), {
      mse: 0,
      mae: 0,
      pixelMse: 0,
      pixelMae: 0,
      psnr: 100,
      ssim: 1,
      ssimRange2: 1,
      hiddenMse: 0,
      hiddenMae: 0,
      hiddenPsnr: 100,
    });
  });

  it('counts a fill beyond white as an error, but not in what a person sees', () => {
    const score = createScore({ frames: 1, height: 7, width: 7, channels: 1 });
    const truth = new Uint8Array(49).fill(255);
    score.add(truth, new Float32Array(49).fill(306), new Uint8Array(49).fill(1));
    const { mse, psnr, ssim } = score.result();
    expect(mse).to.be.closeTo(49 * 0.04, 1e-12);
    expect(psnr).to.equal(100);
    expect(ssim).to.be.closeTo(1, 1e-12);
  });

  it('has no SSIM for frames smaller than 7 × 7, lower or narrower', () => {
    for (const [height, width, isThere] of [
      [7, 7, true],
      [6, 9, false],
      [9, 6, false],
    ] as const) {
      const score = createScore({ frames: 1, height, width, channels: 1 });
      const clip = new Uint8Array(height * width).fill(9);
      score.add(
        clip,
        clip,
        clip.map(() => 1),
      );
      expect(Number.isNaN(score.result().ssim), `${height} × ${width}`).to.equal(!isThere);
    }
  });

  it('refuses what is not of its shape, and to judge nothing', () => {
    const score = createScore({ ...shape, channels: 3 });
    const [clip, mask] = [new Uint8Array(12), new Uint8Array(4).fill(1)];
    expect(() => score.add(clip.subarray(1), clip, mask)).to.throw(RangeError, 'got 11, 12 and 4');
    expect(() => score.add(clip, clip.subarray(1), mask)).to.throw(RangeError, 'got 12, 11 and 4');
    expect(() => score.add(clip, clip, new Uint8Array(12))).to.throw(RangeError, '12 values and the mask 4');
    expect(() => score.result()).to.throw(RangeError, 'at least one clip of which a pixel is hidden, got none');
    score.add(clip, clip, new Uint8Array(4));
    expect(() => score.result()).to.throw(RangeError, 'got none');
  });
});
