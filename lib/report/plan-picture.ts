// Owns the picture of what a person asks to hide: a row for each plan, a column for each frame. Knows nothing of how a plan looks.
import { checkPlace } from '../clip/check-place.js';
import { extname } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { createTokenGrid, type TokenGrid } from '../clip/token-grid.js';
import { readFirstClip } from '../dataset/read-first-clip.js';
import { hiddenFrames } from '../masking/hidden-pixels.js';
import { formatHide, parseHide } from '../masking/hide-expression.js';
import { planMask } from '../masking/plan-mask.js';
import { gridOfModel } from '../model/model-config.js';
import { resolvePreset, usualClip } from '../model/presets.js';
import { drawnShape, drawPlan } from './draw-plan.js';
import { encodeStrip } from './strip.js';
import { save } from './write-prediction.js';

/** What is drawn, and where it goes. */
export type PlanPictureOptions = {
  /** What is hidden; each is drawn. */
  readonly hide: readonly string[];
  /** A `.png` file; replaced where it is there. */
  readonly out: string;
  /** The network whose tubelets and clips these are. Default `conv-tiny`. */
  readonly preset?: string | undefined;
  /** H and W of the clip, pixels. Default: that of the preset, or 64. */
  readonly size?: number | undefined;
  /** T. Default: that of the preset, or 16. */
  readonly frames?: number | undefined;
  /** Frames and pixels a side of a tubelet, in place of a preset's. */
  readonly tubelet?: { readonly frames: number; readonly size: number } | undefined;
  /** Plans drawn of each `hide`, for the samples 0, 1, … of one step, 1 to 100. Default 4. */
  readonly samples?: number | undefined;
  /** Decides what random masks hide, a whole number from 0. Default 0. */
  readonly seed?: number | undefined;
  /** The share of what is hidden that is scored, above 0 to 1; see `pretrain`. Default 1. */
  readonly score?: number | undefined;
  /** A video over whose first clip the plans are drawn. Default: none. */
  readonly video?: string | undefined;
  /** Where the clip begins in the video. Default 0. */
  readonly startSeconds?: number | undefined;
  /** Frames a second that the video is read at. Default 12. */
  readonly fps?: number | undefined;
};

/** One row of the picture. */
export type DrawnPlan = {
  /** What was hidden, as it would be written. */
  readonly hide: string;
  readonly sample: number;
  /** How many tokens there are of each sort. */
  readonly visible: number;
  readonly hidden: number;
  readonly unused: number;
  /** The frames of which everything is hidden, from 0. */
  readonly hiddenFrames: readonly number[];
};

/** What was drawn. */
export type PlanPicture = {
  /** The file, as it was given. */
  readonly out: string;
  /** `[T, H, W, 3]` of the clips. */
  readonly shape: readonly [number, number, number, number];
  /** Of one token. */
  readonly tubelet: { readonly frames: number; readonly size: number };
  /** `[T/t, H/p, W/p]`. */
  readonly grid: readonly [number, number, number];
  /** The rows from top to bottom. */
  readonly plans: readonly DrawnPlan[];
};

const count = z.int().min(1);

const optionsSchema = z.strictObject({
  hide: z.array(z.string()).min(1),
  out: z.string().min(1),
  preset: z.string().optional(),
  size: count.max(2048).optional(),
  frames: count.max(4096).optional(),
  tubelet: z.strictObject({ frames: count, size: count }).optional(),
  samples: count.max(100).default(4),
  seed: z.int().min(0).default(0),
  score: z.number().gt(0).max(1).default(1),
  video: z.string().min(1).optional(),
  startSeconds: z.number().min(0).default(0),
  fps: z.number().positive().max(1000).default(12),
});

/** A frame is drawn larger while it stays below so many pixels a side. */
const framePixels = 128;
/** Between frames and between rows, pixels of the picture. */
const gap = 4;

/**
 * Draws what is hidden, as a PNG.
 * @throws {LacunaError} `usage` where `out` is no `.png`, or what is hidden or the tubelets do not fit the clip; `input` where the
 * video cannot be read or the file cannot be written.
 */
export async function writePlanPicture(
  options: PlanPictureOptions,
  { signal }: JobControls = {},
): Promise<PlanPicture> {
  const checked = checkOptions(optionsSchema, options, 'writePlanPicture');
  const { out, samples, seed, score, video, startSeconds, fps } = checked;
  if (extname(out).toLowerCase() !== '.png') {
    throw new LacunaError('usage', `${out} must end in .png: a plan is drawn as a picture.`);
  }
  const grid = resolveGrid(checked);
  const drawn = checked.hide.map(parseHide).flatMap((hide) =>
    Array.from({ length: samples }, (_, sample) => {
      const plan = planMask(hide, grid, { seed, step: 0, sample }, { score });
      return { plan, hide: formatHide(hide), sample };
    }),
  );
  await checkPlace(out);
  const { frames, height: size } = grid.clip;
  const read = { frames, size, stride: 1, fps, fit: 'cover', startSeconds } as const;
  const clip = video === undefined ? undefined : await readFirstClip(video, read, signal);
  const scale = Math.max(1, Math.floor(framePixels / size));
  const rows = drawn.map(({ plan }) => ({ frames: drawPlan(plan, scale, clip) }));
  await save(out, encodeStrip(rows, drawnShape(grid, scale), { scale: 1, gap }));
  return {
    out,
    shape: [frames, size, size, 3],
    tubelet: grid.tubelet,
    grid: [grid.steps, grid.rows, grid.columns],
    plans: drawn.map(({ plan, hide, sample }) => ({
      ...{ hide, sample, visible: plan.visible.length, hidden: plan.hidden.length, unused: plan.unused.length },
      hiddenFrames: hiddenFrames(plan),
    })),
  };
}

function resolveGrid({ preset, tubelet, ...given }: z.output<typeof optionsSchema>): TokenGrid {
  if (preset !== undefined && tubelet !== undefined) {
    throw new LacunaError('usage', 'Give either --preset or --tubelet: a preset has its own tubelets.');
  }
  const name = preset ?? 'conv-tiny';
  const usual = usualClip(name);
  const { frames = usual.frames, size = usual.height } = given;
  const clip = { frames, height: size, width: size, channels: 3 };
  if (tubelet === undefined) return gridOfModel(resolvePreset(name, clip));
  if (frames % tubelet.frames === 0 && size % tubelet.size === 0) return createTokenGrid(clip, tubelet);
  throw new LacunaError(
    'usage',
    `--tubelet ${tubelet.frames}x${tubelet.size} does not divide a clip of ${frames} frames of ${size} × ${size} pixels; ` +
      'change --frames, --size or the tubelet.',
  );
}
