// Owns the picture by which a person judges a dataset at a glance: a few of its clips, a row each. Knows nothing of models.
import { extname } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { clipLength, type ClipShape } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { ClipRecord } from '../dataset/dataset-files.js';
import { chooseEvenly } from '../dataset/estimate-size.js';
import { openDataset } from '../dataset/open-dataset.js';
import { encodeStrip } from './strip.js';
import { checkPlace, save } from './write-prediction.js';

/** What is drawn, and where it goes. */
export type ContactSheetOptions = {
  /** A finished dataset folder. */
  readonly dataset: string;
  /** A `.png` file; replaced where it is there. */
  readonly out: string;
  /** Clips that are drawn at most, 1 to 200, evenly chosen from the whole dataset. Default 12. */
  readonly clips?: number | undefined;
};

/** What was drawn. */
export type ContactSheet = {
  /** The file, as it was given. */
  readonly out: string;
  /** The clips from top to bottom. */
  readonly rows: readonly Pick<ClipRecord, 'video' | 'startSeconds'>[];
};

const optionsSchema = z.strictObject({
  dataset: z.string().min(1),
  out: z.string().min(1),
  clips: z.int().min(1).max(200).default(12),
});

/** Frames of a clip that are drawn at most, evenly chosen. */
const mostFrames = 8;
/** Pixels a side of a drawn frame at most; a smaller one is drawn larger while it stays below. */
const cellPixels = 128;

/**
 * Draws clips that are evenly chosen from a dataset.
 * @throws {LacunaError} `usage` where `out` is no `.png`; `input` where the folder is no finished dataset, or the file cannot
 * be written.
 */
export async function writeContactSheet(
  options: ContactSheetOptions,
  { signal }: JobControls = {},
): Promise<ContactSheet> {
  const { dataset: folder, out, clips } = checkOptions(optionsSchema, options, 'writeContactSheet');
  if (extname(out).toLowerCase() !== '.png') {
    throw new LacunaError('usage', `${out} must end in .png: a contact sheet is a picture.`);
  }
  await checkPlace(out);
  const dataset = await openDataset(folder);
  try {
    const chosen = chooseEvenly([...dataset.clips.keys()], clips);
    const rows: { readonly frames: Uint8Array }[] = [];
    const pixels = new Uint8Array(clipLength(dataset.shape));
    const shape = cellShape(dataset.shape);
    for (const row of chosen) {
      signal?.throwIfAborted();
      await dataset.readClips([row], pixels);
      rows.push({ frames: shrinkClip(pixels, dataset.shape) });
    }
    const scale = Math.max(1, Math.floor(cellPixels / Math.max(shape.height, shape.width)));
    await save(out, encodeStrip(rows, shape, { scale }));
    return {
      out,
      rows: chosen
        .flatMap((row) => dataset.clips.slice(row, row + 1))
        .map(({ video, startSeconds }) => ({ video, startSeconds })),
    };
  } finally {
    await dataset.close();
  }
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
