// Owns the fill that repeats the last visible value.
import { frameLength } from '../clip/clip.js';
import { fillHidden } from './fill-hidden.js';
import type { TrivialFill } from './trivial-fill.js';
import { findVisibleInTime } from './visible-in-time.js';
import { meanOfVisible } from './visible-mean.js';

/**
 * Each hidden value is the last visible one before it at that place; where there is none, the next one after it; where there
 * is none either, as the visible mean.
 */
export const copyLast: TrivialFill = {
  appliesTo: () => true,
  fill: (clip, plan) => {
    const { channels } = plan.grid.clip;
    const length = frameLength(plan.grid.clip);
    const { before, after } = findVisibleInTime(plan);
    const mean = meanOfVisible(clip, plan);
    return fillHidden(clip, plan, (frame, index) => {
      const pixel = (frame * length + index - (index % channels)) / channels;
      const earlier = before[pixel] ?? -1;
      const source = earlier >= 0 ? earlier : (after[pixel] ?? -1);
      return (source >= 0 ? clip[source * length + index] : mean[index]) ?? 0;
    });
  },
};
