// Owns the running of an ONNX file on a real onnxruntime.
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { loadOnnxRuntime } from '../../lib/engine/onnx-runtime.js';

/** Numbers in the type that an input has. */
export type Feed = { readonly values: Float32Array | Int32Array | Uint8Array; readonly shape: readonly number[] };

/** What a run gave, by name: numbers and shape. */
export type Outputs = Record<string, { values: number[]; shape: readonly number[] }>;

/** Opens a model, runs it once and closes it. */
export async function runModel(model: Uint8Array, feeds: Readonly<Record<string, Feed>> = {}): Promise<Outputs> {
  const runtime = await loadOnnxRuntime();
  return withSession(model, async (session) => {
    const typeOf = (values: Feed['values']) =>
      values instanceof Float32Array ? 'float32' : values instanceof Int32Array ? 'int32' : 'uint8';
    const tensors = Object.entries(feeds).map(
      ([name, { values, shape }]) => [name, new runtime.Tensor(typeOf(values), values, shape)] as const,
    );
    const results = await session.run(Object.fromEntries<Tensor>(tensors));
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [
        name,
        { values: Array.from(tensor.data as ArrayLike<number | bigint>, Number), shape: tensor.dims },
      ]),
    );
  });
}

/** Opens a model for as long as `use` takes. */
export async function withSession<Result>(
  model: Uint8Array,
  use: (session: InferenceSession) => Promise<Result> | Result,
): Promise<Result> {
  const { InferenceSession, sessionOptions } = await loadOnnxRuntime();
  const session = await InferenceSession.create(model, await sessionOptions('cpu', 1));
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}
