// Owns the `conv` family: a dense two-scale U of 3 × 3 residual blocks over the patch grid, with the frames stacked in channels
// and a plane that says what is hidden. It reads the clip filled in by a linear blend, and gives how much of the blend is right and
// what is to be added.
import * as tf from '@tensorflow/tfjs';
import { tokenLength } from '../clip/token-grid.js';
import { convolve } from '../operations/convolution.js';
import { linear } from '../operations/linear.js';
import { named, type Tensors } from '../operations/operation.js';
import { blendWeights } from './blend-weights.js';
import { he, type ModelParameter, zeros } from './initial.js';
import { type ConvConfig, gridOfModel } from './model-config.js';
import type { ModelFamily } from './model-family.js';

const channels = 3;

/** What stands for a place that is never visible. */
const middle = 0.5;

/** Differences from the mean, mostly within ±0.25, come to about ±1. */
const inputGain = 4;

/** See the top of the file. */
export const conv: ModelFamily<ConvConfig> = {
  parameters: (config) => {
    const { width, depth, innerWidth, innerDepth } = config;
    const grid = gridOfModel(config);
    const length = tokenLength(grid);
    const stacked = grid.steps * length;
    const all = stacked + length + grid.steps;
    return [
      matrix('stem.pixels.weight', stacked, width, all),
      matrix('stem.mean.weight', length, width, all),
      matrix('stem.hidden.weight', grid.steps, width, all),
      vector('stem.bias', width),
      ...residualBlocks('encoder.fine', width, depth),
      matrix('encoder.down.weight', 4 * width, innerWidth),
      vector('encoder.down.bias', innerWidth),
      ...residualBlocks('encoder.coarse', innerWidth, innerDepth),
      matrix('head.up.weight', innerWidth, 4 * width),
      vector('head.up.bias', 4 * width),
      ...residualBlocks('head.fine', width, depth),
      // Zeros: training starts from the blend.
      { name: 'head.pixels.weight', shape: [stacked, width], decay: true, initial: zeros },
      vector('head.pixels.bias', stacked),
      { name: 'head.gate.weight', shape: [grid.steps, width], decay: true, initial: zeros },
      vector('head.gate.bias', grid.steps),
    ];
  },

  planInputs: (config, plans) => {
    const { steps, rows, columns } = gridOfModel(config);
    const places = rows * columns;
    // [B, L, S], 1 at each token of the sets that are given.
    const planeOf = (...sets: readonly ('hidden' | 'unused')[]) => {
      const plane = new Float32Array(plans.length * places * steps);
      for (const [sample, plan] of plans.entries()) {
        for (const set of sets) {
          for (const token of plan[set]) {
            plane[(sample * places + (token % places)) * steps + Math.floor(token / places)] = 1;
          }
        }
      }
      return plane;
    };
    const hidden = planeOf('hidden', 'unused');
    const shape = [plans.length, places, steps];
    return {
      hidden: { type: 'float32', shape, values: hidden },
      blend: { type: 'float32', shape: [...shape, steps], values: blendWeights(hidden, steps) },
      ...(plans.some(({ unused }) => unused.length > 0)
        ? { scored: { type: 'float32', shape, values: planeOf('hidden') } }
        : {}),
    };
  },

  embed: (config, parameters, inputs) => {
    const { coarse } = encode(config, parameters, look(config, inputs));
    return tf.mean(coarse, [1, 2]);
  },

  reconstruct: (config, parameters, inputs) => {
    const seen = look(config, inputs);
    const { fine, coarse } = encode(config, parameters, seen);
    const raised = double(linearOf(parameters, 'head.up', coarse));
    const mixed = tf.relu(runBlocks(parameters, 'head.fine', config.depth, tf.add(raised, fine)));
    const [batch = 1, places = 1, steps = 1, length = 1] = seen.pixels.shape;
    const added = tf.reshape(linearOf(parameters, 'head.pixels', mixed), seen.pixels.shape);
    // 2 σ(0) = 1
    const gate = tf.mul(tf.sigmoid(linearOf(parameters, 'head.gate', mixed)), 2);
    const prediction = tf.add(tf.mul(tf.reshape(gate, [batch, places, steps, 1]), seen.moving), added);
    return {
      prediction,
      target: tf.sub(seen.pixels, seen.mean),
      // Where nothing is unused, all that is hidden is scored.
      weights: tf.reshape(inputs['scored'] ?? seen.hidden, [batch, places, steps, 1]),
      tokens: () => {
        const filled = tf.add(tf.add(prediction, seen.mean), middle);
        return tf.reshape(tf.transpose(filled, [0, 2, 1, 3]), [batch, steps * places, length]);
      },
    };
  },
};

/** What the network sees of a batch; L = rows · columns, pixels 0 to 1 less `middle`. */
type Seen = {
  /** The clip as it is, `[B, L, S, t·p·p·C]`. Only the loss may look at it. */
  readonly pixels: tf.Tensor;
  /** The mean over the visible steps of each place, `[B, L, 1, t·p·p·C]`; 0 where there is none. */
  readonly mean: tf.Tensor;
  /** The clip with what is hidden replaced by the blend of what is visible at its place, less that mean. */
  readonly moving: tf.Tensor;
  /** `[B, L, S]`, 1 where it was not visible. */
  readonly hidden: tf.Tensor;
};

function look(config: ConvConfig, inputs: Tensors): Seen {
  const { tubeletFrames: t, patch: p } = config;
  const hidden = named(inputs, 'hidden');
  const { rows, columns, steps } = gridOfModel(config);
  const [batch = 1, places = 1] = hidden.shape;
  const lines = tf.reshape(named(inputs, 'pixels'), [batch, steps * t, rows, p, columns, p * channels]);
  const byPlace = tf.transpose(lines, [0, 2, 4, 1, 3, 5]);
  const scaled = tf.sub(tf.mul(byPlace, 1 / 255), middle);
  const pixels = tf.reshape(scaled, [batch, places, steps, t * p * p * channels]);
  const visible = tf.sub(1, hidden);
  const shares = tf.div(visible, tf.maximum(tf.sum(visible, 2, true), 1));
  const mean = tf.matMul(tf.reshape(shares, [batch, places, 1, steps]), pixels);
  return { pixels, mean, moving: tf.sub(tf.matMul(named(inputs, 'blend'), pixels), mean), hidden };
}

/** Features `[B, rows, columns, D]`, and those on half as many rows and columns. */
function encode(
  config: ConvConfig,
  parameters: Tensors,
  { mean, moving, hidden }: Seen,
): { fine: tf.Tensor; coarse: tf.Tensor } {
  const { rows, columns } = gridOfModel(config);
  const [batch = 1, places = 1, steps = 1, length = 1] = moving.shape;
  const scaled = tf.mul(moving, inputGain);
  const stem = tf.addN([
    linear(tf.reshape(scaled, [batch, places, steps * length]), named(parameters, 'stem.pixels.weight')),
    linear(tf.reshape(mean, [batch, places, length]), named(parameters, 'stem.mean.weight')),
    linear(hidden, named(parameters, 'stem.hidden.weight'), named(parameters, 'stem.bias')),
  ]);
  const onGrid = tf.reshape(stem, [batch, rows, columns, config.width]);
  const fine = runBlocks(parameters, 'encoder.fine', config.depth, onGrid);
  const halved = linearOf(parameters, 'encoder.down', halve(fine));
  return { fine, coarse: runBlocks(parameters, 'encoder.coarse', config.innerDepth, halved) };
}

/** `[B, H, W, C]` → `[B, H/2, W/2, 4·C]`: each square of four places becomes one. */
function halve(x: tf.Tensor): tf.Tensor {
  const [batch = 1, height = 1, width = 1, size = 1] = x.shape;
  const squares = tf.reshape(x, [batch, height / 2, 2, width / 2, 2, size]);
  return tf.reshape(tf.transpose(squares, [0, 1, 3, 2, 4, 5]), [batch, height / 2, width / 2, 4 * size]);
}

/** The inverse of {@link halve}. */
function double(x: tf.Tensor): tf.Tensor {
  const [batch = 1, height = 1, width = 1, size = 1] = x.shape;
  const squares = tf.reshape(x, [batch, height, width, 2, 2, size / 4]);
  return tf.reshape(tf.transpose(squares, [0, 1, 3, 2, 4, 5]), [batch, 2 * height, 2 * width, size / 4]);
}

/** x + conv(relu(conv(relu(x)))) for each block (He et al. 2016b, figure 1b, without normalisation). */
function runBlocks(parameters: Tensors, name: string, depth: number, x: tf.Tensor): tf.Tensor {
  let value = x;
  for (let block = 0; block < depth; block++) {
    const inner = tf.relu(convolutionOf(parameters, `${name}.${block}.first`, tf.relu(value)));
    value = tf.add(value, convolutionOf(parameters, `${name}.${block}.second`, inner));
  }
  return value;
}

function convolutionOf(parameters: Tensors, name: string, x: tf.Tensor): tf.Tensor {
  return convolve(x, named(parameters, `${name}.weight`), named(parameters, `${name}.bias`));
}

function linearOf(parameters: Tensors, name: string, x: tf.Tensor): tf.Tensor {
  return linear(x, named(parameters, `${name}.weight`), named(parameters, `${name}.bias`));
}

/** `allInputs` where several matrices are summed. */
function matrix(name: string, inputs: number, outputs: number, allInputs = inputs): ModelParameter {
  return { name, shape: [outputs, inputs], decay: true, initial: he(allInputs) };
}

function vector(name: string, width: number): ModelParameter {
  return { name, shape: [width], decay: false, initial: zeros };
}

function convolution(name: string, width: number, gain: number): ModelParameter[] {
  const initial = he(width * 9, gain);
  return [{ name: `${name}.weight`, shape: [width, 3, 3, width], decay: true, initial }, vector(`${name}.bias`, width)];
}

/** The second convolution of a block starts small, so that the sum over all blocks keeps its scale. */
function residualBlocks(name: string, width: number, depth: number): ModelParameter[] {
  return Array.from({ length: depth }, (_, block) => [
    ...convolution(`${name}.${block}.first`, width, 1),
    ...convolution(`${name}.${block}.second`, width, 0.1),
  ]).flat();
}
