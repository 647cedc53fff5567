// Owns how the batch of a training step is cut into parts that are alike. Knows no family, no objective and no engine.
import type { InputArrays, LossProgram } from '../engine/engine.js';
import type { ModelConfig } from '../model/model-config.js';
import { comparesClips, defaultLoss } from './loss-expression.js';
import type { ObjectiveName } from './objective-names.js';
import { type BatchChoices, inputsOf, type Learning, lossProgram, signatureOf, stepInputs } from './programs.js';

/** A batch in parts, and the program that does for each of them. */
export type PartedBatch = {
  /** What tells the program from others of the same model. */
  readonly signature: string;
  readonly program: () => LossProgram;
  /** The inputs of each part. */
  readonly inputs: readonly InputArrays[];
};

/**
 * Cuts a batch into so many parts of as many clips each; leaves it whole where its clips are held against each other, and where its
 * parts would need different programs, such as for gaps of different lengths.
 * @throws {RangeError} where the clips cannot be dealt out evenly.
 */
export function cutBatch(
  config: ModelConfig,
  objective: ObjectiveName,
  batch: BatchChoices & { readonly pixels: Uint8Array },
  wanted: number,
  learning: Learning = {},
): PartedBatch {
  const { pixels, plans, keys, classes, sources } = batch;
  const count = comparesClips(learning.loss ?? defaultLoss) ? 1 : wanted;
  const [size, length] = [plans.length / count, pixels.length / count];
  if (!Number.isInteger(size)) throw new RangeError(`${plans.length} clips do not make ${count} equal parts`);
  const parts = Array.from({ length: count }, (_, part) => {
    const [from, to] = [part * size, (part + 1) * size];
    const choices = {
      plans: plans.slice(from, to),
      keys: keys?.slice(from, to),
      classes: classes?.subarray(from, to),
      sources: sources?.subarray(from, to),
    };
    const plan = stepInputs(config, objective, choices, learning);
    const own = pixels.subarray(part * length, (part + 1) * length);
    // A view that goes to another thread takes all of its memory along.
    const inputs = inputsOf(part === 0 ? own : own.slice(), plan);
    return { plan, inputs, signature: signatureOf(size, plan) };
  });
  const [first] = parts;
  if (first === undefined) throw new RangeError('there must be at least one clip');
  const { plan, signature } = first;
  if (parts.some((part) => part.signature !== signature)) {
    return cutBatch(config, objective, batch, 1, learning);
  }
  return {
    signature: `${objective} ${count} × ${signature}`,
    program: () => ({ ...lossProgram(config, objective, size, plan, learning), parts: count }),
    inputs: parts.map(({ inputs }) => inputs),
  };
}
