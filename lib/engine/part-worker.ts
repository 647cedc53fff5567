// Owns the thread that works out one part of a batch: graphs of gradients, each run on a copy of the parameters that goes with it.
// Started by `openPartThreads` alone.
import { parentPort } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-web';
import type { Numbered } from '../clip/thread-calls.js';
import type { OnnxTensors } from './onnx-memory.js';
import { loadOnnxRuntime } from './onnx-runtime.js';
import { createInputTensors, createScalar, gradientTensors, parameterTensors, scalarOf } from './onnx-tensors.js';
import type { PartAnswer, PartGraph, PartRequest, PartResult, SharedArrays } from './part-protocol.js';

const runtime = await loadOnnxRuntime('onnxruntime-node');
const float32 = (values: Float32Array, shape: readonly number[]) => new runtime.Tensor('float32', values, shape);

type Run = Omit<Extract<PartRequest, { readonly name: 'run' }>, 'name' | 'graph'>;

type Opened = { readonly session: InferenceSession; readonly run: (given: Run) => Promise<PartResult> };

const graphs = new Map<number, Opened>();

/** Of each array by its name and length; all graphs read the same, since each run copies first and one comes after the other. */
const copies = new Map<string, Float32Array>();

function copyOf(array: string, { length }: Float32Array): Float32Array {
  const key = `${array} ${length}`;
  const copy = copies.get(key) ?? new Float32Array(length);
  copies.set(key, copy);
  return copy;
}

async function open({ bytes, layout, inputs, reads, threads }: PartGraph, shared: SharedArrays): Promise<Opened> {
  const session = await runtime.InferenceSession.create(bytes, await runtime.sessionOptions('cpu', threads));
  const read = reads.flatMap((array) => {
    const source = shared[array];
    return source === undefined ? [] : [{ array, source, copy: copyOf(array, source) }];
  });
  const feeds: OnnxTensors = Object.assign(
    {},
    ...read.map(({ array, copy }) => parameterTensors(float32, layout, array, copy)),
  ) as OnnxTensors;
  const inputTensors = createInputTensors(runtime, inputs);
  const loss = createScalar(float32);
  return {
    session,
    run: async ({ inputs: given, gradients }) => {
      for (const { source, copy } of read) copy.set(source);
      const fetches = { loss, ...gradientTensors(float32, layout, gradients) };
      await runtime.runInto(session, { ...feeds, ...inputTensors([given]) }, fetches);
      return { loss: scalarOf(loss), gradients };
    },
  };
}

async function answer(request: Numbered<PartRequest>): Promise<Numbered<PartAnswer>> {
  const { id, graph } = request;
  const opened = graphs.get(graph);
  try {
    switch (request.name) {
      case 'open':
        graphs.set(graph, await open(request.of, request.shared));
        return { id };
      case 'run':
        if (opened === undefined) throw new Error('the program was used after it was released');
        return { id, result: await opened.run(request) };
      case 'release':
        graphs.delete(graph);
        await opened?.session.release();
        return { id };
    }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

// One request after the other, in the order in which they came.
let last = Promise.resolve();
parentPort?.on('message', (request: Numbered<PartRequest>) => {
  last = last.then(async () => {
    const given = await answer(request);
    const result = 'result' in given ? given.result : undefined;
    parentPort?.postMessage(given, result === undefined ? [] : [result.gradients.buffer]);
  });
});
// A request that cannot be read has no number that it could be answered by: the thread ends, and with it all requests.
parentPort?.on('messageerror', (error) => {
  throw error;
});
