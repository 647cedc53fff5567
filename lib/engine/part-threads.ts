// Owns the engine's side of the threads that work out parts of a batch: one for each part, started when it is first needed. Each
// computes on its own cores with its own caches, where the threads of one operation hand every intermediate from core to core.
import { openThread } from '../clip/thread-calls.js';
import type { InputArrays, StateArrays } from './engine.js';
import type { PartAnswer, PartGraph, PartRequest, PartResult, SharedArrays } from './part-protocol.js';

/** A graph that several threads have opened. */
export type OpenedParts = {
  /**
   * Runs each part in its own thread. The gradients are in memory that the next run of any graph writes to.
   * @param arrays the state that the parts read, which must not change until they are done
   * @param parts the inputs of each
   */
  readonly run: (arrays: StateArrays, parts: readonly InputArrays[]) => Promise<readonly PartResult[]>;
  readonly release: () => Promise<void>;
};

/** The threads of an engine. */
export type PartThreads = {
  /** Opens a graph in the first `count` threads. @throws {Error} where one cannot. */
  readonly open: (graph: PartGraph, count: number) => Promise<OpenedParts>;
  /** Ends them all. */
  readonly dispose: () => Promise<void>;
};

/** Always the compiled file: loaders of TypeScript do not reach into threads. */
const workerFile = new URL('../../dist/engine/part-worker.js', import.meta.url);

/** Threads of `onnxruntime-node` on the processor; none until a graph is opened. */
export function openPartThreads(): PartThreads {
  const threads: PartThread[] = [];
  const shared = new Map<string, Float32Array<SharedArrayBuffer>>();
  let count = 0;
  /** The memory that arrays of this length are handed over in. */
  const share = (name: keyof SharedArrays, length: number): Float32Array<SharedArrayBuffer> => {
    const key = `${name} ${length}`;
    const memory = shared.get(key) ?? new Float32Array(new SharedArrayBuffer(Float32Array.BYTES_PER_ELEMENT * length));
    shared.set(key, memory);
    return memory;
  };
  return {
    async open(of, wanted) {
      while (threads.length < wanted) threads.push(startThread());
      const own = threads.slice(0, wanted);
      const { reads, layout } = of;
      const arrays: SharedArrays = Object.fromEntries(reads.map((name) => [name, share(name, layout.length)]));
      count += 1;
      const graph = count;
      const release = async () => {
        // A thread that has ended holds nothing any more.
        await Promise.all(own.map((thread) => thread.ask({ name: 'release', graph }).catch(() => undefined)));
      };
      const opened = await Promise.allSettled(
        own.map((thread) => thread.ask({ name: 'open', graph, of, shared: arrays })),
      );
      const failed = opened.find((one) => one.status === 'rejected');
      if (failed) {
        await release();
        throw failed.reason;
      }
      return {
        async run(state, parts) {
          for (const name of reads) arrays[name]?.set(state[name] ?? []);
          return Promise.all(own.map((thread, index) => thread.run(graph, parts[index] ?? {}, layout.length)));
        },
        release,
      };
    },
    async dispose() {
      await Promise.all(threads.splice(0).map((thread) => thread.end()));
    },
  };
}

type PartThread = {
  readonly ask: (request: PartRequest, transfer?: readonly ArrayBuffer[]) => Promise<PartResult | undefined>;
  /** `ask` for a run, in memory of this thread's that goes there and back. */
  readonly run: (graph: number, inputs: InputArrays, length: number) => Promise<PartResult>;
  readonly end: () => Promise<void>;
};

function startThread(): PartThread {
  const thread = openThread<PartRequest, PartAnswer>(workerFile, { name: 'a thread of the engine' });
  /** Memory for gradients, by its length. */
  const spare = new Map<number, Float32Array<ArrayBuffer>>();
  const ask: PartThread['ask'] = async (request, transfer) => {
    const answer = await thread.ask(request, transfer);
    if ('error' in answer) throw new Error(answer.error);
    return answer.result;
  };
  return {
    ask,
    async run(graph, inputs, length) {
      const gradients = spare.get(length) ?? new Float32Array(length);
      spare.delete(length);
      const result = await ask({ name: 'run', graph, inputs, gradients }, [gradients.buffer]);
      if (result === undefined) throw new Error('a part of a batch came to nothing');
      spare.set(length, result.gradients);
      return result;
    },
    end: thread.end,
  };
}
