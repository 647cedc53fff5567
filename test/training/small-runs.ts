// Owns small runs on a small dataset, for tests of what happens in training: how they are asked for, stopped and compared.
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decodeJsonLines } from '../../lib/formats/jsonl.js';
import { readCheckpoint } from '../../lib/run/checkpoint.js';
import type { PretrainOptions } from '../../lib/training/pretrain-options.js';
import { pretrain } from '../../lib/training/pretrain.js';
import type { StepMetrics } from '../../lib/training/training-log.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { makeMovingDataset } from './moving-dataset.js';

const program = fileURLToPath(new URL('pretrain-process.ts', import.meta.url));

/** A folder for the runs of one suite, with a dataset of 12 clips, 3 of which are held out, made before its tests. */
export function smallRuns() {
  const folder = temporaryFolder();
  before(() => makeMovingDataset(folder.path('data'), [3, 3, 3, 3]));
  const asked = (out: string, changes: Partial<PretrainOptions> = {}): PretrainOptions => ({
    ...{ dataset: folder.path('data'), out: folder.path(out), hide: ['future:2', 'patches:0.5'] },
    ...{ validation: 0.25, batch: 2, threads: 1, seed: 5 },
    ...changes,
  });
  return {
    folder,
    asked,
    metricsOf: async (out: string) =>
      decodeJsonLines(await readFile(folder.path(`${out}/metrics.jsonl`))).values as StepMetrics[],
    /** All that must not depend on where a run was stopped. */
    exactPart: async (out: string) => {
      const files = ['model.safetensors', 'metrics.jsonl', 'checkpoints/best/model.safetensors'];
      const bytes = await Promise.all(files.map((file) => readFile(folder.path(`${out}/${file}`), 'base64')));
      return { bytes, state: (await readCheckpoint(folder.path(out)))?.state };
    },
    /** Trains until so many steps are done, and is killed. */
    killAfter: async (done: number, options: PretrainOptions) => {
      const words = ['--import=tsx', program, JSON.stringify(options), String(done)];
      const child = spawn(process.execPath, words, { stdio: 'ignore' });
      expect(await new Promise((ended) => child.on('close', (_code, by) => ended(by)))).to.equal('SIGKILL');
    },
    /** Trains until so many steps are done, and stops. */
    stopAfter: async (done: number, options: PretrainOptions) => {
      const stop = new AbortController();
      const reason = new Error('SIGINT');
      const stopped = pretrain(options, {
        signal: stop.signal,
        onProgress: (progress) => progress.done === done && stop.abort(reason),
      });
      expect(await rejectionOf(stopped)).to.equal(reason);
    },
  };
}
