// Owns where the nearest visible pixels before and after each pixel are, at the same place. Knows nothing of values.
import { pixelMask } from '../masking/hidden-pixels.js';
import type { MaskPlan } from '../masking/mask-plan.js';

/** For each pixel of a clip, `[T, H, W]`, a frame in which its place is visible, or −1. A visible pixel is its own. */
export type VisibleInTime = {
  /** The last such frame at or before the pixel's. */
  readonly before: Int32Array;
  /** The first such frame at or after the pixel's. */
  readonly after: Int32Array;
};

/** The nearest visible frames before and after each pixel. */
export function findVisibleInTime(plan: MaskPlan): VisibleInTime {
  const { frames, height, width } = plan.grid.clip;
  const visible = pixelMask(plan, 'visible');
  const pixels = height * width;
  const before = new Int32Array(visible.length);
  const after = new Int32Array(visible.length);
  for (let place = 0; place < pixels; place++) {
    let last = -1;
    for (let frame = 0; frame < frames; frame++) {
      if (visible[frame * pixels + place] === 1) last = frame;
      before[frame * pixels + place] = last;
    }
    let next = -1;
    for (let frame = frames - 1; frame >= 0; frame--) {
      if (visible[frame * pixels + place] === 1) next = frame;
      after[frame * pixels + place] = next;
    }
  }
  return { before, after };
}
