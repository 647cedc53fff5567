import { expect } from 'chai';
import fc from 'fast-check';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import {
  comparesClips,
  comparesFrames,
  defaultLoss,
  formatLoss,
  parseLoss,
} from '../../lib/objectives/loss-expression.js';

describe('parseLoss', () => {
  it('reads a distance and its terms, in any order', () => {
    expect(parseLoss('mse')).to.deep.equal(defaultLoss);
    expect(parseLoss('l1')).to.deep.equal({ ...defaultLoss, distance: 'l1' });
    expect(parseLoss('l1 + ssim:0.1 + gradient:.5')).to.deep.equal({
      ...{ distance: 'l1', gradient: 0.5, ssim: 0.1, contrast: 0 },
    });
    expect(parseLoss('mse+contrast:2')).to.deep.equal({ ...defaultLoss, contrast: 2 });
  });

  it('reads back what was written', () => {
    const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e9, noNaN: true }));
    const losses = fc.record({
      distance: fc.constantFrom('mse' as const, 'l1' as const),
      gradient: weight,
      ssim: weight,
      contrast: weight,
    });
    fc.assert(
      fc.property(losses, (loss) => {
        expect(parseLoss(formatLoss(loss))).to.deep.equal(loss);
      }),
      { seed: 1 },
    );
    expect(formatLoss(parseLoss('mse+ssim:1+gradient:2'))).to.equal('mse+gradient:2+ssim:1');
  });

  for (const [text, said] of [
    ['', 'must begin with mse or l1'],
    ['ssim:1', 'must begin with mse or l1'],
    ['l2', 'must begin with mse or l1'],
    ['mse+', 'an empty part'],
    ['mse+ssim', 'ssim, which is none'],
    ['mse+ssim:0', 'ssim:0, which is none'],
    ['mse+ssim:-1', 'ssim:-1, which is none'],
    ['mse+edges:1', 'edges:1, which is none'],
    ['mse+ssim:1+ssim:2', 'ssim twice'],
  ] as const) {
    it(`refuses "${text}" and says what to write`, () => {
      expect(() => parseLoss(text))
        .to.throw(LacunaError, said)
        .with.property('kind', 'usage');
      expect(() => parseLoss(text)).to.throw('l1+gradient:0.5+ssim:0.1');
    });
  }

  it('says whether frames are compared, and whether clips are', () => {
    const losses = ['mse', 'l1', 'mse+ssim:1', 'mse+gradient:1', 'mse+contrast:1'].map(parseLoss);
    expect(losses.map(comparesFrames)).to.deep.equal([false, false, true, true, false]);
    expect(losses.map(comparesClips)).to.deep.equal([false, false, false, false, true]);
  });
});
