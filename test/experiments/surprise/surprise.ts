// Owns the experiment `surprise`: whether a model finds the known moment of made videos at which something happens that nothing
// foretells, beside what the difference to the frame before finds. Knows nothing of how anyone learns.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { prepare } from '../../../dist/dataset/prepare.js';
import { findMoments } from '../../../dist/measures/surprise-moments.js';
import { surprise } from '../../../dist/prediction/surprise.js';
import { pretrain } from '../../../dist/training/pretrain.js';
import { surpriseKinds } from '../../../dist/worlds/surprising-scene.js';
import { writeWorld } from '../../../dist/worlds/write-world.js';
import type { Experiment, ExperimentRow, ExperimentSetting } from '../experiment.js';
import { openWork } from '../stages.js';

/** Changes whenever the same configuration would give other figures: then nothing that was kept before is used. */
const version = 1;

const training = { videos: 300, seconds: 5, hide: ['future:4'], preset: 'conv-tiny', frames: 12 } as const;
const test = { videos: 100, seconds: 5, seed: 1000 } as const;
const [fps, size] = [12, 64];

/** Moments are named at most so many, so far apart, and right within so much of the known one: a frame and a half. */
const [named, apartSeconds, withinSeconds] = [3, 0.5, 0.125];

const doneSchema = z.object({ done: z.literal(true) });
const foundSchema = z.array(z.object({ kind: z.enum(surpriseKinds), model: z.int(), copyLast: z.int() }));
/** Of each video the place of the known moment among those that are named, from 1; 0 where it is not among them. */
type Found = z.output<typeof foundSchema>;

/** See the top of the file. */
export const surpriseExperiment: Experiment = {
  description:
    'Made videos in which something happens once: whether the known moment is among the top 3 and the first.',
  cases: ['all', ...surpriseKinds],
  defaultCases: ['all', ...surpriseKinds],
  run: async (names, setting) => {
    const rows: ExperimentRow[] = [];
    const { seeds, minutes } = setting;
    const bySeed: Found[] = [];
    for (const seed of seeds) bySeed.push(await watchAll(seed, setting));
    for (const name of names) {
      for (const [metric, most] of [
        ['known moment among the top 3, in %', named],
        ['known moment first, in %', 1],
      ] as const) {
        const shareOf = (found: Found, side: 'model' | 'copyLast') => {
          const own = found.filter(({ kind }) => name === 'all' || kind === name);
          return (100 * own.filter((one) => one[side] > 0 && one[side] <= most).length) / own.length;
        };
        rows.push({
          ...{ case: name, metric, better: 'higher', minutes, curves: {}, peers: {} },
          ours: bySeed.map((found) => shareOf(found, 'model')),
          baselines: { 'copy-last': shareOf(bySeed[0] ?? [], 'copyLast') },
        });
      }
    }
    return { rows, versions: {}, notes: [] };
  },
};

async function watchAll(seed: number, { folder, minutes, signal, onProgress }: ExperimentSetting): Promise<Found> {
  const work = await openWork(folder, `seed-${seed}`, { version, training, test, minutes, seed });
  const at = (part: string) => join(work.folder, part);
  const stage = (part: string, make: () => Promise<unknown>) =>
    work.keep(part, doneSchema, async () => {
      onProgress(`surprise: ${part}`);
      await make();
      return { done: true } as const;
    });
  const { videos, seconds, hide, preset, frames } = training;
  await stage('world', () =>
    writeWorld({ out: at('videos'), videos, seconds, seed, mostShapes: 1, fps, size }, { signal }),
  );
  await stage('dataset', () =>
    prepare({ inputs: [at('videos')], out: at('data'), size, fps, frames, hop: 4 }, { signal }),
  );
  await stage('pretraining', () =>
    pretrain(
      { dataset: at('data'), out: at('run'), hide, preset, minutes, batch: 16, optimizer: 'muon', seed },
      { signal },
    ),
  );
  await stage('tests', () => writeWorld({ out: at('tests'), world: 'surprises', ...test, fps, size }, { signal }));
  return work.keep('found', foundSchema, async () => {
    const table = await readFile(join(at('tests'), 'labels.csv'), 'utf8');
    const found: Found = [];
    for (const line of table.trimEnd().split('\n').slice(1)) {
      const [file = '', label, moment] = line.split(',');
      onProgress(`surprise: ${file}`);
      const { frames: watched, moments } = await surprise(
        { model: at('run'), video: join(at('tests'), file), moments: named, apartSeconds },
        { signal },
      );
      const byCopying = watched.map(({ seconds: time, copyLast }) => ({ seconds: time, error: copyLast }));
      const placeOf = (all: readonly { readonly seconds: number }[]) =>
        1 + all.findIndex((one) => Math.abs(one.seconds - Number(moment)) <= withinSeconds);
      found.push({
        kind: z.enum(surpriseKinds).parse(label),
        model: placeOf(moments),
        copyLast: placeOf(findMoments(byCopying, named, apartSeconds)),
      });
    }
    return found;
  });
}
