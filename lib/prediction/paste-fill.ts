// Owns the way of what a model filled in back into a picture: only the pixels that were to be hidden change. Knows nothing of
// windows and models.
import type { TokenGrid } from '../clip/token-grid.js';
import type { FileHiding } from './file-hiding.js';
import type { FrameFill } from './fill-stream.js';
import type { HiddenPlaces } from './hidden-places.js';
import type { TilePictures } from './tile-pictures.js';
import type { Tile } from './tiles.js';

/** Changes a picture `uint8 [H, W, 3]` in place and gives `[H, W]`, 1 where it is to be hidden. */
export type PasteFill = (picture: Uint8Array, frame: number, fill: FrameFill) => Uint8Array;

/** A pixel that a person named comes from all tiles that hold it; one that was drawn from the tile that it is of. */
const [named, drawn] = [1, 2];

const channels = 3;

/** Pasting into pictures of one size. */
export function createPasteFill(
  { whole, boxes }: FileHiding,
  places: HiddenPlaces,
  {
    picture: { width, height },
    tiles,
    pictures,
    grid,
  }: {
    readonly picture: { readonly width: number; readonly height: number };
    readonly tiles: readonly Tile[];
    readonly pictures: TilePictures;
    readonly grid: TokenGrid;
  },
): PasteFill {
  const sums = new Float32Array(width * height * channels);
  const [first] = tiles;
  const cells = first === undefined ? undefined : cellsOfTile(first, grid);

  const markDrawn = (mask: Uint8Array, { window, own }: Tile, hidden: Uint8Array) => {
    for (let y = own.top; y < own.top + own.height; y++) {
      const row = (cells?.down[y - window.top] ?? 0) * grid.columns;
      for (let x = own.left; x < own.left + own.width; x++) {
        if (hidden[row + (cells?.across[x - window.left] ?? 0)] === 1) mask[y * width + x] = drawn;
      }
    }
  };
  const markHidden = (frame: number): Uint8Array => {
    const mask = new Uint8Array(width * height);
    if (whole[frame] === 1) return mask.fill(named);
    const hidden = places.drawn(frame);
    if (hidden) for (const tile of tiles) markDrawn(mask, tile, hidden);
    for (const box of boxes) {
      if (frame < box.first || frame > box.last) continue;
      for (let y = box.y; y < box.y + box.height; y++)
        mask.fill(named, y * width + box.x, y * width + box.x + box.width);
    }
    return mask;
  };
  const addTile = (mask: Uint8Array, { window, across, down, own }: Tile, values: Uint8Array) => {
    for (let row = 0; row < window.height; row++) {
      const y = window.top + row;
      const isOwnRow = y >= own.top && y < own.top + own.height;
      for (let column = 0; column < window.width; column++) {
        const x = window.left + column;
        const how = mask[y * width + x];
        if (how === 0) continue;
        const isOwn = isOwnRow && x >= own.left && x < own.left + own.width;
        const weight = how === named ? (down[row] ?? 0) * (across[column] ?? 0) : isOwn ? 1 : 0;
        const [from, to] = [(row * window.width + column) * channels, (y * width + x) * channels];
        for (let channel = 0; channel < channels; channel++) {
          sums[to + channel] = (sums[to + channel] ?? 0) + weight * (values[from + channel] ?? 0);
        }
      }
    }
  };
  return (picture, frame, fill) => {
    const mask = markHidden(frame);
    sums.fill(0);
    for (const [index, square] of fill) {
      const tile = tiles[index];
      if (tile) addTile(mask, tile, pictures.enlarge(square));
    }
    for (let pixel = 0; pixel < mask.length; pixel++) {
      if (mask[pixel] === 0) continue;
      mask[pixel] = 1;
      for (let at = pixel * channels; at < (pixel + 1) * channels; at++) picture[at] = Math.round(sums[at] ?? 0);
    }
    return mask;
  };
}

/** The column and the row of the grid that each pixel of a tile lies in; alike for all tiles of a picture. */
function cellsOfTile({ window, target }: Tile, { tubelet }: TokenGrid) {
  const cells = (from: number, to: number, start: number) =>
    Int32Array.from({ length: from }, (_, at) =>
      Math.floor((start + Math.floor(((at + 0.5) * to) / from)) / tubelet.size),
    );
  return {
    across: cells(window.width, target.width, target.left),
    down: cells(window.height, target.height, target.top),
  };
}
