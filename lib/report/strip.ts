// Owns the picture of clips as strips: a row for each clip, a column for each frame. Knows nothing of what filled them in.
import { encode } from 'fast-png';
import { clipLength, type ClipShape } from '../clip/clip.js';

/** One row of a strip. */
export type StripRow = {
  /** `uint8 [T, H, W, 3]`. */
  readonly frames: Uint8Array;
  /** `[T, H, W]`: where it is 1, a fine hatch takes the pixel's place. */
  readonly hidden?: Uint8Array;
};

/** How a strip is drawn. */
export type StripOptions = {
  /** Pixels of the picture for each pixel of a frame, a whole number from 1; default 2. */
  readonly scale?: number;
  /** Pixels of the picture between frames and between rows, a whole number from 0; default 2. */
  readonly gap?: number;
};

const channels = 4;
// Half transparent, so that it reads as nothing on a light page and on a dark one.
const hatchGround = [128, 132, 145, 40] as const;
const hatchLine = [128, 132, 145, 150] as const;
// In pixels of a frame, so that a hatch survives when a page shows the picture smaller.
const hatchPeriod = 5;

/**
 * A PNG of the rows, one below the other; the gaps are transparent.
 * @throws {RangeError} where a row does not have the shape, or an option is out of range.
 */
export function encodeStrip(rows: readonly StripRow[], shape: ClipShape, options: StripOptions = {}): Uint8Array {
  const { scale = 2, gap = 2 } = options;
  checkStrip(rows, shape, scale, gap);
  const [cellWidth, cellHeight] = [shape.width * scale, shape.height * scale];
  const width = shape.frames * (cellWidth + gap) - gap;
  const height = rows.length * (cellHeight + gap) - gap;
  const data = new Uint8Array(width * height * channels);
  for (const [index, row] of rows.entries()) {
    for (let frame = 0; frame < shape.frames; frame++) {
      const corner = { x: frame * (cellWidth + gap), y: index * (cellHeight + gap) };
      for (let y = 0; y < cellHeight; y++) {
        for (let x = 0; x < cellWidth; x++) {
          const pixel = (frame * shape.height + Math.floor(y / scale)) * shape.width + Math.floor(x / scale);
          const offset = ((corner.y + y) * width + corner.x + x) * channels;
          if (row.hidden?.[pixel]) {
            const diagonal = Math.floor((corner.x + x + corner.y + y) / scale);
            data.set(diagonal % hatchPeriod === 0 ? hatchLine : hatchGround, offset);
          } else {
            data.set(row.frames.subarray(pixel * 3, pixel * 3 + 3), offset);
            data[offset + 3] = 255;
          }
        }
      }
    }
  }
  return encode({ width, height, data, channels, depth: 8 });
}

function checkStrip(rows: readonly StripRow[], shape: ClipShape, scale: number, gap: number): void {
  if (rows.length === 0) throw new RangeError('a strip needs at least one row, got none');
  if (shape.channels !== 3) throw new RangeError(`a strip needs 3 channels, got ${shape.channels}`);
  if (!Number.isInteger(scale) || scale < 1) throw new RangeError(`scale must be a whole number from 1, got ${scale}`);
  if (!Number.isInteger(gap) || gap < 0) throw new RangeError(`gap must be a whole number from 0, got ${gap}`);
  for (const { frames, hidden } of rows) {
    const length = clipLength(shape);
    if (frames.length !== length) throw new RangeError(`a row must hold ${length} values, got ${frames.length}`);
    if (hidden !== undefined && hidden.length !== length / 3) {
      throw new RangeError(`what is hidden must hold ${length / 3} values, got ${hidden.length}`);
    }
  }
}
