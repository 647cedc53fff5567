// Owns the `conv` family: a dense two-scale U of 3 × 3 residual blocks over the patch grid, with the frames stacked in channels
// and a plane that says what is not visible. It reads the clip filled in by a guess, and gives how much of what moves in the guess
// is right and what is to be added.
import { tokenLength } from '../clip/token-grid.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { convolve } from '../operations/convolution.js';
import { linear } from '../operations/linear.js';
import { named, type Tensors } from '../operations/operation.js';
import { tf } from '../operations/tfjs.js';
import { he, inner, type ModelParameter, ofLayer, zeros } from './initial.js';
import { type ConvConfig, gridOfModel } from './model-config.js';
import type { ModelFamily, PlanInput, Reconstruction, TokenLayout } from './model-family.js';
import { drawNormalised, normaliseTubelets } from './normalised-tubelets.js';
import { tubeletsByPlace } from './tubelet-pixels.js';
import { guessClip, planGuess, planPlane } from './visible-guess.js';

/** What pixels are counted from. */
const middle = 0.5;

/** Differences from the mean, mostly within ±0.25, come to about ±1. */
const inputGain = 4;

/** See the top of the file. */
export const conv: ModelFamily<ConvConfig> = {
  parameters: (config) => {
    const { width, depth, innerWidth, innerDepth, target } = config;
    const grid = gridOfModel(config);
    const length = tokenLength(grid);
    const stacked = grid.steps * length;
    const all = stacked + length + grid.steps;
    const encoder = [
      ...ofLayer(0, [
        matrix('stem.pixels.weight', stacked, width, all),
        matrix('stem.mean.weight', length, width, all),
        matrix('stem.hidden.weight', grid.steps, width, all),
        vector('stem.bias', width),
      ]),
      ...residualBlocks('encoder.fine', width, depth, 1),
      ...ofLayer(depth + 1, [
        inner(matrix('encoder.down.weight', 4 * width, innerWidth)),
        vector('encoder.down.bias', innerWidth),
      ]),
      ...residualBlocks('encoder.coarse', innerWidth, innerDepth, depth + 2),
    ];
    const head = [
      inner(matrix('head.up.weight', innerWidth, 4 * width)),
      vector('head.up.bias', 4 * width),
      ...residualBlocks('head.fine', width, depth),
      // Zeros: training starts from the guess, or from the middle.
      { name: 'head.pixels.weight', shape: [stacked, width], decay: true, initial: zeros },
      vector('head.pixels.bias', stacked),
      ...(target === 'residual'
        ? [
            { name: 'head.gate.weight', shape: [grid.steps, width], decay: true, initial: zeros },
            vector('head.gate.bias', grid.steps),
          ]
        : []),
    ];
    return { encoder, head };
  },

  layers: (config) => {
    const { steps, rows, columns } = { ...gridOfModel(config), steps: 1 };
    const { width, depth, innerWidth, innerDepth } = config;
    const fine = new Array<TokenLayout>(1 + depth).fill({ steps, rows, columns, width });
    const coarse = { steps, rows: rows / 2, columns: columns / 2, width: innerWidth };
    return [...fine, ...new Array<TokenLayout>(innerDepth).fill(coarse)];
  },

  planInputs: ({ guess }, plans) => {
    const unseen = planPlane(plans, 'visible', 0);
    return { unseen, ...planGuess(plans, unseen.values, guess), ...planScored(plans) };
  },

  encode: (config, parameters, inputs, layer = config.depth + config.innerDepth) => {
    const depth = Math.min(layer, config.depth);
    const fine = encodeFine({ ...config, depth }, parameters, look(config, inputs));
    if (layer === depth) return placesInLine(fine);
    return placesInLine(encodeCoarse({ ...config, innerDepth: layer - depth }, parameters, fine));
  },

  reconstruct: (config, parameters, inputs) => {
    const seen = look(config, inputs);
    const fine = encodeFine(config, parameters, seen);
    const coarse = encodeCoarse(config, parameters, fine);
    const raised = double(linearOf(parameters, 'head.up', coarse));
    const mixed = tf.relu(runBlocks(parameters, 'head.fine', config.depth, tf.add(raised, fine)));
    return { ...compare(config, parameters, inputs, seen, mixed), encoded: placesInLine(coarse) };
  },
};

/** What the head makes of its features `[B, rows, columns, D]`, beside what it should make. */
function compare(
  config: ConvConfig,
  parameters: Tensors,
  inputs: Tensors,
  seen: Seen,
  mixed: tf.Tensor,
): Omit<Reconstruction, 'encoded'> {
  const { pixels, mean, motion } = seen;
  const [batch = 1, places = 1, steps = 1, length = 1] = pixels.shape;
  const added = tf.reshape(linearOf(parameters, 'head.pixels', mixed), pixels.shape);
  const weights = tf.reshape(inputs['scored'] ?? seen.unseen, [batch, places, steps, 1]);
  const tokensOf = (filled: tf.Tensor) =>
    tf.reshape(tf.transpose(filled, [0, 2, 1, 3]), [batch, steps * places, length]);
  switch (config.target) {
    case 'pixels':
      return { prediction: added, target: pixels, weights, tokens: () => tokensOf(tf.add(added, middle)) };
    case 'normalised': {
      const guess = () => tf.add(tf.add(motion, mean), middle);
      const target = normaliseTubelets(tubeletsByPlace(named(inputs, 'pixels'), gridOfModel(config)), config.channels);
      return {
        prediction: added,
        target,
        weights,
        tokens: () => tokensOf(drawNormalised(added, guess(), config.channels)),
      };
    }
    case 'residual': {
      // 2 σ(0) = 1
      const gate = tf.mul(tf.sigmoid(linearOf(parameters, 'head.gate', mixed)), 2);
      const prediction = tf.add(tf.mul(tf.reshape(gate, [batch, places, steps, 1]), motion), added);
      const tokens = () => tokensOf(tf.add(tf.add(prediction, mean), middle));
      return { prediction, target: tf.sub(pixels, mean), weights, tokens };
    }
  }
}

/** Which tokens are scored, `[B, L, S]`, where those are not all that are not visible. */
function planScored(plans: readonly MaskPlan[]): { readonly scored?: PlanInput } {
  return plans.every(({ unused }) => unused.length === 0) ? {} : { scored: planPlane(plans, 'hidden', 1) };
}

/** What the network sees of a batch; L = rows · columns, pixels 0 to 1 less `middle`. */
type Seen = {
  /** The clip as it is, `[B, L, S, t·p·p·C]`. Only the loss may look at it. */
  readonly pixels: tf.Tensor;
  /** See `Guess`. */
  readonly mean: tf.Tensor;
  readonly motion: tf.Tensor;
  /** `[B, L, S]`, 1 where it was not visible. */
  readonly unseen: tf.Tensor;
};

function look(config: ConvConfig, inputs: Tensors): Seen {
  const grid = gridOfModel(config);
  const pixels = tf.sub(tf.mul(tubeletsByPlace(named(inputs, 'pixels'), grid), 1 / 255), middle);
  return { pixels, ...guessClip(pixels, inputs, grid), unseen: named(inputs, 'unseen') };
}

/** Features `[B, rows, columns, D]`. */
function encodeFine(config: ConvConfig, parameters: Tensors, { mean, motion, unseen }: Seen): tf.Tensor {
  const { rows, columns } = gridOfModel(config);
  const [batch = 1, places = 1, steps = 1, length = 1] = motion.shape;
  const scaled = tf.mul(motion, inputGain);
  const stem = tf.addN([
    linear(tf.reshape(scaled, [batch, places, steps * length]), named(parameters, 'stem.pixels.weight')),
    linear(tf.reshape(mean, [batch, places, length]), named(parameters, 'stem.mean.weight')),
    linear(unseen, named(parameters, 'stem.hidden.weight'), named(parameters, 'stem.bias')),
  ]);
  const onGrid = tf.reshape(stem, [batch, rows, columns, config.width]);
  return runBlocks(parameters, 'encoder.fine', config.depth, onGrid);
}

/** Features on half as many rows and columns. */
function encodeCoarse(config: ConvConfig, parameters: Tensors, fine: tf.Tensor): tf.Tensor {
  const halved = linearOf(parameters, 'encoder.down', halve(fine));
  return runBlocks(parameters, 'encoder.coarse', config.innerDepth, halved);
}

/** `[B, H, W, C]` → `[B, H·W, C]` */
function placesInLine(x: tf.Tensor): tf.Tensor {
  const [batch = 1, rows = 1, columns = 1, size = 1] = x.shape;
  return tf.reshape(x, [batch, rows * columns, size]);
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
  const weight = { name: `${name}.weight`, shape: [width, 3, 3, width], decay: true, initial };
  return [inner(weight), vector(`${name}.bias`, width)];
}

/**
 * The second convolution of a block starts small, so that the sum over all blocks keeps its scale.
 * @param layer that of the first block, if any
 */
function residualBlocks(name: string, width: number, depth: number, layer?: number): ModelParameter[] {
  return Array.from({ length: depth }, (_, block) => {
    const parameters = [
      ...convolution(`${name}.${block}.first`, width, 1),
      ...convolution(`${name}.${block}.second`, width, 0.1),
    ];
    return layer === undefined ? parameters : ofLayer(layer + block, parameters);
  }).flat();
}
