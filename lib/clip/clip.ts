// Owns the shape of a clip and its layout in memory. Knows nothing of files or models.

/** The shape of one clip `[T, H, W, C]`. */
export type ClipShape = {
  /** T, frames. */
  readonly frames: number;
  /** H, pixels. */
  readonly height: number;
  /** W, pixels. */
  readonly width: number;
  /** C, 3 for RGB and 1 for grey. */
  readonly channels: number;
};

/** `T` frames of one video at a fixed stride: `uint8 [T, H, W, C]`, row-major, values 0 to 255. */
export type Clip = {
  readonly shape: ClipShape;
  /** `[T, H, W, C]`, `clipLength(shape)` bytes. */
  readonly pixels: Uint8Array;
};

/** The bytes (and values) of one frame `[H, W, C]`. */
export function frameLength(shape: ClipShape): number {
  return shape.height * shape.width * shape.channels;
}

/** The bytes (and values) of one clip `[T, H, W, C]`. */
export function clipLength(shape: ClipShape): number {
  return shape.frames * frameLength(shape);
}

/** `16 × 64 × 64 × 3`, as messages write a shape. */
export function describeShape(shape: ClipShape): string {
  return `${shape.frames} × ${shape.height} × ${shape.width} × ${shape.channels}`;
}
