// Owns our side of the engine benchmark: one model, compiled as `pretrain` and `embed` compile it, on the default engine. Runs as
// a process of its own.
import { createRandom } from '../../dist/clip/random.js';
import { countParts } from '../../dist/engine/count-parts.js';
import { createOnnxEngine } from '../../dist/engine/onnx-engine.js';
import type { MaskPlan } from '../../dist/masking/mask-plan.js';
import { withFamily } from '../../dist/model/families.js';
import { parametersOf } from '../../dist/model/parameters.js';
import { initialise } from '../../dist/model/initial.js';
import { clipShapeOfModel, gridOfModel } from '../../dist/model/model-config.js';
import { layoutOfModel } from '../../dist/model/layer-decay.js';
import { cutBatch } from '../../dist/objectives/parted-batch.js';
import { embedProgram, inputsOf, type PlanInputs } from '../../dist/objectives/programs.js';
import { type EngineTask, engineTaskSchema } from './engine-cases.js';
import { serveRounds, timeShortest } from './serve-rounds.js';

const optimiser = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1 };

await serveRounds(async (given) => {
  const task = engineTaskSchema.parse(given);
  const run = await open(task);
  for (let warmUp = 0; warmUp < 2; warmUp++) await run();
  return async () => ({
    seconds: await timeShortest(run, task.roundSeconds),
    peakBytes: process.resourceUsage().maxRSS * 1024,
  });
});

async function open(task: EngineTask): Promise<() => Promise<unknown>> {
  const { model, what, batch, threads } = task;
  const [plans, pixels] = [createPlans(task), createPixels(task)];
  const engine = await createOnnxEngine({ threads });
  const layout = layoutOfModel(model);
  const state = engine.createState(layout);
  const parameters = initialise(parametersOf(model), layout, 0);
  const zeros = new Float32Array(layout.length);
  await engine.writeState(state, { parameters, moments1: zeros, moments2: zeros });
  if (what === 'forward') {
    const planInputs = withFamily(model, (family, own): PlanInputs => family.planInputs(own, plans));
    const forward = await engine.compile('forward', embedProgram(model, batch, planInputs));
    const inputs = inputsOf(pixels, planInputs);
    return () => forward.run(state, inputs);
  }
  const parts = countParts(engine, layout, batch);
  const { program, inputs } = cutBatch(model, 'reconstruction', { pixels, plans }, parts);
  const compiled = await engine.compile('step', { ...program(), optimiser });
  let step = 0;
  return () => compiled.run(state, inputs, { learningRate: 1e-4, weightDecay: 0.05, step: ++step });
}

/** Visible tokens at random where the model sees tokens; the first frames where it sees whole frames. */
function createPlans({ model, batch, visible: count }: EngineTask): readonly MaskPlan[] {
  const grid = gridOfModel(model);
  return Array.from({ length: batch }, (_, sample) => {
    const order = Int32Array.from({ length: grid.tokens }, (_, token) => token);
    if (model.family === 'vit') createRandom(0, 'visible', sample).shuffle(order);
    const [visible, hidden] = [order.slice(0, count).sort(), order.slice(count).sort()];
    return { grid, visible, hidden, unused: new Int32Array(0) };
  });
}

function createPixels({ model, batch }: EngineTask): Uint8Array {
  const { frames, height, width, channels } = clipShapeOfModel(model);
  const random = createRandom(0, 'pixels');
  return Uint8Array.from({ length: batch * frames * height * width * channels }, () => random.uint32());
}
