// Owns which frames and pixels a plan hides. Knows nothing of how the plan was chosen.
import { clipLength } from '../clip/clip.js';
import { readTokens, writeTokens } from '../clip/tubelets.js';
import type { MaskPlan } from './mask-plan.js';

/** The frames of which every pixel is hidden; ascending, counted from 0. */
export function hiddenFrames(plan: MaskPlan): number[] {
  return framesWhere(plan, (hiddenPixels, pixels) => hiddenPixels === pixels);
}

/** The frames of which at least one pixel is hidden; ascending, counted from 0. */
export function touchedFrames(plan: MaskPlan): number[] {
  return framesWhere(plan, (hiddenPixels) => hiddenPixels > 0);
}

/** `[T, H, W]`, 1 at each pixel of the set (default: of what is hidden), 0 elsewhere. */
export function pixelMask(plan: MaskPlan, of: 'visible' | 'hidden' | 'unused' = 'hidden'): Uint8Array<ArrayBuffer> {
  const flat = { ...plan.grid, clip: { ...plan.grid.clip, channels: 1 } };
  const mask = new Uint8Array(clipLength(flat.clip));
  const ones = readTokens(new Uint8Array(mask.length).fill(1), flat, plan[of]);
  writeTokens(mask, flat, plan[of], ones);
  return mask;
}

function framesWhere(plan: MaskPlan, isWanted: (hiddenPixels: number, pixels: number) => boolean): number[] {
  const { clip, tubelet, steps, rows, columns } = plan.grid;
  const counts = new Int32Array(steps);
  for (const token of plan.hidden) {
    const step = Math.floor(token / (rows * columns));
    counts[step] = (counts[step] ?? 0) + 1;
  }
  const frames = Array.from({ length: clip.frames }, (_, frame) => frame);
  return frames.filter((frame) => isWanted(counts[Math.floor(frame / tubelet.frames)] ?? 0, rows * columns));
}
