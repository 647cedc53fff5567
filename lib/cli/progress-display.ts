// Owns what is seen of long work: a bar on a terminal, else a line every few seconds. Knows nothing of the work.
import type { Progress } from '../index.js';
import { createPaceMeter, formatDuration, formatRate, type Pace } from './progress-rate.js';

/** Something that shows progress. */
export type ProgressDisplay = {
  readonly show: (progress: Progress) => void;
  /** Leaves the last state standing and goes to a fresh line; more may be shown afterwards. */
  readonly settle: () => void;
};

/** How one state of the work is drawn. */
export type ProgressPainter = {
  readonly paint: (progress: Progress, pace: Pace) => void;
  readonly settle: () => void;
};

/** Follows one unit after another; a new unit is a new stage with its own rate. */
export function createProgressDisplay(painter: ProgressPainter, nowSeconds: () => number): ProgressDisplay {
  let unit: string | undefined;
  let measure = createPaceMeter();
  return {
    show: (progress) => {
      if (unit !== undefined && unit !== progress.unit) painter.settle();
      if (unit !== progress.unit) measure = createPaceMeter();
      unit = progress.unit;
      painter.paint(progress, measure(progress, nowSeconds()));
    },
    settle: () => {
      unit = undefined;
      painter.settle();
    },
  };
}

/** Writes a line at most every `everySeconds` seconds, and the last state when the stage ends. */
export function createLinePainter(
  write: (line: string) => void,
  nowSeconds: () => number,
  everySeconds = 5,
): ProgressPainter {
  let lastSeconds = nowSeconds();
  let unwritten: string | undefined;
  return {
    paint: (progress, pace) => {
      unwritten = describeProgress(progress, pace);
      if (nowSeconds() - lastSeconds < everySeconds) return;
      lastSeconds = nowSeconds();
      write(unwritten);
      unwritten = undefined;
    },
    settle: () => {
      if (unwritten !== undefined) write(unwritten);
      unwritten = undefined;
    },
  };
}

/** `120/400 steps, 8.1 steps/s, 35 s left, loss 0.012`. */
export function describeProgress({ unit, done, total, note }: Progress, { rate, remainingSeconds }: Pace): string {
  return [
    total === undefined ? `${done} ${unit}` : `${done}/${total} ${unit}`,
    rate === undefined ? undefined : formatRate(rate, unit),
    remainingSeconds === undefined || remainingSeconds === 0 ? undefined : `${formatDuration(remainingSeconds)} left`,
    note === '' ? undefined : note,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
