// Owns the time limit on waiting for something that may never come. Knows nothing of what is waited for.

/** Waits that end the work where they take too long. */
export type StallWatch = {
  /** Begins to wait. */
  readonly start: () => void;
  /** What was waited for has come. */
  readonly stop: () => void;
  /** Something else has come: the wait, if there is one, begins again. */
  readonly touch: () => void;
  readonly hasFired: () => boolean;
};

/** @param onStall called where a wait takes `seconds` */
export function createStallWatch(seconds: number, onStall: () => void): StallWatch {
  let timer: NodeJS.Timeout | undefined;
  let fired = false;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const start = () => {
    stop();
    timer = setTimeout(() => {
      timer = undefined;
      fired = true;
      onStall();
    }, seconds * 1000);
  };
  return { start, stop, touch: () => timer?.refresh(), hasFired: () => fired };
}
