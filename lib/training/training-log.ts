// Owns the logs of a run: `metrics.jsonl`, which follows from the configuration alone, `timing.jsonl`, and TensorBoard's events.
// Knows nothing of what is measured.
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeJsonLines } from '../formats/jsonl.js';
import { encodeEvent, tensorboardFileVersion } from '../formats/tensorboard.js';
import { eventsPrefix, runNames } from '../run/run-files.js';
import type { MadeStep } from './make-step.js';
import type { Steadiness } from './watch-steadiness.js';

/** A line of `metrics.jsonl`; see `parseMetricsLine`. */
export type StepMetrics = {
  /** From 1. */
  readonly step: number;
  /** What was hidden; where a step hid in several ways, `losses` stands in its place. */
  readonly hide?: string;
  /** Over all clips of the step. */
  readonly loss: number;
  /** By kind of mask. */
  readonly losses?: Readonly<Record<string, number>>;
  /** L2 norm over all parameters, before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** By kind of mask: the mean loss on held-out clips, where it was measured after this step. */
  readonly validation?: Readonly<Record<string, number>>;
  /** How the representations of held-out clips lie, where that was measured after this step. */
  readonly steadiness?: Steadiness;
};

/** A line of `timing.jsonl`. */
export type StepTiming = {
  readonly step: number;
  /** Of the whole step, without measuring on held-out clips. */
  readonly seconds: number;
  /** Of these, how many were spent waiting for clips. */
  readonly dataSeconds: number;
  readonly clipsPerSecond: number;
  /** Memory of the whole process. */
  readonly residentBytes: number;
};

/** Open logs that grow by a line a step. */
export type TrainingLog = {
  /**
   * @param step from 1
   * @param clips of the step
   * @param measured what was found on held-out clips, where they were measured after this step
   */
  readonly write: (
    made: MadeStep,
    step: number,
    clips: number,
    measured?: Pick<StepMetrics, 'validation' | 'steadiness'>,
  ) => Promise<void>;
  /** Brings all to the disk and gives the bytes of each file. */
  readonly sync: () => Promise<Record<string, number>>;
  readonly close: () => Promise<void>;
};

/**
 * Opens the logs of a run folder, each cut back to what a checkpoint says of it; a file that it does not name is emptied.
 * @param machine what is logged of it: the time, in seconds since 1970, for TensorBoard alone, and the memory of the process
 */
export async function openTrainingLog(
  folder: string,
  sizes: Readonly<Record<string, number>>,
  { nowSeconds, residentBytes }: { readonly nowSeconds: () => number; readonly residentBytes: () => number },
): Promise<TrainingLog> {
  const events = (await findEvents(folder)) ?? `${eventsPrefix}${Math.floor(nowSeconds())}.lacuna`;
  const files = {
    metrics: await openAt(join(folder, runNames.metrics), sizes[runNames.metrics] ?? 0),
    timing: await openAt(join(folder, runNames.timing), sizes[runNames.timing] ?? 0),
    events: await openAt(join(folder, events), sizes[events] ?? 0),
  };
  if ((sizes[events] ?? 0) === 0) {
    await files.events.appendFile(encodeEvent({ fileVersion: tensorboardFileVersion, wallTimeSeconds: nowSeconds() }));
  }
  return {
    async write(made, step, clips, { validation, steadiness } = {}) {
      const { losses, loss, gradientNorm, learningRate, seconds, dataSeconds } = made;
      const [[hide] = [], ...others] = Object.entries(losses);
      const metrics: StepMetrics = {
        step,
        ...(hide !== undefined && others.length === 0 ? { hide, loss } : { loss, losses }),
        ...{ gradientNorm, learningRate },
        ...(validation === undefined ? {} : { validation }),
        ...(steadiness === undefined ? {} : { steadiness }),
      };
      const clipsPerSecond = clips / seconds;
      const bytes = residentBytes();
      const timing: StepTiming = { step, seconds, dataSeconds, clipsPerSecond, residentBytes: bytes };
      await files.metrics.appendFile(encodeJsonLines([metrics]));
      await files.timing.appendFile(encodeJsonLines([timing]));
      const scalars = {
        ...withPrefix('loss/', losses),
        ...withPrefix('validation/', validation ?? {}),
        ...withPrefix('steadiness/', steadiness ?? {}),
        ...{ gradient_norm: gradientNorm, learning_rate: learningRate, clips_per_second: clipsPerSecond },
        ...{ data_ms: 1000 * dataSeconds, resident_mib: bytes / 2 ** 20 },
      };
      await files.events.appendFile(encodeEvent({ wallTimeSeconds: nowSeconds(), step, scalars }));
    },
    async sync() {
      for (const handle of Object.values(files)) await handle.sync();
      const names = [runNames.metrics, runNames.timing, events];
      const grown = await Promise.all(
        names.map(async (name) => [name, (await stat(join(folder, name))).size] as const),
      );
      return Object.fromEntries(grown);
    },
    async close() {
      for (const handle of Object.values(files)) await handle.close();
    },
  };
}

function withPrefix(prefix: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

async function findEvents(folder: string): Promise<string | undefined> {
  return (await readdir(folder)).find((name) => name.startsWith(eventsPrefix));
}

/** A file open at its end, cut back to so many bytes; made where it is missing. */
async function openAt(path: string, bytes: number): Promise<FileHandle> {
  const handle = await open(path, 'a');
  await handle.truncate(bytes);
  return handle;
}
