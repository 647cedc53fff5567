// Owns the mirror image of a clip. Knows nothing of when it is wanted.
import type { ClipShape } from './clip.js';

/** Mirrors a clip `[T, H, W, C]` left to right, in place. */
export function flipClip(pixels: Uint8Array, { width, channels }: ClipShape): void {
  const lineLength = width * channels;
  for (let line = 0; line < pixels.length; line += lineLength) {
    for (let column = 0; column < width >> 1; column++) {
      const left = line + column * channels;
      const right = line + (width - 1 - column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const held = pixels[left + channel] ?? 0;
        pixels[left + channel] = pixels[right + channel] ?? 0;
        pixels[right + channel] = held;
      }
    }
  }
}
