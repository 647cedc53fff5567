import { expect } from 'chai';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { planFileHiding } from '../../lib/prediction/file-hiding.js';
import { createHiddenPlaces } from '../../lib/prediction/hidden-places.js';
import { createPasteFill } from '../../lib/prediction/paste-fill.js';
import { createTilePictures } from '../../lib/prediction/tile-pictures.js';
import { layOutTiles } from '../../lib/prediction/tiles.js';

const [width, height] = [28, 16];
const grid = createTokenGrid({ frames: 8, height: 16, width: 16, channels: 3 }, { frames: 1, size: 4 });
const tiles = layOutTiles({ width, height }, 16, 'cover', true);

/** A picture of 10 into which tiles of the given greys are pasted. */
const paste = (hide: string, frame: number, greys: readonly number[]) => {
  const source = { path: 'a.mp4', frames: 20, width, height };
  const hiding = planFileHiding(parseHide(hide), source, { extend: 0, insert: false, seed: 0 });
  const places = createHiddenPlaces(hiding, { grid, tiles, step: 1, seed: 0 });
  const pictures = createTilePictures(source, tiles, { size: 16, channels: 3 });
  const picture = new Uint8Array(width * height * 3).fill(10);
  const fill = new Map(greys.map((grey, tile) => [tile, new Uint8Array(16 * 16 * 3).fill(grey)] as const));
  const mask = createPasteFill(hiding, places, { picture: source, tiles, pictures, grid })(picture, frame, fill);
  return { mask, greyAt: (x: number, y: number) => picture[(y * width + x) * 3 + 2], places };
};

describe('createPasteFill', () => {
  it('fades from one tile to the next by their weights', () => {
    expect(tiles.map(({ window }) => window.left)).to.deep.equal([0, 12]);
    const { mask, greyAt } = paste('gap:3-3', 3, [100, 200]);
    expect(mask.every((value) => value === 1)).to.equal(true);
    expect([0, 11, 16, 27].map((x) => greyAt(x, 8))).to.deep.equal([100, 100, 200, 200]);
    for (let at = 0; at < 4; at++) {
      const share = Math.sin((Math.PI / 2) * ((at + 0.5) / 4)) ** 2;
      expect(greyAt(12 + at, 0)).to.equal(Math.round(100 + 100 * share));
    }
  });

  it('changes a box and nothing beside it', () => {
    const { mask, greyAt } = paste('box:2,5,3,4@0-2', 2, [100]);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const isIn = x >= 2 && x < 5 && y >= 5 && y < 9;
        expect(greyAt(x, y), `${x}, ${y}`).to.equal(isIn ? 100 : 10);
        expect(mask[y * width + x]).to.equal(isIn ? 1 : 0);
      }
    }
  });

  it('takes patches that were drawn from the one tile that they lie in', () => {
    const { mask, greyAt, places } = paste('patches:0.5', 4, [100, 200]);
    const drawn = places.drawn(4);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        // Each tile has the half of what they share.
        const left = x < 14 ? 0 : 12;
        const isHidden = drawn?.[Math.floor(y / 4) * 4 + Math.floor((x - left) / 4)] === 1;
        expect(mask[y * width + x], `${x}, ${y}`).to.equal(isHidden ? 1 : 0);
        expect(greyAt(x, y), `${x}, ${y}`).to.equal(isHidden ? (x < 14 ? 100 : 200) : 10);
      }
    }
  });
});
