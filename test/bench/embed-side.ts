// Owns our side of the engine benchmark where it is `embed`: clips on the disk, vectors on the disk, and all that is between. Runs as a
// process of its own.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { clipShapeOfModel } from '../../dist/model/model-config.js';
import { embed } from '../../dist/representation/embed.js';
import { engineTaskSchema } from './engine-cases.js';
import { makeFolder, makeNoiseDataset } from './noise-dataset.js';
import { serveRounds } from './serve-rounds.js';

/** Batches of a round. */
const batches = 24;

const lacuna = fileURLToPath(new URL('../../bin/lacuna.js', import.meta.url));

await serveRounds(async (given) => {
  const { model, preset, batch, threads } = engineTaskSchema.parse(given);
  const clips = batches * batch;
  const dataset = await makeNoiseDataset(clipShapeOfModel(model), clips);
  const folder = await makeFolder();
  const run = join(folder, 'run');
  // What its weights are changes nothing; in another process, so that its memory is not counted.
  const training = ['--preset', preset, '--hide', 'tube:0.9', '--steps', '1', '--batch', '1', '--val', '0', '--quiet'];
  await promisify(execFile)(process.execPath, [lacuna, 'pretrain', dataset, '--out', run, ...training]);
  const round = async () => {
    const doneAt: number[] = [];
    const onProgress = () => doneAt.push(performance.now());
    await embed({ model: run, inputs: [dataset], out: join(folder, 'vectors.npy'), threads }, { onProgress });
    // The first batch compiles, and the other side has warmed up as well: counted is from where the second begins, when the third is
    // asked for and thereby the second one's last clip reported.
    const seconds = (performance.now() - (doneAt[2 * batch - 1] ?? NaN)) / 1000 / (batches - 1);
    return { seconds, peakBytes: process.resourceUsage().maxRSS * 1024 };
  };
  return round;
});
