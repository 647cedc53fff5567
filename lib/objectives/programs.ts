// Owns the programs that a model is run with: learning, filling in, embedding. Knows no family, no objective and no engine.
import type { Tensor } from '@tensorflow/tfjs';
import type { ForwardProgram, InputSpec, LossProgram } from '../engine/engine.js';
import { layOutParameters } from '../engine/parameter-layout.js';
import { withFamily } from '../model/families.js';
import { type ModelConfig, clipShapeOfModel } from '../model/model-config.js';
import type { PlanInput } from '../model/model-family.js';
import type { ObjectiveName } from './objective-names.js';
import { objectives } from './objectives.js';

/** The inputs that say what is hidden, as a family gives them. */
export type PlanInputs = Readonly<Record<string, PlanInput>>;

type Base = Pick<LossProgram, 'name' | 'layout' | 'inputs'>;

/** Loss and gradients of an objective on batches whose plans give inputs of these shapes. */
export function lossProgram(
  config: ModelConfig,
  objective: ObjectiveName,
  batch: number,
  plan: PlanInputs,
): LossProgram {
  return {
    ...describe(config, objective, batch, plan),
    loss: (parameters, inputs) =>
      withFamily(config, (family, own): Tensor => objectives[objective].loss(family, own, parameters, inputs)),
  };
}

/** The loss of an objective alone, with nothing learned: output `loss`, one number. */
export function measureProgram(
  config: ModelConfig,
  objective: ObjectiveName,
  batch: number,
  plan: PlanInputs,
): ForwardProgram {
  const { loss, ...program } = lossProgram(config, objective, batch, plan);
  return { ...program, outputs: (parameters, inputs) => ({ loss: loss(parameters, inputs, {}) }) };
}

/** The hidden part of a batch, filled in: output `tokens`, see `Reconstruction`. */
export function fillProgram(config: ModelConfig, batch: number, plan: PlanInputs): ForwardProgram {
  return {
    ...describe(config, 'fill', batch, plan),
    outputs: (parameters, inputs) => ({
      tokens: withFamily(config, (family, own): Tensor => family.reconstruct(own, parameters, inputs).tokens()),
    }),
  };
}

/** The representation of a batch: output `h` `[B, D]`. */
export function embedProgram(config: ModelConfig, batch: number, plan: PlanInputs): ForwardProgram {
  return {
    ...describe(config, 'embed', batch, plan),
    outputs: (parameters, inputs) => ({
      h: withFamily(config, (family, own): Tensor => family.embed(own, parameters, inputs)),
    }),
  };
}

/** What tells one compiled program from another of the same model and use. */
export function signatureOf(batch: number, plan: PlanInputs): string {
  return JSON.stringify([batch, Object.entries(plan).map(([name, { type, shape }]) => [name, type, shape])]);
}

function describe(config: ModelConfig, use: string, batch: number, plan: PlanInputs): Base {
  const { frames, height, width, channels } = clipShapeOfModel(config);
  const inputs: Record<string, InputSpec> = {
    pixels: { type: 'uint8', shape: [batch, frames, height, width, channels] },
  };
  for (const [name, { type, shape }] of Object.entries(plan)) inputs[name] = { type, shape };
  return {
    name: `${config.family} ${use}`,
    layout: layOutParameters(withFamily(config, (family, own) => family.parameters(own))),
    inputs,
  };
}
