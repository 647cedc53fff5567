// Owns the few words that follow a training: the loss of each kind of mask and how fast it goes. Knows nothing of who reads them.
import type { Position } from '../run/position.js';
import { lossKindsOf, type RunConfig } from '../run/run-config.js';
import type { MadeStep } from './make-step.js';

/** The speed is the mean over so many steps, in the measure of an exponential average. */
const averagedSteps = 20;

/** `loss 0.0123, 180 clips/s`; of several kinds of masks `loss 0.0123 future:8, 0.0045 gap:4, 180 clips/s`. */
export function createProgressNote(
  config: Pick<RunConfig, 'hide' | 'weights' | 'objective' | 'batch' | 'accumulate'>,
): (position: Pick<Position, 'kinds'>, made: Pick<MadeStep, 'seconds'>) => string {
  const { batch, accumulate } = config;
  const names = lossKindsOf(config).kinds;
  let [secondsOfStep, steps] = [0, 0];
  return ({ kinds }, { seconds }) => {
    steps += 1;
    secondsOfStep += (seconds - secondsOfStep) / Math.min(steps, averagedSteps);
    const losses = names
      .filter((kind) => kinds[kind] !== undefined)
      .map((kind) => `${(kinds[kind]?.mean ?? NaN).toPrecision(3)}${names.length === 1 ? '' : ` ${kind}`}`);
    return `loss ${losses.join(', ')}, ${((batch * accumulate) / secondsOfStep).toPrecision(3)} clips/s`;
  };
}
