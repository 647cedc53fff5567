// Owns the loader's side of a thread that changes clips: batches there and back, its end. Knows nothing of pixels.
import { LacunaError } from '../clip/lacuna-error.js';
import { openThread } from '../clip/thread-calls.js';
import type { AugmentAnswer, AugmentRequest, AugmentTask } from './augment-protocol.js';

/** A thread that changes clips. */
export type AugmentThread = {
  /**
   * Hands a batch over and gives it back changed, in the same memory under another view.
   * @throws {LacunaError} `input` where the thread failed.
   */
  readonly augment: (step: number, pixels: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;
  /** Ends the thread; what it was at is lost. */
  readonly close: () => Promise<void>;
};

/** Always the compiled file: loaders of TypeScript do not reach into threads. */
const workerFile = new URL('../../dist/dataset/augment-worker.js', import.meta.url);

/** Starts the thread. It does not keep a process that has nothing else to do. */
export function openAugmentThread(task: AugmentTask): AugmentThread {
  const thread = openThread<AugmentRequest, AugmentAnswer>(workerFile, {
    name: 'it',
    workerData: task,
    failed: (error) => failed(error.message, error),
  });
  return {
    async augment(step, pixels) {
      const answer = await thread.ask({ step, pixels }, [pixels.buffer]);
      if ('error' in answer) throw failed(answer.error);
      return answer.pixels;
    },
    close: thread.end,
  };
}

function failed(reason: string, cause?: unknown): LacunaError {
  return new LacunaError(
    'input',
    `The thread that crops and mirrors clips failed (${reason}); run the same command again, which goes on from the last checkpoint.`,
    { cause },
  );
}
