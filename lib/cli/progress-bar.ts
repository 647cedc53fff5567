// Owns the bar on a terminal. Knows nothing of the work; loaded only where there is a terminal.
import cliProgress from 'cli-progress';
import type { Progress } from '../index.js';
import { describeProgress, type ProgressPainter } from './progress-display.js';
import type { Pace } from './progress-rate.js';

/** Draws a bar, or a count where the end is unknown, in place on a terminal. */
export function createBarPainter(stream: NodeJS.WritableStream): ProgressPainter {
  let bar: cliProgress.SingleBar | undefined;
  let hasTotal = false;
  const settle = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    paint: (progress: Progress, pace: Pace) => {
      const { done, total } = progress;
      if (bar && hasTotal !== (total !== undefined)) settle();
      const text = describeProgress(progress, pace);
      if (bar) {
        if (total !== undefined) bar.setTotal(total);
        bar.update(done, { text });
        return;
      }
      hasTotal = total !== undefined;
      bar = new cliProgress.SingleBar(
        {
          stream,
          format: hasTotal ? '{bar} {text}' : '{text}',
          barsize: 24,
          fps: 8,
          hideCursor: false,
          linewrap: false,
          // Signals are the command's business.
          gracefulExit: false,
        },
        cliProgress.Presets.shades_classic,
      );
      bar.start(total ?? 0, done, { text });
    },
    settle,
  };
}
