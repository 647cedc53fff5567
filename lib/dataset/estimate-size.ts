// Owns how many clips and bytes videos will give, from what their headers say. Knows nothing of folders and disks.
import { clipLength } from '../clip/clip.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { npyHeader } from '../formats/npy.js';
import { countClips } from './cut-clips.js';
import { type ClipOptions, clipShapeOf } from './dataset-files.js';
import type { NeededRoom } from './disk-room.js';
import { inOrder } from '../clip/in-order.js';
import type { ResolvedPrepareOptions } from './prepare-options.js';
import { leastBytesPerSecond, readSaidLength } from './said-length.js';
import type { FoundVideo } from './scan.js';

/** Headers that are read for an estimate; of more videos, as many are chosen evenly. */
const mostHeaders = 16;

/** Where there is room for a day of every video, no header is read. */
const plentySeconds = 86_400;

/** Clips of a video of this length, of the part that is read; what its frames really give may be one more or less. */
export function clipsOfSeconds(seconds: number, clips: ClipOptions): number {
  const { startSeconds = 0, endSeconds = Infinity } = clips;
  const readSeconds = Math.max(0, Math.min(seconds, endSeconds) - startSeconds);
  return countClips(Math.round(readSeconds * clips.fps), clips);
}

/** Bytes of the shards that hold so many clips. */
export function shardBytesOf(count: number, clips: ClipOptions): number {
  const shape = clipShapeOf(clips);
  const header = npyHeader('uint8', [0, shape.frames, shape.height, shape.width, shape.channels]).length;
  return count * clipLength(shape) + Math.ceil(count / clips.shardClips) * header;
}

/**
 * How much room videos will take, by the headers of a few of them. A video that does not say its length, says one that its
 * file cannot hold, or cannot be read, counts as nothing.
 * @param sizes bytes of each file, as `readFileSizes` gives them
 */
export async function estimateSize(
  videos: readonly FoundVideo[],
  sizes: Float64Array,
  { clips, jobs, maxSeconds }: Pick<ResolvedPrepareOptions, 'clips' | 'jobs' | 'maxSeconds'>,
  freeBytes: number | undefined,
  signal: AbortSignal | undefined,
): Promise<NeededRoom> {
  const most = shardBytesOf(videos.length * clipsOfSeconds(plentySeconds, clips), clips);
  if (freeBytes === undefined || most <= freeBytes) return { bytes: most, leastBytes: 0, basis: 'without a look' };
  const likely = shardBytesOf(likelyMostClips(sizes, clips), clips);
  if (likely <= freeBytes) return { bytes: likely, leastBytes: 0, basis: 'by the sizes of the files' };
  const chosen = chooseEvenly(videos, mostHeaders);
  const counts: number[] = [];
  const read = async function* ({ path }: FoundVideo, stop: AbortSignal): AsyncGenerator<number, void> {
    const said = await readSaidLength(path, { maxSeconds }, stop).catch(ignoreInput);
    yield clipsOfSeconds(said?.seconds ?? 0, clips);
  };
  for await (const { items } of inOrder(chosen, { jobs, ahead: jobs, signal }, read)) {
    for await (const count of items) counts.push(count);
  }
  const { total, least } = scaleUp(counts, videos.length);
  return {
    bytes: shardBytesOf(total, clips),
    leastBytes: shardBytesOf(least, clips),
    basis: `by the headers of ${chosen.length} of ${videos.length} videos`,
  };
}

/** More clips than files of such sizes will give: at most of a day each. */
function likelyMostClips(sizes: Float64Array, clips: ClipOptions): number {
  const clipsOf = (size: number) => clipsOfSeconds(Math.min(plentySeconds, size / leastBytesPerSecond), clips);
  return sizes.reduce((count, size) => count + (size > 0 ? clipsOf(size) : 0), 0);
}

/**
 * The sum over all from an even choice of them, and what it will hardly fall short of: two standard errors less, but never
 * less than was counted. Where all were chosen, both are the sum.
 */
export function scaleUp(counts: readonly number[], all: number): { readonly total: number; readonly least: number } {
  const chosen = counts.length;
  const sum = counts.reduce((before, count) => before + count, 0);
  if (chosen === 0 || chosen >= all) return { total: sum, least: sum };
  const mean = sum / chosen;
  const variance = counts.reduce((before, count) => before + (count - mean) ** 2, 0) / Math.max(1, chosen - 1);
  const error = Math.sqrt((variance / chosen) * (1 - chosen / all));
  return { total: Math.round(mean * all), least: Math.max(sum, Math.floor((mean - 2 * error) * all)) };
}

/** At most so many of a list, from all over it. */
export function chooseEvenly<Item>(items: readonly Item[], most: number): Item[] {
  const count = Math.min(most, items.length);
  return Array.from({ length: count }, (_, place) => Math.floor(((place + 0.5) * items.length) / count)).flatMap(
    (index) => items.slice(index, index + 1),
  );
}

function ignoreInput(error: unknown): undefined {
  if (!(error instanceof LacunaError)) throw error;
}
