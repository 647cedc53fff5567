// Owns the experiment `few-labels`: how many labels a pretrained encoder saves, beside the same network from scratch and controls that
// learned nothing. Knows nothing of how anyone learns.
import { join } from 'node:path';
import { z } from 'zod';
import { prepare } from '../../../dist/dataset/prepare.js';
import { finetune } from '../../../dist/representation/finetune.js';
import { probe } from '../../../dist/representation/probe.js';
import { pretrain } from '../../../dist/training/pretrain.js';
import { writeWorld } from '../../../dist/worlds/write-world.js';
import type { Experiment, ExperimentRow, ExperimentSetting } from '../experiment.js';
import { openWork, type Work } from '../stages.js';

/** Changes whenever the same configuration would give other figures: then nothing that was kept before is used. */
const version = 1;

/** A labelled world, and what an encoder learns on it without labels. */
type Setup = {
  readonly world: 'motions' | 'looks';
  /** Videos for training and validation, and those of another look that are for the test. */
  readonly videos: number;
  readonly heldOut: number;
  readonly hide: readonly string[];
  readonly preset: string;
};

const setups: Readonly<Record<string, Setup>> = {
  motions: { world: 'motions', videos: 2400, heldOut: 400, hide: ['future:8', 'patches:0.75'], preset: 'conv-tiny' },
  looks: { world: 'looks', videos: 2400, heldOut: 400, hide: ['future:8', 'patches:0.75'], preset: 'conv-tiny' },
};

/** Labels of each class. */
const counts = [1, 2, 5, 10, 50, 'all'] as const;
type Count = (typeof counts)[number];

/** How often so many labels are drawn; of all there is one draw, begun from other random numbers each time. */
const draws = 5;

/** Steps of each fine-tuning, at each of the rates that validation chooses of. */
const steps = { few: 400, all: 1500 } as const;

const caseNames = Object.keys(setups).flatMap((name) => counts.map((count) => `${name}-${count}`));

/** See the top of the file. */
export const fewLabels: Experiment = {
  description:
    'Accuracy of classifiers from few labels: pretrained for so many minutes, from scratch, and of frozen features.',
  cases: caseNames,
  defaultCases: caseNames.filter((name) => name.startsWith('motions')),
  run: async (names, setting) => {
    const rows: ExperimentRow[] = [];
    for (const name of names) {
      const [setupName = '', countName = ''] = name.split('-');
      const setup = setups[setupName];
      const count = counts.find((one) => String(one) === countName);
      if (setup === undefined || count === undefined) throw new RangeError(`there is no case ${name}`);
      rows.push(...(await runCase(name, setupName, setup, count, setting)));
    }
    return { rows, versions: {}, notes: [] };
  },
};

const accuraciesSchema = z.record(z.string(), z.number());
const doneSchema = z.object({ done: z.literal(true) });
/** How a side came out, by its name; in %. */
type Accuracies = z.output<typeof accuraciesSchema>;

async function runCase(
  name: string,
  setupName: string,
  setup: Setup,
  count: Count,
  setting: ExperimentSetting,
): Promise<readonly ExperimentRow[]> {
  const { minutes } = setting;
  const work = await openWork(setting.folder, setupName, { version, setup, minutes });
  await pretrainOnce(work, setupName, setup, setting);
  const found: Accuracies[] = [];
  for (let draw = 0; draw < draws; draw++) {
    found.push(
      await work.keep(`${count}-labels-draw-${draw}`, accuraciesSchema, () =>
        measureDraw(work, name, count, draw, setting),
      ),
    );
  }
  const of = (side: string) => found.map((accuracies) => accuracies[side] ?? NaN);
  const sides = Object.keys(found[0] ?? {}).filter((side) => side !== 'pretrained' && side !== 'chance');
  return [
    {
      ...{ case: name, metric: 'accuracy in %', better: 'higher', minutes, ours: of('pretrained') },
      baselines: { chance: of('chance')[0] ?? NaN },
      peers: Object.fromEntries(sides.map((side) => [side, of(side)])),
      curves: {},
    },
  ];
}

/** The world, the dataset and the pretrained model. */
async function pretrainOnce(work: Work, name: string, setup: Setup, setting: ExperimentSetting): Promise<void> {
  const { world, videos, heldOut, hide, preset } = setup;
  const { signal, minutes, onProgress } = setting;
  const at = (part: string) => join(work.folder, part);
  const stage = (part: string, make: () => Promise<unknown>) =>
    work.keep(part, doneSchema, async () => {
      onProgress(`${name}: ${part}`);
      await make();
      return { done: true } as const;
    });
  const frames = 16;
  const fps = 12;
  await stage('world', () =>
    writeWorld({ out: at('videos'), world, videos, heldOut, seconds: frames / fps, seed: 0 }, { signal }),
  );
  await stage('dataset', () =>
    prepare(
      { inputs: [at('videos')], out: at('data'), labels: join(at('videos'), 'labels.csv'), size: 64, fps, frames },
      { signal },
    ),
  );
  await stage('pretraining', () =>
    pretrain(
      { dataset: at('data'), out: at('run'), hide, preset, minutes, batch: 16, optimizer: 'muon', seed: 0 },
      { signal },
    ),
  );
}

async function measureDraw(
  { folder }: Work,
  name: string,
  count: Count,
  draw: number,
  { signal, onProgress }: ExperimentSetting,
): Promise<Accuracies> {
  const [model, dataset] = [join(folder, 'run'), join(folder, 'data')];
  const labels = count === 'all' ? { seed: draw } : { labelsPerClass: count, draw };
  onProgress(`${name}: draw ${draw + 1} of ${draws}, fine-tuning`);
  const tuned = await finetune(
    {
      ...{ model, dataset, out: join(folder, `finetune-${count}-${draw}`), ...labels },
      ...{ steps: count === 'all' ? steps.all : steps.few, flip: true, scratch: true },
    },
    { signal },
  );
  onProgress(`${name}: draw ${draw + 1} of ${draws}, probing`);
  const probed = await probe({ model, dataset, ...labels }, { signal });
  const percent = (part: number | undefined) => 100 * (part ?? NaN);
  return {
    pretrained: percent(tuned.chosen.pretrained?.test.balancedAccuracy),
    scratch: percent(tuned.chosen.scratch?.test.balancedAccuracy),
    ...Object.fromEntries(
      probed.figures.map(({ features, probe: how, test }) => [`${features} ${how}`, percent(test.balancedAccuracy)]),
    ),
    chance: percent(probed.chance),
  };
}
