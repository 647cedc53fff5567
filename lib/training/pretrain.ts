// Owns the training loop: batches, masks and rates go to the thread that runs the model; logs and checkpoints come out. Knows
// nothing of the mathematics.
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { createLoader, type Loader, type LoaderOptions } from '../dataset/loader.js';
import type { FailureRecord } from '../dataset/dataset-files.js';
import { indexVideos } from '../dataset/index-videos.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { resolvePrepareOptions } from '../dataset/prepare-options.js';
import { splitByVideo } from '../dataset/split.js';
import { parseHide } from '../masking/hide-expression.js';
import { chooseMask, createMaskMix } from '../masking/mask-mix.js';
import { planMask } from '../masking/plan-mask.js';
import { gridOfModel } from '../model/model-config.js';
import { type Checkpoint, type Position, writeCheckpoint } from '../run/checkpoint.js';
import { type Compute, openCompute } from '../run/compute.js';
import type { RunConfig } from '../run/run-config.js';
import { runNames } from '../run/run-files.js';
import { openRunFolder } from '../run/run-folder.js';
import { writeWeights } from '../run/weights.js';
import {
  type CheckedPretrainOptions,
  checkPretrainOptions,
  type PretrainOptions,
  resolveRunConfig,
} from './pretrain-options.js';
import { learningRateAt } from './schedule.js';
import { openTrainingLog, type TrainingLog } from './training-log.js';

/** What a run came to. */
export type PretrainResult = {
  /** The run folder, as it was given. */
  readonly run: string;
  /** Steps that were made, over all calls. */
  readonly steps: number;
  /** Mean loss over the last steps. */
  readonly loss: number;
  /** How many numbers the model learns. */
  readonly parameters: number;
  /** Seconds of training, over all calls. */
  readonly seconds: number;
  /** With `stream`: every video that could not be read, or not in full. */
  readonly failures: readonly FailureRecord[];
};

/** Seconds between checkpoints at least. When they are written changes no weight. */
const checkpointSeconds = 5;

/** And so many times as long as the last one took to write, so that a large model spends its time on learning. */
const checkpointCost = 20;

/** Threads that crop and mirror clips for a device that is not the processor, at most. */
const mostLoaderThreads = 4;

/** The loss that is reported is the mean over so many steps, in the measure of an exponential average. */
const averagedSteps = 50;

/**
 * Trains a network on a dataset without labels and writes a run folder. A run that was stopped goes on from its last
 * checkpoint; with `steps` and `threads` given it ends in the same weights and metrics as one that was never stopped.
 * @throws {LacunaError} `usage` for wrong options and a folder made with others; `input` where the dataset cannot be read or
 * the training diverges.
 */
export async function pretrain(options: PretrainOptions, controls: JobControls = {}): Promise<PretrainResult> {
  const checked = checkPretrainOptions(options);
  controls.signal?.throwIfAborted();
  const { folder, failures } = await openSource(checked, controls);
  const dataset = await openDataset(folder);
  try {
    const config = resolveRunConfig(checked, dataset, resolve(folder));
    const checkpoint = await openRunFolder(checked.out, config, checked.overwrite);
    const compute = await openCompute({
      model: config.model,
      engine: config.engine,
      device: config.device,
      threads: checked.threads,
    });
    try {
      const position = checkpoint?.position.isFinished
        ? checkpoint.position
        : await train(checked.out, config, dataset, compute, checkpoint, controls);
      const { step, loss, elapsedSeconds } = position;
      return {
        run: checked.out,
        steps: step,
        loss,
        parameters: compute.layout.length,
        seconds: elapsedSeconds,
        failures,
      };
    } finally {
      await compute.close();
    }
  } finally {
    await dataset.close();
  }
}

/** The dataset's folder; where clips are read out of videos, that of their index, which is made first. */
async function openSource(
  { dataset, stream, out }: CheckedPretrainOptions,
  controls: JobControls,
): Promise<{ readonly folder: string; readonly failures: readonly FailureRecord[] }> {
  if (stream === undefined) return { folder: dataset, failures: [] };
  const folder = join(out, runNames.stream);
  return {
    folder,
    failures: await indexVideos(resolvePrepareOptions({ inputs: [dataset], out: folder, ...stream }), out, controls),
  };
}

const beginning: Position = { step: 0, elapsedSeconds: 0, loss: 0, isFinished: false, logBytes: {} };

async function train(
  folder: string,
  config: RunConfig,
  dataset: Dataset,
  compute: Compute,
  checkpoint: Checkpoint | undefined,
  { signal, onProgress }: JobControls,
): Promise<Position> {
  if (checkpoint) await restore(folder, checkpoint, compute);
  else await compute.call('initialise', { seed: config.seed });
  const { train: rows } = splitByVideo(dataset, { validation: config.data.validation, seed: config.seed });
  const loader = createLoader(dataset, { ...loaderOptions(config), rows });
  const mix = createMaskMix(config.hide.map(parseHide), config.weights);
  const end = createEnd(config.duration, rows.length / config.batch);
  let position = checkpoint?.position ?? beginning;
  const log = await openTrainingLog(folder, position.logBytes, () => Date.now() / 1000);

  const save = async (isFinished: boolean): Promise<void> => {
    position = { ...position, isFinished, logBytes: await log.sync() };
    const state = await compute.call('readState', undefined);
    // In this order: a run that is said to be finished has its weights.
    await writeWeights(folder, compute.layout, state.parameters);
    await writeCheckpoint(folder, { position, state });
  };
  try {
    let savedSeconds = position.elapsedSeconds;
    let pauseSeconds = checkpointSeconds;
    while (end.progress(position) < 1) {
      if (signal?.aborted) {
        await save(false);
        signal.throwIfAborted();
      }
      position = await makeStep(config, mix, loader, compute, log, position, end.progress(position));
      onProgress?.({
        unit: 'steps',
        done: position.step,
        total: end.total(position),
        note: `loss ${position.loss.toPrecision(3)}`,
      });
      if (position.elapsedSeconds - savedSeconds >= pauseSeconds) {
        const started = performance.now();
        await save(false);
        savedSeconds = position.elapsedSeconds;
        pauseSeconds = Math.max(checkpointSeconds, (checkpointCost * (performance.now() - started)) / 1000);
      }
    }
    await save(true);
    return position;
  } finally {
    await loader.close();
    await log.close();
  }
}

/** What a run is fed with, but for the rows. */
export function loaderOptions(config: RunConfig): Omit<LoaderOptions, 'rows'> {
  const { batch, seed, repeat, flip, crop, colour, device } = config;
  // On the processor the threads of the mathematics are there already; another device waits for nothing else.
  const threads = device === 'cpu' ? 1 : Math.max(1, Math.min(mostLoaderThreads, availableParallelism() - 1));
  return { batch, seed, repeat, flip, crop, colour, threads };
}

async function restore(folder: string, { state }: Checkpoint, { layout, call }: Compute): Promise<void> {
  const { length } = state.parameters;
  if (length !== layout.length) {
    throw new LacunaError(
      'input',
      `The checkpoints of ${folder} hold ${length} parameters and the network has ${layout.length}, since another ` +
        'version of Lacuna made them; overwrite the run or name another folder.',
    );
  }
  await call('writeState', state);
}

async function makeStep(
  config: RunConfig,
  mix: ReturnType<typeof createMaskMix>,
  loader: Loader,
  compute: Compute,
  log: TrainingLog,
  before: Position,
  progress: number,
): Promise<Position> {
  const started = performance.now();
  const { step, elapsedSeconds } = before;
  const { pixels } = await loader.load(step);
  const dataSeconds = (performance.now() - started) / 1000;
  const { seed, batch, score, objective, beta1, beta2, clipNorm, weightDecay } = config;
  const chosen = chooseMask(mix, { seed, step });
  const hide = mix.hides[chosen];
  if (hide === undefined) throw new RangeError(`there is no mask ${chosen}`);
  const grid = gridOfModel(config.model);
  const plans = Array.from({ length: batch }, (_, sample) => {
    const { visible, hidden, unused } = planMask(hide, grid, { seed, step, sample }, { score });
    return { visible, hidden, unused };
  });
  const learningRate = learningRateAt(config, step, progress);
  const { report, pixels: used } = await compute.call(
    'step',
    {
      objective,
      optimiser: { beta1, beta2, epsilon: 1e-8, clipNorm },
      pixels,
      plans,
      rates: { learningRate, weightDecay, step: step + 1 },
    },
    [pixels.buffer],
  );
  loader.giveBack(used);
  if (!Number.isFinite(report.loss) || !Number.isFinite(report.gradientNorm)) {
    throw new LacunaError(
      'input',
      `The training diverged: the loss of step ${step + 1} is ${report.loss}; the last checkpoint is kept, lower --lr.`,
    );
  }
  const seconds = (performance.now() - started) / 1000;
  const name = config.hide[chosen] ?? '';
  await log.write(
    { step: step + 1, hide: name, loss: report.loss, gradientNorm: report.gradientNorm, learningRate },
    { step: step + 1, seconds, dataSeconds },
    batch,
  );
  const share = 1 / Math.min(step + 1, averagedSteps);
  return {
    ...before,
    step: step + 1,
    elapsedSeconds: elapsedSeconds + seconds,
    loss: before.loss + share * (report.loss - before.loss),
  };
}

/** When a run ends: how much of it is done, 0 to 1, and how many steps it may come to. */
function createEnd(
  { unit, amount }: RunConfig['duration'],
  stepsOfEpoch: number,
): { readonly progress: (position: Position) => number; readonly total: (position: Position) => number } {
  if (unit === 'minutes') {
    return {
      progress: ({ elapsedSeconds }) => elapsedSeconds / (60 * amount),
      total: ({ step, elapsedSeconds }) => Math.max(step, Math.ceil((step * 60 * amount) / elapsedSeconds)),
    };
  }
  const steps = unit === 'steps' ? amount : Math.max(1, Math.ceil(amount * stepsOfEpoch));
  return { progress: ({ step }) => step / steps, total: () => steps };
}
