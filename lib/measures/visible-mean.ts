// Owns the mean of what is visible at a place, as a fill and for the fills that fall back on it.
import { frameLength } from '../clip/clip.js';
import { pixelMask } from '../masking/hidden-pixels.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { fillHidden } from './fill-hidden.js';
import type { TrivialFill } from './trivial-fill.js';

/**
 * `[H, W, C]`: the mean over the frames in which a place is visible; where it never is, the mean of all visible pixels of the
 * clip, for each channel.
 */
export function meanOfVisible(clip: Uint8Array, plan: MaskPlan): Float64Array {
  const { height, width, channels } = plan.grid.clip;
  const pixels = height * width;
  const sums = new Float64Array(frameLength(plan.grid.clip));
  const counts = new Int32Array(pixels);
  const channelSums = new Float64Array(channels);
  let visiblePixels = 0;
  const mask = pixelMask(plan, 'visible');
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 0) continue;
    const place = pixel % pixels;
    visiblePixels++;
    counts[place] = (counts[place] ?? 0) + 1;
    for (let channel = 0; channel < channels; channel++) {
      const value = clip[pixel * channels + channel] ?? 0;
      const index = place * channels + channel;
      sums[index] = (sums[index] ?? 0) + value;
      channelSums[channel] = (channelSums[channel] ?? 0) + value;
    }
  }
  return sums.map((sum, index) => {
    const count = counts[Math.floor(index / channels)] ?? 0;
    return count > 0 ? sum / count : (channelSums[index % channels] ?? 0) / Math.max(1, visiblePixels);
  });
}

/** Each hidden value is the mean of what is visible at that place. */
export const visibleMean: TrivialFill = {
  appliesTo: () => true,
  fill: (clip, plan) => {
    const mean = meanOfVisible(clip, plan);
    return fillHidden(clip, plan, (_, index) => mean[index] ?? 0);
  },
};
