// Owns the program's side of the thread that runs a model: calls, their answers, its end. Knows nothing of the mathematics.
import { LacunaError, type LacunaErrorKind } from '../clip/lacuna-error.js';
import { openThread } from '../clip/thread-calls.js';
import type { ParameterLayout } from '../engine/parameter-layout.js';
import type { CallName, ComputeAnswer, ComputeCalls, ComputeRequest } from './compute-protocol.js';

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

/**
 * Starts the thread and loads the engine in it.
 * @throws {LacunaError} `input` where the engine does not load.
 */
export async function openCompute(options: ComputeCalls['open'][0]): Promise<Compute> {
  const thread = openThread<ComputeRequest, ComputeAnswer>(workerFile, { name: 'the thread of the engine' });
  let isClosed = false;
  const call: Compute['call'] = async (name, argument, transfer) => {
    if (isClosed) throw new Error('the model was used after it was closed');
    // The type of a request ties the argument to the name.
    const answer = await thread.ask({ name, argument } as ComputeRequest, transfer);
    if ('error' in answer) throw rebuildError(answer.error);
    return answer.value;
  };
  const close = async (): Promise<void> => {
    if (isClosed) return;
    await call('close', undefined).catch(() => undefined);
    isClosed = true;
    await thread.end();
  };
  try {
    const { layout } = await call('open', options);
    return { call, layout, close };
  } catch (error) {
    isClosed = true;
    await thread.end();
    throw error;
  }
}

function rebuildError({ message, kind, stack }: Extract<ComputeAnswer, { readonly error: unknown }>['error']): Error {
  const isKind = (value: string | undefined): value is LacunaErrorKind => value === 'usage' || value === 'input';
  const error = isKind(kind) ? new LacunaError(kind, message) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
