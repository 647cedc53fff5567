// Owns into how many parts a batch is cut for an engine that runs parts side by side. Knows no engine.
import type { Engine } from './engine.js';
import type { ParameterLayout } from './parameter-layout.js';

/**
 * Each part beside the first has parameters and gradients of its own; a network where they take more bytes is not cut. Such a one
 * has products large enough for several threads, and gains little (VideoMAE-S: nothing, for 500 MB more).
 */
const mostCopiedBytes = 64 * 2 ** 20;

/**
 * The largest number of equal parts that the engine runs side by side.
 * @param batch clips
 */
export function countParts({ sideBySide }: Engine, { length }: ParameterLayout, batch: number): number {
  if (2 * Float32Array.BYTES_PER_ELEMENT * length > mostCopiedBytes) return 1;
  let parts = Math.min(sideBySide, batch);
  while (batch % parts !== 0) parts -= 1;
  return parts;
}
