// Owns many datasets → one. Knows nothing of videos and how they were read.
import { open, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { clipLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { streamJsonLines } from '../formats/jsonl.js';
import { clipShapeOf, datasetNames, type FailureRecord, parseClipRecords, readDescription } from './dataset-files.js';
import { clearDataset, inspectFolder, type Kept, readUnfinished } from './dataset-state.js';
import { type DatasetWriter, openDatasetWriter } from './dataset-writer.js';
import { checkRoom, readFreeBytes } from './disk-room.js';
import { readAll } from './durable-file.js';
import { shardBytesOf } from './estimate-size.js';
import { type FolderHold, withFolderHold } from './hold.js';
import { type MergedVideo, type MergeOrder, orderMerge } from './merge-order.js';
import { checkShard } from './open-dataset.js';
import { describeDifference } from './describe-difference.js';
import { targetFault } from './target-fault.js';
import { readVideoIndex } from './video-index.js';

/** What is merged, and where it goes. */
export type MergeOptions = {
  /** Dataset folders that `prepare` made with the same options, with no video in two of them. At least one. */
  readonly datasets: readonly string[];
  /** The folder of the merged dataset; made where it is missing, continued where an earlier merge of the same was ended. */
  readonly out: string;
  /** Replace a dataset that is there; only what Lacuna made is removed. Default false. */
  readonly overwrite?: boolean | undefined;
};

/** What the merged dataset holds. */
export type MergeResult = {
  /** The folder, as it was given. */
  readonly out: string;
  /** Videos in it that gave at least one clip. */
  readonly videos: number;
  /** Clips in it. */
  readonly clips: number;
  /** Every file that could not be read, or not in full, in the order of the videos. */
  readonly failures: readonly FailureRecord[];
  /** Videos that an earlier call had merged. */
  readonly skipped: number;
};

const optionsSchema = z.strictObject({
  datasets: z.array(z.string().min(1)).min(1),
  out: z.string().min(1),
  overwrite: z.boolean().default(false),
});

/**
 * Copies datasets into one. Its videos stand in the order in which one `prepare` of one folder finds them, so that the
 * parts of a corpus give the same bytes as a `prepare` without parts, in whatever order they are named. A call that was
 * ended at any moment is gone on with by the next. The datasets are left as they are.
 * @throws {LacunaError} `usage` where they were made with different options, or the folder holds something else; `input`
 * where one is no dataset, unfinished or damaged, a video is in two of them, or there is no room.
 */
export async function mergeDatasets(options: MergeOptions, controls: JobControls = {}): Promise<MergeResult> {
  const { datasets, out, overwrite } = checkOptions(optionsSchema, options, 'merge');
  controls.signal?.throwIfAborted();
  await checkApart(datasets, out);
  return withFolderHold(out, (hold) => mergeAlone(datasets, out, overwrite, hold, controls));
}

async function mergeAlone(
  datasets: readonly string[],
  out: string,
  overwrite: boolean,
  hold: FolderHold,
  controls: JobControls,
): Promise<MergeResult> {
  const found = await inspectFolder(out);
  if (found === 'dataset' || found === 'empty') await hold.take();
  const order = await orderMerge(datasets);
  if (order.clips === 0) throw new LacunaError('input', `No clip is in ${datasets.join(', ')}; name other datasets.`);
  if (found === 'foreign') {
    throw new LacunaError('usage', `${out} holds other files and no dataset; name a new folder.`);
  }
  const isReplaced = found === 'dataset' && overwrite;
  const before = isReplaced || found !== 'dataset' ? nothing : await readMerged(out, order);
  const bytes = shardBytesOf(order.clips - before.kept.clips, order.options);
  checkRoom(out, { bytes, leastBytes: bytes, basis: '' }, await readFreeBytes(out, isReplaced));
  try {
    if (isReplaced) await clearDataset(out);
    if (found === 'absent') await hold.make();
    if (before.videos < order.videos.length || !before.isFinished) await copyVideos(order, out, before, controls);
  } catch (error) {
    throw targetFault(out, 'merge', error);
  }
  return {
    out,
    videos: order.videos.filter(({ index }) => index.clips > 0).length,
    clips: order.clips,
    failures: order.videos.flatMap(({ index }) => index.failures),
    skipped: before.videos,
  };
}

type Merged = {
  readonly videos: number;
  readonly kept: Kept;
  readonly isFinished: boolean;
};

const nothing: Merged = { videos: 0, kept: { clips: 0, clipsBytes: 0, failuresBytes: 0 }, isFinished: false };

/** What an earlier call left, which must be how this merge begins. */
async function readMerged(out: string, { options, videos }: MergeOrder): Promise<Merged> {
  const made = await readDescription(out);
  const unfinished = await readUnfinished(out);
  // Nothing but the note of it stands there yet.
  if (made === undefined) return nothing;
  const difference = describeDifference(made.options, options);
  const index = await readVideoIndex(out, unfinished);
  const isBeginning = videos.slice(0, index.videos.size).every(({ video, index: { clips, failures } }) => {
    const there = index.videos.get(video);
    return there?.clips === clips && there.failures.length === failures.length;
  });
  if (difference !== '' || !isBeginning || index.videos.size > videos.length) {
    const what = difference === '' ? 'other videos' : `other options: ${difference}`;
    throw new LacunaError(
      'usage',
      `${out} holds a dataset that is not the beginning of this one (${what}); overwrite it or name another folder.`,
    );
  }
  const { clips, clipsBytes, failuresBytes } = index;
  return {
    videos: index.videos.size,
    kept: { clips, clipsBytes, failuresBytes },
    isFinished: unfinished === undefined,
  };
}

async function copyVideos(
  order: MergeOrder,
  out: string,
  before: Merged,
  { signal, onProgress }: JobControls,
): Promise<void> {
  const writer = await openDatasetWriter(out, order.options, order.ffmpeg, before);
  try {
    for (const [place, merged] of order.videos.entries()) {
      if (place < before.videos) continue;
      signal?.throwIfAborted();
      await copyVideo(merged, order, writer, signal);
      onProgress?.({ unit: 'videos', done: place + 1, total: order.videos.length, note: merged.video });
    }
    await writer.finish();
  } finally {
    // What is done is kept; what cannot be kept is copied again by the next call.
    await writer.close().catch(() => undefined);
  }
}

async function copyVideo(
  { folder, index }: MergedVideo,
  { options }: MergeOrder,
  writer: DatasetWriter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const shape = clipShapeOf(options);
  const pixels = new Uint8Array(clipLength(shape));
  const list = join(folder, datasetNames.clips);
  let held:
    { readonly name: string; readonly read: (row: number) => Promise<void>; close: () => Promise<void> } | undefined;
  const openShard = async (name: string) => {
    const file = join(folder, name);
    const handle = await open(file, 'r').catch((cause: unknown) => {
      throw new LacunaError('input', `${file} cannot be read; make ${folder} again.`, { cause });
    });
    const dataOffset = await checkShard(handle, file, shape, 0).catch(async (error: unknown) => {
      await handle.close();
      throw error;
    });
    return {
      name,
      async read(row: number) {
        const bytes = await readAll(handle, pixels, dataOffset + row * pixels.length).catch((cause: unknown) => {
          throw new LacunaError('input', `${file} cannot be read; bring its disk back, or make ${folder} again.`, {
            cause,
          });
        });
        if (bytes < pixels.length) throw new LacunaError('input', `${file} is cut short; make ${folder} again.`);
      },
      close: () => handle.close(),
    };
  };
  try {
    for await (const { value } of streamJsonLines(list, index)) {
      signal?.throwIfAborted();
      for (const { shard, row, ...clip } of parseClipRecords([value], list)) {
        if (held?.name !== shard) {
          await held?.close();
          held = await openShard(shard);
        }
        await held.read(row);
        await writer.addClip(clip, pixels);
      }
    }
  } finally {
    await held?.close();
  }
  for (const failure of index.failures) writer.addFailure(failure);
  await writer.endVideo();
}

/** A dataset cannot be merged into itself. */
async function checkApart(datasets: readonly string[], out: string): Promise<void> {
  const place = (folder: string) => realpath(folder).catch(() => resolve(folder));
  const target = await place(out);
  for (const folder of datasets) {
    if ((await place(folder)) !== target) continue;
    throw new LacunaError('usage', `${folder} is merged and cannot be where the result goes; name another folder.`);
  }
}
