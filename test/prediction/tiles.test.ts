import { expect } from 'chai';
import fc from 'fast-check';
import { layOutTiles } from '../../lib/prediction/tiles.js';

const windowsOf = (...given: Parameters<typeof layOutTiles>) => layOutTiles(...given).map(({ window }) => window);
const square = (left: number, top: number, side: number) => ({ left, top, width: side, height: side });

describe('layOutTiles', () => {
  it('takes squares of the shorter side, which share a fifth or more', () => {
    expect(windowsOf({ width: 1280, height: 720 }, 64, 'cover', false)).to.deep.equal([
      square(0, 0, 720),
      square(560, 0, 720),
    ]);
    expect(windowsOf({ width: 100, height: 300 }, 64, 'cover', false)).to.deep.equal([
      square(0, 0, 100),
      square(0, 67, 100),
      square(0, 133, 100),
      square(0, 200, 100),
    ]);
    expect(windowsOf({ width: 50, height: 50 }, 64, 'cover', false)).to.deep.equal([square(0, 0, 50)]);
  });

  it('takes the whole picture where the model was trained on whole pictures', () => {
    const picture = { width: 128, height: 72 };
    const [stretched] = layOutTiles(picture, 64, 'stretch', false);
    expect(stretched).to.deep.include({ window: { left: 0, top: 0, ...picture }, target: square(0, 0, 64) });
    const [contained] = layOutTiles(picture, 64, 'contain', false);
    expect(contained?.target).to.deep.equal({ left: 0, top: 14, width: 64, height: 36 });
  });

  it('takes tiles of the model’s size at the picture’s own resolution, smaller where the picture is', () => {
    expect(windowsOf({ width: 100, height: 64 }, 64, 'stretch', true)).to.deep.equal([
      square(0, 0, 64),
      square(36, 0, 64),
    ]);
    expect(windowsOf({ width: 60, height: 48 }, 64, 'cover', true)).to.deep.equal([
      square(0, 0, 48),
      square(12, 0, 48),
    ]);
  });

  it('covers each pixel by tiles whose weights sum to 1, and by one that owns it', () => {
    const side = fc.integer({ min: 1, max: 90 });
    fc.assert(
      fc.property(side, side, fc.boolean(), (width, height, isTiled) => {
        const weights = new Float64Array(width * height);
        const owners = new Uint8Array(width * height);
        for (const { window, across, down, own } of layOutTiles({ width, height }, 16, 'cover', isTiled)) {
          expect(own.left).to.be.at.least(window.left);
          expect(own.top).to.be.at.least(window.top);
          expect(own.left + own.width).to.be.at.most(window.left + window.width);
          expect(own.top + own.height).to.be.at.most(window.top + window.height);
          for (let y = 0; y < window.height; y++) {
            for (let x = 0; x < window.width; x++) {
              const at = (window.top + y) * width + window.left + x;
              weights[at] = (weights[at] ?? NaN) + (across[x] ?? NaN) * (down[y] ?? NaN);
            }
          }
          for (let y = own.top; y < own.top + own.height; y++) {
            for (let x = own.left; x < own.left + own.width; x++) {
              owners[y * width + x] = (owners[y * width + x] ?? NaN) + 1;
            }
          }
        }
        expect(weights.every((weight) => Math.abs(weight - 1) < 1e-6)).to.equal(true);
        expect(owners.every((count) => count === 1)).to.equal(true);
      }),
      { numRuns: 40 },
    );
  });

  it('fades smoothly from one tile to the next', () => {
    const [first, second] = layOutTiles({ width: 112, height: 64 }, 64, 'cover', true);
    const shared = 16;
    for (let at = 0; at < shared; at++) {
      const [before, after] = [first?.across[64 - shared + at] ?? NaN, second?.across[at] ?? NaN];
      expect(after).to.be.closeTo(Math.sin((Math.PI / 2) * ((at + 0.5) / shared)) ** 2, 1e-6);
      expect(before + after).to.be.closeTo(1, 1e-6);
    }
    expect(first?.across[40]).to.equal(1);
  });
});
