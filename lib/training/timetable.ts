// Owns when a run ends and when it is measured in between. Knows nothing of what is measured.
import type { Position } from '../run/position.js';
import type { RunConfig } from '../run/run-config.js';

/** When things happen in a run. */
export type Timetable = {
  /** How much of the run is done, 0 to 1. */
  readonly progress: (position: Position) => number;
  /** How many steps it may come to. */
  readonly total: (position: Position) => number;
  /**
   * Whether now is the time to measure on held-out clips, and for a checkpoint that the run could go back to; `position` is that
   * after a step. Follows from the step alone, but for a run of so many minutes without `validateEvery`.
   */
  readonly isDue: (position: Position) => boolean;
};

/** A run is measured so often, unless the following say more seldom. */
const measurements = 20;
/** Steps from one measurement to the next at least. */
const leastSteps = 100;
/** Seconds from one measurement to the next at least, in a run of so many minutes. */
const leastSeconds = 10;
/** And so many times as long as one takes. */
const measurementCost = 25;

/**
 * @param stepsOfEpoch may be a fraction
 * @param stepsOfMeasurement how many steps take as long as one measurement; may be a fraction
 */
export function createTimetable(
  { duration: { unit, amount }, validateEvery }: Pick<RunConfig, 'duration' | 'validateEvery'>,
  stepsOfEpoch: number,
  stepsOfMeasurement: number,
): Timetable {
  const steps = unit === 'epochs' ? Math.max(1, Math.ceil(amount * stepsOfEpoch)) : amount;
  const progress: Timetable['progress'] =
    unit === 'minutes' ? ({ elapsedSeconds }) => elapsedSeconds / (60 * amount) : ({ step }) => step / steps;
  const isAutomatic = validateEvery === null || validateEvery === 0;
  const seldom = Math.ceil(Math.max(leastSteps, steps / measurements, measurementCost * stepsOfMeasurement));
  const every = isAutomatic ? seldom : validateEvery;
  const isDueByStep: Timetable['isDue'] = (position) =>
    position.step % every === 0 || (progress(position) >= 1 && position.step > every);
  const seconds = Math.max(leastSeconds, (60 * amount) / measurements);
  const isDueByTime: Timetable['isDue'] = (position) => {
    const { atSeconds, tookSeconds } = position.validation;
    if (progress(position) >= 1) return atSeconds > 0;
    return position.elapsedSeconds - atSeconds >= Math.max(seconds, measurementCost * tookSeconds);
  };
  return {
    progress,
    total:
      unit === 'minutes'
        ? ({ step, elapsedSeconds }) => Math.max(step, Math.ceil((step * 60 * amount) / elapsedSeconds))
        : () => steps,
    isDue: unit === 'minutes' && isAutomatic ? isDueByTime : isDueByStep,
  };
}
