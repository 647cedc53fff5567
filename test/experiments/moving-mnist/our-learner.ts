// Owns our side: a run folder that is trained from mark to mark, and evaluated at each. Knows nothing of peers.
import { join } from 'node:path';
import type { Dataset } from '../../../dist/dataset/open-dataset.js';
import { readCheckpoint } from '../../../dist/run/checkpoint.js';
import { loadModel } from '../../../dist/run/load-model.js';
import type { RunConfig } from '../../../dist/run/run-config.js';
import { pretrainOn } from '../../../dist/training/pretrain.js';
import { modelConfigSchema } from '../../../dist/model/model-config.js';
import { checkPretrainOptions, resolveRunConfig } from '../../../dist/training/pretrain-options.js';
import type { Learner } from '../learner.js';
import { commonOptions, type Training } from './cases.js';
import { scoreModel } from './score.js';
import type { TestSet } from './test-set.js';

/**
 * The whole configuration of a run.
 * @throws {LacunaError} `usage` where an option is wrong or what is hidden does not fit the network.
 */
export function resolveTraining(
  { hide, options, config, model, network }: Training,
  dataset: Dataset,
  { minutes, seed }: { readonly minutes: number; readonly seed: number },
): RunConfig {
  const asked = { ...commonOptions, ...options, hide, minutes, seed, dataset: dataset.folder, out: dataset.folder };
  const resolved = resolveRunConfig(checkPretrainOptions(asked), dataset, dataset.folder);
  return { ...resolved, ...config, model: modelConfigSchema.parse(network ?? { ...resolved.model, ...model }) };
}

/** One who learns in this folder. */
export function createOurLearner(
  folder: string,
  config: RunConfig,
  dataset: Dataset,
  test: TestSet,
  signal: AbortSignal,
): Learner {
  const out = join(folder, 'run');
  return {
    async learnUntil(mark) {
      await trainUntil(mark);
      const model = await loadModel(out, { engine: config.engine, device: config.device });
      try {
        const { position } = (await readCheckpoint(out)) ?? {};
        const figures: [string, Awaited<ReturnType<typeof scoreModel>>][] = [];
        for (const hide of config.hide) figures.push([hide, await scoreModel(model, test, hide, signal)]);
        return {
          minutes: (position?.elapsedSeconds ?? 0) / 60,
          steps: position?.step ?? 0,
          parameters: model.compute.layout.length,
          figures: Object.fromEntries(figures),
        };
      } finally {
        await model.compute.close();
      }
    },
    close: () => Promise.resolve(),
  };

  /** A training that is stopped keeps a checkpoint and the weights; the next call goes on from there. */
  async function trainUntil(mark: number): Promise<void> {
    const { position } = (await readCheckpoint(out).catch(() => undefined)) ?? {};
    const seconds = 60 * (config.duration.unit === 'minutes' ? config.duration.amount : Number.NaN);
    if (position && (position.isFinished || position.elapsedSeconds >= mark * seconds)) return;
    const atMark = new AbortController();
    try {
      await pretrainOn(
        dataset,
        config,
        { out },
        {
          signal: AbortSignal.any([signal, atMark.signal]),
          onProgress: ({ done, total = Infinity }) => {
            // The total is foreseen from how long the steps so far took: at the last mark the training ends by itself.
            if (mark < 1 && done / total >= mark) atMark.abort(new Error('the mark is reached'));
          },
        },
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!atMark.signal.aborted) throw error;
    }
  }
}
