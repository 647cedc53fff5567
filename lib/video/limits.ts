// Owns how much one untrusted video may ask for where nobody says otherwise. Knows nothing of how the limits are kept.

/** Width × height that a picture of a video may have: 8192 × 8192, twice the area of an 8K picture. */
export const defaultMaxPixels = 8192 * 8192;

/** Above this, 16384 × 16384, ffmpeg itself refuses. */
export const largestMaxPixels = 16_384 * 16_384;

/** Seconds of frames that one video may give: a day. */
export const defaultMaxSeconds = 86_400;
