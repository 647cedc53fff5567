import { expect } from 'chai';
import { hiddenFrames, pixelMask, touchedFrames } from '../../lib/masking/hidden-pixels.js';
import { planHide, smallGrid } from './plan-hide.js';

describe('hidden pixels', () => {
  it('marks the pixels of the hidden tokens and no others', () => {
    const mask = pixelMask(planHide('box:4,0,4,8@2-3'));
    expect(mask.length).to.equal(8 * 12 * 16);
    for (const [pixel, value] of mask.entries()) {
      const [frame, y, x] = [Math.floor(pixel / 192), Math.floor(pixel / 16) % 12, pixel % 16];
      const isInside = (frame === 2 || frame === 3) && y < 8 && x >= 4 && x < 8;
      expect(value, `frame ${frame}, row ${y}, column ${x}`).to.equal(isInside ? 1 : 0);
    }
  });

  it('marks the visible and the unused pixels when asked', () => {
    const plan = {
      grid: smallGrid,
      visible: Int32Array.from({ length: 46 }, (_, token) => token),
      hidden: Int32Array.of(46),
      unused: Int32Array.of(47),
    };
    const masks = (['visible', 'hidden', 'unused'] as const).map((of) => pixelMask(plan, of));
    for (let pixel = 0; pixel < 8 * 12 * 16; pixel++) {
      expect(masks.reduce((sum, mask) => sum + (mask[pixel] ?? 0), 0)).to.equal(1);
    }
    expect(masks.map((mask) => mask.reduce((sum, value) => sum + value, 0))).to.deep.equal([46 * 32, 32, 32]);
  });

  it('tells frames that are hidden wholly from those that are touched', () => {
    const plan = planHide('future:2+box:0,0,4,4@2-3');
    expect(hiddenFrames(plan)).to.deep.equal([6, 7]);
    expect(touchedFrames(plan)).to.deep.equal([2, 3, 6, 7]);
  });
});
