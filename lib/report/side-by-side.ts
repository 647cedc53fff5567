// Owns the joining of clips into one that shows them beside each other. Knows nothing of picture formats.
import { clipLength, type Clip } from '../clip/clip.js';

/**
 * One clip with the given ones from left to right, of one shape each, and grey between them.
 * @param gap pixels between two clips, a whole number from 0
 * @throws {RangeError} where there is no clip or the shapes differ.
 */
export function placeSideBySide(clips: readonly Clip[], gap = 2): Clip {
  const [first] = clips;
  if (first === undefined) throw new RangeError('there must be at least one clip, got none');
  const { frames, height, width, channels } = first.shape;
  const shape = { frames, height, width: clips.length * (width + gap) - gap, channels };
  const pixels = new Uint8Array(clipLength(shape)).fill(128);
  const rowLength = width * channels;
  for (const [index, clip] of clips.entries()) {
    if (clip.shape.height !== height || clip.shape.width !== width || clip.pixels.length !== first.pixels.length) {
      throw new RangeError('clips that stand side by side must have one shape');
    }
    const left = index * (width + gap) * channels;
    for (let row = 0; row < frames * height; row++) {
      const line = clip.pixels.subarray(row * rowLength, (row + 1) * rowLength);
      pixels.set(line, row * shape.width * channels + left);
    }
  }
  return { shape, pixels };
}
