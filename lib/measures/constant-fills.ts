// Owns the fills that do not look at the clip: black, and the mean training frame.
import { frameLength } from '../clip/clip.js';
import { fillHidden } from './fill-hidden.js';
import type { TrivialFill } from './trivial-fill.js';

/** Each hidden value is 0. */
export const black: TrivialFill = {
  appliesTo: () => true,
  fill: (clip, plan) => fillHidden(clip, plan, () => 0),
};

/** Each hidden value is that of the mean training frame at that place. */
export const meanTrainingFrame: TrivialFill = {
  appliesTo: () => true,
  fill: (clip, plan, { meanFrame }) => {
    const expected = frameLength(plan.grid.clip);
    if (meanFrame.length !== expected) {
      throw new RangeError(`the mean frame must have ${expected} values, got ${meanFrame.length}`);
    }
    return fillHidden(clip, plan, (_, index) => meanFrame[index] ?? 0);
  },
};
