// Owns the benchmark `loader`: training steps on batches that the loader reads and changes, beside the same steps on one batch that
// is there already, and how many clips a second one thread changes. Knows nothing of how a round is made.
import { createAugmenter } from '../../dist/clip/augment-clips.js';
import { clipLength } from '../../dist/clip/clip.js';
import { drawAugmentations } from '../../dist/clip/draw-augmentation.js';
import type { Benchmark, BenchmarkSetting, Measured } from './benchmark.js';
import { findLoaderCase, loaderCaseNames, loaderRoundSchema, type LoaderTask } from './loader-cases.js';
import { nodeSide, openSide } from './side.js';
import { takeTurns } from './take-turns.js';

const defaultRounds = 40;
const budgetSeconds = 100;
/** Times that a batch is changed for the rate of one thread; the shortest counts. */
const augmentTimes = 30;

/** See the top of the file. */
export const loader: Benchmark = {
  description: 'Training steps with the loader beside steps on one fixed batch.',
  cases: loaderCaseNames,
  run: async (cases, setting) => {
    const measured: Measured[] = [];
    for (const name of cases) measured.push(...(await measureCase(name, setting)));
    return { measured, versions: {}, notes: [] };
  },
};

async function measureCase(name: string, setting: BenchmarkSetting): Promise<readonly Measured[]> {
  const { signal, rounds = defaultRounds } = setting;
  const task = findLoaderCase(name);
  const onProgress = (line: string) => setting.onProgress(`${name}: ${line}`);
  onProgress('starting');
  const side = await openSide(nodeSide('loader-side.js'), task, loaderRoundSchema, signal);
  const loaded: number[] = [];
  const fixed: number[] = [];
  try {
    const take = async () => {
      const { fixedSeconds, loadedSeconds } = await side.round();
      loaded.push(loadedSeconds);
      fixed.push(fixedSeconds);
      return `${(loadedSeconds * 1000).toFixed(1)} ms with the loader, ${(fixedSeconds * 1000).toFixed(1)} ms without`;
    };
    await takeTurns([{ name: 'both', take }], { rounds, budgetSeconds, signal, onProgress });
  } finally {
    await side.stop();
  }
  return [
    {
      ...{ case: name, unit: 'steps/s', ours: 1 / median(loaded), peers: {} },
      limit: { name: 'the same step on one fixed batch, both the median of blocks', value: 1 / median(fixed) },
    },
    { case: `${name} changed`, unit: 'clips/s of one thread', ours: augmentRate(task), peers: {} },
  ];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return ((sorted[middle] ?? Number.NaN) + (sorted[sorted.length - 1 - middle] ?? Number.NaN)) / 2;
}

function augmentRate({ frames, size, batch, repeat, flip, crop, colour }: LoaderTask): number {
  const shape = { frames, height: size, width: size, channels: 3 };
  const augment = createAugmenter(shape);
  const pixels = Uint8Array.from({ length: batch * clipLength(shape) }, (_, index) => (index * 7919) >> 3);
  let shortest = Infinity;
  for (let step = 0; step < augmentTimes; step++) {
    const started = performance.now();
    augment(pixels, drawAugmentations({ flip, crop, colour, hue: 0 }, shape, { seed: 0, step, count: batch }), repeat);
    shortest = Math.min(shortest, (performance.now() - started) / 1000);
  }
  return batch / shortest;
}
