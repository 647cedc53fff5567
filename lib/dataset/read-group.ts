// Owns the reading of a few videos that stand one after the other, short ones by one run of ffmpeg. Knows nothing of where
// their clips go.
import { decodeTogether } from '../video/decode.js';
import type { VideoLabels } from './clip-labels.js';
import { type LabelledResult, labelResults } from './label-results.js';
import { decodeOptionsOf, readFrames, type ReadOptions, readVideoByCores } from './read-video.js';
import type { FoundVideo } from './scan.js';

/** A result of one of the videos, or that it is done. */
export type GroupResult = { readonly video: string } & (LabelledResult | { readonly isDone: true });

/** A file of at most so many bytes counts as small: ffmpeg takes about as long to start as to decode it. */
const smallBytes = 2 ** 20;
/** The most files of a group, and the most bytes of all of them. */
const mostFiles = 16;
const groupBytes = 4 * 2 ** 20;
/** The frames of a group are in memory at once. More than so many bytes of them, and each file is read alone. */
const mostFrameBytes = 64 * 2 ** 20;

/** Groups for each of the jobs, so that none is left with a long last one. */
const groupsOfJob = 4;

/**
 * Puts small files that follow one another together; all others stand alone, and so does what is no file or is empty: reading
 * it says why. The order stays.
 * @param sizes bytes of each file, as `readFileSizes` gives them
 * @param jobs groups that are read at once
 */
export function groupVideos(
  videos: readonly FoundVideo[],
  sizes: Float64Array,
  jobs: number,
): readonly (readonly FoundVideo[])[] {
  const most = Math.min(mostFiles, Math.ceil(videos.length / (groupsOfJob * jobs)));
  const groups: FoundVideo[][] = [];
  let open: { readonly group: FoundVideo[]; bytes: number } | undefined;
  for (const [index, video] of videos.entries()) {
    const bytes = sizes[index] ?? Number.NaN;
    if (!(bytes > 0 && bytes <= smallBytes) || process.platform === 'win32') {
      // ffmpeg gets its pipes by number, which Windows cannot hand on.
      open = undefined;
      groups.push([video]);
    } else if (open !== undefined && open.group.length < most && open.bytes + bytes <= groupBytes) {
      open.group.push(video);
      open.bytes += bytes;
    } else {
      open = { group: [video], bytes };
      groups.push(open.group);
    }
  }
  return groups;
}

/** How a group is read. */
export type GroupOptions = ReadOptions & {
  /** That a file which stands alone is decoded by. */
  readonly cores: number;
};

/**
 * Yields what each video gives, in their order; the bytes are those of each video read alone by one thread.
 * @param labelsOf what is known of a video, by its name
 */
export async function* readGroup(
  videos: readonly FoundVideo[],
  labelsOf: (video: string) => VideoLabels,
  { cores, ...options }: GroupOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<GroupResult, void> {
  const together = videos.length > 1 ? await readTogether(videos, options, signal) : undefined;
  for (const [index, { path, video }] of videos.entries()) {
    const frames = together?.[index];
    const results =
      frames === undefined
        ? readVideoByCores(path, options, videos.length > 1 ? 1 : cores, signal)
        : readFrames(path, frames, options, signal);
    for await (const result of labelResults(results, path, labelsOf(video), options, signal))
      yield { video, ...result };
    yield { video, isDone: true };
  }
}

/** The frames of each video, or nothing where they are to be read one by one, which then says what is wrong. */
async function readTogether(
  videos: readonly FoundVideo[],
  options: ReadOptions,
  signal: AbortSignal | undefined,
): Promise<readonly (readonly Uint8Array[])[] | undefined> {
  const paths = videos.map(({ path }) => path);
  try {
    return await decodeTogether(paths, { ...decodeOptionsOf(options), mostBytes: mostFrameBytes }, { signal });
  } catch (error) {
    if (signal?.aborted === true || error instanceof RangeError) throw error;
    return undefined;
  }
}
