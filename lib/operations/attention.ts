// Owns scaled dot-product attention and its gradient. Knows nothing of models.
import { emitAttention, emitAttentionGradient } from './emit-attention.js';
import { type Attributes, named, type Operation, runForGradients, runForOne, type Tensors } from './operation.js';
import { tf } from './tfjs.js';

/**
 * `softmax(q kᵀ / √d) v` for each head (Vaswani et al. 2017, equation 1).
 * @param query `[B, N, D]`
 * @param key `[B, M, D]`
 * @param value `[B, M, D]`
 * @param heads how many; D is a multiple of it
 * @returns `[B, N, D]`
 * @throws {RangeError} where `heads` does not divide D.
 */
export function attend(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, heads: number): tf.Tensor {
  const width = query.shape[2] ?? 1;
  if (heads < 1 || width % heads !== 0) throw new RangeError(`heads must divide the width ${width}, got ${heads}`);
  return runForOne(attention, { query, key, value }, { heads });
}

/** See {@link attend}. */
export const attention: Operation = {
  name: 'Lacuna.Attention',
  compose: (inputs, attributes) => {
    const { query, key, value, scale } = splitHeads(inputs, attributes);
    return [mergeHeads(tf.matMul(weigh(query, key, scale), value))];
  },
  emit: (graph, inputs, attributes) => [emitAttention(graph, inputs, named(attributes, 'heads'))],
  gradient: {
    inputs: ['query', 'key', 'value'],
    outputs: [true],
    compute: (gradient, [query, key, value, output], attributes) => {
      if (query === undefined || key === undefined || value === undefined || output === undefined) {
        throw new Error('attention lost what it saved');
      }
      const inputs = { query, key, value, output, gradient };
      const [ofQuery, ofKey, ofValue] = runForGradients(attentionGradient, inputs, attributes);
      return { query: ofQuery, key: ofKey, value: ofValue };
    },
  },
};

/**
 * The gradients with respect to query, key and value. With the weights P and the output O = P V:
 * ∂V = Pᵀ ∂O;  ∂S = P ∘ (∂O Vᵀ − δ), δ the sums of ∂O ∘ O along d;  ∂Q = ∂S K / √d;  ∂K = ∂Sᵀ Q / √d
 * (Dao et al. 2022, appendix B.2).
 */
export const attentionGradient: Operation = {
  name: 'Lacuna.AttentionGradient',
  compose: (inputs, attributes) => {
    const { query, key, value, scale, output, gradient } = splitHeads(inputs, attributes);
    if (output === undefined || gradient === undefined) throw new Error('attention lost its output');
    const weights = weigh(query, key, scale);
    const delta = tf.sum(tf.mul(gradient, output), -1, true);
    const ofScores = tf.mul(tf.mul(weights, tf.sub(tf.matMul(gradient, value, false, true), delta)), scale);
    return [
      mergeHeads(tf.matMul(ofScores, key)),
      mergeHeads(tf.matMul(ofScores, query, true, false)),
      mergeHeads(tf.matMul(weights, gradient, true, false)),
    ];
  },
  emit: (graph, inputs, attributes) => emitAttentionGradient(graph, inputs, named(attributes, 'heads')),
};

type Heads = {
  readonly query: tf.Tensor;
  readonly key: tf.Tensor;
  readonly value: tf.Tensor;
  readonly output: tf.Tensor | undefined;
  readonly gradient: tf.Tensor | undefined;
  readonly scale: number;
};

/** `[B, N, D]` → `[B, h, N, d]`, each input. */
function splitHeads(inputs: Tensors, attributes: Attributes): Heads {
  const heads = named(attributes, 'heads');
  const width = named(inputs, 'query').shape[2] ?? 1;
  const split = (x: tf.Tensor) =>
    tf.transpose(tf.reshape(x, [...x.shape.slice(0, 2), heads, width / heads]), [0, 2, 1, 3]);
  const { output, gradient } = inputs;
  return {
    query: split(named(inputs, 'query')),
    key: split(named(inputs, 'key')),
    value: split(named(inputs, 'value')),
    output: output && split(output),
    gradient: gradient && split(gradient),
    scale: 1 / Math.sqrt(width / heads),
  };
}

function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [batch = 1, heads = 1, length = 1, depth = 1] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, heads * depth]);
}

function weigh(query: tf.Tensor, key: tf.Tensor, scale: number): tf.Tensor {
  return tf.softmax(tf.matMul(tf.mul(query, scale), key, false, true));
}
