// Owns a plan in a few words, for messages. Knows nothing of the expression that it came from.
import { hiddenFrames } from './hidden-pixels.js';
import type { MaskPlan } from './mask-plan.js';

/** Such as `hides 8 of 16 frames`, or `hides 4 of 16 frames and 96 of 192 patches of the others`. */
export function describePlan(plan: MaskPlan): string {
  const { clip, tubelet, rows, columns, tokens } = plan.grid;
  const whole = hiddenFrames(plan).length;
  const wholeTokens = (whole / tubelet.frames) * rows * columns;
  const frames = whole === 0 ? '' : `${whole} of ${clip.frames} frames`;
  const single = plan.hidden.length - wholeTokens;
  const patches = single === 0 ? '' : `${single} of ${tokens - wholeTokens} patches`;
  if (frames === '') return `hides ${patches === '' ? 'nothing' : patches}`;
  return patches === '' ? `hides ${frames}` : `hides ${frames} and ${patches} of the others`;
}
