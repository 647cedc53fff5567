// Owns the mirror image of a clip. Knows nothing of when it is wanted.
import type { ClipShape } from './clip.js';

/** Mirrors a clip `[T, H, W, C]` left to right, in place. */
export function flipClip(pixels: Uint8Array, { width, channels }: ClipShape): void {
  const isOfWords = channels === 3 && width % 4 === 0 && pixels.byteOffset % 4 === 0 && isLittleEndian;
  if (isOfWords) flipWords(new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4), (width / 4) * 3);
  else flipBytes(pixels, width, channels);
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function flipBytes(pixels: Uint8Array, width: number, channels: number): void {
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

/**
 * The same four pixels of three channels at a time, about four times as fast: three words `a b c` of bytes
 * `r₀g₀b₀r₁ g₁b₁r₂g₂ b₂r₃g₃b₃`, the first byte lowest, become `r₃g₃b₃r₂ g₂b₂r₁g₁ b₁r₀g₀b₀`.
 */
function flipWords(words: Uint32Array, lineLength: number): void {
  for (let line = 0; line < words.length; line += lineLength) {
    let right = line + lineLength - 3;
    for (let left = line; left <= right; left += 3, right -= 3) {
      const a = words[left] ?? 0;
      const b = words[left + 1] ?? 0;
      const c = words[left + 2] ?? 0;
      const d = words[right] ?? 0;
      const e = words[right + 1] ?? 0;
      const f = words[right + 2] ?? 0;
      words[left] = (f >>> 8) | ((e << 8) & 0xff000000);
      words[left + 1] = (e >>> 24) | ((f & 0xff) << 8) | ((d >>> 24) << 16) | (e << 24);
      words[left + 2] = ((e >>> 8) & 0xff) | (d << 8);
      words[right] = (c >>> 8) | ((b << 8) & 0xff000000);
      words[right + 1] = (b >>> 24) | ((c & 0xff) << 8) | ((a >>> 24) << 16) | (b << 24);
      words[right + 2] = ((b >>> 8) & 0xff) | (a << 8);
    }
  }
}
