// Owns what is hidden of a whole file, in its own frames and pixels, and which frames it does not have at all. Knows nothing
// of models: parts that are chosen window by window are passed on.
import { LacunaError } from '../clip/lacuna-error.js';
import { createTokenGrid } from '../clip/token-grid.js';
import type { BoxPart } from '../masking/box.js';
import { formatHide, type HideExpression } from '../masking/hide-expression.js';
import type { HidePart } from '../masking/kinds.js';
import { planMask } from '../masking/plan-mask.js';

/** The file, as it is decoded. */
export type SourceVideo = {
  readonly path: string;
  /** N, frames. */
  readonly frames: number;
  /** H and W, pixels. */
  readonly height: number;
  readonly width: number;
};

/** What is asked for beside `--hide`. */
export type FileChange = {
  /** Frames after the file's end. */
  readonly extend: number;
  /** Whether the file lacks the frames of `gap:a-b`, which are counted as they will be. */
  readonly insert: boolean;
  readonly seed: number;
};

/** What is hidden of a file; frames are those that come out, counted from 0. */
export type FileHiding = {
  /** N′: the file's own frames and those that it lacks. */
  readonly frames: number;
  /** `[N′]`, 1 where the whole frame is hidden. */
  readonly whole: Uint8Array;
  /** `[N′]`, 1 where the file has no such frame; it is hidden, too. */
  readonly absent: Uint8Array;
  /** Rectangles of pixels in spans of frames. */
  readonly boxes: readonly BoxPart[];
  /** `drop`, `blocks`, `tube` and `patches`, which are chosen in each window. */
  readonly random: HideExpression;
};

/**
 * What an expression hides of a file. `future` and `gap:F` are of the whole file.
 * @throws {LacunaError} `usage` where it does not fit the file.
 */
export function planFileHiding(hide: HideExpression, source: SourceVideo, change: FileChange): FileHiding {
  const { frames, whole, absent } = change.insert ? insertGaps(hide, source) : hideFrames(hide, source, change.seed);
  const boxes = hide.filter((part) => part.kind === 'box');
  for (const part of boxes) checkBox(part, source);
  const isFull = ({ x, y, width, height }: BoxPart) =>
    x === 0 && y === 0 && width === source.width && height === source.height;
  for (const { first, last } of boxes.filter(isFull)) whole.fill(1, first, last + 1);
  if (!whole.includes(0)) throw hidesEverything(hide, source);
  const longer = (values: Uint8Array) => {
    const all = new Uint8Array(frames + change.extend).fill(1);
    all.set(values);
    return all;
  };
  return {
    frames: frames + change.extend,
    whole: longer(whole),
    absent: longer(absent),
    boxes: boxes.filter((part) => !isFull(part)),
    random: hide.filter(({ kind }) => kind !== 'box' && kind !== 'future' && kind !== 'gap'),
  };
}

function hidesEverything(hide: HideExpression, source: SourceVideo): LacunaError {
  return new LacunaError('usage', `--hide ${formatHide(hide)} hides everything of ${describe(source)}; hide less.`);
}

type Timeline = Pick<FileHiding, 'frames' | 'whole' | 'absent'>;

/** Whole frames of the file that are hidden: a mask plan in which each frame is one token. */
function hideFrames(hide: HideExpression, source: SourceVideo, seed: number): Timeline {
  const { frames } = source;
  const parts = hide.filter((part) => part.kind === 'future' || part.kind === 'gap');
  const whole = new Uint8Array(frames);
  for (const part of parts) {
    checkFrames(part, source);
    if (part.kind === 'future') whole.fill(1, frames - part.frames);
    else if ('last' in part) whole.fill(1, part.first, part.last + 1);
  }
  if (!whole.includes(0)) throw hidesEverything(hide, source);
  if (parts.length > 0) {
    const grid = createTokenGrid({ frames, height: 1, width: 1, channels: 1 }, { frames: 1, size: 1 });
    for (const frame of planMask(parts, grid, { seed, step: 0, sample: 0 }).hidden) whole[frame] = 1;
  }
  return { frames, whole, absent: new Uint8Array(frames) };
}

/** The file's frames with room between them for those of the gaps. */
function insertGaps(hide: HideExpression, source: SourceVideo): Timeline {
  const inserted = new Set<number>();
  for (const part of hide) {
    if (part.kind !== 'gap' || 'frames' in part) {
      throw new LacunaError(
        'usage',
        `--insert needs gaps whose frames are named, such as --hide gap:4-9, got ${formatHide([part])}.`,
      );
    }
    // More than that is refused below, whatever they are.
    const last = Math.min(part.last, part.first + longestInsertion);
    for (let frame = part.first; frame <= last; frame++) inserted.add(frame);
  }
  const frames = source.frames + inserted.size;
  const absent = new Uint8Array(frames);
  for (const part of hide) {
    const { first, last } = part as HidePart<'gap'> & { readonly first: number; readonly last: number };
    if (first >= frames || last >= frames || last - first >= longestInsertion) {
      const own = `--hide ${formatHide([part])} with --insert`;
      throw new LacunaError(
        'usage',
        last - first >= longestInsertion
          ? `${own} asks for ${last - first + 1} frames; insert at most ${longestInsertion}.`
          : `${own} leaves a hole after the end of ${describe(source)}; begin the gap at frame ${source.frames} or before.`,
      );
    }
    absent.fill(1, first, last + 1);
  }
  return { frames, whole: absent.slice(), absent };
}

/** Frames of one gap that are inserted at most. */
const longestInsertion = 100_000;

function checkFrames(part: HidePart<'future' | 'gap'>, source: SourceVideo): void {
  const { frames } = source;
  const fail = (sentence: string) => {
    throw new LacunaError('usage', `--hide ${formatHide([part])} ${sentence}.`);
  };
  if (part.kind === 'future') {
    if (part.frames >= frames) fail(`hides all of ${describe(source)}; hide at most the last ${frames - 1}`);
  } else if ('frames' in part) {
    if (part.frames > frames - 2) {
      fail(`leaves no frame before and after the gap in ${describe(source)}; write a gap of at most ${frames - 2}`);
    }
  } else if (part.last >= frames) fail(`ends after the last frame of ${describe(source)}`);
}

function checkBox(part: BoxPart, source: SourceVideo): void {
  const { x, y, width, height, last } = part;
  const own = `--hide ${formatHide([part])}`;
  if (last >= source.frames) {
    throw new LacunaError('usage', `${own} ends after the last frame of ${describe(source)}.`);
  }
  if (x + width <= source.width && y + height <= source.height) return;
  throw new LacunaError(
    'usage',
    `${own} reaches out of the pictures of ${describe(source)}; keep x + width within ${source.width} and y + height within ${source.height}.`,
  );
}

/** `clip.mp4, which has frames 0 to 31 of 64 × 48 pixels`. */
function describe({ path, frames, width, height }: SourceVideo): string {
  return `${path}, which has frames 0 to ${frames - 1} of ${width} × ${height} pixels`;
}
