// Owns a thread that changes the clips of batches, so that it goes on beside the engine. Started by `openAugmentThread` alone.
import { parentPort, workerData } from 'node:worker_threads';
import { createAugmenter } from '../clip/augment-clips.js';
import { drawAugmentations } from '../clip/draw-augmentation.js';
import type { Numbered } from '../clip/thread-calls.js';
import type { AugmentAnswer, AugmentRequest, AugmentTask } from './augment-protocol.js';

const task = workerData as AugmentTask;
const augment = createAugmenter(task.shape);

parentPort?.on('message', ({ id, step, pixels }: Numbered<AugmentRequest>) => {
  try {
    augment(pixels, drawAugmentations(task, task.shape, { seed: task.seed, step, count: task.batch }), task.repeat);
    parentPort?.postMessage({ id, pixels } satisfies Numbered<AugmentAnswer>, [pixels.buffer]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ id, error: message } satisfies Numbered<AugmentAnswer>);
  }
});
