// Owns the fill of whole missing frames by ffmpeg's motion-compensated interpolation. Knows nothing of how ffmpeg is run.
import { clipLength, frameLength } from '../clip/clip.js';
import { greyOf, toRgb } from '../clip/grey.js';
import { hiddenFrames } from '../masking/hidden-pixels.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { filterFrames } from '../video/filter.js';
import type { FillContext, HiddenClip, TrivialFill } from './trivial-fill.js';

/** A run of hidden frames between visible ones. */
type Gap = { readonly first: number; readonly length: number };

/** minterpolate refuses frames that are lower or narrower. */
const leastSide = 32;

/** Frames given to ffmpeg before and after a gap, beside those at its edges. It gives nothing after the last but one. */
const contextFrames = 2;

/** Whatever rate the frames are said to have, the result is the same. */
const fps = 10;

/** Gaps that one ffmpeg fills; each has a graph of its own in it. */
const gapsAtOnce = 16;

/**
 * `minterpolate=mi_mode=mci`: hidden frames are made from the motion between the frames before and after the gap. Applies
 * where only whole frames are hidden, each gap has visible frames before and after it, and frames are at least 32 × 32.
 */
export const motionInterpolation: TrivialFill = {
  appliesTo: (plan) => findGaps(plan) !== undefined,
  fill: async (clip, plan, context) => {
    const [filled] = await fillAll([{ clip, plan }], context);
    if (filled === undefined) throw new RangeError('motion interpolation gave nothing');
    return filled;
  },
  fillAll,
};

async function fillAll(
  hiddenClips: readonly HiddenClip[],
  { signal }: FillContext,
): Promise<Float32Array<ArrayBuffer>[]> {
  const filled: Float32Array<ArrayBuffer>[] = [];
  const open: OpenGap[] = [];
  for (const { clip, plan } of hiddenClips) {
    const gaps = findGaps(plan);
    if (gaps === undefined) {
      throw new RangeError('motion interpolation fills only whole frames, 32 × 32 or larger, between visible ones');
    }
    if (clip.length !== clipLength(plan.grid.clip)) {
      throw new RangeError(`a clip must have ${clipLength(plan.grid.clip)} values, got ${clip.length}`);
    }
    const target = new Float32Array(clip);
    filled.push(target);
    for (const gap of gaps) open.push({ clip, plan, gap, target });
  }
  for (const length of new Set(open.map(({ gap }) => gap.length))) {
    const alike = open.filter(({ gap }) => gap.length === length);
    for (let start = 0; start < alike.length; start += gapsAtOnce) {
      await interpolate(alike.slice(start, start + gapsAtOnce), length, signal);
    }
  }
  return filled;
}

/** A gap, the clip that it is in, and where what fills it goes. */
type OpenGap = HiddenClip & { readonly gap: Gap; readonly target: Float32Array };

/** The gaps of a plan that hides whole frames between visible ones; undefined for any other plan. */
function findGaps({ grid, visible, hidden, unused }: MaskPlan): readonly Gap[] | undefined {
  const { frames, height, width } = grid.clip;
  if (Math.min(height, width) < leastSide || unused.length > 0) return undefined;
  const missing = hiddenFrames({ grid, visible, hidden, unused });
  const tokensOfFrames = (missing.length / grid.tubelet.frames) * grid.rows * grid.columns;
  if (missing.length === 0 || hidden.length !== tokensOfFrames) return undefined;
  if (missing[0] === 0 || missing.at(-1) === frames - 1) return undefined;
  const gaps: Gap[] = [];
  for (const frame of missing) {
    const last = gaps.at(-1);
    if (last && last.first + last.length === frame) gaps[gaps.length - 1] = { ...last, length: last.length + 1 };
    else gaps.push({ first: frame, length: 1 });
  }
  return gaps;
}

/** The frames around a gap that ffmpeg is given of each, in order. */
const framesGiven = 2 * (contextFrames + 1);

/**
 * Fills gaps of G frames each by one ffmpeg, in which each gap has a graph of its own, so that none knows of another.
 * ffmpeg is given every (G + 1)th visible frame, so that the frames at a gap's edges are neighbours, and makes G frames between
 * any two.
 */
async function interpolate(gaps: readonly OpenGap[], length: number, signal: AbortSignal | undefined): Promise<void> {
  const [first] = gaps;
  if (first === undefined) return;
  const { clip: shape } = first.plan.grid;
  const spacing = length + 1;
  const start = contextFrames * spacing + 1;
  const parts = gaps.map((_, index) => {
    const from = framesGiven * index;
    return (
      `[in${index}]trim=start_frame=${from}:end_frame=${from + framesGiven},setpts=PTS-STARTPTS,format=yuv444p,` +
      // Scene detection is off: it would repeat a frame where much moves at once.
      `minterpolate=fps=${fps * spacing}:mi_mode=mci:scd=none,` +
      `trim=start_frame=${start}:end_frame=${start + length},setpts=PTS-STARTPTS[out${index}]`
    );
  });
  const labels = (name: string) => gaps.map((_, index) => `[${name}${index}]`).join('');
  const filter = `split=${gaps.length}${labels('in')};${parts.join(';')};${labels('out')}concat=n=${gaps.length}`;
  const { height, width, channels } = shape;
  const input = toRgb(Buffer.concat(gaps.flatMap((gap) => chooseSources(gap))), channels);
  const rgb = await filterFrames(input, { width, height, fps, filter }, { signal });
  const made = channels === 1 ? greyOf(rgb) : rgb;
  const bytes = length * frameLength(shape);
  if (made.length !== gaps.length * bytes) {
    throw new RangeError(
      `minterpolate gave ${made.length / frameLength(shape)} frames for ${gaps.length} gaps of ${length}`,
    );
  }
  for (const [index, { gap, target }] of gaps.entries()) {
    target.set(made.subarray(index * bytes, (index + 1) * bytes), gap.first * frameLength(shape));
  }
}

/**
 * The visible frames around a gap. Where the clip ends, or another gap begins, the outermost frame is repeated: ffmpeg needs
 * neighbours on both sides of the two frames between which it interpolates.
 */
function chooseSources({ clip, plan, gap: { first, length } }: OpenGap): Uint8Array[] {
  const bytes = frameLength(plan.grid.clip);
  const spacing = length + 1;
  const missing = new Set(hiddenFrames(plan));
  const isVisible = (frame: number) => frame >= 0 && frame < plan.grid.clip.frames && !missing.has(frame);
  const context = (edge: number, stride: number) => {
    const chosen: number[] = [];
    for (let count = 0, frame = edge; count < contextFrames; count++) {
      if (isVisible(frame + stride)) frame += stride;
      chosen.push(frame);
    }
    return chosen;
  };
  const [before, after] = [first - 1, first + length];
  const sources = [...context(before, -spacing).reverse(), before, after, ...context(after, spacing)];
  return sources.map((frame) => clip.subarray(frame * bytes, (frame + 1) * bytes));
}
