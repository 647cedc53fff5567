// Owns the picture by which a person judges a dataset at a glance: a few of its clips, a row each. Knows nothing of models.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { clipLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import type { ClipRecord } from '../dataset/dataset-files.js';
import { chooseEvenly } from '../dataset/estimate-size.js';
import { openDataset } from '../dataset/open-dataset.js';
import { checkSheetFile, encodeSheet } from './sheet.js';
import { save } from './write-prediction.js';

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
  await checkSheetFile(out);
  const dataset = await openDataset(folder);
  try {
    const chosen = chooseEvenly([...dataset.clips.keys()], clips);
    const read = async function* () {
      const pixels = new Uint8Array(clipLength(dataset.shape));
      for (const row of chosen) {
        signal?.throwIfAborted();
        await dataset.readClips([row], pixels);
        yield pixels;
      }
    };
    await save(out, await encodeSheet(read(), dataset.shape));
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
