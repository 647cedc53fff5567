// Owns the `vit` family: a transformer that sees visible tokens only, and a small decoder that fills in the hidden ones, with
// the parameters of Hugging Face's VideoMAE by their names (Tong et al. 2022, section 3).
import * as tf from '@tensorflow/tfjs';
import { tokenLength } from '../clip/token-grid.js';
import { attend } from '../operations/attention.js';
import { gelu } from '../operations/gelu.js';
import { layerNorm } from '../operations/layer-norm.js';
import { linear } from '../operations/linear.js';
import { named, type Tensors } from '../operations/operation.js';
import { colourDeviation, colourMean } from './colours.js';
import { glorot, type Initial, type ModelParameter, ones, zeros } from './initial.js';
import { gridOfModel, type VitConfig } from './model-config.js';
import type { ModelFamily } from './model-family.js';
import { sinusoidalPositions } from './positions.js';

const channels = 3;
const epsilon = 1e-12;
/** The decoder takes so many clips at once that its widest layer fills no more than this: then every pass finds it in the cache. */
const cacheBytes = 2 ** 23;
/** Width of a block's inner layer, in multiples of D. */
const expansion = 4;

const names = {
  projection: 'videomae.embeddings.patch_embeddings.projection',
  encoder: 'videomae.encoder.layer',
  encoderNorm: 'videomae.layernorm',
  bridge: 'encoder_to_decoder.weight',
  maskToken: 'mask_token',
  decoder: 'decoder.decoder_layers',
  decoderNorm: 'decoder.norm',
  head: 'decoder.head',
} as const;

/** See the top of the file. */
export const vit: ModelFamily<VitConfig> = {
  parameters: (config) => {
    const { width, depth, decoderWidth, decoderDepth, tubeletFrames: t, patch: p } = config;
    const length = tokenLength(gridOfModel(config));
    return [
      {
        name: `${names.projection}.weight`,
        shape: [width, channels, t, p, p],
        decay: true,
        initial: glorot(length, width),
      },
      vector(`${names.projection}.bias`, width, zeros),
      ...blocks(names.encoder, width, depth),
      ...norm(names.encoderNorm, width),
      { name: names.bridge, shape: [decoderWidth, width], decay: true, initial: glorot(width, decoderWidth) },
      {
        name: names.maskToken,
        shape: [1, 1, decoderWidth],
        decay: false,
        initial: { kind: 'normal', deviation: 0.02 },
      },
      ...blocks(names.decoder, decoderWidth, decoderDepth),
      ...norm(names.decoderNorm, decoderWidth),
      ...dense(names.head, decoderWidth, length),
    ];
  },

  planInputs: (config, plans) => {
    const { tokens } = gridOfModel(config);
    const indices = (of: 'visible' | 'hidden') => {
      const count = plans[0]?.[of].length ?? 0;
      const values = new Int32Array(plans.length * count);
      for (const [sample, plan] of plans.entries()) {
        if (plan[of].length !== count) throw new RangeError('the plans of a batch must have the same counts');
        for (const [index, token] of plan[of].entries()) values[sample * count + index] = sample * tokens + token;
      }
      return { type: 'int32', shape: [plans.length, count], values } as const;
    };
    const positions = (width: number) =>
      ({ type: 'float32', shape: [tokens, width], values: sinusoidalPositions(tokens, width) }) as const;
    return {
      visible: indices('visible'),
      hidden: indices('hidden'),
      positions: positions(config.width),
      decoderPositions: positions(config.decoderWidth),
    };
  },

  embed: (config, parameters, inputs) => tf.mean(encode(config, parameters, inputs), 1),

  reconstruct: (config, parameters, inputs) => {
    const { decoderWidth, decoderDepth, decoderHeads } = config;
    const [hidden, places] = [named(inputs, 'hidden'), named(inputs, 'decoderPositions')];
    const [batch = 1, count = 0] = hidden.shape;
    const placesOf = (tokens: tf.Tensor) => gatherPositions(places, tokens, decoderWidth);
    const seen = tf.add(
      linear(encode(config, parameters, inputs), named(parameters, names.bridge)),
      placesOf(named(inputs, 'visible')),
    );
    const asked = tf.add(named(parameters, names.maskToken), placesOf(hidden));
    const known = seen.shape[1] ?? 0;
    const together = Math.max(1, Math.floor(cacheBytes / (4 * expansion * decoderWidth * (known + count))));
    const groups = Array.from({ length: Math.ceil(batch / together) }, (_, group) => {
      const [first, size] = [group * together, Math.min(together, batch - group * together)];
      const ofGroup = (x: tf.Tensor) => tf.slice(x, [first, 0, 0], [size, x.shape[1] ?? 0, decoderWidth]);
      const tokens = tf.concat([ofGroup(seen), ofGroup(asked)], 1);
      const answers = runBlocks(parameters, names.decoder, decoderDepth, decoderHeads, tokens, known);
      return denseOf(parameters, names.head, normOf(parameters, names.decoderNorm, answers));
    });
    const prediction = tf.concat(groups, 0);
    const target = tf.div(pickTokens(config, named(inputs, 'pixels'), hidden), 255);
    return { prediction, target, tokens: () => prediction };
  },
};

/** The encoder's output for the visible tokens, `[B, Nv, D]`. */
function encode(config: VitConfig, parameters: Tensors, inputs: Tensors): tf.Tensor {
  const { width, depth, heads } = config;
  const visible = named(inputs, 'visible');
  const tokens = pickTokens(config, named(inputs, 'pixels'), visible);
  const length = tokens.shape[2] ?? 1;
  // (x / 255 − mean) / deviation, for each colour; a token's values go through the colours last
  const repeat = (values: readonly number[]) =>
    tf.tensor1d(Array.from({ length }, (_, index) => values[index % channels] ?? 0));
  const scale = repeat(colourDeviation.map((deviation) => 1 / (255 * deviation)));
  const shift = repeat(colourMean.map((mean, colour) => -mean / (colourDeviation[colour] ?? 1)));
  const normalised = tf.add(tf.mul(tokens, scale), shift);
  // The weight lies as a 3-D convolution's: [D, C, t, p, p].
  const weight = tf.transpose(named(parameters, `${names.projection}.weight`), [0, 2, 3, 4, 1]);
  const embedded = linear(
    normalised,
    tf.reshape(weight, [width, length]),
    named(parameters, `${names.projection}.bias`),
  );
  const placed = tf.add(embedded, gatherPositions(named(inputs, 'positions'), visible, width));
  return normOf(parameters, names.encoderNorm, runBlocks(parameters, names.encoder, depth, heads, placed));
}

/** The pixels of some tokens, 0 to 255, `[B, n, t·p·p·C]`; `indices` count through the whole batch. */
function pickTokens(config: VitConfig, pixels: tf.Tensor, indices: tf.Tensor): tf.Tensor {
  const { tubeletFrames: t, patch: p } = config;
  const { steps, rows, columns, tokens } = gridOfModel(config);
  const [batch = 1, count = 0] = indices.shape;
  const length = t * p * p * channels;
  const apart = tf.reshape(pixels, [batch * steps, t, rows, p, columns, p * channels]);
  const all = tf.reshape(tf.transpose(apart, [0, 2, 4, 1, 3, 5]), [batch * tokens, length]);
  return tf.reshape(tf.gather(all, tf.reshape(indices, [batch * count]).toInt()), [batch, count, length]);
}

/** Positions of tokens whose indices count through the whole batch: the table's rows by the index within the clip. */
function gatherPositions(table: tf.Tensor, indices: tf.Tensor, width: number): tf.Tensor {
  const [batch = 1, count = 0] = indices.shape;
  const [tokens = 1] = table.shape;
  const starts = tf.tensor2d(
    Array.from({ length: batch }, (_, sample) => sample * tokens),
    [batch, 1],
    'int32',
  );
  const within = tf.reshape(tf.sub(indices, starts), [batch * count]);
  return tf.reshape(tf.gather(table, within.toInt()), [batch, count, width]);
}

/**
 * Pre-norm transformer blocks (Dosovitskiy et al. 2021, equations 2 and 3).
 * @param first the first token that is asked for: the last block works out no others, which nothing reads
 */
function runBlocks(
  parameters: Tensors,
  name: string,
  depth: number,
  heads: number,
  x: tf.Tensor,
  first = 0,
): tf.Tensor {
  let value = x;
  for (let block = 0; block < depth; block++) {
    const of = `${name}.${block}`;
    const inner = normOf(parameters, `${of}.layernorm_before`, value);
    const attention = `${of}.attention.attention`;
    const asked = (tokens: tf.Tensor) => (block < depth - 1 ? tokens : dropTokens(tokens, first));
    const query = linear(
      asked(inner),
      named(parameters, `${attention}.query.weight`),
      named(parameters, `${attention}.q_bias`),
    );
    const key = linear(inner, named(parameters, `${attention}.key.weight`));
    const content = linear(
      inner,
      named(parameters, `${attention}.value.weight`),
      named(parameters, `${attention}.v_bias`),
    );
    const mixed = denseOf(parameters, `${of}.attention.output.dense`, attend(query, key, content, heads));
    value = tf.add(asked(value), mixed);
    const wide = gelu(
      denseOf(parameters, `${of}.intermediate.dense`, normOf(parameters, `${of}.layernorm_after`, value)),
    );
    value = tf.add(value, denseOf(parameters, `${of}.output.dense`, wide));
  }
  return depth === 0 ? dropTokens(value, first) : value;
}

/** `[B, N, D]` without the first `count` tokens. */
function dropTokens(tokens: tf.Tensor, count: number): tf.Tensor {
  if (count === 0) return tokens;
  const [batch = 1, length = 0, width = 1] = tokens.shape;
  return tf.slice(tokens, [0, count, 0], [batch, length - count, width]);
}

function denseOf(parameters: Tensors, name: string, x: tf.Tensor): tf.Tensor {
  return linear(x, named(parameters, `${name}.weight`), named(parameters, `${name}.bias`));
}

function normOf(parameters: Tensors, name: string, x: tf.Tensor): tf.Tensor {
  return layerNorm(x, named(parameters, `${name}.weight`), named(parameters, `${name}.bias`), epsilon);
}

function blocks(name: string, width: number, depth: number): ModelParameter[] {
  return Array.from({ length: depth }, (_, block) => {
    const of = `${name}.${block}`;
    const attention = `${of}.attention.attention`;
    return [
      ...norm(`${of}.layernorm_before`, width),
      matrix(`${attention}.query.weight`, width, width),
      vector(`${attention}.q_bias`, width, zeros),
      matrix(`${attention}.key.weight`, width, width),
      matrix(`${attention}.value.weight`, width, width),
      vector(`${attention}.v_bias`, width, zeros),
      ...dense(`${of}.attention.output.dense`, width, width),
      ...norm(`${of}.layernorm_after`, width),
      ...dense(`${of}.intermediate.dense`, width, expansion * width),
      ...dense(`${of}.output.dense`, expansion * width, width),
    ];
  }).flat();
}

function matrix(name: string, inputs: number, outputs: number): ModelParameter {
  return { name, shape: [outputs, inputs], decay: true, initial: glorot(inputs, outputs) };
}

function vector(name: string, width: number, initial: Initial): ModelParameter {
  return { name, shape: [width], decay: false, initial };
}

function dense(name: string, inputs: number, outputs: number): ModelParameter[] {
  return [matrix(`${name}.weight`, inputs, outputs), vector(`${name}.bias`, outputs, zeros)];
}

function norm(name: string, width: number): ModelParameter[] {
  return [vector(`${name}.weight`, width, ones), vector(`${name}.bias`, width, zeros)];
}
