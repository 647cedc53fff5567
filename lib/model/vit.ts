// Owns the `vit` family: a transformer that sees visible tokens only, and a small decoder that fills in the hidden ones, with
// the parameters of Hugging Face's VideoMAE by their names (Tong et al. 2022, section 3).
import { tokenLength } from '../clip/token-grid.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { linear } from '../operations/linear.js';
import { named, type Tensors } from '../operations/operation.js';
import { tf } from '../operations/tfjs.js';
import { channelStatistics } from './colours.js';
import { drawDropPath } from './drop-path.js';
import { glorot, type ModelParameter, ofLayer, zeros } from './initial.js';
import { gridOfModel, type VitConfig } from './model-config.js';
import type { ModelFamily, PlanInput, Reconstruction, TokenLayout } from './model-family.js';
import { drawNormalised, normaliseTubelets } from './normalised-tubelets.js';
import { sinusoidalPositions } from './positions.js';
import {
  blocks,
  branchesOf,
  dense,
  denseOf,
  expansion,
  norm,
  normOf,
  type Passage,
  runBlocks,
  vector,
} from './transformer-block.js';
import { tubeletsByPlace, tubeletsByToken } from './tubelet-pixels.js';
import { guessClip, planGuess, planPlane } from './visible-guess.js';

/** The decoder takes so many clips at once that its widest layer fills no more than this: then every pass finds it in the cache. */
const cacheBytes = 2 ** 23;

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
    const { width, depth, channels, decoderWidth, decoderDepth, tubeletFrames: t, patch: p } = config;
    const length = tokenLength(gridOfModel(config));
    const encoder = [
      ...ofLayer(0, [
        {
          name: `${names.projection}.weight`,
          shape: [width, channels, t, p, p],
          decay: true,
          initial: glorot(length, width),
        },
        vector(`${names.projection}.bias`, width, zeros),
      ]),
      ...blocks(names.encoder, width, depth, { divided: config.attention === 'divided', layer: 1 }),
      ...norm(names.encoderNorm, width),
    ];
    const head: ModelParameter[] = [
      { name: names.bridge, shape: [decoderWidth, width], decay: true, initial: glorot(width, decoderWidth) },
      {
        name: names.maskToken,
        shape: [1, 1, decoderWidth],
        decay: false,
        initial: { kind: 'normal', deviation: 0.02 },
      },
      ...blocks(names.decoder, decoderWidth, decoderDepth),
      ...norm(names.decoderNorm, decoderWidth),
      ...headParameters(config, length),
    ];
    return { encoder, head };
  },

  layers: (config) => {
    const { steps, rows, columns } = gridOfModel(config);
    return new Array<TokenLayout>(1 + config.depth).fill({ steps, rows, columns, width: config.width });
  },

  planInputs: (config, plans) => {
    const { tokens, rows, columns, steps } = gridOfModel(config);
    const positions = (width: number) =>
      ({ type: 'float32', shape: [tokens, width], values: sinusoidalPositions(tokens, width) }) as const;
    const visible = planIndices(plans, 'visible', (token, sample) => sample * tokens + token);
    const divided = config.attention === 'divided' ? splitVisible(plans, rows * columns) : undefined;
    return {
      visible: divided === undefined ? visible : { ...visible, shape: [plans.length, ...divided] },
      hidden: planIndices(plans, 'hidden', (token, sample) => sample * tokens + token),
      positions: positions(config.width),
      decoderPositions: positions(config.decoderWidth),
      ...(config.target === 'pixels'
        ? {}
        : {
            ...planGuess(plans, planPlane(plans, 'visible', 0).values, config.guess),
            // Where a hidden token stands in a guess: by places, and then by steps.
            guessed: planIndices(plans, 'hidden', (token, sample) => {
              const place = token % (rows * columns);
              return (sample * rows * columns + place) * steps + Math.floor(token / (rows * columns));
            }),
          }),
    };
  },

  noiseInputs: ({ dropPath, depth, attention }, keys): Readonly<Record<string, PlanInput>> =>
    dropPath === 0 ? {} : { dropPath: drawDropPath(dropPath, depth, branchesOf(attention === 'divided'), keys) },

  encode: (config, parameters, inputs, layer) => {
    if (layer !== undefined) return runEncoder({ ...config, depth: layer }, parameters, inputs);
    return encode(config, parameters, inputs);
  },

  reconstruct: (config, parameters, inputs) => {
    const { decoderWidth, decoderDepth: depth, decoderHeads: heads, decoder } = config;
    const [hidden, places] = [named(inputs, 'hidden'), named(inputs, 'decoderPositions')];
    const [batch = 1, count = 0] = hidden.shape;
    const placesOf = (tokens: tf.Tensor) => gatherPositions(places, tokens, decoderWidth);
    const encoded = encode(config, parameters, inputs);
    const seen = tf.add(linear(encoded, named(parameters, names.bridge)), placesOf(visibleOf(inputs)));
    const asked = tf.add(named(parameters, names.maskToken), placesOf(hidden));
    const known = seen.shape[1] ?? 0;
    const widest = decoder === 'self' ? known + count : count;
    const together = Math.max(1, Math.floor(cacheBytes / (4 * expansion * decoderWidth * widest)));
    const groups = Array.from({ length: Math.ceil(batch / together) }, (_, group) => {
      const [first, size] = [group * together, Math.min(together, batch - group * together)];
      const ofGroup = (x: tf.Tensor) => tf.slice(x, [first, 0, 0], [size, x.shape[1] ?? 0, decoderWidth]);
      const [context, queries] = [ofGroup(seen), ofGroup(asked)];
      const answers =
        decoder === 'self'
          ? runBlocks(parameters, names.decoder, tf.concat([context, queries], 1), { depth, heads, first: known })
          : runBlocks(parameters, names.decoder, queries, { depth, heads, context });
      return denseOf(parameters, names.head, normOf(parameters, names.decoderNorm, answers));
    });
    return { ...compare(config, inputs, tf.concat(groups, 0)), encoded };
  },
};

/** What the head gave beside what it should have given. */
function compare(config: VitConfig, inputs: Tensors, prediction: tf.Tensor): Omit<Reconstruction, 'encoded'> {
  const { target, channels } = config;
  const [pixels, hidden] = [named(inputs, 'pixels'), named(inputs, 'hidden')];
  const truth = pickRows(tubeletsByToken(pixels, gridOfModel(config)), hidden);
  const guess = () => {
    const grid = gridOfModel(config);
    const { mean, motion } = guessClip(tf.div(tubeletsByPlace(pixels, grid), 255), inputs, grid);
    const whole = tf.reshape(tf.add(motion, mean), [-1, truth.shape[2] ?? 1]);
    return pickRows(whole, named(inputs, 'guessed'));
  };
  switch (target) {
    case 'pixels':
      return { prediction, target: tf.div(truth, 255), tokens: () => prediction };
    case 'normalised':
      return {
        prediction,
        target: normaliseTubelets(truth, channels),
        tokens: () => drawNormalised(prediction, guess(), channels),
      };
    case 'residual': {
      const guessed = guess();
      const tokens = () => tf.add(prediction, guessed);
      return { prediction, target: tf.sub(tf.div(truth, 255), guessed), tokens };
    }
  }
}

/** The encoder's output for the visible tokens, `[B, Nv, D]`. */
function encode(config: VitConfig, parameters: Tensors, inputs: Tensors): tf.Tensor {
  return normOf(parameters, names.encoderNorm, runEncoder(config, parameters, inputs));
}

/** The same before the norm. */
function runEncoder(config: VitConfig, parameters: Tensors, inputs: Tensors): tf.Tensor {
  const { width, depth, heads, channels } = config;
  const visible = visibleOf(inputs);
  const tokens = pickRows(tubeletsByToken(named(inputs, 'pixels'), gridOfModel(config)), visible);
  const length = tokens.shape[2] ?? 1;
  // (x / 255 − mean) / deviation, for each channel; a token's values go through the channels last
  const { mean, deviation } = channelStatistics(channels);
  const repeat = (values: readonly number[]) =>
    tf.tensor1d(Array.from({ length }, (_, index) => values[index % channels] ?? 0));
  const scale = repeat(deviation.map((value) => 1 / (255 * value)));
  const shift = repeat(mean.map((value, channel) => -value / (deviation[channel] ?? 1)));
  const normalised = tf.add(tf.mul(tokens, scale), shift);
  // The weight lies as a 3-D convolution's: [D, C, t, p, p].
  const weight = tf.transpose(named(parameters, `${names.projection}.weight`), [0, 2, 3, 4, 1]);
  const embedded = linear(
    normalised,
    tf.reshape(weight, [width, length]),
    named(parameters, `${names.projection}.bias`),
  );
  const placed = tf.add(embedded, gatherPositions(named(inputs, 'positions'), visible, width));
  const passage: Passage = { depth, heads, dropPath: inputs['dropPath'] };
  const divided = config.attention === 'divided' ? { divided: productOf(inputs) } : {};
  return runBlocks(parameters, names.encoder, placed, { ...passage, ...divided });
}

/** The indices of the visible tokens, `[B, Nv]`. */
function visibleOf(inputs: Tensors): tf.Tensor {
  const visible = named(inputs, 'visible');
  const [batch = 1, steps = 1, places] = visible.shape;
  return places === undefined ? visible : tf.reshape(visible, [batch, steps * places]);
}

/** Whether the visible tokens are a product of steps and places, as the shape of their indices says. */
function productOf(inputs: Tensors): Passage['divided'] & {} {
  const [, steps = 1, places] = named(inputs, 'visible').shape;
  return places === undefined ? 'joint' : { steps, places };
}

/** Steps and places where in each plan the same places are visible at each step at which any is, and as many in all plans. */
function splitVisible(plans: readonly MaskPlan[], places: number): readonly [number, number] | undefined {
  const splits = plans.map(({ visible }) => {
    const first = visible[0] ?? 0;
    const count = visible.findIndex((token) => Math.floor(token / places) !== Math.floor(first / places));
    const width = count < 0 ? visible.length : count;
    const isProduct = visible.every((token, index) => token % places === (visible[index % width] ?? 0) % places);
    return isProduct && visible.length % width === 0 ? width : 0;
  });
  const [width = 0] = splits;
  if (width === 0 || splits.some((other) => other !== width)) return undefined;
  return [(plans[0]?.visible.length ?? 0) / width, width];
}

/** Rows of a table that counts through the whole batch: `[R, V]` and `[B, n]` → `[B, n, V]`. */
function pickRows(table: tf.Tensor, indices: tf.Tensor): tf.Tensor {
  const [batch = 1, count = 0] = indices.shape;
  const [, length = 1] = table.shape;
  return tf.reshape(tf.gather(table, tf.reshape(indices, [batch * count]).toInt()), [batch, count, length]);
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

/** `[B, n]`, a number for each visible or hidden token. @throws {RangeError} where the plans have different counts. */
function planIndices(
  plans: readonly MaskPlan[],
  of: 'visible' | 'hidden',
  indexOf: (token: number, sample: number) => number,
): PlanInput & { readonly type: 'int32' } {
  const count = plans[0]?.[of].length ?? 0;
  const values = new Int32Array(plans.length * count);
  for (const [sample, plan] of plans.entries()) {
    if (plan[of].length !== count) throw new RangeError('the plans of a batch must have the same counts');
    for (const [index, token] of plan[of].entries()) values[sample * count + index] = indexOf(token, sample);
  }
  return { type: 'int32', shape: [plans.length, count], values };
}

/** A residual starts from 0, so that training starts from the guess. */
function headParameters({ decoderWidth, target }: VitConfig, length: number): ModelParameter[] {
  const parameters = dense(names.head, decoderWidth, length);
  return target === 'residual' ? parameters.map((parameter) => ({ ...parameter, initial: zeros })) : parameters;
}
