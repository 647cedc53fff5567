// Owns videos → an index of their clips, without keeping a pixel. Knows nothing of training.
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { decodeJsonLines, encodeJsonLinesInParts } from '../formats/jsonl.js';
import { findFfmpeg } from '../video/find-ffmpeg.js';
import { checkOf, type IndexedVideo, readIndexedVideos, writeIndexedVideos } from './clip-index.js';
import { secondsOfClip } from './cut-clips.js';
import {
  type ClipOptions,
  type ClipRecord,
  datasetNames,
  describeDataset,
  type FailureRecord,
  parseFailureRecords,
  readDescription,
  shardName,
} from './dataset-files.js';
import { writeWhole } from './durable-file.js';
import { withFolderHold } from './hold.js';
import { inOrder } from '../clip/in-order.js';
import { nameFailure } from './name-failures.js';
import type { ResolvedPrepareOptions } from './prepare-options.js';
import { readVideo } from './read-video.js';
import { type FoundVideo, scanInputs } from './scan.js';

/** Checks of later videos that may wait in memory. */
const checksAhead = 4096;

/**
 * Decodes each video once and writes into `out` which clips it has: `dataset.json`, `clips.jsonl` and `failures.jsonl` are byte for
 * byte those that `prepare` writes with the same options, and in the place of the shards stands `videos.jsonl`. An index that was
 * made with the same options of the same files is left as it is. Returns every file that could not be read, or not in full.
 * @param except a folder that is left out where the inputs hold it
 * @throws {LacunaError} `input` where an input does not exist or there is no clip in any.
 */
export async function indexVideos(
  { inputs, out, clips: options, jobs, timeoutSeconds, maxPixels, maxSeconds, followLinks }: ResolvedPrepareOptions,
  except: string,
  { signal, onProgress }: JobControls = {},
): Promise<readonly FailureRecord[]> {
  signal?.throwIfAborted();
  const scan = await scanInputs(inputs, { except, followLinks, signal });
  const found = await Promise.all(
    scan.videos.map(async ({ video, path }) => ({
      video,
      path,
      byteLength: (await stat(path).catch(() => undefined))?.size ?? 0,
    })),
  );
  if (await isIndexOf(out, options, found)) {
    const file = join(out, datasetNames.failures);
    return parseFailureRecords(decodeJsonLines(await readFile(file), file).values, file);
  }
  const ffmpeg = await findFfmpeg();
  const records: ClipRecord[] = [];
  const failures: FailureRecord[] = [];
  const videos: IndexedVideo[] = [];
  const read = async function* ({ path }: FoundVideo, stop: AbortSignal) {
    for await (const item of readVideo(path, { ...options, timeoutSeconds, maxPixels, maxSeconds }, stop)) {
      yield 'failure' in item ? item : { startFrame: item.clip.startFrame, check: checkOf(item.clip.pixels) };
    }
  };
  for await (const { job, items } of inOrder(found, { jobs, ahead: checksAhead, signal }, read)) {
    const { video, path, byteLength } = job;
    const checks: number[] = [];
    for await (const item of items) {
      signal?.throwIfAborted();
      if ('failure' in item) failures.push({ video, ...item.failure });
      else {
        const [shard, row] = [
          shardName(Math.floor(records.length / options.shardClips)),
          records.length % options.shardClips,
        ];
        const startSeconds = secondsOfClip(item.startFrame, options);
        records.push({ video, startSeconds, shard, row });
        checks.push(item.check);
      }
    }
    videos.push({ video, path, byteLength, checks });
    onProgress?.({ unit: 'videos', done: videos.length, total: found.length, note: video });
    signal?.throwIfAborted();
  }
  if (records.length === 0) {
    const [first] = failures;
    const why = first === undefined ? 'no video was found' : nameFailure(first);
    throw new LacunaError('input', `There is no clip in ${inputs.join(', ')}: ${why}; name other videos.`);
  }
  await mkdir(out, { recursive: true });
  await withFolderHold(out, async (hold) => {
    await hold.take();
    // While this file is missing, the folder is no dataset.
    await rm(join(out, datasetNames.description), { force: true });
    await writeWhole(out, datasetNames.clips, encodeJsonLinesInParts(records));
    await writeWhole(out, datasetNames.failures, encodeJsonLinesInParts(failures));
    await writeIndexedVideos(out, videos);
    const description = describeDataset(options, [ffmpeg.version]);
    await writeWhole(out, datasetNames.description, [`${JSON.stringify(description, undefined, 2)}\n`]);
  });
  return failures;
}

/** Whether there is an index that was made with these options of these files. */
async function isIndexOf(
  folder: string,
  options: ClipOptions,
  found: readonly Omit<IndexedVideo, 'checks'>[],
): Promise<boolean> {
  const made = await readDescription(folder);
  if (made === undefined || !isDeepStrictEqual(made.options, options)) return false;
  const pick = ({ video, path, byteLength }: Omit<IndexedVideo, 'checks'>) => ({ video, path, byteLength });
  return isDeepStrictEqual((await readIndexedVideos(folder))?.map(pick), found.map(pick));
}
