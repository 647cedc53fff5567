// Owns the blocks of a transformer: their parameters by Hugging Face's names, and how tokens go through them. Knows no family.
import { attend } from '../operations/attention.js';
import { gelu } from '../operations/gelu.js';
import { layerNorm } from '../operations/layer-norm.js';
import { linear } from '../operations/linear.js';
import { named, type Tensors } from '../operations/operation.js';
import { tf } from '../operations/tfjs.js';
import { glorot, type Initial, inner, type ModelParameter, ofLayer, ones, zeros } from './initial.js';

const epsilon = 1e-12;

/** Width of a block's inner layer, in multiples of D. */
export const expansion = 4;

/** How tokens go through the blocks. */
export type Passage = {
  readonly depth: number;
  readonly heads: number;
  /** The first token that is asked for: the last block works out no others, which nothing reads. Default 0. */
  readonly first?: number;
  /** `[B, M, D]`: attention goes to these tokens and not among those of the passage. */
  readonly context?: tf.Tensor;
  /**
   * Attention over time before that over space. With steps and places the tokens are their product, step by step, and each goes
   * along its own axis; else both go over all tokens.
   */
  readonly divided?: { readonly steps: number; readonly places: number } | 'joint';
  /** `[depth · branches, B]`: what each branch is multiplied with for each clip. Default: nothing. */
  readonly dropPath?: tf.Tensor | undefined;
};

/** The branches that a block adds to its tokens. */
export function branchesOf(divided: boolean): number {
  return divided ? 3 : 2;
}

/**
 * Pre-norm transformer blocks (Dosovitskiy et al. 2021, equations 2 and 3); divided over time and space as Bertasius et al. 2021,
 * section 3, have it; with a context the decoder blocks of Fu et al. 2024 (CrossMAE), section 3.2.
 * @param x `[B, N, D]`
 */
export function runBlocks(parameters: Tensors, name: string, x: tf.Tensor, passage: Passage): tf.Tensor {
  const { depth, heads, first = 0, context, divided, dropPath } = passage;
  const branches = branchesOf(divided !== undefined);
  let value = x;
  for (let block = 0; block < depth; block++) {
    const of = `${name}.${block}`;
    const kept = (branch: number, added: tf.Tensor) => dropBranch(added, dropPath, block * branches + branch);
    if (divided !== undefined) {
      const inner = normOf(parameters, `${of}.temporal_layernorm`, value);
      value = tf.add(value, kept(2, attendOverTime(parameters, `${of}.temporal_attention`, inner, heads, divided)));
    }
    const inner = normOf(parameters, `${of}.layernorm_before`, value);
    const asked = (tokens: tf.Tensor) => (block < depth - 1 ? tokens : dropTokens(tokens, first));
    const mixed =
      divided === undefined || divided === 'joint'
        ? attendOf(parameters, `${of}.attention`, asked(inner), context ?? inner, heads)
        : attendInSpace(parameters, `${of}.attention`, inner, heads, divided);
    value = tf.add(asked(value), kept(0, mixed));
    const wide = gelu(
      denseOf(parameters, `${of}.intermediate.dense`, normOf(parameters, `${of}.layernorm_after`, value)),
    );
    value = tf.add(value, kept(1, denseOf(parameters, `${of}.output.dense`, wide)));
  }
  return depth === 0 ? dropTokens(value, first) : value;
}

/** Attention of `[B, N, D]` to `[B, M, D]`, and the map behind it. */
function attendOf(parameters: Tensors, of: string, asking: tf.Tensor, asked: tf.Tensor, heads: number): tf.Tensor {
  const attention = `${of}.attention`;
  const query = linear(
    asking,
    named(parameters, `${attention}.query.weight`),
    named(parameters, `${attention}.q_bias`),
  );
  const key = linear(asked, named(parameters, `${attention}.key.weight`));
  const content = linear(
    asked,
    named(parameters, `${attention}.value.weight`),
    named(parameters, `${attention}.v_bias`),
  );
  return denseOf(parameters, `${of}.output.dense`, attend(query, key, content, heads));
}

type Divided = { readonly steps: number; readonly places: number };

/** Among the tokens of one step each. */
function attendInSpace(parameters: Tensors, of: string, x: tf.Tensor, heads: number, divided: Divided): tf.Tensor {
  const [batch = 1, , width = 1] = x.shape;
  const apart = tf.reshape(x, [batch * divided.steps, divided.places, width]);
  return tf.reshape(attendOf(parameters, of, apart, apart, heads), x.shape);
}

/** Among the tokens of one place each. */
function attendOverTime(
  parameters: Tensors,
  of: string,
  x: tf.Tensor,
  heads: number,
  divided: Divided | 'joint',
): tf.Tensor {
  if (divided === 'joint') return attendOf(parameters, of, x, x, heads);
  const [batch = 1, , width = 1] = x.shape;
  const { steps, places } = divided;
  const turn = (tokens: tf.Tensor, outer: number, inner: number) =>
    tf.transpose(tf.reshape(tokens, [batch, outer, inner, width]), [0, 2, 1, 3]);
  const apart = tf.reshape(turn(x, steps, places), [batch * places, steps, width]);
  return tf.reshape(turn(attendOf(parameters, of, apart, apart, heads), places, steps), x.shape);
}

/** A branch `[B, N, D]` times its factor for each clip. */
function dropBranch(added: tf.Tensor, factors: tf.Tensor | undefined, branch: number): tf.Tensor {
  if (factors === undefined) return added;
  const [batch = 1] = added.shape;
  return tf.mul(added, tf.reshape(tf.slice(factors, [branch, 0], [1, batch]), [batch, 1, 1]));
}

/** `[B, N, D]` without the first `count` tokens. */
function dropTokens(tokens: tf.Tensor, count: number): tf.Tensor {
  if (count === 0) return tokens;
  const [batch = 1, length = 0, width = 1] = tokens.shape;
  return tf.slice(tokens, [0, count, 0], [batch, length - count, width]);
}

/** `x Wᵀ + b` with the parameters `weight` and `bias` of a name. */
export function denseOf(parameters: Tensors, name: string, x: tf.Tensor): tf.Tensor {
  return linear(x, named(parameters, `${name}.weight`), named(parameters, `${name}.bias`));
}

/** The norm over the last axis with the parameters `weight` and `bias` of a name. */
export function normOf(parameters: Tensors, name: string, x: tf.Tensor): tf.Tensor {
  return layerNorm(x, named(parameters, `${name}.weight`), named(parameters, `${name}.bias`), epsilon);
}

/** The parameters of all blocks of that name, D their width. @param layer that of the first block, if any */
export function blocks(
  name: string,
  width: number,
  depth: number,
  { divided = false, layer }: { readonly divided?: boolean; readonly layer?: number } = {},
): ModelParameter[] {
  return Array.from({ length: depth }, (_, block) => {
    const of = `${name}.${block}`;
    const parameters = [
      ...norm(`${of}.layernorm_before`, width),
      ...attentionParameters(`${of}.attention`, width),
      ...norm(`${of}.layernorm_after`, width),
      ...dense(`${of}.intermediate.dense`, width, expansion * width),
      ...dense(`${of}.output.dense`, expansion * width, width),
      ...(divided
        ? [...norm(`${of}.temporal_layernorm`, width), ...attentionParameters(`${of}.temporal_attention`, width)]
        : []),
    ].map((parameter) => (parameter.decay ? inner(parameter) : parameter));
    return layer === undefined ? parameters : ofLayer(layer + block, parameters);
  }).flat();
}

function attentionParameters(of: string, width: number): ModelParameter[] {
  const attention = `${of}.attention`;
  return [
    matrix(`${attention}.query.weight`, width, width),
    vector(`${attention}.q_bias`, width, zeros),
    matrix(`${attention}.key.weight`, width, width),
    matrix(`${attention}.value.weight`, width, width),
    vector(`${attention}.v_bias`, width, zeros),
    ...dense(`${of}.output.dense`, width, width),
  ];
}

function matrix(name: string, inputs: number, outputs: number): ModelParameter {
  return { name, shape: [outputs, inputs], decay: true, initial: glorot(inputs, outputs) };
}

/** `[width]`, which does not decay. */
export function vector(name: string, width: number, initial: Initial): ModelParameter {
  return { name, shape: [width], decay: false, initial };
}

/** The parameters of {@link denseOf}. */
export function dense(name: string, inputs: number, outputs: number): ModelParameter[] {
  return [matrix(`${name}.weight`, inputs, outputs), vector(`${name}.bias`, outputs, zeros)];
}

/** The parameters of {@link normOf}. */
export function norm(name: string, width: number): ModelParameter[] {
  return [vector(`${name}.weight`, width, ones), vector(`${name}.bias`, width, zeros)];
}
