// Owns which frames of a long video are drawn in a strip, and their size there. Knows nothing of how a strip is drawn.
import type { ClipShape } from '../clip/clip.js';
import { createResampler } from '../clip/resample-clip.js';
import { chooseEvenly } from '../dataset/estimate-size.js';

/** Frames that are drawn at most. */
export const mostStripFrames = 16;

/** Pixels of the longer side above which a picture is drawn smaller. */
const mostSide = 320;
/** And up to which it is drawn twice as large. */
const smallSide = 128;

/**
 * All frames of a short video; of a longer one an evenly spread choice of those that are hidden and of a quarter as many
 * beside each run of them, at least one.
 */
export function chooseStripFrames(frames: number, isHidden: (index: number) => boolean): readonly number[] {
  const all = Array.from({ length: frames }, (_, index) => index);
  if (frames <= mostStripFrames) return all;
  const isWanted = new Uint8Array(frames);
  let start = -1;
  for (let index = 0; index <= frames; index++) {
    if (index < frames && isHidden(index)) {
      if (start < 0) start = index;
    } else if (start >= 0) {
      const beside = Math.max(1, Math.ceil((index - start) / 4));
      isWanted.fill(1, Math.max(0, start - beside), Math.min(frames, index + beside));
      start = -1;
    }
  }
  return chooseEvenly(
    all.filter((index) => isWanted[index] === 1),
    mostStripFrames,
  );
}

/** How pictures of a size are drawn. */
export type StripCell = {
  readonly width: number;
  readonly height: number;
  /** Pixels of the strip for each pixel of these. */
  readonly scale: number;
  /** A picture `uint8 [H, W, 3]` at this size, in memory of its own. */
  readonly draw: (picture: Uint8Array) => Uint8Array;
  /** A mask `[H, W]` at this size: 1 where the pixel in its middle is. */
  readonly drawMask: (mask: Uint8Array) => Uint8Array;
};

/** The cell of pictures of a size: their own, or 320 pixels on the longer side where they are larger. */
export function stripCell({ width, height }: Pick<ClipShape, 'width' | 'height'>): StripCell {
  const longer = Math.max(width, height);
  if (longer <= mostSide) {
    const scale = longer <= smallSide ? 2 : 1;
    return { width, height, scale, draw: (picture) => picture.slice(), drawMask: (mask) => mask.slice() };
  }
  const cell = {
    width: Math.max(1, Math.round((width * mostSide) / longer)),
    height: Math.max(1, Math.round((height * mostSide) / longer)),
  };
  const shapeOf = (size: typeof cell) => ({ frames: 1, channels: 3, ...size });
  const resample = createResampler(shapeOf({ width, height }), shapeOf(cell));
  return {
    ...cell,
    scale: 1,
    draw: (picture) => {
      const small = new Uint8Array(cell.width * cell.height * 3);
      resample(picture, { left: 0, top: 0, width, height }, small, false);
      return small;
    },
    drawMask: (mask) =>
      Uint8Array.from({ length: cell.width * cell.height }, (_, pixel) => {
        const y = Math.floor(((Math.floor(pixel / cell.width) + 0.5) * height) / cell.height);
        const x = Math.floor((((pixel % cell.width) + 0.5) * width) / cell.width);
        return mask[y * width + x] ?? 0;
      }),
  };
}
