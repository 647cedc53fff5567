// Owns `future:F`: the last F frames are hidden.
import type { MaskKind } from './mask-kind.js';
import { hideStep } from './mask-draft.js';
import { partError, readCount } from './part-argument.js';

/** The last `frames` frames. */
export type FuturePart = { readonly kind: 'future'; readonly frames: number };

const format = ({ frames }: FuturePart) => `future:${frames}`;

/** The last F frames, rounded outward to tubelets. */
export const future: MaskKind<FuturePart> = {
  example: 'future:8 (the last 8 frames)',
  parse: (argument, text) => ({ kind: 'future', frames: readCount(argument, text, 'future:8') }),
  format,
  check: (part, { clip }) => {
    if (part.frames < clip.frames) return;
    throw partError(
      format(part),
      `hides all of a clip of ${clip.frames} frames; hide at most the last ${clip.frames - 1}`,
    );
  },
  hide: (parts, draft) => {
    const { clip, tubelet, steps } = draft.grid;
    for (const { frames } of parts) {
      for (let step = Math.floor((clip.frames - frames) / tubelet.frames); step < steps; step++) hideStep(draft, step);
    }
  },
};
