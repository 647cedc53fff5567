// Owns the arithmetic of progress: how fast it goes and how long it will take. Knows neither clock nor terminal.
import type { Progress } from '../index.js';

/** What is known of the speed of some work. */
export type Pace = {
  /** Units a second, over the last half minute or so; nothing before two reports have come. */
  readonly rate?: number;
  /** Nothing where the end is unknown or nothing has moved yet. */
  readonly remainingSeconds?: number;
};

const windowSeconds = 30;

/** A meter for one stage of work. What is done at the first report counts as done before (work that is gone on with). */
export function createPaceMeter(): (progress: Progress, nowSeconds: number) => Pace {
  let marks: { readonly seconds: number; readonly done: number }[] = [];
  return ({ done, total }, nowSeconds) => {
    const latest = marks.at(-1);
    if (latest && done < latest.done) marks = [];
    marks.push({ seconds: nowSeconds, done });
    // The oldest mark is kept at least as old as the window.
    while (marks.length > 2 && nowSeconds - (marks[1]?.seconds ?? nowSeconds) >= windowSeconds) marks.shift();
    const first = marks[0];
    const elapsed = first ? nowSeconds - first.seconds : 0;
    const moved = first ? done - first.done : 0;
    if (elapsed <= 0 || moved <= 0) return {};
    const rate = moved / elapsed;
    return total === undefined ? { rate } : { rate, remainingSeconds: Math.max(0, total - done) / rate };
  };
}

/** `45 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${pad(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** `12.3 steps/s`, or `4.1 s a step` where it is slow. */
export function formatRate(rate: number, unit: string): string {
  if (rate >= 1) return `${rate.toFixed(rate < 100 ? 1 : 0)} ${unit}/s`;
  const one = unit.endsWith('s') ? unit.slice(0, -1) : unit;
  return `${formatDuration(1 / rate)} a ${one}`;
}
