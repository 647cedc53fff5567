// Owns one tiny model of each family, with clips, plans and parameters for it, and ways to run it on an engine.
import { clipLength } from '../../lib/clip/clip.js';
import { createRandom } from '../../lib/clip/random.js';
import type { Engine, EngineState, ForwardProgram, InputArrays } from '../../lib/engine/engine.js';
import type { ParameterLayout } from '../../lib/engine/parameter-layout.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { type MaskKey, planMask } from '../../lib/masking/plan-mask.js';
import { withFamily } from '../../lib/model/families.js';
import { parametersOf } from '../../lib/model/parameters.js';
import { initialise } from '../../lib/model/initial.js';
import { layoutOfModel } from '../../lib/model/layer-decay.js';
import {
  clipShapeOfModel,
  type ConvConfig,
  convDefaults,
  gridOfModel,
  type ModelConfig,
  type VitConfig,
  vitDefaults,
} from '../../lib/model/model-config.js';
import {
  embedProgram,
  fillProgram,
  type Learning,
  lossProgram,
  type PlanInputs,
  stepInputs,
} from '../../lib/objectives/programs.js';

/** 4 frames of 16 × 16 pixels: 4 steps of 4 × 4 places. */
export const smallConv: ConvConfig = {
  ...{ ...convDefaults, family: 'conv', size: 16, frames: 4, tubeletFrames: 1, patch: 4 },
  ...{ width: 6, depth: 1, innerWidth: 8, innerDepth: 1 },
};

/** 4 frames of 16 × 16 pixels: 2 steps of 4 × 4 places. */
export const smallVit: VitConfig = {
  ...{ ...vitDefaults, family: 'vit', size: 16, frames: 4, tubeletFrames: 2, patch: 4 },
  ...{ width: 12, depth: 1, heads: 3, decoderWidth: 8, decoderDepth: 1, decoderHeads: 2 },
};

/** One plan for each sample. */
export function plansOf(config: ModelConfig, hide: string, samples: number, seed = 0): MaskPlan[] {
  const grid = gridOfModel(config);
  return Array.from({ length: samples }, (_, sample) => planMask(parseHide(hide), grid, { seed, step: 0, sample }));
}

/** Clips of noise, `[B, T, H, W, 3]`. */
export function noisePixels(config: ModelConfig, clips: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed, 'noise pixels');
  return Uint8Array.from({ length: clips * clipLength(clipShapeOfModel(config)) }, () => random.integer(256));
}

export function layoutOf(config: ModelConfig): ParameterLayout {
  return layoutOfModel(config);
}

export function initialParameters(config: ModelConfig, seed: number): Float32Array {
  return initialise(parametersOf(config), layoutOf(config), seed);
}

/** As if after some training: none is 0, so that everything takes part. */
export function drawnParameters(config: ModelConfig, seed: number): Float32Array {
  const random = createRandom(seed, 'drawn parameters');
  return initialParameters(config, seed).map((value) => value + 0.1 * random.normal());
}

/** Sets every value of one parameter. */
export function setParameter(config: ModelConfig, parameters: Float32Array, name: string, value: number): void {
  parameters.set(new Float32Array(valuesOf(config, parameters, name).length).fill(value), placeOf(config, name).offset);
}

/** The values of one parameter. */
export function valuesOf(config: ModelConfig, parameters: Float32Array, name: string): Float32Array {
  const { offset, length } = placeOf(config, name);
  return parameters.subarray(offset, offset + length);
}

function placeOf(config: ModelConfig, name: string) {
  const place = layoutOf(config).places.find((candidate) => candidate.name === name);
  if (place === undefined) throw new RangeError(`there is no ${name}`);
  return place;
}

/** The inputs that say what is hidden, and all arrays of a batch. */
export function inputsOf(
  config: ModelConfig,
  pixels: Uint8Array,
  plans: readonly MaskPlan[],
): { plan: PlanInputs; arrays: InputArrays } {
  return withArrays(
    pixels,
    withFamily(config, (family, own): PlanInputs => family.planInputs(own, plans)),
  );
}

function withArrays(pixels: Uint8Array, plan: PlanInputs): { plan: PlanInputs; arrays: InputArrays } {
  const values = Object.entries(plan).map(([name, input]) => [name, input.values] as const);
  return { plan, arrays: { pixels, ...Object.fromEntries(values) } };
}

/** A batch of a model: what is run, on what, with which numbers. */
export type Batch = {
  readonly config: ModelConfig;
  readonly parameters: Float32Array;
  readonly pixels: Uint8Array;
  readonly plans: readonly MaskPlan[];
  /** How it learns; the rates of all layers are the same. */
  readonly learning?: Omit<Learning, 'layerDecay'>;
  /** What the random choices of a step follow from. Default: nothing is left out. */
  readonly keys?: readonly MaskKey[];
  /** A number for each clip, the same for those of one source. */
  readonly sources?: Int32Array;
};

/** The tokens that the model fills in, as its family gives them. */
export function fill(engine: Engine, batch: Batch): Promise<Float32Array> {
  const inputs = inputsOf(batch.config, batch.pixels, batch.plans);
  return runForOne(engine, batch, inputs, fillProgram(batch.config, batch.plans.length, inputs.plan), 'tokens');
}

/** The representation `[B, D]`. */
export function embed(engine: Engine, batch: Batch): Promise<Float32Array> {
  const inputs = inputsOf(batch.config, batch.pixels, batch.plans);
  return runForOne(engine, batch, inputs, embedProgram(batch.config, batch.plans.length, inputs.plan), 'h');
}

/** The loss alone. */
export async function measureLoss(engine: Engine, batch: Batch): Promise<number> {
  const inputs = inputsOfStep(batch);
  const { loss, ...program } = lossProgram(
    batch.config,
    'reconstruction',
    batch.plans.length,
    inputs.plan,
    batch.learning,
  );
  const forward: ForwardProgram = {
    ...program,
    outputs: (parameters, given) => ({ loss: loss(parameters, given, {}) }),
  };
  return (await runForOne(engine, batch, inputs, forward, 'loss'))[0] ?? Number.NaN;
}

/** Loss and gradients `[P]`. */
export async function differentiate(
  engine: Engine,
  batch: Batch,
): Promise<{ readonly loss: number; readonly gradients: Float32Array }> {
  const { plan, arrays } = inputsOfStep(batch);
  const program = await engine.compile(
    'gradients',
    lossProgram(batch.config, 'reconstruction', batch.plans.length, plan, batch.learning),
  );
  const { loss, gradients } = await program.run(await stateOf(engine, batch), arrays);
  await program.release();
  return { loss, gradients: gradients.slice() };
}

function inputsOfStep({ config, pixels, plans, learning, ...choices }: Batch) {
  return withArrays(pixels, stepInputs(config, 'reconstruction', { plans, ...choices }, learning));
}

async function runForOne(
  engine: Engine,
  batch: Batch,
  { arrays }: { readonly arrays: InputArrays },
  forward: ForwardProgram,
  output: string,
): Promise<Float32Array> {
  const program = await engine.compile('forward', forward);
  const values = (await program.run(await stateOf(engine, batch), arrays))[output];
  await program.release();
  if (values === undefined) throw new Error(`there is no ${output}`);
  return values;
}

async function stateOf(engine: Engine, { config, parameters }: Batch): Promise<EngineState> {
  const state = engine.createState(layoutOf(config));
  const moments = new Float32Array(parameters.length);
  await engine.writeState(state, { parameters, moments1: moments, moments2: moments });
  return state;
}
