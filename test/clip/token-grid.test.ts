import { expect } from 'chai';
import { createTokenGrid, tokenLength } from '../../lib/clip/token-grid.js';

describe('token grid', () => {
  it('divides a clip into tubelets', () => {
    const grid = createTokenGrid({ frames: 16, height: 224, width: 112, channels: 3 }, { frames: 2, size: 16 });
    expect(grid).to.include({ steps: 8, rows: 14, columns: 7, tokens: 784 });
    expect(tokenLength(grid)).to.equal(2 * 16 * 16 * 3);
  });

  for (const [frames, height, width] of [
    [15, 32, 32],
    [16, 30, 32],
    [16, 32, 36],
    [0, 32, 32],
  ] as const) {
    it(`refuses ${frames} × ${height} × ${width} in tubelets of 2 × 8 × 8`, () => {
      expect(() => createTokenGrid({ frames, height, width, channels: 3 }, { frames: 2, size: 8 })).to.throw(
        RangeError,
        `2 × 8 × 8, got ${frames} × ${height} × ${width}`,
      );
    });
  }

  it('refuses tubelets of no frames or no pixels', () => {
    const clip = { frames: 16, height: 32, width: 32, channels: 3 };
    expect(() => createTokenGrid(clip, { frames: 0, size: 8 })).to.throw(RangeError, 'tubelets of 0 × 8 × 8');
    expect(() => createTokenGrid(clip, { frames: 2, size: 0 })).to.throw(RangeError, 'tubelets of 2 × 0 × 0');
  });
});
