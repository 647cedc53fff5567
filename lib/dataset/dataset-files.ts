// Owns the names and the records of a dataset folder. Knows nothing of how they are made or used.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ClipShape } from '../clip/clip.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { fits } from '../video/decode-graph.js';
import { failureReasons } from '../video/failure-reason.js';

/** What stands in a dataset folder; `unfinished` only while `prepare` is at work or was stopped. */
export const datasetNames = {
  description: 'dataset.json',
  clips: 'clips.jsonl',
  failures: 'failures.jsonl',
  shards: 'shards',
  unfinished: 'unfinished.json',
} as const;

/** `shards/00012.npy`: what clip records call a shard, relative to the folder. */
export function shardName(index: number): string {
  return `${datasetNames.shards}/${String(index).padStart(5, '0')}.npy`;
}

/** The names that `shardName` gives. */
export const shardPattern = /^shards\/\d{5,}\.npy$/;

/** 1000 hours: longer than any file, and exact in microseconds. */
const longestSeconds = 3_600_000;

/** What decides the bytes of the clips, as asked for. */
export const clipOptionsSchema = z.strictObject({
  /** H and W, pixels. */
  size: z.int().min(8).max(2048),
  /** Frames a second that the videos are read at. */
  fps: z.number().positive().max(1000),
  /** T. */
  frames: z.int().min(1).max(4096),
  /** Read frames from one frame of a clip to the next. */
  stride: z.int().min(1).max(10_000),
  /** Read frames from the start of one clip to the start of the next. */
  hop: z.int().min(1).max(1_000_000),
  /** How a picture comes to the size. */
  fit: z.enum(fits),
  /** That clips are grey; absent for RGB. */
  grey: z.literal(true).optional(),
  /** Clips in a full shard. */
  shardClips: z.int().min(1).max(100_000_000),
  /** Seconds from a video's first frame to where reading begins; absent for 0. */
  startSeconds: z.number().min(0).max(longestSeconds).optional(),
  /** Seconds from a video's first frame to where reading ends; absent for its end. */
  endSeconds: z.number().positive().max(longestSeconds).optional(),
  /** Where labels are from: `folder`, or `sha256:` and the hash of a CSV file. Absent: there are none. */
  labels: z.string().optional(),
  /** Where groups are from: `sha256:` and the hash of a CSV file, or `pattern:` and an expression. Absent: there are none. */
  groups: z.string().optional(),
});

/** What decides the bytes of the clips, as asked for. */
export type ClipOptions = Readonly<z.infer<typeof clipOptionsSchema>>;

const descriptionSchema = z.object({
  format: z.literal('lacuna-dataset'),
  version: z.literal(1),
  options: clipOptionsSchema,
  /** `[T, H, W, C]` of each clip. */
  shape: z.tuple([z.int().min(1), z.int().min(1), z.int().min(1), z.int().min(1)]),
  /** The builds of ffmpeg that read the videos, in the order in which they came to it. */
  ffmpeg: z.array(z.string()),
});

/** `dataset.json`. */
export type DatasetDescription = Readonly<z.infer<typeof descriptionSchema>>;

/** What a clip may be for; `test`: neither for training nor for validation of pretraining. */
const clipSplits = ['train', 'validation', 'test'] as const;

/** One of the things that a clip may be for. */
export type ClipSplit = (typeof clipSplits)[number];

/** A line of `clips.jsonl`. */
export const clipRecordSchema = z.object({
  /** Relative to the input that it was found in, with `/`. */
  video: z.string(),
  /** From the video's first frame to the clip's first. */
  startSeconds: z.number().min(0),
  /** The file, relative to the folder, such as `shards/00000.npy`. */
  shard: z.string().regex(shardPattern),
  /** Its place along the shard's first axis. */
  row: z.int().min(0),
  /** Its class, where it is known. */
  label: z.string().optional(),
  /** What must stay on one side of a split, where it is known. */
  group: z.string().optional(),
  /** What it is for, where a file of labels said so. */
  split: z.enum(clipSplits).optional(),
});

/** A line of `clips.jsonl`. */
export type ClipRecord = Readonly<z.infer<typeof clipRecordSchema>>;

/** What is known of a clip beside where it is from. */
export type ClipLabels = Pick<ClipRecord, 'label' | 'group' | 'split'>;

/** The schema of {@link FailureRecord}. */
export const failureRecordSchema = z.object({
  /** Relative to the input that it was found in, with `/`. */
  video: z.string(),
  reason: z.enum(failureReasons),
  /** ffmpeg's own words, without addresses. */
  detail: z.string(),
});

/** A line of `failures.jsonl`: a file that could not be read, or not in full. */
export type FailureRecord = Readonly<z.infer<typeof failureRecordSchema>>;

/** The shape of each clip that these options give. */
export function clipShapeOf({
  frames,
  size,
  grey,
}: Pick<ClipOptions, 'frames' | 'size'> & { readonly grey?: boolean | undefined }): ClipShape {
  return { frames, height: size, width: size, channels: grey === true ? 1 : 3 };
}

/** `dataset.json` for these options. */
export function describeDataset(options: ClipOptions, ffmpeg: readonly string[]): DatasetDescription {
  const { frames, height, width, channels } = clipShapeOf(options);
  return {
    format: 'lacuna-dataset',
    version: 1,
    options,
    shape: [frames, height, width, channels],
    ffmpeg: [...ffmpeg],
  };
}

/**
 * Reads `dataset.json`; nothing where there is none.
 * @throws {LacunaError} `input` where it is no description of a dataset.
 */
export async function readDescription(folder: string): Promise<DatasetDescription | undefined> {
  const file = join(folder, datasetNames.description);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = descriptionSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new LacunaError('input', `${file} is not the description of a dataset; make the dataset again.`, {
      cause: parsed.error,
    });
  }
  return parsed.data;
}

/** @throws {LacunaError} `input` where a value is no clip record. */
export function parseClipRecords(values: readonly unknown[], source: string): ClipRecord[] {
  return parseRecords(clipRecordSchema, values, source);
}

/** @throws {LacunaError} `input` where a value is no failure record. */
export function parseFailureRecords(values: readonly unknown[], source: string): FailureRecord[] {
  return parseRecords(failureRecordSchema, values, source);
}

function parseRecords<Schema extends z.ZodType>(
  schema: Schema,
  values: readonly unknown[],
  source: string,
): z.infer<Schema>[] {
  return values.map((value, index) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new LacunaError('input', `Line ${index + 1} of ${source} is not such a record; make the dataset again.`, {
      cause: parsed.error,
    });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
