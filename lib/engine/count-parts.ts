// Owns into how many parts a batch is cut for an engine that runs parts side by side. Knows no engine.
import type { Engine } from './engine.js';
import type { ParameterLayout } from './parameter-layout.js';

/** Each part beside the first has parameters and gradients of its own: together at most so many bytes. */
const mostCopiedBytes = 256 * 2 ** 20;

/**
 * The largest number of equal parts that the engine runs side by side.
 * @param batch clips
 */
export function countParts({ sideBySide }: Engine, { length }: ParameterLayout, batch: number): number {
  const copiedBytes = 2 * Float32Array.BYTES_PER_ELEMENT * length;
  let parts = Math.min(sideBySide, batch, 1 + Math.floor(mostCopiedBytes / Math.max(1, copiedBytes)));
  while (batch % parts !== 0) parts -= 1;
  return parts;
}
