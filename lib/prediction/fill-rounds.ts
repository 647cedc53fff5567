// Owns the order in which a file's hidden frames are filled in: which frames stand together in the model's window, and which
// of them are then taken as seen. Knows nothing of pixels.
import type { TrainedReach } from './trained-reach.js';

/** One window that the model fills in. */
export type FillWindow = {
  /** `[T]`: frames of the file in the order in which the model sees them, forwards or backwards. */
  readonly frames: Int32Array;
  /** Those of them that are filled in for good, by their place in the window. */
  readonly filled: readonly number[];
};

/** Windows that do not wait for each other; each round may build on those before it. */
export type FillRound = readonly FillWindow[];

/** All rounds, by time. */
export type FillSchedule = {
  readonly rounds: readonly FillRound[];
  /** The most rounds that build on each other: 1 where nothing is longer than the model reaches. */
  readonly passes: number;
};

/** What a schedule is made of. */
export type ScheduleOptions = {
  /** N′, at least `clipFrames · step`. */
  readonly frames: number;
  /** From one frame of a window to the next: there are as many phases, each filled in by itself. */
  readonly step: number;
  /** T and t. */
  readonly clipFrames: number;
  readonly tubeletFrames: number;
  readonly reach: TrainedReach;
  /** Whether a part that names its frames hides something of the frame. */
  readonly isNamed: (frame: number) => boolean;
  /** Whether something of other frames is hidden, too, window by window. */
  readonly isDrawn: (frame: number) => boolean;
  /** Frames from the first to the last of a gap above which it is filled in from its begin alone. */
  readonly mostHeld: number;
};

/**
 * Runs of named frames are filled in by a window around them; longer ones in several rounds: after the file's end forwards,
 * before its begin backwards, in between from both sides until what is left fits one window. All other frames follow in
 * windows one after the other.
 */
export function planRounds(options: ScheduleOptions): FillSchedule {
  const { step } = options;
  const runs = Array.from({ length: step }, (_, phase) => runsOfPhase(options, phase)).flat();
  runs.sort((one, other) => one.first - other.first);
  const groups: { readonly first: number; last: number; readonly rounds: FillWindow[][] }[] = [];
  for (const { first, last, passes } of runs) {
    let group = groups.at(-1);
    if (group === undefined || first > group.last + step) groups.push((group = { first, last, rounds: [] }));
    group.last = Math.max(group.last, last);
    for (const [index, windows] of passes.entries()) (group.rounds[index] ??= []).push(...windows);
  }
  const passes = groups.reduce((most, { rounds }) => Math.max(most, rounds.length), 1);
  const drawn = drawnRounds(options).map(({ first, windows }) => ({ first, rounds: [windows] }));
  const all = [...groups, ...drawn].sort((one, other) => one.first - other.first);
  return { rounds: all.flatMap(({ rounds }) => rounds), passes };
}

/** A run of hidden frames of one phase, by frames of the file. */
type Run = { readonly first: number; readonly last: number; readonly passes: readonly FillRound[] };

function runsOfPhase(options: ScheduleOptions, phase: number): Run[] {
  const { frames, step, isNamed } = options;
  const length = Math.ceil((frames - phase) / step);
  const runs: Run[] = [];
  let start = 0;
  for (let position = 0; position <= length; position++) {
    if (position < length && isNamed(phase + position * step)) continue;
    if (start < position) {
      const last = position - 1;
      const passes = passesOfRun({ start, last, length }, options).map((pieces) =>
        pieces.map((piece) => windowOf(piece, phase, length, options)),
      );
      runs.push({ first: phase + start * step, last: phase + last * step, passes });
    }
    start = position + 1;
  }
  return runs;
}

/** Positions of a phase that one window fills in, and on which side of them it looks. */
type Piece = { readonly start: number; readonly last: number; readonly side: 'before' | 'after' | 'both' };

function passesOfRun(
  run: { readonly start: number; readonly last: number; readonly length: number },
  { clipFrames, reach, step, mostHeld }: ScheduleOptions,
): Piece[][] {
  const passes: Piece[][] = [];
  const isLong = (run.last - run.start + 1) * step > mostHeld;
  const isBounded = run.last < run.length - 1;
  let { start, last } = run;
  let isBegun = start > 0;
  while (start <= last) {
    const left = last - start + 1;
    if (isBegun && isBounded && left <= reach.gap) {
      passes.push([{ start, last, side: 'both' }]);
      break;
    }
    if (!isBegun && (isLong || !isBounded)) {
      // Nothing else is seen at these places: the model goes by what surrounds them.
      const end = Math.min(last, start + clipFrames - 1);
      passes.push([{ start, last: end, side: 'before' }]);
      [start, isBegun] = [end + 1, true];
    } else if (!isBounded || isLong) {
      const count = Math.min(reach.future, isBounded ? left - reach.gap : left);
      passes.push([{ start, last: start + count - 1, side: 'before' }]);
      start += count;
    } else if (!isBegun) {
      const count = Math.min(reach.future, left);
      passes.push([{ start: last - count + 1, last, side: 'after' }]);
      last -= count;
    } else {
      const count = Math.min(reach.future, Math.ceil((left - reach.gap) / 2));
      const other = Math.min(count, left - count);
      const pieces: Piece[] = [{ start, last: start + count - 1, side: 'before' }];
      if (other > 0) pieces.push({ start: last - other + 1, last, side: 'after' });
      passes.push(pieces);
      [start, last] = [start + count, last - other];
    }
  }
  return passes;
}

function windowOf(
  { start, last, side }: Piece,
  phase: number,
  length: number,
  { clipFrames, tubeletFrames, step }: ScheduleOptions,
): FillWindow {
  const latest = length - clipFrames;
  const wanted = { before: last - clipFrames + 1, after: start, both: start - ((clipFrames - last + start - 1) >> 1) }[
    side
  ];
  let first = Math.max(0, Math.min(latest, wanted));
  if (side === 'both') {
    // The gap begins with a tubelet where it can, so that no frame beside it has to be hidden.
    const aligned = first + ((start - first) % tubeletFrames);
    if (aligned <= latest) first = aligned;
  }
  const isBackwards = side === 'after';
  const place = (index: number) => (isBackwards ? clipFrames - 1 - index : index);
  const frames = Int32Array.from({ length: clipFrames }, (_, index) => phase + (first + place(index)) * step);
  const filled = Array.from({ length: last - start + 1 }, (_, index) => place(start - first + index));
  return { frames, filled };
}

/** For each T frames of all phases the windows that fill them in, but for what is named. */
function drawnRounds({
  frames,
  step,
  clipFrames,
  isNamed,
  isDrawn,
}: ScheduleOptions): { first: number; windows: FillWindow[] }[] {
  const span = clipFrames * step;
  const rounds: { first: number; windows: FillWindow[] }[] = [];
  for (let begin = 0; begin < frames; begin += span) {
    const windows: FillWindow[] = [];
    for (let phase = 0; phase < step; phase++) {
      const length = Math.ceil((frames - phase) / step);
      const position = begin / step;
      const first = Math.min(position, length - clipFrames);
      const window = Int32Array.from({ length: clipFrames }, (_, index) => phase + (first + index) * step);
      const filled = Array.from(window.keys()).filter((index) => {
        const frame = window[index] ?? 0;
        return first + index >= position && !isNamed(frame) && isDrawn(frame);
      });
      if (filled.length > 0) windows.push({ frames: window, filled });
    }
    if (windows.length > 0) rounds.push({ first: begin, windows });
  }
  return rounds;
}
