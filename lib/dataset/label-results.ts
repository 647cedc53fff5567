// Owns what is known of each clip as it is read. Knows nothing of where that comes from.
import { LacunaError } from '../clip/lacuna-error.js';
import { probeVideo } from '../video/probe.js';
import { exactRate, hasWindows, labelsOfClip, type VideoLabels } from './clip-labels.js';
import type { CutClip } from './cut-clips.js';
import type { ClipLabels } from './dataset-files.js';
import type { ReadAgain, ReadOptions, ReadResult } from './read-video.js';

/** As {@link ReadResult}, each clip with what is known of it. */
export type LabelledResult =
  { readonly clip: CutClip; readonly labels: ClipLabels } | Exclude<ReadResult, { clip: CutClip }> | ReadAgain;

/**
 * Yields the results of a video, each clip with what is known of it. The header of a file whose labels are of windows is read
 * first, for its rate; a file that does not say its rate gives its clips without those labels, and a failure.
 */
export async function* labelResults(
  results: AsyncIterable<ReadResult | ReadAgain>,
  path: string,
  known: VideoLabels,
  options: ReadOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<LabelledResult, void> {
  const needsRate = hasWindows(known);
  const sourceFps = needsRate ? await readRate(path, signal) : undefined;
  // Windows count from the file's first frame, clips from the first that was read.
  const skipped = (options.startSeconds ?? 0) * options.fps;
  let isWhole = true;
  for await (const result of results) {
    if ('clip' in result) {
      const labels = labelsOfClip(known, skipped + result.clip.startFrame, { ...options, sourceFps });
      yield { clip: result.clip, labels };
    } else {
      isWhole = 'again' in result;
      yield result;
    }
  }
  if (needsRate && sourceFps === undefined && isWhole) {
    const detail = 'the file does not say its rate, so that its labelled frames cannot be found';
    yield { failure: { reason: 'unreadable', detail } };
  }
}

/** Nothing where the file does not say it; what is wrong with a file is found when it is read. */
async function readRate(path: string, signal: AbortSignal | undefined): Promise<number | undefined> {
  try {
    const { fps } = await probeVideo(path, signal ? { signal } : {});
    return fps === undefined ? undefined : exactRate(fps);
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof LacunaError)) throw error;
    return undefined;
  }
}
