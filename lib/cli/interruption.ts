// Owns what Ctrl-C and a request to terminate do: the first asks the work to end cleanly, the second ends at once. Knows
// nothing of the work.
import { exitCode, type EndingSignal } from './exit-code.js';

/** The reason with which the work is asked to end. */
export class Interrupted extends Error {
  readonly endingSignal: EndingSignal;

  constructor(endingSignal: EndingSignal) {
    super(`ended by ${endingSignal}`);
    this.name = 'Interrupted';
    this.endingSignal = endingSignal;
  }
}

/** A listener for the signals that end a command. */
export type InterruptionWatch = {
  /** Aborts with an {@link Interrupted} at the first signal. */
  readonly signal: AbortSignal;
  /** The signal that came, if one did. */
  readonly received: () => EndingSignal | undefined;
  /** Stops listening. */
  readonly stop: () => void;
};

const endingSignals: readonly EndingSignal[] = ['SIGINT', 'SIGTERM'];

/**
 * Listens for the signals that end a command.
 * @param onFirst called at the first signal, after the abort.
 */
export function watchForInterruption(onFirst: (endingSignal: EndingSignal) => void): InterruptionWatch {
  const controller = new AbortController();
  let received: EndingSignal | undefined;
  const handle = (endingSignal: EndingSignal) => {
    if (received !== undefined) process.exit(exitCode[endingSignal]);
    received = endingSignal;
    controller.abort(new Interrupted(endingSignal));
    onFirst(endingSignal);
  };
  for (const endingSignal of endingSignals) process.on(endingSignal, handle);
  return {
    signal: controller.signal,
    received: () => received,
    stop: () => endingSignals.forEach((endingSignal) => process.off(endingSignal, handle)),
  };
}
