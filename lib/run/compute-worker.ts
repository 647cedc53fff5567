// Owns the thread in which a model is run: a run of the engine holds its thread, and everything else goes on beside it. Started
// by `openCompute` alone.
import { parentPort } from 'node:worker_threads';
import { clipLength } from '../clip/clip.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { Numbered } from '../clip/thread-calls.js';
import { tokenLength } from '../clip/token-grid.js';
import { countParts } from '../engine/count-parts.js';
import type { Compiled, EngineState, Engine, ForwardProgram } from '../engine/engine.js';
import { createGradientSum, type GradientSum } from '../engine/gradient-sum.js';
import { NotFiniteError } from '../engine/not-finite-error.js';
import { createEngine } from '../engine/engines.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { withFamily } from '../model/families.js';
import { initialise } from '../model/initial.js';
import { layoutOfModel } from '../model/layer-decay.js';
import { clipShapeOfModel, gridOfModel, type ModelConfig } from '../model/model-config.js';
import { parametersOf } from '../model/parameters.js';
import { cutBatch, type PartedBatch } from '../objectives/parted-batch.js';
import {
  classifyProgram,
  embedProgram,
  fillProgram,
  inputsOf,
  type Learning,
  measureProgram,
  type PlanInputs,
  signatureOf,
  stepInputs,
} from '../objectives/programs.js';
import {
  type CallName,
  type ComputeAnswer,
  type ComputeCalls,
  type ComputeRequest,
  type PlanIndices,
  wholePlan,
} from './compute-protocol.js';
import { createCompiledCaches } from './compiled-cache.js';

type Handlers = {
  readonly [Name in CallName]: (argument: ComputeCalls[Name][0]) => Promise<ComputeCalls[Name][1]>;
};

/** What a step is made on. */
type StepBatch = Pick<ComputeCalls['step'][0], 'objective' | 'pixels' | 'plans' | 'keys' | 'classes' | 'sources'>;

/** What all calls after `open` share. */
type Opened = {
  readonly config: ModelConfig;
  readonly learning: Learning | undefined;
  readonly engine: Engine;
  readonly state: EngineState;
  readonly keepsAverages: boolean;
  /** What follows from plans that hide nothing, by the size of the batch. */
  readonly wholeInputs: Map<number, PlanInputs>;
  /** The gradients that wait; made when they are first needed. */
  sum?: GradientSum;
};

let opened: Opened | undefined;

function current(): Opened {
  if (opened === undefined) throw new Error('the engine was used before it was opened, or after it was closed');
  return opened;
}

const caches = createCompiledCaches();
const compiled = {
  step: caches.open<Compiled['step']>(),
  gradients: caches.open<Compiled['gradients']>(),
  apply: caches.open<Compiled['apply']>(),
  forward: caches.open<Compiled['forward']>(),
};

const handlers: Handlers = {
  async open({ model, engine: name, device, threads, averages = false, learning }) {
    const layout = layoutOfModel(model, learning?.layerDecay);
    const engine = await createEngine(name, { device, threads });
    const state = engine.createState(layout, { averages });
    opened = { config: model, learning, engine, state, keepsAverages: averages, wholeInputs: new Map() };
    return { layout };
  },

  async initialise({ seed }) {
    const { config, engine, state, keepsAverages } = current();
    const parameters = initialise(parametersOf(config), state.layout, seed);
    const moments1 = new Float32Array(state.layout.length);
    const averages = keepsAverages ? { averages: parameters.slice() } : {};
    await engine.writeState(state, { parameters, moments1, moments2: moments1.slice(), ...averages });
    return undefined;
  },

  async writeState(arrays) {
    const { engine, state } = current();
    await engine.writeState(state, arrays);
    return undefined;
  },

  readState() {
    const { engine, state } = current();
    return engine.readState(state);
  },

  async step({ optimiser, pixels, rates, ...batch }) {
    const { engine, state } = current();
    const { signature, program, inputs } = cut({ pixels, ...batch });
    const step = await compiled.step(signature, () => engine.compile('step', { ...program(), optimiser }));
    try {
      return { report: await step.run(state, inputs, rates), pixels };
    } catch (error) {
      // Training says what to do about it.
      if (error instanceof NotFiniteError) return { report: error.report, pixels };
      throw error;
    }
  },

  async accumulate({ pixels, weight, begins, ...batch }) {
    const own = current();
    const { signature, program, inputs } = cut({ pixels, ...batch });
    const backward = await compiled.gradients(signature, () => own.engine.compile('gradients', program()));
    own.sum ??= createGradientSum(own.state.layout);
    if (begins) own.sum.take();
    try {
      const { loss, gradients } = await backward.run(own.state, inputs);
      own.sum.add(gradients, weight);
      return { loss, pixels };
    } catch (error) {
      // Training says what to do about it.
      if (error instanceof NotFiniteError) return { loss: NaN, pixels };
      throw error;
    }
  },

  async apply({ optimiser, rates }) {
    const { engine, state, sum } = current();
    if (sum === undefined) throw new Error('there are no gradients that wait');
    const update = await compiled.apply('apply', () => engine.compile('apply', { layout: state.layout, optimiser }));
    try {
      return await update.run(state, sum.take(), rates);
    } catch (error) {
      if (error instanceof NotFiniteError) return { gradientNorm: NaN };
      throw error;
    }
  },

  async measure({ objective, pixels, plans, classes }) {
    const { config, learning, engine, state, keepsAverages } = current();
    const planInputs = stepInputs(config, objective, { plans: wholePlans(plans), classes }, learning);
    const program = await compiled.forward(`measure ${objective} ${signatureOf(plans.length, planInputs)}`, () =>
      engine.compile('forward', measureProgram(config, objective, plans.length, planInputs, learning)),
    );
    const inputs = inputsOf(pixels, planInputs);
    const { loss } = await program.run(state, inputs, keepsAverages ? 'averages' : 'parameters');
    return loss?.[0] ?? NaN;
  },

  async fill({ pixels, plans, batch }) {
    const { config, learning, engine, state } = current();
    const planInputs = inputsOfPlans(pad(plans, batch));
    const program = await compiled.forward(`fill ${signatureOf(batch, planInputs)}`, () =>
      engine.compile('forward', fillProgram(config, batch, planInputs, learning)),
    );
    const { tokens } = await program.run(state, inputsOf(padPixels(pixels, plans.length, batch), planInputs));
    if (tokens === undefined) throw new Error('the model gave no tokens');
    const perClip = tokens.length / batch;
    return plans.map((plan, sample) => pickHidden(tokens.subarray(sample * perClip, (sample + 1) * perClip), plan));
  },

  embed({ pixels, clips, batch, layer, pooling = 'mean' }) {
    const { config, learning } = current();
    return runOnWhole(`embed ${layer ?? 'last'} ${pooling}`, 'h', { pixels, clips, batch }, (planInputs) =>
      embedProgram(config, batch, planInputs, learning, { layer, pooling }),
    );
  },

  classify({ pixels, clips, batch }) {
    const { config, learning } = current();
    return runOnWhole('classify', 'probabilities', { pixels, clips, batch }, (planInputs) =>
      classifyProgram(config, batch, planInputs, learning),
    );
  },

  async close() {
    const { engine } = current();
    opened = undefined;
    await engine.dispose();
    return undefined;
  },
};

/** An output of a program for clips of which nothing is hidden. */
async function runOnWhole(
  use: string,
  output: string,
  { pixels, clips, batch }: ComputeCalls['classify'][0],
  program: (planInputs: PlanInputs) => ForwardProgram,
): Promise<Float32Array> {
  const { engine, state, keepsAverages } = current();
  const planInputs = inputsOfWhole(batch);
  const runnable = await compiled.forward(`${use} ${signatureOf(batch, planInputs)}`, () =>
    engine.compile('forward', program(planInputs)),
  );
  const inputs = inputsOf(padPixels(pixels, clips, batch), planInputs);
  const values = (await runnable.run(state, inputs, keepsAverages ? 'averages' : 'parameters'))[output];
  if (values === undefined) throw new Error(`the model gave no ${output}`);
  return values.slice(0, (values.length / batch) * clips);
}

/** A batch of a step, in as many parts as the engine runs side by side. */
function cut({ objective, plans, ...batch }: StepBatch): PartedBatch {
  const { config, learning, engine, state } = current();
  const parts = countParts(engine, state.layout, plans.length);
  return cutBatch(config, objective, { ...batch, plans: wholePlans(plans) }, parts, learning);
}

function inputsOfWhole(batch: number): PlanInputs {
  const { config, wholeInputs } = current();
  const known = wholeInputs.get(batch);
  if (known !== undefined) return known;
  const made = inputsOfPlans(new Array<PlanIndices>(batch).fill(wholePlan(gridOfModel(config))));
  wholeInputs.set(batch, made);
  return made;
}

function inputsOfPlans(plans: readonly PlanIndices[]): PlanInputs {
  return withFamily(current().config, (family, own): PlanInputs => family.planInputs(own, wholePlans(plans)));
}

function wholePlans(plans: readonly PlanIndices[]): readonly MaskPlan[] {
  const grid = gridOfModel(current().config);
  return plans.map((plan) => ({ grid, ...plan }));
}

/** The last plan again and again, until there are `batch`. */
function pad(plans: readonly PlanIndices[], batch: number): readonly PlanIndices[] {
  const last = plans.at(-1);
  if (last === undefined) throw new RangeError('there must be at least one clip');
  return [...plans, ...Array.from({ length: batch - plans.length }, () => last)];
}

/** Black clips after the given ones, until there are `batch`. */
function padPixels(pixels: Uint8Array, clips: number, batch: number): Uint8Array {
  if (clips === batch) return pixels;
  const padded = new Uint8Array(batch * clipLength(clipShapeOfModel(current().config)));
  padded.set(pixels);
  return padded;
}

/** The values of the hidden tokens, from those of all tokens or of just the hidden ones. */
function pickHidden(values: Float32Array, { hidden }: PlanIndices): Float32Array {
  const length = tokenLength(gridOfModel(current().config));
  if (values.length === hidden.length * length) return values.slice();
  const picked = new Float32Array(hidden.length * length);
  for (const [index, token] of hidden.entries()) {
    picked.set(values.subarray(token * length, (token + 1) * length), index * length);
  }
  return picked;
}

async function answer(request: Numbered<ComputeRequest>): Promise<Numbered<ComputeAnswer>> {
  const { id, name, argument } = request;
  try {
    // The type of a request ties the argument to the name.
    return { id, value: await (handlers[name] as (given: unknown) => Promise<ComputeCalls[CallName][1]>)(argument) };
  } catch (error) {
    if (!(error instanceof Error)) return { id, error: { message: String(error) } };
    const { message, stack = '' } = error;
    return { id, error: { message, stack, ...(error instanceof LacunaError ? { kind: error.kind } : {}) } };
  }
}

// One call after the other, in the order in which they came.
let last = Promise.resolve();
parentPort?.on('message', (request: Numbered<ComputeRequest>) => {
  last = last.then(async () => {
    const given = await answer(request);
    // What a step was made on goes back where it came from, so that it can be filled again.
    const isStep = request.name === 'step' || request.name === 'accumulate';
    parentPort?.postMessage(given, isStep && 'value' in given ? [request.argument.pixels.buffer] : []);
  });
});
// A call that cannot be read has no number that it could be answered by: the thread ends, and with it all calls.
parentPort?.on('messageerror', (error) => {
  throw error;
});
