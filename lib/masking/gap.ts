// Owns `gap:F`, a gap of F frames somewhere, and `gap:a-b`, a gap of these frames.
import type { Random } from '../clip/random.js';
import { freeSteps, hideStep, isStepHidden, type MaskDraft } from './mask-draft.js';
import type { MaskKind } from './mask-kind.js';
import { type FrameSpan, partError, readCount, readSpan } from './part-argument.js';

/** A run of `frames` frames that lies anywhere between visible ones. */
type GapSomewhere = { readonly kind: 'gap'; readonly frames: number };

/** A run of frames: one that lies anywhere between visible ones, or the one from `first` to `last`. */
export type GapPart = GapSomewhere | ({ readonly kind: 'gap' } & FrameSpan);

const format = (part: GapPart) => ('frames' in part ? `gap:${part.frames}` : `gap:${part.first}-${part.last}`);

/**
 * Runs of frames, rounded outward to tubelets: `gap:F` hides ⌈F / t⌉ steps. A gap somewhere has a visible step directly
 * before it and directly after it, so that it never is the future, and two gaps never become one; beside `drop`, which hides steps
 * wherever the other parts left them, neither holds.
 */
export const gap: MaskKind<GapPart> = {
  example: 'gap:4 (4 frames somewhere in between) or gap:4-9 (frames 4 to 9)',
  parse: (argument, text) => {
    const span = readSpan(argument, text);
    if (span) return { kind: 'gap', ...span };
    return { kind: 'gap', frames: readCount(argument, text, 'gap:4 or gap:4-9') };
  },
  format,
  check: (part, { clip, steps, tubelet }) => {
    if ('frames' in part) {
      if (stepsOf(part, tubelet.frames) <= steps - 2) return;
      const most = (steps - 2) * tubelet.frames;
      const advice = most > 0 ? `a gap of at most ${most} frames fits` : 'no gap fits, use future:F';
      const visible = `${tubelet.frames} visible frame${tubelet.frames === 1 ? '' : 's'}`;
      throw partError(
        format(part),
        `leaves no ${visible} before and after the gap in a clip of ${clip.frames} frames; ${advice}`,
      );
    }
    if (part.last < clip.frames) return;
    throw partError(format(part), `ends after the last frame of a clip of frames 0 to ${clip.frames - 1}`);
  },
  hide: (parts, draft, random) => {
    const anywhere: GapSomewhere[] = [];
    for (const part of parts) {
      if ('frames' in part) anywhere.push(part);
      else hideSpan(part, draft);
    }
    if (anywhere.length > 0) hideSomewhere(anywhere, draft, random);
  },
};

function hideSpan({ first, last }: FrameSpan, draft: MaskDraft): void {
  const { frames } = draft.grid.tubelet;
  for (let step = Math.floor(first / frames); step <= Math.floor(last / frames); step++) hideStep(draft, step);
}

function stepsOf({ frames }: GapSomewhere, tubeletFrames: number): number {
  return Math.ceil(frames / tubeletFrames);
}

/**
 * Places the gaps one after the other in time, in a random order, each way to do so equally likely. Where that order does not
 * fit beside the other parts, they are placed as they were written; whether they fit so does not depend on the draw.
 */
function hideSomewhere(parts: readonly GapSomewhere[], draft: MaskDraft, random: Random): void {
  const written = parts.map((part) => stepsOf(part, draft.grid.tubelet.frames));
  const canStart = startTest(draft);
  const asWritten = countWays(written, draft.grid.steps, canStart);
  if (asWritten(0, 0) === 0) {
    const unfit = 'does not fit between visible frames beside the other parts';
    throw partError(
      parts.map(format).join('+'),
      parts.length === 1
        ? `${unfit}; make it shorter or leave one of them out`
        : `${unfit} in this order; write it in another one, make it shorter or leave one of them out`,
    );
  }
  const shuffled = random.shuffle([...written]);
  const asShuffled = countWays(shuffled, draft.grid.steps, canStart);
  const [lengths, waysFrom] = asShuffled(0, 0) > 0 ? [shuffled, asShuffled] : [written, asWritten];
  let from = 0;
  for (const [index, length] of lengths.entries()) {
    let rest = Math.floor(random.uniform() * waysFrom(index, from));
    while (rest >= waysFrom(index, from) - waysFrom(index, from + 1)) {
      rest -= waysFrom(index, from) - waysFrom(index, from + 1);
      from++;
    }
    for (let step = from; step < from + length; step++) hideStep(draft, step);
    from += length + 1;
  }
}

/** Whether a gap of `length` steps may begin at `start`: all of it is free, and a step before and after it is visible. */
function startTest(draft: MaskDraft): (start: number, length: number) => boolean {
  const free = new Set(freeSteps(draft));
  const visible = Array.from({ length: draft.grid.steps }, (_, step) => !isStepHidden(draft, step));
  return (start, length) => {
    if (visible[start - 1] !== true || visible[start + length] !== true) return false;
    for (let step = start; step < start + length; step++) if (!free.has(step)) return false;
    return true;
  };
}

/** How many ways there are to place gaps `index` and later, the first of them at step `from` or later. */
function countWays(
  lengths: readonly number[],
  steps: number,
  canStart: (start: number, length: number) => boolean,
): (index: number, from: number) => number {
  const table = [...lengths, 0].map((_, index) => new Float64Array(steps + 2).fill(index === lengths.length ? 1 : 0));
  const waysFrom = (index: number, from: number) => table[index]?.[Math.min(from, steps + 1)] ?? 0;
  for (let index = lengths.length - 1; index >= 0; index--) {
    const length = lengths[index] ?? 0;
    const row = table[index] ?? new Float64Array();
    for (let start = steps; start >= 0; start--) {
      const here = canStart(start, length) ? waysFrom(index + 1, start + length + 1) : 0;
      row[start] = here + waysFrom(index, start + 1);
    }
  }
  return waysFrom;
}
