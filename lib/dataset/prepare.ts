// Owns videos → a dataset folder. Knows nothing of training.
import { mkdir } from 'node:fs/promises';
import { clipLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { findFfmpeg } from '../video/find-ffmpeg.js';
import { type ClipOptions, clipShapeOf, type FailureRecord, readDescription } from './dataset-files.js';
import { clearDataset, type DatasetState, inspectFolder, readDatasetState } from './dataset-state.js';
import { openDatasetWriter } from './dataset-writer.js';
import { checkRoom, readFreeBytes } from './disk-room.js';
import { estimateSize } from './estimate-size.js';
import { inOrder } from './in-order.js';
import { type PrepareOptions, type ResolvedPrepareOptions, resolvePrepareOptions } from './prepare-options.js';
import { readVideo } from './read-video.js';
import { type FoundVideo, partOf, type Scan, scanInputs, type UnreadablePlace } from './scan.js';

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
  /** Names in the inputs that are no video: files with another extension, pipes, sockets, devices. */
  readonly passedOver: number;
  /** Symbolic links that lead out of the inputs and were not followed. */
  readonly linksLeft: number;
  /** Folders of the inputs that could not be searched, and links with a video's name that lead nowhere. */
  readonly unreadable: readonly UnreadablePlace[];
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
 * or no clip could be made, or
 * where what is to be made will not fit the disk by an estimate from the headers of a few videos.
 */
export async function prepare(options: PrepareOptions, controls: JobControls = {}): Promise<PrepareResult> {
  const resolved = resolvePrepareOptions(options);
  const { out, clips } = resolved;
  const { signal } = controls;
  signal?.throwIfAborted();
  const { scan, videos, open, before } = await findWork(resolved, signal);
  const ffmpeg = await findFfmpeg();
  if (resolved.diskCheck && open.length > 0) {
    const freeBytes = await readFreeBytes(out, resolved.overwrite);
    checkRoom(out, await estimateSize(open, resolved, freeBytes, signal), freeBytes);
  }
  await makeFolder(resolved);
  const description = await readDescription(out);
  if (open.length > 0 || !before.isFinished || description === undefined) {
    const builds = new Set([...(description?.ffmpeg ?? []), ...(open.length > 0 ? [ffmpeg.version] : [])]);
    const writer = await openDatasetWriter(out, clips, [...builds], before);
    try {
      await addVideos(open, resolved, writer, controls);
      await writer.finish();
    } catch (error) {
      throw isFull(error)
        ? new LacunaError('input', `${out} has no room for more; free some and run the same prepare again.`, {
            cause: error,
          })
        : error;
    } finally {
      // What is done is kept; what cannot be kept is read again by the next call.
      await writer.close().catch(() => undefined);
    }
  }
  const after = await readDatasetState(out);
  if (after.kept.clips === 0) throw noClips(after.failures);
  return {
    out,
    videos: after.videosWithClips,
    clips: after.kept.clips,
    failures: after.failures,
    passedOver: scan.passedOver,
    linksLeft: scan.linksLeft,
    unreadable: scan.unreadable,
    skipped: videos.length - open.length,
  };
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** What a call has to do. */
export type Work = {
  readonly scan: Scan;
  /** The videos of the part. */
  readonly videos: readonly FoundVideo[];
  /** Those of them that are not in the folder yet. */
  readonly open: readonly FoundVideo[];
  /** What the folder holds that is kept. */
  readonly before: DatasetState;
};

/** Finds what a call has to do; changes nothing. */
export async function findWork(resolved: ResolvedPrepareOptions, signal: AbortSignal | undefined): Promise<Work> {
  const { inputs, out, part, followLinks } = resolved;
  const scan = await scanInputs(inputs, { except: out, followLinks, signal });
  if (scan.videos.length === 0) throw noVideos(inputs, scan);
  const videos = scan.videos.filter(({ video }) => partOf(video, part.count) === part.index);
  const before = await checkFolder(resolved);
  return { scan, videos, open: videos.filter(({ video }) => !before.videos.has(video)), before };
}

function noVideos(inputs: readonly string[], { linksLeft, unreadable }: Scan): LacunaError {
  const [first] = unreadable;
  const notes = [
    ...(linksLeft > 0 ? ['links that lead out of them are followed only on demand'] : []),
    ...(first ? [`${first.path} cannot be read (${first.code})`] : []),
  ].map((note) => ` (${note})`);
  return new LacunaError(
    'input',
    `No video was found in ${inputs.join(', ')}${notes.join('')}; name files or folders that hold some.`,
  );
}

const nothing: DatasetState = {
  kept: { clips: 0, clipsBytes: 0, failuresBytes: 0 },
  failures: [],
  videos: new Set(),
  videosWithClips: 0,
  isFinished: false,
};

/** Checks that the folder may be used, and was made with the same options; gives what of it is kept. */
async function checkFolder({ out, clips, overwrite }: ResolvedPrepareOptions): Promise<DatasetState> {
  const found = await inspectFolder(out);
  if (found === 'foreign') {
    throw new LacunaError('usage', `${out} holds other files and no dataset; name a new folder.`);
  }
  if (found === 'dataset' && overwrite) return nothing;
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

/** Where the options of two datasets differ, in words; empty where they do not. */
export function describeDifference(made: ClipOptions, asked: ClipOptions): string {
  const keys = ['size', 'fps', 'frames', 'stride', 'hop', 'fit', 'shardClips'] as const satisfies (keyof ClipOptions)[];
  return keys
    .filter((key) => made[key] !== asked[key])
    .map((key) => `${key} is ${made[key]} there and ${asked[key]} here`)
    .join(', ');
}

/** Makes the folder where it is missing, and empties it where it is to be replaced. */
async function makeFolder({ out, overwrite }: ResolvedPrepareOptions): Promise<void> {
  const found = await inspectFolder(out);
  if (found === 'dataset' && overwrite) await clearDataset(out);
  if (found !== 'absent') return;
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new LacunaError('input', `${out} cannot be made; name another folder.`, { cause });
  });
}

async function addVideos(
  videos: readonly FoundVideo[],
  { clips, jobs, timeoutSeconds }: ResolvedPrepareOptions,
  writer: Awaited<ReturnType<typeof openDatasetWriter>>,
  { signal, onProgress }: JobControls,
): Promise<void> {
  const ahead = Math.max(jobs, Math.floor(bytesAhead / clipLength(clipShapeOf(clips))));
  let done = 0;
  const read = (found: FoundVideo, stop: AbortSignal) =>
    readVideo(found.path, { ...clips, timeoutSeconds }, signal ? AbortSignal.any([signal, stop]) : stop);
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
