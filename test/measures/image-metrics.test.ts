import { expect } from 'chai';
import { frameLength } from '../../lib/clip/clip.js';
import { psnrCap, psnrOf, sumErrors } from '../../lib/measures/image-metrics.js';
import { readGoldenFigures } from './golden-figures.js';

// Fifths of 255, so that the errors are 0.2, −0.4, 0 and −0.2 of values in [0, 1]; the last one lies above white.
const truth = Uint8Array.of(102, 51, 204, 255);
const filled = Float32Array.of(51, 153, 204, 306);

const nothing = { squared: 0, absolute: 0, clippedSquared: 0, values: 0 };

describe('sumErrors', () => {
  it('sums squared and absolute errors of values in [0, 1], and squared ones of the clipped fill', () => {
    const { whole, hidden } = sumErrors(truth, filled, new Uint8Array(4), { start: 0, end: 4, channels: 1 });
    expect(whole.squared).to.be.closeTo(0.04 + 0.16 + 0.04, 1e-12);
    expect(whole.absolute).to.be.closeTo(0.2 + 0.4 + 0.2, 1e-12);
    expect(whole.clippedSquared).to.be.closeTo(0.04 + 0.16, 1e-12);
    expect(whole.values).to.equal(4);
    expect(hidden).to.deep.equal(nothing);
  });

  it('clips a fill below black', () => {
    const span = { start: 0, end: 1, channels: 1 };
    const { whole, hidden } = sumErrors(Uint8Array.of(51), Float32Array.of(-51), Uint8Array.of(1), span);
    expect(whole.squared).to.be.closeTo(0.16, 1e-12);
    expect(whole.clippedSquared).to.be.closeTo(0.04, 1e-12);
    expect(hidden).to.deep.equal(whole);
  });

  it('sums a part, and of it what is hidden', () => {
    const span = { start: 1, end: 3, channels: 1 };
    const { whole, hidden } = sumErrors(truth, filled, Uint8Array.of(1, 0, 1, 1), span);
    expect(whole.absolute).to.be.closeTo(0.4, 1e-12);
    expect(whole.values).to.equal(2);
    expect(hidden).to.deep.equal({ ...nothing, values: 1 });
  });

  it('takes all channels of a pixel where the mask is 1, counted from the beginning of the clip', () => {
    const mask = Uint8Array.of(0, 1);
    const { whole, hidden } = sumErrors(truth, filled, mask, { start: 0, end: 4, channels: 2 });
    expect(hidden.absolute).to.be.closeTo(0.2, 1e-12);
    expect(hidden.values).to.equal(2);
    expect(whole.absolute).to.be.closeTo(0.8, 1e-12);
    const later = sumErrors(truth, filled, mask, { start: 2, end: 4, channels: 2 });
    expect(later.hidden).to.deep.equal(hidden);
    expect(later.whole).to.deep.equal(hidden);
    expect(sumErrors(truth, filled, mask, { start: 0, end: 2, channels: 2 }).hidden).to.deep.equal(nothing);
  });

  it('does not lose a NaN', () => {
    const broken = Float32Array.of(102, NaN, 204, 255);
    const { whole, hidden } = sumErrors(truth, broken, Uint8Array.of(0, 1, 0, 0), { start: 0, end: 4, channels: 1 });
    for (const { squared, absolute, clippedSquared } of [whole, hidden]) {
      expect([squared, absolute, clippedSquared]).to.deep.equal([NaN, NaN, NaN]);
    }
  });

  it('gives the MSE, the MAE and the PSNR of NumPy', async () => {
    const { shape, clips, figures } = await readGoldenFigures();
    const length = frameLength(shape);
    const { channels } = shape;
    const sums = clips.flatMap((clip) =>
      [0, length].map(
        (start) => sumErrors(clip.truth, clip.filled, clip.mask, { start, end: start + length, channels }).whole,
      ),
    );
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(sums.map(({ squared }) => squared))).to.be.closeTo(figures.mse, 1e-10);
    expect(mean(sums.map(({ absolute }) => absolute))).to.be.closeTo(figures.mae, 1e-10);
    expect(mean(sums.map(({ clippedSquared }) => psnrOf(clippedSquared / length)))).to.be.closeTo(figures.psnr, 1e-10);
  });
});

describe('psnrOf', () => {
  it('is 10 dB for each factor of ten', () => {
    expect(psnrOf(1)).to.be.closeTo(0, 1e-12);
    expect(psnrOf(0.01)).to.be.closeTo(20, 1e-12);
    expect(psnrOf(0.5)).to.be.closeTo(3.0102999566398, 1e-12);
  });

  it('ends at the cap', () => {
    expect(psnrCap).to.equal(100);
    expect(psnrOf(1e-9)).to.be.closeTo(90, 1e-9);
    expect(psnrOf(1e-11)).to.equal(100);
    expect(psnrOf(0)).to.equal(100);
    expect(psnrOf(NaN)).to.be.NaN;
  });
});
