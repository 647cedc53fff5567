import { expect } from 'chai';
import { greyOf, toRgb } from '../../lib/clip/grey.js';
import { createResampler } from '../../lib/clip/resample-clip.js';
import { createTilePictures } from '../../lib/prediction/tile-pictures.js';
import { layOutTiles } from '../../lib/prediction/tiles.js';

const noise = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 7919 + (index >> 3) * 31) % 256);

const network = { size: 16, channels: 3 } as const;

describe('createTilePictures', () => {
  it('copies tiles of the model’s own size, both ways, byte for byte', () => {
    const picture = { width: 30, height: 20 };
    const tiles = layOutTiles(picture, 16, 'cover', true);
    const pixels = noise(30 * 20 * 3);
    const { shrink, enlarge } = createTilePictures(picture, tiles, network);
    for (const tile of tiles) {
      const square = shrink(pixels, tile);
      const { left, top } = tile.window;
      for (const [x, y] of [
        [0, 0],
        [15, 3],
        [7, 15],
      ] as const) {
        expect(square[(y * 16 + x) * 3 + 1]).to.equal(pixels[((top + y) * 30 + left + x) * 3 + 1]);
      }
      expect(enlarge(square)).to.deep.equal(square);
    }
  });

  it('brings squares of another size to the model’s and back as the resampler does', () => {
    const picture = { width: 60, height: 40 };
    const tiles = layOutTiles(picture, 16, 'cover', false);
    const pixels = noise(60 * 40 * 3);
    const { shrink, enlarge } = createTilePictures(picture, tiles, network);
    const [small, large] = [new Uint8Array(16 * 16 * 3), new Uint8Array(40 * 40 * 3)];
    const shape = (width: number, height: number) => ({ frames: 1, height, width, channels: 3 });
    for (const tile of tiles) {
      createResampler(shape(60, 40), shape(16, 16))(pixels, tile.window, small, false);
      expect(shrink(pixels, tile)).to.deep.equal(small);
      createResampler(shape(16, 16), shape(40, 40))(small, { left: 0, top: 0, width: 16, height: 16 }, large, false);
      expect(enlarge(small)).to.deep.equal(large);
    }
  });

  it('puts a picture that is contained in the middle of black, and takes it out again', () => {
    const picture = { width: 32, height: 16 };
    const [tile, ...others] = layOutTiles(picture, 16, 'contain', false);
    if (tile === undefined) throw new Error('there is no tile');
    expect(others).to.deep.equal([]);
    const { shrink, enlarge } = createTilePictures(picture, [tile], network);
    const square = shrink(new Uint8Array(32 * 16 * 3).fill(90), tile);
    for (let row = 0; row < 16; row++) {
      const line = square.subarray(row * 16 * 3, (row + 1) * 16 * 3);
      expect(new Set(line), `row ${row}`).to.deep.equal(new Set([row >= 4 && row < 12 ? 90 : 0]));
    }
    expect(enlarge(square)).to.deep.equal(new Uint8Array(32 * 16 * 3).fill(90));
  });

  it('shows a grey model the grey of a picture, and makes equal colours of what it gives', () => {
    const picture = { width: 20, height: 16 };
    const [tile] = layOutTiles(picture, 16, 'cover', false);
    if (tile === undefined) throw new Error('there is no tile');
    const pixels = noise(20 * 16 * 3);
    const { shrink, enlarge } = createTilePictures(picture, [tile], { size: 16, channels: 1 });
    const square = shrink(pixels, tile);
    expect(square).to.deep.equal(greyOf(createTilePictures(picture, [tile], network).shrink(pixels, tile)));
    expect(enlarge(square)).to.deep.equal(toRgb(square, 1));
  });

  it('needs a tile', () => {
    expect(() => createTilePictures({ width: 4, height: 4 }, [], network)).to.throw(RangeError, 'at least one tile');
  });
});
