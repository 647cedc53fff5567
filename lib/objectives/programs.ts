// Owns the programs that a model is run with: learning, filling in, embedding. Knows no family, no objective and no engine.
import type { Tensor } from '@tensorflow/tfjs';
import type { ForwardProgram, InputSpec, LossProgram } from '../engine/engine.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import type { MaskKey } from '../masking/plan-mask.js';
import { withFamily } from '../model/families.js';
import { layoutOfModel } from '../model/layer-decay.js';
import { type ModelConfig, clipShapeOfModel, gridOfModel } from '../model/model-config.js';
import type { PlanInput } from '../model/model-family.js';
import { defaultLoss, type LossExpression } from './loss-expression.js';
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
};

type Base = Pick<LossProgram, 'name' | 'layout' | 'inputs'>;

/**
 * The inputs of a training step beside the pixels.
 * @param keys what random choices follow from, one for each clip; without them nothing is left out
 */
export function stepInputs(
  config: ModelConfig,
  objective: ObjectiveName,
  plans: readonly MaskPlan[],
  keys: readonly MaskKey[] = [],
  { loss = defaultLoss }: Learning = {},
): PlanInputs {
  return withFamily(config, (family, own): PlanInputs => ({
    ...family.planInputs(own, plans),
    ...(keys.length > 0 ? family.noiseInputs?.(own, keys) : {}),
    ...objectives[objective].planInputs?.({ loss, grid: gridOfModel(config) }, plans),
  }));
}

/** Loss and gradients of an objective on batches whose plans give inputs of these shapes. */
export function lossProgram(
  config: ModelConfig,
  objective: ObjectiveName,
  batch: number,
  plan: PlanInputs,
  { loss = defaultLoss, layerDecay }: Learning = {},
): LossProgram {
  const options = { loss, grid: gridOfModel(config) };
  return {
    ...describe(config, objective, batch, plan, layerDecay),
    loss: (parameters, inputs) =>
      withFamily(config, (family, own): Tensor => objectives[objective].loss(family, own, parameters, inputs, options)),
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
      tokens: withFamily(config, (family, own): Tensor => family.reconstruct(own, parameters, inputs).tokens()),
    }),
  };
}

/** The representation of a batch: output `h` `[B, D]`. */
export function embedProgram(
  config: ModelConfig,
  batch: number,
  plan: PlanInputs,
  { layerDecay }: Learning = {},
): ForwardProgram {
  return {
    ...describe(config, 'embed', batch, plan, layerDecay),
    outputs: (parameters, inputs) => ({
      h: withFamily(config, (family, own): Tensor => family.embed(own, parameters, inputs)),
    }),
  };
}

/** What tells one compiled program from another of the same model and use. */
export function signatureOf(batch: number, plan: PlanInputs): string {
  return JSON.stringify([batch, Object.entries(plan).map(([name, { type, shape }]) => [name, type, shape])]);
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
