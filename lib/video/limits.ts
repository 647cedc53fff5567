// Owns how much one untrusted video may ask for where nobody says otherwise. Knows nothing of how the limits are kept.

/** Width × height that a picture of a video may have: 8192 × 8192, twice the area of an 8K picture. */
export const defaultMaxPixels = 8192 * 8192;

/** Above this, 16384 × 16384, ffmpeg itself refuses. */
export const largestMaxPixels = 16_384 * 16_384;

/**
 * Seconds of frames that one video may give: an hour, a second more for every 100 bytes of the file, and never above a day. A
 * video that moves has far more bytes; a file that stands for years of one picture has not.
 */
export function defaultMaxSeconds(fileBytes: number): number {
  return Math.min(86_400, 3600 + fileBytes / 100);
}
