// Owns the program's side of the thread that runs a model: calls, their answers, its end. Knows nothing of the mathematics.
import { Worker } from 'node:worker_threads';
import { LacunaError, type LacunaErrorKind } from '../clip/lacuna-error.js';
import type { ParameterLayout } from '../engine/parameter-layout.js';
import type { CallName, ComputeAnswer, ComputeCalls } from './compute-protocol.js';

/** A model that runs in a thread of its own. Calls are answered in the order in which they were made. */
export type Compute = {
  /**
   * Makes a call.
   * @param transfer memory that is handed over and is not the caller's any more
   * @throws what the thread throws.
   */
  readonly call: <Name extends CallName>(
    name: Name,
    argument: ComputeCalls[Name][0],
    transfer?: readonly ArrayBuffer[],
  ) => Promise<ComputeCalls[Name][1]>;
  /** The model's parameters and their order. */
  readonly layout: ParameterLayout;
  /** Ends the thread once all calls are answered. */
  readonly close: () => Promise<void>;
};

/** Always the compiled file: loaders of TypeScript do not reach into threads. */
const workerFile = new URL('../../dist/run/compute-worker.js', import.meta.url);

type Waiting = { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void };

/**
 * Starts the thread and loads the engine in it.
 * @throws {LacunaError} `input` where the engine does not load.
 */
export async function openCompute(options: ComputeCalls['open'][0]): Promise<Compute> {
  const worker = new Worker(workerFile);
  const waiting = new Map<number, Waiting>();
  let count = 0;
  let isClosed = false;
  let failure: Error | undefined;
  const failAll = (error: Error) => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', (answer: ComputeAnswer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    // An idle thread does not keep the process.
    if (waiting.size === 0) worker.unref();
    if ('error' in answer) call?.reject(rebuildError(answer.error));
    else call?.resolve(answer.value as never);
  });
  worker.on('error', (error) => failAll(error instanceof Error ? error : new Error(String(error))));
  worker.on('messageerror', failAll);
  worker.on('exit', (code) => failAll(new Error(`the thread of the engine ended with code ${code}`)));

  const call: Compute['call'] = (name, argument, transfer = []) => {
    if (isClosed) return Promise.reject(new Error('the model was used after it was closed'));
    // A thread that has ended answers nothing any more.
    if (failure !== undefined) return Promise.reject(failure);
    count += 1;
    const id = count;
    return new Promise((resolve, reject) => {
      // Throws where the argument cannot be sent; then there is nothing to wait for.
      worker.postMessage({ id, name, argument }, [...transfer]);
      worker.ref();
      waiting.set(id, { resolve, reject });
    });
  };
  const close = async (): Promise<void> => {
    if (isClosed) return;
    await call('close', undefined).catch(() => undefined);
    isClosed = true;
    await worker.terminate();
  };
  try {
    const { layout } = await call('open', options);
    return { call, layout, close };
  } catch (error) {
    isClosed = true;
    await worker.terminate();
    throw error;
  }
}

function rebuildError({ message, kind, stack }: Extract<ComputeAnswer, { readonly error: unknown }>['error']): Error {
  const isKind = (value: string | undefined): value is LacunaErrorKind => value === 'usage' || value === 'input';
  const error = isKind(kind) ? new LacunaError(kind, message) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
