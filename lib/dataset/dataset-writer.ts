// Owns the growing of a dataset folder: a killed process loses the last few videos and nothing else. Knows nothing of
// where clips come from.
//
// Clips are written to the shards as they come. Now and then, between two videos, all is synced and `unfinished.json` is
// replaced: it says how far all is good. Whoever goes on cuts everything back to that first. It is removed at the end.
import { open, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { clipLength } from '../clip/clip.js';
import { encodeJsonLines } from '../formats/jsonl.js';
import {
  type ClipOptions,
  type ClipRecord,
  clipShapeOf,
  datasetNames,
  describeDataset,
  type FailureRecord,
} from './dataset-files.js';
import { type DatasetState, type Kept, writeKept } from './dataset-state.js';
import { writeWhole, syncFolder } from './durable-file.js';
import { openShardWriter } from './shard-writer.js';

/** Takes the clips of one video after the other. One writer at a time may have a folder. */
export type DatasetWriter = {
  /** Appends a clip of the video in hand. */
  readonly addClip: (clip: Omit<ClipRecord, 'shard' | 'row'>, pixels: Uint8Array) => Promise<void>;
  /** Notes that the video in hand, or a part of it, could not be read. */
  readonly addFailure: (failure: FailureRecord) => void;
  /** Forgets what was added of the video in hand. */
  readonly takeBackVideo: () => Promise<void>;
  /** The video in hand is done; from now on it is kept. */
  readonly endVideo: () => Promise<void>;
  /** All are done: the folder becomes a dataset. */
  readonly finish: () => Promise<void>;
  /** Ends before the end; the videos that are done are kept. Nothing to do after `finish`. */
  readonly close: () => Promise<void>;
};

/** Between two syncs there are at most so many videos, and about so many bytes. */
const syncedVideos = 16;
const syncedBytes = 64 * 2 ** 20;

/**
 * Opens a folder for more clips, cut back to what was kept. `ffmpeg` lists the builds that have read its videos.
 * @throws {LacunaError} `input` where a shard is shorter than it must be.
 */
export async function openDatasetWriter(
  folder: string,
  options: ClipOptions,
  ffmpeg: readonly string[],
  state: Pick<DatasetState, 'kept'>,
): Promise<DatasetWriter> {
  let { kept } = state;
  await writeKept(folder, kept);
  const description = describeDataset(options, ffmpeg);
  await writeWhole(folder, datasetNames.description, [`${JSON.stringify(description, undefined, 2)}\n`]);
  const shape = clipShapeOf(options);
  const shards = await openShardWriter(folder, shape, options.shardClips, kept.clips);
  const clipList = await openList(join(folder, datasetNames.clips), kept.clipsBytes);
  const failureList = await openList(join(folder, datasetNames.failures), kept.failuresBytes);

  const clips: ClipRecord[] = [];
  const failures: FailureRecord[] = [];
  /** How many of each are of videos that are done. */
  let done = { videos: 0, clips: 0, failures: 0 };
  let isClosed = false;
  /** Whether a list may lack what the other has: then nothing more is kept, and the next call cuts both back. */
  let isBroken = false;

  const keep = async (): Promise<void> => {
    if (done.videos === 0 || isBroken) return;
    isBroken = true;
    await shards.sync();
    const clipBytes = await clipList.append(clips.splice(0, done.clips));
    const failureBytes = await failureList.append(failures.splice(0, done.failures));
    kept = {
      clips: kept.clips + done.clips,
      clipsBytes: kept.clipsBytes + clipBytes,
      failuresBytes: kept.failuresBytes + failureBytes,
    } satisfies Kept;
    await writeKept(folder, kept);
    isBroken = false;
    done = { videos: 0, clips: 0, failures: 0 };
  };
  const closeFiles = async (): Promise<void> => {
    isClosed = true;
    await shards.close();
    await clipList.close();
    await failureList.close();
  };

  return {
    async addClip(clip, pixels) {
      const { video, startSeconds, label, group, split } = clip;
      // What is not known is left out of the line.
      clips.push({ video, startSeconds, ...(await shards.add(pixels)), label, group, split });
    },
    addFailure({ video, reason, detail }) {
      failures.push({ video, reason, detail });
    },
    async takeBackVideo() {
      const ofVideo = clips.splice(done.clips).length;
      failures.splice(done.failures);
      if (ofVideo > 0) await shards.takeBack(ofVideo);
    },
    async endVideo() {
      done = { videos: done.videos + 1, clips: clips.length, failures: failures.length };
      if (done.videos >= syncedVideos || done.clips * clipLength(shape) >= syncedBytes) await keep();
    },
    async finish() {
      await keep();
      await shards.finish();
      await closeFiles();
      await rm(join(folder, datasetNames.unfinished));
      await syncFolder(folder);
    },
    async close() {
      if (isClosed) return;
      await keep().finally(closeFiles);
    },
  };
}

/** A list that grows by whole lines, cut back to so many bytes first. */
async function openList(
  path: string,
  bytes: number,
): Promise<{
  readonly append: (values: readonly unknown[]) => Promise<number>;
  readonly close: () => Promise<void>;
}> {
  const handle = await open(path, 'a');
  await truncate(path, bytes);
  return {
    append: async (values) => {
      const lines = encodeJsonLines(values);
      if (lines === '') return 0;
      await handle.appendFile(lines);
      await handle.sync();
      return Buffer.byteLength(lines);
    },
    close: () => handle.close(),
  };
}
