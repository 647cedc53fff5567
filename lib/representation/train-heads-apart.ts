// Owns the program's side of a thread that trains heads. Knows nothing of heads.
import { Worker } from 'node:worker_threads';
import type { HeadAnswers, HeadTask } from './head-task.js';

/** Always the compiled file: loaders of TypeScript do not reach into threads. */
const workerFile = new URL('../../dist/representation/head-worker.js', import.meta.url);

/**
 * Trains heads in a thread of their own.
 * @throws what the thread throws, and the signal's reason.
 */
export function trainHeadsApart(
  task: HeadTask,
  { threads, signal }: { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<HeadAnswers> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile, { workerData: { task, threads } });
    const end = (settle: () => void) => {
      signal?.removeEventListener('abort', onAbort);
      void worker.terminate();
      settle();
    };
    const onAbort = () => end(() => reject(signal?.reason instanceof Error ? signal.reason : new Error('stopped')));
    signal?.addEventListener('abort', onAbort);
    worker.on('message', (answers: HeadAnswers) => end(() => resolve(answers)));
    worker.on('error', (error) => end(() => reject(error instanceof Error ? error : new Error(String(error)))));
    worker.on('exit', (code) => end(() => reject(new Error(`the thread that trains heads ended with code ${code}`))));
  });
}
