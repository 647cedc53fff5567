// Owns what `prepare` would make, from the headers of all videos, without writing anything. Knows nothing of pixels.
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { DecodeError } from '../video/failure-reason.js';
import { findFfmpeg } from '../video/find-ffmpeg.js';
import { clipSpan } from './cut-clips.js';
import type { FailureRecord } from './dataset-files.js';
import { readFreeBytes } from './disk-room.js';
import { clipsOfSeconds, shardBytesOf } from './estimate-size.js';
import { inOrder } from '../clip/in-order.js';
import { findWork } from './find-work.js';
import { type PrepareOptions, type ResolvedPrepareOptions, resolvePrepareOptions } from './prepare-options.js';
import { readSaidLength } from './said-length.js';
import type { FoundVideo, UnreadablePlace } from './scan.js';

/** What a call of `prepare` would add to a dataset folder. Lengths are those that headers say, and they may be wrong. */
export type PreparationPlan = {
  /** The folder, as it was given. */
  readonly out: string;
  /** Videos that would give at least one clip. */
  readonly videos: number;
  /** Clips that they would give, about one more or less for each video. */
  readonly clips: number;
  /** Bytes of the shards with these clips. */
  readonly bytes: number;
  /** Bytes that are free where the folder is or will be, where the system says so. */
  readonly freeBytes?: number;
  /** Videos that do not say their length, or say one that such a file cannot hold: how many clips they would give is not known, and not in the counts. */
  readonly unknown: readonly string[];
  /** Files that would fail: no header can be read, or the video is shorter than a clip. */
  readonly failures: readonly FailureRecord[];
  /** Names in the inputs that are no video by their extension. */
  readonly passedOver: number;
  /** Symbolic links that lead out of the inputs and would not be followed. */
  readonly linksLeft: number;
  /** Folders of the inputs that could not be searched, and links with a video's name that lead nowhere. */
  readonly unreadable: readonly UnreadablePlace[];
  /** Videos of the inputs that are in the folder already. */
  readonly skipped: number;
};

type Said = { readonly seconds: number } | { readonly failure: Omit<FailureRecord, 'video'> } | 'unknown';

/**
 * Says what `prepare` would make with the same options. Reads one header after the other, `jobs` at once, and writes nothing.
 * @throws {LacunaError} as `prepare` does before it begins.
 */
export async function planPreparation(options: PrepareOptions, controls: JobControls = {}): Promise<PreparationPlan> {
  const resolved = resolvePrepareOptions(options);
  const { out, clips: asked, overwrite } = resolved;
  controls.signal?.throwIfAborted();
  const { scan, videos, open } = await findWork(resolved, controls.signal);
  await findFfmpeg();
  const freeBytes = await readFreeBytes(out, overwrite);
  const unknown: string[] = [];
  const failures: FailureRecord[] = [];
  let [withClips, clips] = [0, 0];
  for await (const { video, said } of readHeaders(open, resolved, controls)) {
    if (said === 'unknown') unknown.push(video);
    else if ('failure' in said) failures.push({ video, ...said.failure });
    else {
      withClips += 1;
      clips += clipsOfSeconds(said.seconds, asked);
    }
  }
  return {
    out,
    videos: withClips,
    clips,
    bytes: shardBytesOf(clips, asked),
    ...(freeBytes === undefined ? {} : { freeBytes }),
    unknown,
    failures,
    passedOver: scan.passedOver,
    linksLeft: scan.linksLeft,
    unreadable: scan.unreadable,
    skipped: videos.length - open.length,
  };
}

async function* readHeaders(
  videos: readonly FoundVideo[],
  resolved: ResolvedPrepareOptions,
  { signal, onProgress }: JobControls,
): AsyncGenerator<{ readonly video: string; readonly said: Said }, void> {
  const { jobs } = resolved;
  const read = async function* ({ path }: FoundVideo, stop: AbortSignal): AsyncGenerator<Said, void> {
    yield await readHeader(path, resolved, stop);
  };
  let done = 0;
  for await (const { job, items } of inOrder(videos, { jobs, ahead: 4 * jobs, signal }, read)) {
    signal?.throwIfAborted();
    for await (const said of items) yield { video: job.video, said };
    done += 1;
    onProgress?.({ unit: 'headers', done, total: videos.length, note: job.video });
  }
}

async function readHeader(
  path: string,
  { clips, maxPixels, maxSeconds }: ResolvedPrepareOptions,
  signal: AbortSignal,
): Promise<Said> {
  try {
    const { info, seconds } = await readSaidLength(path, { maxSeconds }, signal);
    if (info.width * info.height > maxPixels) {
      const detail = `${info.width} × ${info.height} pixels, where at most ${maxPixels} are decoded`;
      return { failure: { reason: 'too-large', detail } };
    }
    if (seconds === undefined) return 'unknown';
    if (clipsOfSeconds(seconds, clips) > 0) return { seconds };
    const detail = `${seconds} seconds, where a clip takes ${clipSpan(clips)} frames at ${clips.fps} a second`;
    return { failure: { reason: 'too-short', detail } };
  } catch (error) {
    if (signal.aborted || !(error instanceof LacunaError)) throw error;
    if (error instanceof DecodeError) return { failure: { reason: error.reason, detail: error.detail } };
    return { failure: { reason: 'unreadable', detail: 'the file cannot be read' } };
  }
}
