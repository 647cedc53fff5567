// Owns the picture of what a search found: the clip that was asked for, and below it those that are near. Knows nothing of vectors.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { readFirstClip } from '../dataset/read-first-clip.js';
import { scanInputs } from '../dataset/scan.js';
import { clipShapeOfModel } from '../model/model-config.js';
import type { SearchResult } from '../representation/search.js';
import { readingOf, readModelConfig } from '../run/run-config.js';
import { checkSheetFile, encodeSheet } from './sheet.js';
import { save } from './write-prediction.js';

/** What is drawn, and where it goes. */
export type SearchSheetOptions = {
  /** What `search` found. */
  readonly result: Pick<SearchResult, 'query' | 'found'>;
  /** The run folder and the video that it was asked with. */
  readonly model: string;
  readonly clip: string;
  /** The video files and folders that were embedded. */
  readonly videos: readonly string[];
  /** A `.png` file; replaced where it is there. */
  readonly out: string;
};

const optionsSchema = z.strictObject({
  result: z.custom<SearchSheetOptions['result']>(),
  model: z.string().min(1),
  clip: z.string().min(1),
  videos: z.array(z.string().min(1)).min(1),
  out: z.string().min(1),
});

/**
 * Draws the clip that was asked for in the first row, and what was found in those below, the nearest first.
 * @throws {LacunaError} `usage` where `out` is no `.png`; `input` where a video is not among those given or cannot be read.
 */
export async function writeSearchSheet(
  options: SearchSheetOptions,
  { signal, onProgress }: JobControls = {},
): Promise<void> {
  const { result, model: folder, clip, videos, out } = checkOptions(optionsSchema, options, 'writeSearchSheet');
  await checkSheetFile(out);
  const config = await readModelConfig(folder);
  const paths = new Map((await scanInputs(videos, { signal })).videos.map(({ video, path }) => [video, path]));
  const wanted = [
    { path: clip, startSeconds: result.query.startSeconds },
    ...result.found.map(({ video, startSeconds }) => ({ path: pathOf(paths, video, videos), startSeconds })),
  ];
  const read = async function* () {
    for (const [index, { path, startSeconds }] of wanted.entries()) {
      yield await readFirstClip(path, { ...readingOf(config), startSeconds }, signal);
      onProgress?.({ unit: 'clips', done: index + 1, total: wanted.length, note: path });
    }
  };
  await save(out, await encodeSheet(read(), clipShapeOfModel(config.model)));
}

function pathOf(paths: ReadonlyMap<string, string>, video: string, inputs: readonly string[]): string {
  const path = paths.get(video);
  if (path !== undefined) return path;
  throw new LacunaError('input', `${video} is not in ${inputs.join(', ')}; name what was embedded.`);
}
