// Owns where each video of a dataset folder stands in its lists, in memory that grows with the videos and not with the
// clips. Knows nothing of pixels.
import { join } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import { streamJsonLines } from '../formats/jsonl.js';
import { datasetNames, type FailureRecord, parseClipRecords, parseFailureRecords } from './dataset-files.js';

/** One video of a dataset folder. */
export type ListedVideo = {
  /** Its clips; 0 where it gave none. */
  clips: number;
  /** The bytes of `clips.jsonl` that list them. */
  start: number;
  end: number;
  /** Why it could not be read, or not in full. */
  failures: readonly FailureRecord[];
};

/** All videos of a folder by name, those with clips first, each kind in the order of its list. */
export type VideoIndex = {
  readonly videos: ReadonlyMap<string, Readonly<ListedVideo>>;
  readonly clips: number;
  /** Bytes of whole lines of the two lists. */
  readonly clipsBytes: number;
  readonly failuresBytes: number;
};

/** How many bytes of the lists are good; by default all. */
export type GoodBytes = { readonly clipsBytes: number; readonly failuresBytes: number };

/** Values from the file, so that a failure that most videos lack takes no memory. */
const none: readonly FailureRecord[] = [];

/** @throws {LacunaError} `input` where a list is missing or damaged, or lists a video in two places. */
export async function readVideoIndex(folder: string, good?: GoodBytes): Promise<VideoIndex> {
  const videos = new Map<string, ListedVideo>();
  const clipsFile = join(folder, datasetNames.clips);
  let [clips, clipsBytes, failuresBytes] = [0, 0, 0];
  let last: string | undefined;
  for await (const { value, start, end } of streamJsonLines(clipsFile, rangeOf(good?.clipsBytes))) {
    const [record] = parseClipRecords([value], clipsFile);
    if (record === undefined) continue;
    clips += 1;
    clipsBytes = end;
    const known = videos.get(record.video);
    if (known === undefined) videos.set(record.video, { clips: 1, start, end, failures: none });
    else if (record.video === last) [known.clips, known.end] = [known.clips + 1, end];
    else {
      throw new LacunaError(
        'input',
        `${clipsFile} lists ${record.video} in two places, as prepare never does; make the dataset again.`,
      );
    }
    last = record.video;
  }
  const failuresFile = join(folder, datasetNames.failures);
  for await (const { value, end } of streamJsonLines(failuresFile, rangeOf(good?.failuresBytes))) {
    failuresBytes = end;
    for (const failure of parseFailureRecords([value], failuresFile)) {
      const known = videos.get(failure.video);
      if (known) known.failures = [...known.failures, failure];
      else videos.set(failure.video, { clips: 0, start: 0, end: 0, failures: [failure] });
    }
  }
  return { videos, clips, clipsBytes, failuresBytes };
}

function rangeOf(end: number | undefined): { readonly end?: number } {
  return end === undefined ? {} : { end };
}
