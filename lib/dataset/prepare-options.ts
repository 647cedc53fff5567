// Owns the options of `prepare`: their ranges and defaults. Knows nothing of the work.
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { clipLength } from '../clip/clip.js';
import { type Fit, fits } from '../video/decode-graph.js';
import { defaultMaxPixels, largestMaxPixels } from '../video/limits.js';
import { type ClipOptions, clipOptionsSchema, clipShapeOf } from './dataset-files.js';
import type { LabelSources } from './labels.js';
import { type VideoPart, videoPartSchema } from './scan.js';

/** What is prepared, how, and where it goes. */
export type PrepareOptions = {
  /** Video files, and folders that are searched for them. At least one. */
  readonly inputs: readonly string[];
  /** The dataset folder; made where it is missing, continued where it was made with the same options. */
  readonly out: string;
  /** H and W of the clips, pixels, 8 to 2048. Default 64. */
  readonly size?: number | undefined;
  /** Frames a second that the videos are read at. Default 12. */
  readonly fps?: number | undefined;
  /** T, frames of a clip. Default 16. */
  readonly frames?: number | undefined;
  /** From one frame of a clip to the next, in frames at `fps`. Default 1. */
  readonly stride?: number | undefined;
  /** From the start of one clip to the start of the next, in frames at `fps`. Default `frames × stride`: one follows the other. */
  readonly hop?: number | undefined;
  /** How a picture comes to the size. Default `cover`. */
  readonly fit?: Fit | undefined;
  /** Whether clips have one channel, the grey of each pixel: a third of the bytes, and quicker networks. Default false: RGB. */
  readonly grey?: boolean | undefined;
  /**
   * Seconds from each video's first frame to where reading begins, 0 to 3,600,000: the first clip begins with what is shown
   * then. Default 0.
   */
  readonly startSeconds?: number | undefined;
  /** Seconds from each video's first frame to where reading ends, above `startSeconds`. Default: its end. */
  readonly endSeconds?: number | undefined;
  /**
   * Where the clips' labels are from: `folder`, for the folder that directly holds a video, or the path of a CSV file with
   * the columns `file,label[,start_frame,num_frames][,group][,split]`. Default: there are none.
   */
  readonly labels?: string | undefined;
  /**
   * What must stay on one side of a split: the path of a CSV file, ending in `.csv`, with the columns `file,group`, or a
   * regular expression whose first capture group, or whole match, in a video's name is its group. Default: there are none.
   */
  readonly groups?: string | undefined;
  /** Videos that are decoded at once; does not change the bytes. Default: the number of cores. */
  readonly jobs?: number | undefined;
  /** Clips in a full shard. Default: as many as fit into 256 MiB. */
  readonly shardClips?: number | undefined;
  /** Take only the videos whose path falls to this one of `count` parts, so that many machines share a corpus. */
  readonly part?: VideoPart | undefined;
  /** Seconds without a frame after which a video is given up. Default 60. */
  readonly timeoutSeconds?: number | undefined;
  /** Width × height of a picture above which a video is not decoded, at most 16384 × 16384. Default 8192 × 8192. */
  readonly maxPixels?: number | undefined;
  /**
   * Seconds of frames after which a video is given up, as one that never ends; its clips stay. Default: an hour, a second
   * more for every 100 bytes of the file, at most a day.
   */
  readonly maxSeconds?: number | undefined;
  /** Follow symbolic links that lead out of the inputs; without it they are counted and left. Default false. */
  readonly followLinks?: boolean | undefined;
  /** Refuse before the start what will not fit the disk, by an estimate. Default true. */
  readonly diskCheck?: boolean | undefined;
  /** Replace a dataset that is there; only what Lacuna made is removed. Default false. */
  readonly overwrite?: boolean | undefined;
};

/** The options with every default in its place. */
export type ResolvedPrepareOptions = {
  readonly inputs: readonly string[];
  readonly out: string;
  readonly clips: ClipOptions;
  readonly sources: LabelSources;
  readonly jobs: number;
  readonly part: VideoPart;
  readonly timeoutSeconds: number;
  readonly maxPixels: number;
  readonly maxSeconds: number | undefined;
  readonly followLinks: boolean;
  readonly diskCheck: boolean;
  readonly overwrite: boolean;
};

const shardBytes = 256 * 2 ** 20;

const { size, fps, frames, stride, hop, shardClips, startSeconds, endSeconds } = clipOptionsSchema.shape;

const prepareOptionsObject = z.strictObject({
  inputs: z.array(z.string().min(1)).min(1),
  out: z.string().min(1),
  size: size.default(64),
  fps: fps.default(12),
  frames: frames.default(16),
  stride: stride.default(1),
  hop: hop.optional(),
  fit: z.enum(fits).default('cover'),
  grey: z.boolean().default(false),
  startSeconds,
  endSeconds,
  labels: z.string().min(1).optional(),
  groups: z.string().min(1).optional(),
  jobs: z.int().min(1).max(1024).optional(),
  shardClips: shardClips.optional(),
  part: videoPartSchema.default({ index: 0, count: 1 }),
  timeoutSeconds: z.number().positive().max(86_400).default(60),
  maxPixels: z.int().min(1).max(largestMaxPixels).default(defaultMaxPixels),
  maxSeconds: z.number().positive().optional(),
  followLinks: z.boolean().default(false),
  diskCheck: z.boolean().default(true),
  overwrite: z.boolean().default(false),
});

/** The options of a stream of clips, of which nothing is written; each may be absent. */
export const streamOptionsSchema = prepareOptionsObject
  .pick({
    size: true,
    fps: true,
    frames: true,
    stride: true,
    hop: true,
    fit: true,
    grey: true,
    jobs: true,
    timeoutSeconds: true,
  })
  .partial();

/** The schema of {@link PrepareOptions}; an unknown key is an error. */
export const prepareOptionsSchema = prepareOptionsObject.refine(
  ({ startSeconds = 0, endSeconds = Infinity }) => startSeconds < endSeconds,
  {
    path: ['endSeconds'],
    message: 'must be above startSeconds',
  },
);

/**
 * Checks the options and fills in the defaults.
 * @throws {LacunaError} `usage` where one is unknown or out of its range.
 */
export function resolvePrepareOptions(options: PrepareOptions): ResolvedPrepareOptions {
  const checked = checkOptions(prepareOptionsSchema, options, 'prepare');
  const { inputs, out, size, fps, frames, stride, fit, grey, jobs, part, overwrite } = checked;
  const { startSeconds, endSeconds, labels, groups, timeoutSeconds, maxPixels, maxSeconds } = checked;
  const { followLinks, diskCheck } = checked;
  const { hop = frames * stride, shardClips = defaultShardClips(clipLength(clipShapeOf(checked))) } = checked;
  return {
    inputs,
    out,
    clips: {
      ...{ size, fps, frames, stride, hop, fit, shardClips },
      // Absent, and not undefined, where nothing is asked for: the description of the dataset stays as it was.
      ...(grey ? { grey } : {}),
      ...(startSeconds === undefined || startSeconds === 0 ? {} : { startSeconds }),
      ...(endSeconds === undefined ? {} : { endSeconds }),
    },
    sources: { labels, groups },
    jobs: jobs ?? availableParallelism(),
    part,
    timeoutSeconds,
    maxPixels,
    maxSeconds,
    followLinks,
    diskCheck,
    overwrite,
  };
}

function defaultShardClips(clipBytes: number): number {
  return Math.max(1, Math.floor(shardBytes / clipBytes));
}
