// Owns into how many parts a batch is cut for an engine that runs parts side by side. Knows no engine.
import type { Engine } from './engine.js';
import type { ParameterLayout } from './parameter-layout.js';

/**
 * Each part beside the first has parameters and gradients of its own; a network where they take more bytes is not cut. Such a one
 * has products large enough for several threads, and gains little (VideoMAE-S: nothing, for 500 MB more).
 */
const mostCopiedBytes = 64 * 2 ** 20;

/** The same of all parts together. */
const mostBytesOfAll = 512 * 2 ** 20;

/**
 * The number of equal parts, each on as many threads, that leaves the fewest threads idle; of several the largest.
 * @param batch clips
 */
export function countParts({ sideBySide }: Engine, { length }: ParameterLayout, batch: number): number {
  const copiedBytes = 2 * Float32Array.BYTES_PER_ELEMENT * length;
  const most = copiedBytes > mostCopiedBytes ? 1 : Math.min(sideBySide, batch, 1 + mostBytesOfAll / copiedBytes);
  const busyThreads = (parts: number) => parts * Math.floor(sideBySide / parts);
  let best = 1;
  for (let parts = 2; parts <= most; parts++) {
    if (batch % parts === 0 && busyThreads(parts) >= busyThreads(best)) best = parts;
  }
  return best;
}
