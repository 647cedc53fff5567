// Owns the loop that all trivial fills share: each hidden pixel gets a value for each channel. Knows no way to choose it.
import { clipLength } from '../clip/clip.js';
import { pixelMask } from '../masking/hidden-pixels.js';
import type { MaskPlan } from '../masking/mask-plan.js';

/**
 * The clip with each hidden value replaced by `valueAt(frame, index)`, where `index` is the value's place in its frame
 * `[H, W, C]`.
 * @throws {RangeError} where the clip is not of the plan's shape.
 */
export function fillHidden(
  clip: Uint8Array,
  plan: MaskPlan,
  valueAt: (frame: number, index: number) => number,
): Float32Array<ArrayBuffer> {
  const { height, width, channels } = plan.grid.clip;
  if (clip.length !== clipLength(plan.grid.clip)) {
    throw new RangeError(`a clip must have ${clipLength(plan.grid.clip)} values, got ${clip.length}`);
  }
  const filled = new Float32Array(clip);
  const pixels = height * width;
  const mask = pixelMask(plan);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 0) continue;
    const first = (pixel % pixels) * channels;
    const frame = Math.floor(pixel / pixels);
    for (let channel = 0; channel < channels; channel++) {
      filled[pixel * channels + channel] = valueAt(frame, first + channel);
    }
  }
  return filled;
}
