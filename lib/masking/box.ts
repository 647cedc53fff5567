// Owns `box:x,y,w,h@a-b`: a rectangle of pixels is hidden in a span of frames.
import type { MaskKind } from './mask-kind.js';
import { placesOf } from './mask-draft.js';
import { type FrameSpan, got, partError, readSpan } from './part-argument.js';

/** A rectangle of pixels, its upper left corner at `(x, y)`, in the frames of a span. */
export type BoxPart = FrameSpan & {
  readonly kind: 'box';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

const format = ({ x, y, width, height, first, last }: BoxPart) => `box:${x},${y},${width},${height}@${first}-${last}`;

/** A rectangle in some frames, rounded outward to tubelets. */
export const box: MaskKind<BoxPart> = {
  example: 'box:16,8,24,32@4-9 (24 × 32 pixels at column 16, row 8, in frames 4 to 9)',
  parse: (argument, text) => {
    const [sides = '', frames] = (argument ?? '').split('@');
    const numbers = sides.split(',').map((number) => (/^\d{1,9}$/.test(number) ? Number(number) : NaN));
    const [x = NaN, y = NaN, width = NaN, height = NaN] = numbers;
    const span = readSpan(frames, text);
    if (numbers.length === 4 && numbers.every(Number.isInteger) && span && argument?.split('@').length === 2) {
      if (width > 0 && height > 0) return { kind: 'box', x, y, width, height, ...span };
      throw partError(text, `needs a width and a height of at least 1 pixel, got ${width} × ${height}`);
    }
    throw partError(
      text,
      `needs x,y,width,height in whole pixels and the frames after @, ${got(argument)}; write box:16,8,24,32@4-9`,
    );
  },
  format,
  check: (part, { clip }) => {
    const { x, y, width, height, last } = part;
    if (last >= clip.frames) {
      throw partError(format(part), `ends after the last frame of a clip of frames 0 to ${clip.frames - 1}`);
    }
    if (x + width <= clip.width && y + height <= clip.height) return;
    throw partError(
      format(part),
      `reaches out of frames of ${clip.width} × ${clip.height} pixels; keep x + width and y + height within them`,
    );
  },
  hide: (parts, { grid, hidden }) => {
    const { tubelet, columns } = grid;
    for (const { x, y, width, height, first, last } of parts) {
      const [left, right] = [Math.floor(x / tubelet.size), Math.floor((x + width - 1) / tubelet.size)];
      const [top, bottom] = [Math.floor(y / tubelet.size), Math.floor((y + height - 1) / tubelet.size)];
      for (let step = Math.floor(first / tubelet.frames); step <= Math.floor(last / tubelet.frames); step++) {
        for (let row = top; row <= bottom; row++) {
          const start = step * placesOf(grid) + row * columns;
          hidden.fill(1, start + left, start + right + 1);
        }
      }
    }
  },
};
