// Owns what is said between the loader and a thread that changes clips. Knows neither.
import type { ClipShape } from '../clip/clip.js';
import type { AugmentationOptions } from '../clip/draw-augmentation.js';

/** What such a thread is started with. */
export type AugmentTask = AugmentationOptions & {
  /** `[T, H, W, C]` of each clip. */
  readonly shape: ClipShape;
  /** B, clips of a batch. */
  readonly batch: number;
  /** How many of these come from each clip that was read; divides `batch`. */
  readonly repeat: number;
  readonly seed: number;
};

/** A batch on its way to the thread: at the beginning of the memory `batch / repeat` clips. The memory is handed over. */
export type AugmentRequest = { readonly step: number; readonly pixels: Uint8Array<ArrayBuffer> };

/** The batch that became of it, in the same memory, or what was thrown. */
export type AugmentAnswer = { readonly pixels: Uint8Array<ArrayBuffer> } | { readonly error: string };
