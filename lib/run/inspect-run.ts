// Owns what a run folder says of its run: what was asked for and how far it got. Knows nothing of computing.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import { readFingerprint } from '../dataset/dataset-fingerprint.js';
import { isAbsent } from '../dataset/dataset-state.js';
import { readAll } from '../dataset/durable-file.js';
import { streamJsonLines } from '../formats/jsonl.js';
import { readNewestPosition } from './checkpoint.js';
import { parseMetricsLine } from './metrics-line.js';
import { readRunConfig, type RunConfig } from './run-config.js';
import { runNames } from './run-files.js';

/** What a run folder says of its run. */
export type RunInspection = {
  readonly kind: 'run';
  /** The folder, as it was given. */
  readonly folder: string;
  /** Whether training came to its end. */
  readonly isFinished: boolean;
  readonly preset: string;
  /** `vit` or `conv`. */
  readonly family: string;
  /** Numbers in the model; where its weights are written. */
  readonly parameters?: number;
  readonly objective: string;
  /** What is hidden, and how often each is drawn, of sum 1. */
  readonly hide: readonly string[];
  readonly weights: readonly number[];
  /** How long it lasts. */
  readonly duration: RunConfig['duration'];
  /** Clips of one step. */
  readonly batch: number;
  readonly seed: number;
  readonly engine: string;
  readonly device: string;
  /** Steps that are logged. */
  readonly steps: number;
  /** The newest step from which it goes on after it was ended; 0 where there is none. */
  readonly checkpointStep: number;
  /** Seconds of training up to there, over all calls. */
  readonly elapsedSeconds: number;
  /** Of each kind of hiding that came up, the mean loss over its last steps, at most 100. */
  readonly losses: readonly LossInspection[];
  /** The step of least loss on held-out clips, and that loss; where it was measured. */
  readonly best?: { readonly step: number; readonly loss: number };
  readonly dataset: {
    /** Where it was. */
    readonly folder: string;
    /** Of the dataset that the run was trained on. */
    readonly fingerprint: string;
    /** Whether it is still there: `same`, `changed`, `gone`. */
    readonly state: 'same' | 'changed' | 'gone';
  };
};

/** The last losses of one kind of hiding. */
export type LossInspection = {
  readonly hide: string;
  /** The last step of this kind. */
  readonly step: number;
  readonly loss: number;
  /** Steps over which `loss` is the mean. */
  readonly over: number;
};

const lastSteps = 100;

/**
 * Reads what a run folder says; nothing where it is no run.
 * @throws {LacunaError} `input` where a file of it is damaged.
 */
export async function inspectRun(folder: string, signal?: AbortSignal): Promise<RunInspection | undefined> {
  const config = await readRunConfig(folder);
  if (config === undefined) return undefined;
  const { preset, model, objective, hide, weights, duration, seed, engine, device, data } = config;
  const batch = config.batch * config.accumulate;
  const position = await readNewestPosition(folder);
  const { steps, losses } = await readLosses(folder, signal);
  const parameters = await countParameters(folder);
  return {
    kind: 'run',
    folder,
    // A model that was copied out of a run has no checkpoints to go on from.
    isFinished: position?.isFinished !== false && parameters !== undefined,
    ...{ preset, family: model.family },
    ...(parameters === undefined ? {} : { parameters }),
    ...{ objective, hide, weights, duration, batch, seed, engine, device, steps },
    checkpointStep: position?.step ?? 0,
    elapsedSeconds: position?.elapsedSeconds ?? 0,
    losses,
    ...(position?.validation.best === undefined ? {} : { best: position.validation.best }),
    dataset: { folder: data.folder, fingerprint: data.fingerprint, state: await compareDataset(data) },
  };
}

async function compareDataset({ folder, fingerprint }: RunConfig['data']): Promise<'same' | 'changed' | 'gone'> {
  const found = await readFingerprint(folder).catch(() => undefined);
  return found === undefined ? 'gone' : found === fingerprint ? 'same' : 'changed';
}

async function readLosses(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly steps: number; readonly losses: readonly LossInspection[] }> {
  const file = join(folder, runNames.metrics);
  const last = new Map<string, { step: number; losses: number[] }>();
  let steps = 0;
  try {
    for await (const { value, start } of streamJsonLines(file)) {
      signal?.throwIfAborted();
      const line = parseMetricsLine(value);
      if (line === undefined) {
        throw new LacunaError('input', `The line at byte ${start} of ${file} is no step; train the run again.`);
      }
      steps = line.step;
      for (const [hide, loss] of Object.entries(line.losses)) {
        const kind = last.get(hide) ?? { step: 0, losses: [] };
        kind.step = line.step;
        kind.losses.push(loss);
        if (kind.losses.length > lastSteps) kind.losses.shift();
        last.set(hide, kind);
      }
    }
  } catch (error) {
    // A run that was ended before its first step has no log.
    if (!(error instanceof LacunaError && isAbsent(error.cause))) throw error;
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const losses = [...last].map(([hide, kind]) => ({
    ...{ hide, step: kind.step, loss: mean(kind.losses), over: kind.losses.length },
  }));
  return { steps, losses };
}

/** All of them are float32 and stand after a header whose length the first 8 bytes say. */
async function countParameters(folder: string): Promise<number | undefined> {
  const handle = await open(join(folder, runNames.weights), 'r').catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const start = Buffer.alloc(8);
    await readAll(handle, start, 0);
    return ((await handle.stat()).size - 8 - Number(start.readBigUInt64LE())) / 4;
  } finally {
    await handle.close();
  }
}
