// Owns the side of the loader benchmark: a dataset on the disk, the loader as `pretrain` opens it, and the thread of the engine; a
// block of steps on one fixed batch, then one on what the loader gives. Runs as a process of its own.
import { createLoader } from '../../dist/dataset/loader.js';
import { openDataset } from '../../dist/dataset/open-dataset.js';
import { parseHide } from '../../dist/masking/hide-expression.js';
import { planMask } from '../../dist/masking/plan-mask.js';
import { gridOfModel } from '../../dist/model/model-config.js';
import { resolvePreset } from '../../dist/model/presets.js';
import { openCompute } from '../../dist/run/compute.js';
import { type LoaderTask, loaderTaskSchema } from './loader-cases.js';
import { makeNoiseDataset } from './noise-dataset.js';
import { serveRounds } from './serve-rounds.js';

const optimiser = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1 };

await serveRounds(async (given) => {
  const task = loaderTaskSchema.parse(given);
  const { batch, flip, crop, colour, repeat, threads } = task;
  const shape = { frames: task.frames, height: task.size, width: task.size, channels: 3 };
  const dataset = await openDataset(await makeNoiseDataset(shape, task.clips));
  const rows = Int32Array.from(dataset.clips.keys());
  const loader = createLoader(dataset, { rows, batch, seed: 0, flip, crop, colour, repeat });
  const model = resolvePreset(task.preset, shape);
  const compute = await openCompute({ model, engine: 'onnx', threads });
  await compute.call('initialise', { seed: 0 });
  const hide = parseHide(task.hide);
  const plans = Array.from({ length: batch }, (_, sample) => {
    const { visible, hidden, unused } = planMask(hide, gridOfModel(model), { seed: 0, step: 0, sample });
    return { visible, hidden, unused };
  });
  let made = 0;
  const step = async (given: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> => {
    const rates = { learningRate: 1e-4, weightDecay: 0.05, step: ++made };
    const call = { objective: 'reconstruction', optimiser, pixels: given, plans, rates } as const;
    const { pixels } = await compute.call('step', call, [given.buffer]);
    return pixels;
  };
  let fixed = (await loader.load(0)).pixels.slice();
  let next = 0;
  const blocks = {
    fixedSeconds: () => timeBlock(task, async () => (fixed = await step(fixed))),
    loadedSeconds: () => timeBlock(task, async () => loader.giveBack(await step((await loader.load(next++)).pixels))),
  };
  await blocks.loadedSeconds();
  return async () => ({ fixedSeconds: await blocks.fixedSeconds(), loadedSeconds: await blocks.loadedSeconds() });
});

/** The mean over the steps that count, in seconds. */
async function timeBlock({ leadSteps, steps }: LoaderTask, run: () => Promise<unknown>): Promise<number> {
  for (let lead = 0; lead < leadSteps; lead++) await run();
  const started = performance.now();
  for (let counted = 0; counted < steps; counted++) await run();
  return (performance.now() - started) / 1000 / steps;
}
