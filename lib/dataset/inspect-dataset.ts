// Owns what is in a dataset folder, as counts: read line by line, finished or not. Knows nothing of pixels.
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClipShape } from '../clip/clip.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { streamJsonLines } from '../formats/jsonl.js';
import type { FailureReason } from '../video/failure-reason.js';
import { indexName, isIndex } from './clip-index.js';
import { clipSpan } from './cut-clips.js';
import {
  type ClipOptions,
  type ClipRecord,
  clipRecordSchema,
  datasetNames,
  parseFailureRecords,
  readDescription,
} from './dataset-files.js';
import { readFingerprint } from './dataset-fingerprint.js';
import { readUnfinished } from './dataset-state.js';
import { checkShard } from './open-dataset.js';

/** How much of one class, group or part there is. */
export type ClassInspection = { readonly name: string; readonly videos: number; readonly clips: number };

/** What is in a dataset folder. */
export type DatasetInspection = {
  readonly kind: 'dataset';
  /** The folder, as it was given. */
  readonly folder: string;
  /** Whether the last call came to its end; else only what is kept is counted. */
  readonly isFinished: boolean;
  /** Videos that gave at least one clip. */
  readonly videos: number;
  readonly clips: number;
  /** Clips of the videos that gave some: of the least, the middle and the most of them; 0 where there are none. */
  readonly clipsPerVideo: { readonly least: number; readonly median: number; readonly most: number };
  /** Of all videos together, the seconds that clips reach over, each once. */
  readonly seconds: number;
  /** `[T, H, W, C]` of each clip. */
  readonly shape: readonly [number, number, number, number];
  /** What was asked for. */
  readonly options: ClipOptions;
  readonly shards: number;
  /** Of all files of it, on the disk. */
  readonly bytes: number;
  /** By label, largest first; empty where no clip has one. */
  readonly classes: readonly ClassInspection[];
  /** Different groups; 0 where no clip has one. */
  readonly groups: number;
  /** By what clips are for, such as `train`; empty where no clip says so. */
  readonly splits: readonly ClassInspection[];
  /** Files that could not be read, or not in full, and how many for which reason, most first. */
  readonly failures: number;
  readonly failuresByReason: readonly { readonly reason: FailureReason; readonly failures: number }[];
  /** The builds of ffmpeg that read the videos. */
  readonly ffmpeg: readonly string[];
  /** The same for the same clips in the same order; where it is finished. */
  readonly fingerprint?: string;
  /** Shards that are missing, cut short, or hold something else, as sentences. */
  readonly damage: readonly string[];
};

/**
 * Counts what is in a dataset folder; memory grows with its videos and not with its clips.
 * @throws {LacunaError} `input` where it is no dataset or its lists are damaged. Damaged shards are listed.
 */
export async function inspectDataset(folder: string, signal?: AbortSignal): Promise<DatasetInspection> {
  const description = await readDescription(folder);
  if (description === undefined) {
    throw new LacunaError('input', `${folder} is not a dataset folder, or has just been begun; make it with prepare.`);
  }
  const { options, shape, ffmpeg } = description;
  const unfinished = await readUnfinished(folder);
  const counted = await countClips(folder, options, unfinished?.clipsBytes, signal);
  const reasons = await countReasons(folder, unfinished?.failuresBytes);
  const { rows, perVideo, ...counts } = counted;
  const [frames, height, width, channels] = shape;
  // An index has its clips in the videos themselves.
  const shards = (await isIndex(folder)) ? new Map<string, number>() : rows;
  const { bytes, damage } = await checkShards(folder, { frames, height, width, channels }, shards);
  perVideo.sort((one, other) => one - other);
  return {
    kind: 'dataset',
    folder,
    isFinished: unfinished === undefined,
    videos: perVideo.length,
    clips: counts.clips,
    clipsPerVideo: {
      least: perVideo[0] ?? 0,
      median: perVideo[Math.floor((perVideo.length - 1) / 2)] ?? 0,
      most: perVideo.at(-1) ?? 0,
    },
    seconds: counts.seconds,
    shape,
    options,
    shards: shards.size,
    bytes,
    classes: listLargest(counts.classes),
    groups: counts.groups.size,
    splits: listLargest(counts.splits),
    failures: [...reasons.values()].reduce((sum, count) => sum + count, 0),
    failuresByReason: [...reasons]
      .map(([reason, failures]) => ({ reason, failures }))
      .sort((one, other) => other.failures - one.failures),
    ffmpeg,
    ...(unfinished === undefined ? { fingerprint: await readFingerprint(folder) } : {}),
    damage,
  };
}

type Tally = Map<string, { videos: number; clips: number }>;

async function countClips(
  folder: string,
  options: ClipOptions,
  end: number | undefined,
  signal: AbortSignal | undefined,
) {
  const file = join(folder, datasetNames.clips);
  const span = clipSpan(options);
  const classes: Tally = new Map();
  const splits: Tally = new Map();
  const groups = new Set<string>();
  /** Rows that each shard must have. */
  const rows = new Map<string, number>();
  const perVideo: number[] = [];
  let [clips, coveredFrames] = [0, 0];
  let last: ClipRecord | undefined;
  let ofVideo = { classes: new Set<string>(), splits: new Set<string>() };
  for await (const { value, start } of streamJsonLines(file, end === undefined ? {} : { end })) {
    signal?.throwIfAborted();
    const line = clipRecordSchema.safeParse(value).data;
    if (line === undefined) {
      throw new LacunaError('input', `The line at byte ${start} of ${file} is no clip; make the dataset again.`);
    }
    // All clips of a video stand one after the other.
    const isNew = line.video !== last?.video;
    if (isNew) perVideo.push(0);
    perVideo[perVideo.length - 1] = (perVideo.at(-1) ?? 0) + 1;
    coveredFrames += isNew ? span : Math.min(span, options.hop);
    clips += 1;
    rows.set(line.shard, Math.max(rows.get(line.shard) ?? 0, line.row + 1));
    if (isNew) ofVideo = { classes: new Set(), splits: new Set() };
    tally(classes, line.label, ofVideo.classes);
    tally(splits, line.split, ofVideo.splits);
    if (line.group !== undefined) groups.add(line.group);
    last = line;
  }
  return { classes, splits, groups, rows, perVideo, clips, seconds: coveredFrames / options.fps };
}

/** @param ofVideo the names that the video at hand has had so far */
function tally(counts: Tally, name: string | undefined, ofVideo: Set<string>): void {
  if (name === undefined) return;
  const { videos, clips } = counts.get(name) ?? { videos: 0, clips: 0 };
  counts.set(name, { videos: videos + (ofVideo.has(name) ? 0 : 1), clips: clips + 1 });
  ofVideo.add(name);
}

function listLargest(counts: Tally): ClassInspection[] {
  return [...counts]
    .map(([name, count]) => ({ name, ...count }))
    .sort((one, other) => other.clips - one.clips || (one.name < other.name ? -1 : 1));
}

async function countReasons(folder: string, end: number | undefined): Promise<Map<FailureReason, number>> {
  const file = join(folder, datasetNames.failures);
  const reasons = new Map<FailureReason, number>();
  for await (const { value } of streamJsonLines(file, end === undefined ? {} : { end })) {
    for (const { reason } of parseFailureRecords([value], file)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return reasons;
}

async function checkShards(
  folder: string,
  shape: ClipShape,
  rows: ReadonlyMap<string, number>,
): Promise<{ readonly bytes: number; readonly damage: readonly string[] }> {
  const damage: string[] = [];
  let bytes = 0;
  for (const name of [datasetNames.description, datasetNames.clips, datasetNames.failures, indexName]) {
    bytes += await stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  for (const [name, needed] of rows) {
    const file = join(folder, name);
    const handle = await open(file, 'r').catch(() => undefined);
    if (handle === undefined) {
      damage.push(`${file} cannot be read; make the dataset again.`);
      continue;
    }
    try {
      bytes += (await handle.stat()).size;
      await checkShard(handle, file, shape, needed);
    } catch (error) {
      if (!(error instanceof LacunaError)) throw error;
      damage.push(error.message);
    } finally {
      await handle.close();
    }
  }
  return { bytes, damage };
}
