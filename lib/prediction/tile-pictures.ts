// Owns a picture's tile ↔ the square that the model sees. Knows nothing of what is hidden.
import { greyOf, toRgb } from '../clip/grey.js';
import { createResampler, type ResampleClip } from '../clip/resample-clip.js';
import type { ModelConfig } from '../model/model-config.js';
import type { Tile } from './tiles.js';

/** Both ways for all tiles of a picture; pictures are `uint8 [H, W, 3]`. */
export type TilePictures = {
  /** The square `[S, S, C]` of a tile, in memory of its own. */
  readonly shrink: (picture: Uint8Array, tile: Tile) => Uint8Array;
  /** The tile's window `[h, w, 3]` from its square; in memory that the next call uses again. */
  readonly enlarge: (square: Uint8Array) => Uint8Array;
};

/** Of pictures. */
const channels = 3;

/** @param tiles at least one; all of one size @param model S, and 1 channel or 3 of its squares */
export function createTilePictures(
  picture: { readonly width: number; readonly height: number },
  [tile]: readonly Tile[],
  { size, channels: ofModel }: Pick<ModelConfig, 'size' | 'channels'>,
): TilePictures {
  if (tile === undefined) throw new RangeError('there must be at least one tile');
  const { window, target } = tile;
  const whole = { left: 0, top: 0, width: target.width, height: target.height };
  const isSame = window.width === target.width && window.height === target.height;
  const shapeOf = ({ width, height }: { readonly width: number; readonly height: number }) => ({
    ...{ frames: 1, height, width, channels },
  });
  // Each holds memory for whole pictures, and a picture that is hidden from its first frame on is never shrunk.
  let shrinking: ResampleClip | undefined;
  let enlarging: ResampleClip | undefined;
  const inner = new Uint8Array(target.width * target.height * channels);
  const large = new Uint8Array(window.width * window.height * channels);
  return {
    shrink: (pixels, { window: from }) => {
      if (isSame) copyWindow(pixels, picture.width, from, inner);
      else {
        shrinking ??= createResampler(shapeOf(picture), shapeOf(target));
        shrinking(pixels, from, inner, false);
      }
      const square = new Uint8Array(size * size * channels);
      for (let row = 0; row < target.height; row++) {
        const line = inner.subarray(row * target.width * channels, (row + 1) * target.width * channels);
        square.set(line, ((target.top + row) * size + target.left) * channels);
      }
      return ofModel === 1 ? greyOf(square) : square;
    },
    enlarge: (square) => {
      copyWindow(toRgb(square, ofModel), size, target, inner);
      if (isSame) return inner;
      enlarging ??= createResampler(shapeOf(target), shapeOf(window));
      enlarging(inner, whole, large, false);
      return large;
    },
  };
}

/** The pixels of a window of a picture of some width, line by line. */
function copyWindow(
  picture: Uint8Array,
  pictureWidth: number,
  { left, top, width, height }: Tile['window'],
  into: Uint8Array,
): void {
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * pictureWidth + left) * channels;
    into.set(picture.subarray(start, start + width * channels), row * width * channels);
  }
}
