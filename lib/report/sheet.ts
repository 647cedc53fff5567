// Owns the picture of clips one below the other, each a row of a few of its frames. Knows nothing of where clips come from.
import { checkPlace } from '../clip/check-place.js';
import { extname } from 'node:path';
import { clipLength, type ClipShape } from '../clip/clip.js';
import { toRgb } from '../clip/grey.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { chooseEvenly } from '../dataset/estimate-size.js';
import { encodeStrip } from './strip.js';

/** Frames of a clip that are drawn at most, evenly chosen. */
const mostFrames = 8;
/** Pixels a side of a drawn frame at most; a smaller one is drawn larger while it stays below. */
const cellPixels = 128;

/**
 * A PNG of the clips, one at a time.
 * @param clips `uint8 [T, H, W, C]` each, which may be overwritten when the next is asked for
 */
export async function encodeSheet(clips: AsyncIterable<Uint8Array>, shape: ClipShape): Promise<Uint8Array> {
  const rows: { readonly frames: Uint8Array }[] = [];
  for await (const pixels of clips) {
    rows.push({ frames: toRgb(shrinkClip(pixels, shape), shape.channels) });
  }
  const cell = { ...cellShape(shape), channels: 3 };
  return encodeStrip(rows, cell, {
    scale: Math.max(1, Math.floor(cellPixels / Math.max(cell.height, cell.width))),
  });
}

/** @throws {LacunaError} `usage` where it is no `.png`; `input` where it cannot be written. */
export async function checkSheetFile(out: string): Promise<void> {
  if (extname(out).toLowerCase() !== '.png') {
    throw new LacunaError('usage', `${out} must end in .png: a contact sheet is a picture.`);
  }
  await checkPlace(out);
}

/** Pixels of a frame a side that become one of the drawing. */
function reduction({ height, width }: ClipShape): number {
  return Math.ceil(Math.max(height, width) / cellPixels);
}

function cellShape(shape: ClipShape): ClipShape {
  const by = reduction(shape);
  return {
    frames: Math.min(mostFrames, shape.frames),
    height: Math.floor(shape.height / by),
    width: Math.floor(shape.width / by),
    channels: shape.channels,
  };
}

/** A few frames, each pixel the mean of a square of pixels; what is left over at the edges is left out. */
function shrinkClip(pixels: Uint8Array, shape: ClipShape): Uint8Array {
  const by = reduction(shape);
  const cell = cellShape(shape);
  const chosen = chooseEvenly(
    Array.from({ length: shape.frames }, (_, frame) => frame),
    mostFrames,
  );
  const small = new Uint8Array(clipLength(cell));
  let place = 0;
  for (const frame of chosen) {
    for (let y = 0; y < cell.height; y++) {
      for (let x = 0; x < cell.width; x++) {
        for (let channel = 0; channel < shape.channels; channel++) {
          let sum = 0;
          for (let square = 0; square < by * by; square++) {
            const [down, right] = [y * by + Math.floor(square / by), x * by + (square % by)];
            sum += pixels[((frame * shape.height + down) * shape.width + right) * shape.channels + channel] ?? 0;
          }
          small[place++] = Math.round(sum / (by * by));
        }
      }
    }
  }
  return small;
}
