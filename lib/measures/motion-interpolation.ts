// Owns the fill of whole missing frames by ffmpeg's motion-compensated interpolation. Knows nothing of how ffmpeg is run.
import { clipLength, frameLength } from '../clip/clip.js';
import { hiddenFrames } from '../masking/hidden-pixels.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { filterFrames } from '../video/filter.js';
import type { TrivialFill } from './trivial-fill.js';

/** A run of hidden frames between visible ones. */
type Gap = { readonly first: number; readonly length: number };

/** minterpolate refuses frames that are lower or narrower. */
const leastSide = 32;

/** Frames given to ffmpeg before and after a gap, beside those at its edges. It gives nothing after the last but one. */
const contextFrames = 2;

/** Whatever rate the frames are said to have, the result is the same. */
const fps = 10;

/**
 * `minterpolate=mi_mode=mci`: hidden frames are made from the motion between the frames before and after the gap. Applies
 * where only whole frames are hidden, each gap has visible frames before and after it, and frames are RGB of at least 32 × 32.
 */
export const motionInterpolation: TrivialFill = {
  appliesTo: (plan) => findGaps(plan) !== undefined,
  fill: async (clip, plan, { signal }) => {
    const gaps = findGaps(plan);
    if (gaps === undefined) {
      throw new RangeError(
        'motion interpolation fills only whole frames of RGB, 32 × 32 or larger, between visible ones',
      );
    }
    if (clip.length !== clipLength(plan.grid.clip)) {
      throw new RangeError(`a clip must have ${clipLength(plan.grid.clip)} values, got ${clip.length}`);
    }
    const filled = Float32Array.from(clip);
    const length = frameLength(plan.grid.clip);
    for (const gap of gaps) filled.set(await interpolate(clip, plan, gap, signal), gap.first * length);
    return filled;
  },
};

/** The gaps of a plan that hides whole frames between visible ones; undefined for any other plan. */
function findGaps({ grid, visible, hidden, unused }: MaskPlan): readonly Gap[] | undefined {
  const { frames, height, width, channels } = grid.clip;
  if (channels !== 3 || Math.min(height, width) < leastSide || unused.length > 0) return undefined;
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

/**
 * The frames of one gap of G frames. ffmpeg is given every (G + 1)th visible frame, so that the frames at the gap's edges are
 * neighbours, and makes G frames between any two. Where the clip ends, or another gap begins, the outermost frame is
 * repeated: ffmpeg needs neighbours on both sides of the two frames between which it interpolates.
 */
async function interpolate(
  clip: Uint8Array,
  plan: MaskPlan,
  { first, length }: Gap,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { height, width } = plan.grid.clip;
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
  const input = Buffer.concat(sources.map((frame) => clip.subarray(frame * bytes, (frame + 1) * bytes)));
  // Scene detection is off: it would repeat a frame where much moves at once.
  const filter = `format=yuv444p,minterpolate=fps=${fps * spacing}:mi_mode=mci:scd=none`;
  const made = await filterFrames(input, { width, height, fps, filter }, { signal });
  const start = (contextFrames * spacing + 1) * bytes;
  if (made.length < start + length * bytes) {
    throw new RangeError(`minterpolate gave ${made.length / bytes} frames, too few to fill a gap of ${length}`);
  }
  return made.subarray(start, start + length * bytes);
}
