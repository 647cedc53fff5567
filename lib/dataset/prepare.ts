// Owns videos → a dataset folder. Knows nothing of training.
import { mkdir } from 'node:fs/promises';
import { clipLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { findFfmpeg } from '../video/find-ffmpeg.js';
import { type ClipOptions, clipShapeOf, type FailureRecord, readDescription } from './dataset-files.js';
import { clearDataset, type DatasetState, inspectFolder, readDatasetState } from './dataset-state.js';
import { openDatasetWriter } from './dataset-writer.js';
import { inOrder } from './in-order.js';
import { type PrepareOptions, type ResolvedPrepareOptions, resolvePrepareOptions } from './prepare-options.js';
import { readVideo } from './read-video.js';
import { type FoundVideo, partOf, scanInputs } from './scan.js';
import { targetFault } from './target-fault.js';

/** What a dataset folder holds after a call. */
export type PrepareResult = {
  /** The folder, as it was given. */
  readonly out: string;
  /** Videos in it that gave at least one clip. */
  readonly videos: number;
  /** Clips in it. */
  readonly clips: number;
  /** Every file in it that could not be read, or not in full, in the order in which they were met. */
  readonly failures: readonly FailureRecord[];
  /** Files of the inputs that are no video by their extension. */
  readonly passedOver: number;
  /** Videos of the inputs that were in it already. */
  readonly skipped: number;
};

/** Bytes of clips of later videos that may wait in memory. */
const bytesAhead = 256 * 2 ** 20;

/**
 * Decodes each video once, cuts it into clips and appends them to a dataset folder. A folder made with the same options
 * is continued: videos that are in it, by name, are not read again. The bytes do not depend on `jobs`, nor on where an
 * earlier call was ended.
 * @throws {LacunaError} `usage` for wrong options and for a folder made with others; `input` where an input does not exist
 * or no clip could be made.
 */
export async function prepare(options: PrepareOptions, controls: JobControls = {}): Promise<PrepareResult> {
  const resolved = resolvePrepareOptions(options);
  const { inputs, out, part } = resolved;
  const { signal } = controls;
  signal?.throwIfAborted();
  const scan = await scanInputs(inputs, out, signal);
  const videos = scan.videos.filter(({ video }) => partOf(video, part.count) === part.index);
  if (scan.videos.length === 0) {
    throw new LacunaError('input', `No video was found in ${inputs.join(', ')}; name files or folders that hold some.`);
  }
  const ffmpeg = await findFfmpeg();
  const skipped = await fillFolder(videos, resolved, ffmpeg.version, controls).catch((error: unknown) => {
    throw targetFault(out, error);
  });
  const after = await readDatasetState(out);
  if (after.kept.clips === 0) throw noClips(after.failures);
  return {
    out,
    videos: after.videosWithClips,
    clips: after.kept.clips,
    failures: after.failures,
    passedOver: scan.passedOver,
    skipped,
  };
}

/** Adds the videos that the folder lacks; gives how many it had. */
async function fillFolder(
  videos: readonly FoundVideo[],
  resolved: ResolvedPrepareOptions,
  ffmpeg: string,
  controls: JobControls,
): Promise<number> {
  const { out, clips } = resolved;
  const before = await openFolder(resolved);
  const open = videos.filter(({ video }) => !before.videos.has(video));
  const description = await readDescription(out);
  if (open.length > 0 || !before.isFinished || description === undefined) {
    const builds = new Set([...(description?.ffmpeg ?? []), ...(open.length > 0 ? [ffmpeg] : [])]);
    const writer = await openDatasetWriter(out, clips, [...builds], before);
    try {
      await addVideos(open, resolved, writer, controls);
      await writer.finish();
    } finally {
      // What is done is kept; what cannot be kept is read again by the next call.
      await writer.close().catch(() => undefined);
    }
  }
  return videos.length - open.length;
}

/** Makes the folder, or checks that it was made with the same options. */
async function openFolder({ out, clips, overwrite }: ResolvedPrepareOptions): Promise<DatasetState> {
  const found = await inspectFolder(out);
  if (found === 'foreign') {
    throw new LacunaError('usage', `${out} holds other files and no dataset; name a new folder.`);
  }
  if (found === 'absent') {
    await mkdir(out, { recursive: true }).catch((cause: unknown) => {
      throw new LacunaError('input', `${out} cannot be made; name another folder.`, { cause });
    });
  }
  if (found === 'dataset' && overwrite) await clearDataset(out);
  const made = await readDescription(out);
  const difference = made ? describeDifference(made.options, clips) : '';
  if (difference !== '') {
    throw new LacunaError(
      'usage',
      `${out} was made with other options (${difference}); use those, overwrite it, or name another folder.`,
    );
  }
  const state = await readDatasetState(out);
  return made === undefined ? { ...state, isFinished: false } : state;
}

function describeDifference(made: ClipOptions, asked: ClipOptions): string {
  const keys = ['size', 'fps', 'frames', 'stride', 'hop', 'fit', 'shardClips'] as const satisfies (keyof ClipOptions)[];
  return keys
    .filter((key) => made[key] !== asked[key])
    .map((key) => `${key} is ${made[key]} there and ${asked[key]} here`)
    .join(', ');
}

async function addVideos(
  videos: readonly FoundVideo[],
  { clips, jobs, timeoutSeconds, maxPixels, maxSeconds }: ResolvedPrepareOptions,
  writer: Awaited<ReturnType<typeof openDatasetWriter>>,
  { signal, onProgress }: JobControls,
): Promise<void> {
  const ahead = Math.max(jobs, Math.floor(bytesAhead / clipLength(clipShapeOf(clips))));
  let done = 0;
  const reading = { ...clips, timeoutSeconds, maxPixels, maxSeconds };
  const read = (found: FoundVideo, stop: AbortSignal) =>
    readVideo(found.path, reading, signal ? AbortSignal.any([signal, stop]) : stop);
  for await (const { job, items } of inOrder(videos, { jobs, ahead }, read)) {
    const { video } = job;
    for await (const found of items) {
      signal?.throwIfAborted();
      if ('failure' in found) writer.addFailure({ video, ...found.failure });
      else await writer.addClip({ video, startSeconds: found.clip.startFrame / clips.fps }, found.clip.pixels);
    }
    await writer.endVideo();
    done += 1;
    onProgress?.({ unit: 'videos', done, total: videos.length, note: video });
    signal?.throwIfAborted();
  }
}

const namedFailures = 3;

function noClips(failures: readonly FailureRecord[]): LacunaError {
  const named = failures.slice(0, namedFailures).map(({ video, reason, detail }) => {
    return `${video} is ${reason} (${detail.replaceAll('\n', '; ')})`;
  });
  const more = failures.length > namedFailures ? `, and ${failures.length - namedFailures} more` : '';
  return new LacunaError(
    'input',
    failures.length === 0
      ? 'No clip could be made, as no video falls to this part; name more videos.'
      : `No clip could be made: ${named.join(', ')}${more}; see failures.jsonl and name other videos.`,
  );
}
