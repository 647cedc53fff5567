// Owns the programs that a model is run with: learning, filling in, embedding. Knows no family, no objective and no engine.
import type { ForwardProgram, InputArrays, InputSpec, LossProgram } from '../engine/engine.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import type { MaskKey } from '../masking/plan-mask.js';
import { classify } from '../model/classifier.js';
import { withFamily } from '../model/families.js';
import { layoutOfModel } from '../model/layer-decay.js';
import { type ModelConfig, clipShapeOfModel, gridOfModel, type TokenPooling } from '../model/model-config.js';
import type { PlanInput } from '../model/model-family.js';
import { layersOf } from '../model/parameters.js';
import { poolTokens } from '../model/token-pooling.js';
import { tf } from '../operations/tfjs.js';
import { defaultLoss, type LossExpression } from './loss-expression.js';
import type { ObjectiveOptions } from './objective.js';
import type { ObjectiveName } from './objective-names.js';
import { objectives } from './objectives.js';

/** The inputs that say what is hidden, as a family gives them. */
export type PlanInputs = Readonly<Record<string, PlanInput>>;

/** How a model learns, beside its objective. */
export type Learning = {
  /** What of a filled-in clip is minimised. Default: the mean squared error. */
  readonly loss?: LossExpression;
  /** See `decayByLayer`; every program of a state must have the same. Default 1. */
  readonly layerDecay?: number;
  /** The part of the certainty about a class that is spread evenly over all, in [0, 1). Default 0. */
  readonly smoothing?: number;
};

/** What the inputs of a batch follow from. */
export type BatchChoices = {
  readonly plans: readonly MaskPlan[];
  /** What random choices follow from, one for each clip; without them nothing is left out. */
  readonly keys?: readonly MaskKey[] | undefined;
  /** The class of each clip, where the objective is about classes. */
  readonly classes?: Int32Array | undefined;
  /** A number for each clip, the same for those of one source, where a loss that compares clips is to do so. */
  readonly sources?: Int32Array | undefined;
};

/** Which vectors of a clip are handed out. */
export type EmbedChoice = {
  /** Of the encoder, from 0; see `ModelFamily`. Default: the last one, as it is handed to a head. */
  readonly layer?: number | undefined;
  /** Default `mean`. */
  readonly pooling?: TokenPooling | undefined;
};

type Base = Pick<LossProgram, 'name' | 'layout' | 'inputs'>;

/** The inputs of a training step beside the pixels. */
export function stepInputs(
  config: ModelConfig,
  objective: ObjectiveName,
  { plans, keys = [], classes, sources }: BatchChoices,
  learning: Learning = {},
): PlanInputs {
  const { smoothing = 0 } = learning;
  return withFamily(config, (family, own): PlanInputs => ({
    ...family.planInputs(own, plans),
    ...(keys.length > 0 ? family.noiseInputs?.(own, keys) : {}),
    ...objectives[objective].planInputs?.({ ...tell(config, learning), plans, classes, sources, smoothing }),
  }));
}

/** Loss and gradients of an objective on batches whose plans give inputs of these shapes. */
export function lossProgram(
  config: ModelConfig,
  objective: ObjectiveName,
  batch: number,
  plan: PlanInputs,
  learning: Learning = {},
): LossProgram {
  const options = tell(config, learning);
  return {
    ...describe(config, objective, batch, plan, learning.layerDecay),
    loss: (parameters, inputs) =>
      withFamily(config, (family, own): tf.Tensor =>
        objectives[objective].loss(family, own, parameters, inputs, options),
      ),
  };
}

/** The loss of an objective alone, with nothing learned: output `loss`, one number. */
export function measureProgram(
  config: ModelConfig,
  objective: ObjectiveName,
  batch: number,
  plan: PlanInputs,
  learning: Learning = {},
): ForwardProgram {
  const { loss, ...program } = lossProgram(config, objective, batch, plan, learning);
  return { ...program, outputs: (parameters, inputs) => ({ loss: loss(parameters, inputs, {}) }) };
}

/** The hidden part of a batch, filled in: output `tokens`, see `Reconstruction`. */
export function fillProgram(
  config: ModelConfig,
  batch: number,
  plan: PlanInputs,
  { layerDecay }: Learning = {},
): ForwardProgram {
  return {
    ...describe(config, 'fill', batch, plan, layerDecay),
    outputs: (parameters, inputs) => ({
      tokens: withFamily(config, (family, own): tf.Tensor => family.reconstruct(own, parameters, inputs).tokens()),
    }),
  };
}

/** The representation of a batch: output `h`, of the shape that `poolTokens` says. */
export function embedProgram(
  config: ModelConfig,
  batch: number,
  plan: PlanInputs,
  { layerDecay }: Learning = {},
  { layer, pooling = 'mean' }: EmbedChoice = {},
): ForwardProgram {
  const layout = layersOf(config).at(layer ?? -1);
  if (layout === undefined) throw new RangeError(`the encoder has no layer ${layer}`);
  return {
    ...describe(config, 'embed', batch, plan, layerDecay),
    outputs: (parameters, inputs) => ({
      h: withFamily(config, (family, own): tf.Tensor =>
        poolTokens(family.encode(own, parameters, inputs, layer), layout, pooling),
      ),
    }),
  };
}

/** How likely each class is: output `probabilities` `[B, K]`. */
export function classifyProgram(
  config: ModelConfig,
  batch: number,
  plan: PlanInputs,
  { layerDecay }: Learning = {},
): ForwardProgram {
  const { classifier } = config;
  if (classifier === undefined) throw new RangeError('a network that fills in tells no classes apart');
  return {
    ...describe(config, 'classify', batch, plan, layerDecay),
    outputs: (parameters, inputs) => ({
      probabilities: tf.softmax(
        classify(
          classifier,
          parameters,
          withFamily(config, (family, own): tf.Tensor => family.encode(own, parameters, inputs)),
        ),
      ),
    }),
  };
}

/** The arrays of a batch: its pixels, and what follows from its plans. */
export function inputsOf(pixels: Uint8Array, plan: PlanInputs): InputArrays {
  return { pixels, ...Object.fromEntries(Object.entries(plan).map(([name, { values }]) => [name, values] as const)) };
}

/** What tells one compiled program from another of the same model and use. */
export function signatureOf(batch: number, plan: PlanInputs): string {
  return JSON.stringify([batch, Object.entries(plan).map(([name, { type, shape }]) => [name, type, shape])]);
}

function tell(config: ModelConfig, { loss = defaultLoss }: Learning): ObjectiveOptions {
  return { loss, grid: gridOfModel(config), classifier: config.classifier };
}

function describe(
  config: ModelConfig,
  use: string,
  batch: number,
  plan: PlanInputs,
  layerDecay: number | undefined,
): Base {
  const { frames, height, width, channels } = clipShapeOfModel(config);
  const inputs: Record<string, InputSpec> = {
    pixels: { type: 'uint8', shape: [batch, frames, height, width, channels] },
  };
  for (const [name, { type, shape }] of Object.entries(plan)) inputs[name] = { type, shape };
  return { name: `${config.family} ${use}`, layout: layoutOfModel(config, layerDecay), inputs };
}
