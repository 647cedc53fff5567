// Owns the loader's side of a thread that changes clips: batches there and back, its end. Knows nothing of pixels.
import { Worker } from 'node:worker_threads';
import { LacunaError } from '../clip/lacuna-error.js';
import type { AugmentAnswer, AugmentRequest, AugmentTask } from './augment-protocol.js';

/** A thread that changes clips. */
export type AugmentThread = {
  /**
   * Hands a batch over and gives it back changed, in the same memory under another view. Each step once at a time.
   * @throws {LacunaError} `input` where the thread failed.
   */
  readonly augment: (step: number, pixels: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;
  /** Ends the thread; what it was at is lost. */
  readonly close: () => Promise<void>;
};

/** Always the compiled file: loaders of TypeScript do not reach into threads. */
const workerFile = new URL('../../dist/dataset/augment-worker.js', import.meta.url);

type Waiting = {
  readonly resolve: (pixels: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: Error) => void;
};

/** Starts the thread. It does not keep a process that has nothing else to do. */
export function openAugmentThread(task: AugmentTask): AugmentThread {
  const worker = new Worker(workerFile, { workerData: task });
  const waiting = new Map<number, Waiting>();
  let failure: Error | undefined;
  const failAll = (reason: string, cause?: unknown) => {
    failure ??= failed(reason, cause);
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  worker.unref();
  worker.on('message', (answer: AugmentAnswer) => {
    const call = waiting.get(answer.step);
    waiting.delete(answer.step);
    if (waiting.size === 0) worker.unref();
    if ('error' in answer) call?.reject(failed(answer.error));
    else call?.resolve(answer.pixels);
  });
  worker.on('error', (error: unknown) => failAll(error instanceof Error ? error.message : String(error), error));
  worker.on('messageerror', (error) => failAll(error.message, error));
  worker.on('exit', (code) => failAll(`it ended with code ${code}`));
  return {
    augment(step, pixels) {
      // A thread that has ended answers nothing any more.
      if (failure !== undefined) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        worker.postMessage({ step, pixels } satisfies AugmentRequest, [pixels.buffer]);
        worker.ref();
        waiting.set(step, { resolve, reject });
      });
    },
    async close() {
      await worker.terminate();
    },
  };
}

function failed(reason: string, cause?: unknown): LacunaError {
  return new LacunaError(
    'input',
    `The thread that crops and mirrors clips failed (${reason}); run the same command again, which goes on from the last checkpoint.`,
    { cause },
  );
}
