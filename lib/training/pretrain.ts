// Owns the call that trains: options, dataset, run folder and the thread that runs the model are opened, and closed again. Knows
// nothing of steps.
import { join, resolve } from 'node:path';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { FailureRecord } from '../dataset/dataset-files.js';
import { withFolderHold } from '../dataset/hold.js';
import { indexVideos } from '../dataset/index-videos.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { resolvePrepareOptions } from '../dataset/prepare-options.js';
import { splitByVideo } from '../dataset/split.js';
import { type Checkpoint, keptCheckpoints } from '../run/checkpoint.js';
import { openCompute } from '../run/compute.js';
import { readRunConfig, type RunConfig } from '../run/run-config.js';
import { runNames } from '../run/run-files.js';
import { openRunFolder, writeRunConfig } from '../run/run-folder.js';
import { chooseBatch } from './choose-batch.js';
import { readInitialModel } from './initial-model.js';
import { computeOptions } from './make-step.js';
import {
  type CheckedPretrainOptions,
  checkPretrainOptions,
  type PretrainOptions,
  resolveRunConfig,
} from './pretrain-options.js';
import { hasStopped, type OpenRun, train } from './train.js';

/** What a run came to. */
export type PretrainResult = {
  /** The run folder, as it was given. */
  readonly run: string;
  /** Steps that were made, over all calls. */
  readonly steps: number;
  /** Mean loss over the last steps. */
  readonly loss: number;
  /** Clips of one micro-batch, as they were asked for or chosen. */
  readonly batch: number;
  /** The step of least loss on held-out clips, and that loss; where it was measured. */
  readonly best?: { readonly step: number; readonly loss: number };
  /** Whether it ended before its time, with the model of that step, since nothing got better. */
  readonly stoppedEarly: boolean;
  /** How often it went back, with half the rate, since it had diverged: 0 or 1. */
  readonly falls: number;
  /** How many numbers the model learns. */
  readonly parameters: number;
  /** Seconds of training, over all calls. */
  readonly seconds: number;
  /** With `stream`: every video that could not be read, or not in full. */
  readonly failures: readonly FailureRecord[];
};

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
    const asked = resolveRunConfig(checked, dataset, resolve(folder));
    const given =
      checked.init === undefined ? undefined : await readInitialModel(checked.init, asked.model, asked.layerDecay);
    const config = { ...asked, init: given?.fingerprint ?? null };
    const made = await pretrainOn(dataset, config, { ...checked, initial: given?.parameters }, controls);
    return { ...made, failures };
  } finally {
    await dataset.close();
  }
}

/** Where a run goes, and what it begins with. */
type Place = Pick<PretrainOptions, 'out' | 'keep' | 'overwrite'> & {
  /** Parameters `[P]` in the order of the layout; nothing where the seed gives them. */
  readonly initial?: Float32Array | undefined;
};

/**
 * As {@link pretrain}, on a dataset that is open, with a configuration that is complete. Clips may come from anywhere: of the
 * dataset only what it is and `readClips` are used.
 */
export async function pretrainOn(
  dataset: Dataset,
  asked: RunConfig,
  { out, initial, keep = keptCheckpoints, overwrite = false }: Place,
  controls: JobControls = {},
): Promise<Omit<PretrainResult, 'failures'>> {
  const { train: rows, validation } = splitByVideo(dataset, { validation: asked.data.validation, seed: asked.seed });
  if (asked.patience !== null && validation.length === 0) {
    throw new LacunaError(
      'usage',
      '--patience needs measurements on held-out clips, and there are none: give --val, more videos or longer ones, or leave --patience out.',
    );
  }
  return withFolderHold(out, async (hold) => {
    const checkpoint = await openRunFolder(out, asked, overwrite, hold);
    const config = await settleBatch(out, asked, checkpoint !== undefined, rows.length, controls);
    return trainIn({ folder: out, config, dataset, initial, keep }, checkpoint, controls);
  });
}

/** Trains to the end, if that is not reached yet, in a thread that is opened for it. */
async function trainIn(
  { folder, config, ...given }: Omit<OpenRun, 'compute'>,
  checkpoint: Checkpoint | undefined,
  controls: JobControls,
): Promise<Omit<PretrainResult, 'failures'>> {
  const compute = await openCompute(computeOptions(config));
  try {
    const run = { folder, config, compute, ...given };
    const position = checkpoint?.position.isFinished ? checkpoint.position : await train(run, checkpoint, controls);
    const { step, loss, elapsedSeconds, validation, falls } = position;
    return {
      run: folder,
      steps: step,
      loss,
      batch: config.batch,
      ...(validation.best === undefined ? {} : { best: validation.best }),
      stoppedEarly: hasStopped(config, position),
      falls,
      parameters: compute.layout.length,
      seconds: elapsedSeconds,
    };
  } finally {
    await compute.close();
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

/** The configuration with the batch that the run has, or that is chosen for it where it has made no step yet. */
async function settleBatch(
  folder: string,
  config: RunConfig,
  hasBegun: boolean,
  clips: number,
  controls: JobControls,
): Promise<RunConfig> {
  if (!config.isBatchChosen) return config;
  if (hasBegun) return { ...config, batch: (await readRunConfig(folder))?.batch ?? config.batch };
  const chosen = { ...config, batch: await chooseBatch(config, clips, controls) };
  await writeRunConfig(folder, chosen);
  return chosen;
}
