// Owns the fill that fades from the last visible value to the next one.
import { frameLength } from '../clip/clip.js';
import { fillHidden } from './fill-hidden.js';
import type { TrivialFill } from './trivial-fill.js';
import { findVisibleInTime } from './visible-in-time.js';
import { meanOfVisible } from './visible-mean.js';

/**
 * Each hidden value lies between the nearest visible ones before and after it at that place, weighted by their distance in
 * time; where there is only one of them it is copied, and where there is none, as the visible mean.
 */
export const linearBlend: TrivialFill = {
  appliesTo: () => true,
  fill: (clip, plan) => {
    const { channels } = plan.grid.clip;
    const length = frameLength(plan.grid.clip);
    const { before, after } = findVisibleInTime(plan);
    const mean = meanOfVisible(clip, plan);
    return fillHidden(clip, plan, (frame, index) => {
      const pixel = (frame * length + index - (index % channels)) / channels;
      const [earlier, later] = [before[pixel] ?? -1, after[pixel] ?? -1];
      if (earlier < 0 && later < 0) return mean[index] ?? 0;
      const from = clip[(earlier < 0 ? later : earlier) * length + index] ?? 0;
      const to = clip[(later < 0 ? earlier : later) * length + index] ?? 0;
      // Where one of them is missing, from and to are the same value.
      return from + ((to - from) * (frame - earlier)) / (later - earlier);
    });
  },
};
