// Owns which datasets can become one, and in which order their videos stand in it. Knows nothing of how they are copied.
import { LacunaError } from '../clip/lacuna-error.js';
import { isIndex } from './clip-index.js';
import { type ClipOptions, readDescription } from './dataset-files.js';
import { isUnfinished } from './dataset-state.js';
import { describeDifference } from './describe-difference.js';
import { compareVideos } from './scan.js';
import { type ListedVideo, readVideoIndex } from './video-index.js';

/** One video and the dataset that it comes from. */
export type MergedVideo = { readonly video: string; readonly folder: string; readonly index: Readonly<ListedVideo> };

/** What a merged dataset is made of. */
export type MergeOrder = {
  readonly options: ClipOptions;
  /** All builds of ffmpeg that read the videos, sorted. */
  readonly ffmpeg: readonly string[];
  /** As one `prepare` of one folder would find them, whatever the order of the datasets. */
  readonly videos: readonly MergedVideo[];
  readonly clips: number;
};

/**
 * Reads the lists of the datasets.
 * @throws {LacunaError} `input` where one is no dataset, is unfinished or damaged, or a video is in two of them; `usage`
 * where they were made with different options.
 */
export async function orderMerge(folders: readonly string[]): Promise<MergeOrder> {
  const parts = [];
  for (const folder of folders) parts.push({ folder, description: await readFinished(folder) });
  const [first] = parts;
  if (first === undefined) throw new RangeError('there must be at least one dataset, got none');
  const { options } = first.description;
  for (const { folder, description } of parts) {
    const difference = describeDifference(description.options, options);
    if (difference === '') continue;
    throw new LacunaError(
      'usage',
      `${folder} was made with other options than ${first.folder} (${difference}); make it with the same, or leave it out.`,
    );
  }
  const videos: MergedVideo[] = [];
  let clips = 0;
  for (const { folder } of parts) {
    const index = await readVideoIndex(folder);
    clips += index.clips;
    for (const [video, place] of index.videos) videos.push({ video, folder, index: place });
  }
  videos.sort((one, other) => compareVideos(one.video, other.video));
  checkOnce(videos);
  const ffmpeg = [...new Set(parts.flatMap(({ description }) => description.ffmpeg))].sort();
  return { options, ffmpeg, videos, clips };
}

async function readFinished(folder: string): Promise<NonNullable<Awaited<ReturnType<typeof readDescription>>>> {
  const description = await readDescription(folder);
  if (description === undefined) {
    throw new LacunaError('input', `${folder} is not a dataset folder; name folders that prepare made.`);
  }
  if (await isUnfinished(folder)) {
    throw new LacunaError('input', `${folder} is unfinished; run the same prepare again, then merge.`);
  }
  if (!(await isIndex(folder))) return description;
  throw new LacunaError(
    'input',
    `${folder} is an index of videos and holds no clips; prepare those videos, then merge.`,
  );
}

function checkOnce(sorted: readonly MergedVideo[]): void {
  for (const [place, { video, folder }] of sorted.entries()) {
    const before = sorted[place - 1];
    if (before?.video !== video) continue;
    const [one, other] = [before.folder, folder].sort();
    throw new LacunaError('input', `${video} is in ${one} and in ${other}; leave one of them out.`);
  }
}
