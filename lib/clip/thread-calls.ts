// Owns calls to a thread: numbered requests, their answers, its end. Knows nothing of what is asked.
import { Worker } from 'node:worker_threads';

/** A request, or the answer to it, with the number that ties them. */
export type Numbered<Value> = Value & { readonly id: number };

/** A thread that answers each request once. */
export type ThreadCalls<Request, Answer> = {
  /**
   * Sends a request and waits for its answer.
   * @param transfer memory that is handed over and is not the caller's any more
   * @throws what cannot be sent, and the reason why the thread has failed.
   */
  readonly ask: (request: Request, transfer?: readonly ArrayBuffer[]) => Promise<Answer>;
  /** Ends the thread; what it was at is lost. */
  readonly end: () => Promise<void>;
};

/** How a thread is started. */
export type ThreadOptions = {
  /** What it is called where it ends. */
  readonly name: string;
  readonly workerData?: unknown;
  /** What its failure is told as. Default: as it is. */
  readonly failed?: (error: Error) => Error;
};

/** Starts a thread. It does not keep a process that has nothing else to do. */
export function openThread<Request extends object, Answer>(
  file: URL,
  { name, workerData, failed = (error) => error }: ThreadOptions,
): ThreadCalls<Request, Answer> {
  const worker = new Worker(file, { workerData });
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  let count = 0;
  let failure: Error | undefined;
  const failAll = (error: unknown) => {
    failure ??= failed(error instanceof Error ? error : new Error(String(error)));
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  worker.unref();
  worker.on('message', (answer: Numbered<Answer>) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    // An idle thread does not keep the process.
    if (waiting.size === 0) worker.unref();
    call?.resolve(answer);
  });
  worker.on('error', failAll);
  worker.on('messageerror', failAll);
  worker.on('exit', (code) => failAll(new Error(`${name} ended with code ${code}`)));
  return {
    ask(request, transfer = []) {
      // A thread that has ended answers nothing any more.
      if (failure !== undefined) return Promise.reject(failure);
      count += 1;
      const id = count;
      return new Promise((resolve, reject) => {
        // Throws where the request cannot be sent; then there is nothing to wait for.
        worker.postMessage({ ...request, id } satisfies Numbered<Request>, [...transfer]);
        worker.ref();
        waiting.set(id, { resolve, reject });
      });
    },
    async end() {
      await worker.terminate();
    },
  };
}
