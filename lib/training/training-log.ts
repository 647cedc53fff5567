// Owns the logs of a run: `metrics.jsonl`, which follows from the configuration alone, `timing.jsonl`, and TensorBoard's events.
// Knows nothing of what is measured.
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeJsonLines } from '../formats/jsonl.js';
import { encodeEvent, tensorboardFileVersion } from '../formats/tensorboard.js';
import { eventsPrefix, runNames } from '../run/run-files.js';

/** A line of `metrics.jsonl`. */
export type StepMetrics = {
  /** From 1. */
  readonly step: number;
  /** What was hidden. */
  readonly hide: string;
  readonly loss: number;
  /** L2 norm over all parameters, before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
};

/** A line of `timing.jsonl`. */
export type StepTiming = {
  readonly step: number;
  /** From the end of the step before to the end of this one. */
  readonly seconds: number;
  /** Of these, how many were spent waiting for clips. */
  readonly dataSeconds: number;
};

/** Open logs that grow by a line a step. */
export type TrainingLog = {
  readonly write: (metrics: StepMetrics, timing: StepTiming, clips: number) => Promise<void>;
  /** Brings all to the disk and gives the bytes of each file. */
  readonly sync: () => Promise<Record<string, number>>;
  readonly close: () => Promise<void>;
};

/**
 * Opens the logs of a run folder, each cut back to what a checkpoint says of it; a file that it does not name is emptied.
 * @param nowSeconds since 1970, for TensorBoard alone
 */
export async function openTrainingLog(
  folder: string,
  bytes: Readonly<Record<string, number>>,
  nowSeconds: () => number,
): Promise<TrainingLog> {
  const events = (await findEvents(folder)) ?? `${eventsPrefix}${Math.floor(nowSeconds())}.lacuna`;
  const files = {
    metrics: await openAt(join(folder, runNames.metrics), bytes[runNames.metrics] ?? 0),
    timing: await openAt(join(folder, runNames.timing), bytes[runNames.timing] ?? 0),
    events: await openAt(join(folder, events), bytes[events] ?? 0),
  };
  if ((bytes[events] ?? 0) === 0) {
    await files.events.appendFile(encodeEvent({ fileVersion: tensorboardFileVersion, wallTimeSeconds: nowSeconds() }));
  }
  return {
    async write(metrics, timing, clips) {
      const { step, hide, loss, gradientNorm, learningRate } = metrics;
      await files.metrics.appendFile(encodeJsonLines([metrics]));
      await files.timing.appendFile(encodeJsonLines([timing]));
      const scalars = {
        [`loss/${hide}`]: loss,
        gradient_norm: gradientNorm,
        learning_rate: learningRate,
        clips_per_second: clips / timing.seconds,
      };
      await files.events.appendFile(encodeEvent({ wallTimeSeconds: nowSeconds(), step, scalars }));
    },
    async sync() {
      for (const handle of Object.values(files)) await handle.sync();
      const names = [runNames.metrics, runNames.timing, events];
      const sizes = await Promise.all(
        names.map(async (name) => [name, (await stat(join(folder, name))).size] as const),
      );
      return Object.fromEntries(sizes);
    },
    async close() {
      for (const handle of Object.values(files)) await handle.close();
    },
  };
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
