// Owns the choice of a batch by a short measurement at the start: memory and clips a second of a few sizes. Knows nothing of what
// is learned.
import { clipLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { readAvailableBytes } from '../engine/available-memory.js';
import { clipShapeOfModel } from '../model/model-config.js';
import { type Compute, openCompute } from '../run/compute.js';
import { lossKindsOf, type RunConfig } from '../run/run-config.js';
import { computeOptions, createBatchPlanner, needsSources, optimiserOf } from './make-step.js';

/** What a size came to. */
export type BatchTrial = {
  readonly batch: number;
  readonly clipsPerSecond: number;
  /** What the process grew by; of a device, what its part on this side takes. */
  readonly bytes: number;
};

/** The sizes that are tried: `repeat` doubled again and again, as far as it lies between these. */
const [leastSize, mostSize] = [4, 128];

/** A size is quick enough at this part of the best speed: of those the smallest is taken, since many small steps learn more. */
const quickEnough = 0.95;

/** The part of the free memory that a step may take. */
const mostMemory = 0.5;

/** No larger size is begun after so many seconds. */
const mostSeconds = 30;

/** Steps of a size are timed for so many seconds at least. */
const timedSeconds = 0.4;

/**
 * Measures sizes from the smallest on, while they fit the memory and are not slower than the best by a tenth.
 * @param clips that there are for training; a batch never takes one twice
 * @param open starts the thread that a size is tried in; each has its own, so that no size pays for another
 * @throws what the smallest size throws where not even that can be run, and the signal's reason.
 */
export async function chooseBatch(
  config: RunConfig,
  clips: number,
  { signal, onProgress }: JobControls,
  open: typeof openCompute = openCompute,
): Promise<number> {
  const candidates = listSizes(config, clips);
  if (candidates.length === 1) return candidates[0] ?? config.repeat;
  const started = performance.now();
  const trials: BatchTrial[] = [];
  for (const [index, batch] of candidates.entries()) {
    signal?.throwIfAborted();
    const trial = await tryBatch({ ...config, batch }, open).catch((error: unknown) => {
      // What a larger batch cannot do says that it is too large.
      if (trials.length === 0) throw error;
      return undefined;
    });
    if (trial === undefined) break;
    trials.push(trial);
    const note = `${batch} clips: ${trial.clipsPerSecond.toPrecision(3)} clips/s, ${(trial.bytes / 2 ** 20).toFixed(0)} MiB`;
    onProgress?.({ unit: 'batch sizes', done: index + 1, total: candidates.length, note });
    if (!isWorthMore(trials, readAvailableBytes()) || performance.now() - started > 1000 * mostSeconds) break;
  }
  return pickBatch(trials);
}

/** At least one. Where clips are held against each other, each has two sources or more. */
function listSizes(config: Pick<RunConfig, 'repeat' | 'loss'>, clips: number): readonly number[] {
  const { repeat } = config;
  const first = needsSources(config) ? 2 * repeat : repeat;
  const sizes = Array.from({ length: Math.ceil(Math.log2(mostSize)) + 1 }, (_, power) => first * 2 ** power);
  const fitting = sizes.filter((size) => size >= leastSize && size <= mostSize && size / repeat <= clips);
  return fitting.length > 0 ? fitting : [first];
}

/** Whether the next size, twice as large, may fit and be quicker. */
export function isWorthMore(trials: readonly BatchTrial[], availableBytes: number): boolean {
  const last = trials.at(-1);
  if (last === undefined) return true;
  const best = Math.max(...trials.map(({ clipsPerSecond }) => clipsPerSecond));
  return 2 * last.bytes <= mostMemory * availableBytes && last.clipsPerSecond >= 0.9 * best;
}

/** The smallest size that is about as quick for each clip as the quickest. @throws {RangeError} where nothing was tried. */
export function pickBatch(trials: readonly BatchTrial[]): number {
  const best = Math.max(...trials.map(({ clipsPerSecond }) => clipsPerSecond));
  const found = trials.find(({ clipsPerSecond }) => clipsPerSecond >= quickEnough * best);
  if (found === undefined) throw new RangeError('no batch was tried');
  return found.batch;
}

async function tryBatch(config: RunConfig, open: typeof openCompute): Promise<BatchTrial> {
  const { batch, seed } = config;
  const before = process.memoryUsage.rss();
  const compute = await open(computeOptions(config));
  try {
    await compute.call('initialise', { seed });
    // Each kind of mask has its own compiled step, and all of them stay in memory.
    const kinds = lossKindsOf(config);
    const steps = config.hide.map((kind) => createTimedStep({ ...config, hide: [kind], weights: [1] }, compute));
    if (steps.length === 0) steps.push(createTimedStep(config, compute));
    for (const step of [...steps, ...steps]) await step();
    const bytes = process.memoryUsage.rss() - before;
    let seconds = 0;
    let rounds = 0;
    while (seconds < timedSeconds) {
      for (const [index, step] of steps.entries()) seconds += (kinds.weights[index] ?? 0) * (await step());
      rounds += 1;
    }
    return { batch, clipsPerSecond: (batch * rounds) / seconds, bytes };
  } finally {
    await compute.close();
  }
}

/** A training step on black clips that gives its seconds. */
function createTimedStep(config: RunConfig, compute: Compute): () => Promise<number> {
  const { objective, batch, model, weightDecay, repeat } = config;
  const { plans, keys } = createBatchPlanner(config)(0);
  const classes = model.classifier && new Int32Array(batch);
  const sources = needsSources(config)
    ? Int32Array.from({ length: batch }, (_, sample) => Math.floor(sample / repeat))
    : undefined;
  const optimiser = optimiserOf(config);
  let pixels = new Uint8Array(batch * clipLength(clipShapeOfModel(model)));
  return async () => {
    const started = performance.now();
    const rates = { learningRate: 0, weightDecay, step: 1 };
    const made = await compute.call('step', { objective, optimiser, pixels, plans, keys, classes, sources, rates }, [
      pixels.buffer,
    ]);
    pixels = made.pixels;
    return (performance.now() - started) / 1000;
  };
}
