// Owns videos → a dataset folder. Knows nothing of training.
import { availableParallelism } from 'node:os';
import { clipLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { findFfmpeg } from '../video/find-ffmpeg.js';
import type { ClassCount } from './count-classes.js';
import { secondsOfClip } from './cut-clips.js';
import { clipShapeOf, type FailureRecord, readDescription } from './dataset-files.js';
import { clearDataset, type FoundFolder, inspectFolder, readDatasetState } from './dataset-state.js';
import { openDatasetWriter } from './dataset-writer.js';
import { checkRoom, readFreeBytes } from './disk-room.js';
import { estimateSize } from './estimate-size.js';
import { readFileSizes } from './file-sizes.js';
import { findWork, type Work } from './find-work.js';
import { type FolderHold, withFolderHold } from './hold.js';
import { inOrder } from '../clip/in-order.js';
import type { KnownLabels } from './labels.js';
import type { UnmatchedLine } from './match-lines.js';
import { nameFailures } from './name-failures.js';
import { type PrepareOptions, type ResolvedPrepareOptions, resolvePrepareOptions } from './prepare-options.js';
import { groupVideos, readGroup } from './read-group.js';
import type { FoundVideo, UnreadablePlace } from './scan.js';
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
  /** Names in the inputs that are no video by their extension. */
  readonly passedOver: number;
  /** Symbolic links that lead out of the inputs and were not followed. */
  readonly linksLeft: number;
  /** Folders of the inputs that could not be searched, and links with a video's name that lead nowhere. */
  readonly unreadable: readonly UnreadablePlace[];
  /** Videos of the inputs that were in it already. */
  readonly skipped: number;
  /** The labels in it, and how much there is of each. */
  readonly classes: readonly ClassCount[];
  /** Lines of the files of labels and groups that mean no video of the inputs and none in it. */
  readonly unmatched: readonly UnmatchedLine[];
};

/** Bytes of clips of later videos that may wait in memory. */
const bytesAhead = 256 * 2 ** 20;

/**
 * Decodes each video once, cuts it into clips and appends them to a dataset folder. A folder made with the same options
 * is continued: videos that are in it, by name, are not read again. The bytes do not depend on `jobs`, nor on where an
 * earlier call was ended.
 * @throws {LacunaError} `usage` for wrong options and for a folder made with others; `input` where an input does not exist,
 * a file of labels or groups is wrong, no clip could be made, or where what is to be made will not fit the disk by an
 * estimate from the headers of a few videos.
 */
export async function prepare(options: PrepareOptions, controls: JobControls = {}): Promise<PrepareResult> {
  const asked = resolvePrepareOptions(options);
  controls.signal?.throwIfAborted();
  return withFolderHold(asked.out, (hold) => prepareAlone(asked, hold, controls));
}

async function prepareAlone(
  asked: ResolvedPrepareOptions,
  hold: FolderHold,
  controls: JobControls,
): Promise<PrepareResult> {
  const { out } = asked;
  const { signal } = controls;
  const found = await inspectFolder(out);
  if (found === 'dataset' || found === 'empty') await hold.take();
  const work = await findWork(asked, signal).catch((error: unknown) => {
    throw targetFault(out, 'prepare', error);
  });
  const { scan, videos, open, before, known, resolved } = work;
  const ffmpeg = await findFfmpeg();
  const sizes = await readFileSizes(open);
  if (resolved.diskCheck && open.length > 0) {
    const freeBytes = await readFreeBytes(out, resolved.overwrite);
    checkRoom(out, await estimateSize(open, sizes, resolved, freeBytes, signal), freeBytes);
  }
  try {
    await makeFolder(resolved, found, hold);
    await fillFolder(work, sizes, ffmpeg.version, controls);
  } catch (error) {
    throw targetFault(out, 'prepare', error);
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
    classes: after.classes,
    unmatched: known.unmatched(before.videos),
  };
}

/** Adds the videos that the folder lacks. */
async function fillFolder(
  { open, before, known, resolved }: Work,
  sizes: Float64Array,
  ffmpeg: string,
  controls: JobControls,
): Promise<void> {
  const { out, clips } = resolved;
  const description = await readDescription(out);
  if (open.length === 0 && before.isFinished && description !== undefined) return;
  const builds = new Set([...(description?.ffmpeg ?? []), ...(open.length > 0 ? [ffmpeg] : [])]);
  const writer = await openDatasetWriter(out, clips, [...builds], before);
  try {
    await addVideos(groupVideos(open, sizes, resolved.jobs), known, resolved, writer, controls);
    await writer.finish();
  } finally {
    // What is done is kept; what cannot be kept is read again by the next call.
    await writer.close().catch(() => undefined);
  }
}

/** Makes the folder where it is missing, and empties it where it is to be replaced. */
async function makeFolder(
  { out, overwrite }: ResolvedPrepareOptions,
  found: FoundFolder,
  hold: FolderHold,
): Promise<void> {
  if (found === 'dataset' && overwrite) await clearDataset(out);
  if (found !== 'absent') return;
  await hold.make().catch((cause: unknown) => {
    throw cause instanceof LacunaError
      ? cause
      : new LacunaError('input', `${out} cannot be made; name another folder.`, { cause });
  });
}

async function addVideos(
  groups: readonly (readonly FoundVideo[])[],
  known: KnownLabels,
  { clips, jobs, timeoutSeconds, maxPixels, maxSeconds }: ResolvedPrepareOptions,
  writer: Awaited<ReturnType<typeof openDatasetWriter>>,
  { signal, onProgress }: JobControls,
): Promise<void> {
  const ahead = Math.max(jobs, Math.floor(bytesAhead / clipLength(clipShapeOf(clips))));
  const total = groups.reduce((count, group) => count + group.length, 0);
  let begun = 0;
  const read = (group: readonly FoundVideo[], stop: AbortSignal) => {
    // Where fewer videos are left than there are cores, each of the last ones is decoded by several.
    const cores = Math.max(1, Math.floor(availableParallelism() / Math.min(jobs, groups.length - begun)));
    begun += 1;
    const options = { ...clips, timeoutSeconds, maxPixels, maxSeconds, cores };
    return readGroup(group, known.of, options, stop);
  };
  let done = 0;
  for await (const { items } of inOrder(groups, { jobs, ahead, signal }, read)) {
    for await (const item of items) {
      signal?.throwIfAborted();
      const { video } = item;
      if ('clip' in item) {
        const startSeconds = secondsOfClip(item.clip.startFrame, clips);
        await writer.addClip({ video, startSeconds, ...item.labels }, item.clip.pixels);
      } else if ('failure' in item) writer.addFailure({ video, ...item.failure });
      else if ('again' in item) await writer.takeBackVideo();
      else {
        await writer.endVideo();
        done += 1;
        onProgress?.({ unit: 'videos', done, total, note: video });
      }
    }
    signal?.throwIfAborted();
  }
}

function noClips(failures: readonly FailureRecord[]): LacunaError {
  return new LacunaError(
    'input',
    failures.length === 0
      ? 'No clip could be made, as no video falls to this part; name more videos.'
      : `No clip could be made: ${nameFailures(failures)}; see failures.jsonl and name other videos.`,
  );
}
