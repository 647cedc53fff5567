// Owns the experiment `few-labels`: how many labels a pretrained encoder saves, beside the same network from scratch and controls that
// learned nothing. Knows nothing of how anyone learns.
import { join } from 'node:path';
import { z } from 'zod';
import { prepare } from '../../../dist/dataset/prepare.js';
import { labelsToReach } from '../../../dist/measures/label-curves.js';
import {
  type FewLabelsCurve,
  type FewLabelsPoint,
  type FewLabelsResult,
  type LabelCount,
  measureFewLabels,
} from '../../../dist/representation/few-labels.js';
import { pretrain } from '../../../dist/training/pretrain.js';
import { writeWorld } from '../../../dist/worlds/write-world.js';
import type { Experiment, ExperimentResult, ExperimentRow, ExperimentSetting } from '../experiment.js';
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

/** Labels of each class, and the steps of each fine-tuning with so many, at each of the rates that validation chooses of. */
const lots = [
  { counts: [1, 2, 5, 10, 50], steps: 400 },
  { counts: ['all'], steps: 1500 },
] as const satisfies readonly { readonly counts: readonly LabelCount[]; readonly steps: number }[];

/** How often so many labels are drawn; of all there is one draw, begun from other random numbers each time. */
const draws = 5;

const counts = lots.flatMap((lot) => [...lot.counts]);
const caseNames = Object.keys(setups).flatMap((name) => counts.map((count) => `${name}-${count}`));

/** See the top of the file. */
export const fewLabels: Experiment = {
  description:
    'Accuracy of classifiers from few labels: pretrained for so many minutes, from scratch, and of frozen features.',
  cases: caseNames,
  defaultCases: caseNames.filter((name) => name.startsWith('motions')),
  run: async (names, setting) => {
    const rows: ExperimentRow[] = [];
    const notes: string[] = [];
    for (const [name, setup] of Object.entries(setups)) {
      const own = lots.map(({ counts: all, steps }) => {
        return { steps, counts: all.filter((count) => names.includes(`${name}-${count}`)) };
      });
      if (own.every((lot) => lot.counts.length === 0)) continue;
      const found = await runSetup(name, setup, own, setting);
      rows.push(...found.rows);
      notes.push(...found.notes);
    }
    return { rows, versions: {}, notes };
  },
};

const doneSchema = z.object({ done: z.literal(true) });

async function runSetup(
  name: string,
  setup: Setup,
  asked: readonly { readonly counts: readonly LabelCount[]; readonly steps: number }[],
  setting: ExperimentSetting,
): Promise<Pick<ExperimentResult, 'rows' | 'notes'>> {
  const { minutes, signal, onProgress } = setting;
  const work = await openWork(setting.folder, name, { version, setup, minutes });
  await pretrainOnce(work, name, setup, setting);
  const results: FewLabelsResult[] = [];
  for (const { counts: labelsPerClass, steps } of asked) {
    if (labelsPerClass.length === 0) continue;
    const [model, dataset] = [join(work.folder, 'run'), join(work.folder, 'data')];
    const options = { model, dataset, out: join(work.folder, `steps-${steps}`), labelsPerClass, steps, draws };
    let said = '';
    const tell = (line = '') => {
      if (line !== said) onProgress(`${name}: ${line}`);
      said = line;
    };
    results.push(await measureFewLabels(options, { signal, onProgress: ({ note }) => tell(note?.split(':')[0]) }));
  }
  const curves = joinCurves(results.flatMap((result) => result.curves));
  const chance = 100 * (results[0]?.chance ?? NaN);
  const percents = (side: string, place: number) =>
    (curves.get(side)?.[place]?.accuracies ?? []).map((accuracy) => 100 * accuracy);
  const pretrained = curves.get('pretrained') ?? [];
  const others = [...curves.keys()].filter((side) => side !== 'pretrained');
  const rows = pretrained.map(({ labelsPerClass }, place): ExperimentRow => ({
    ...{ case: `${name}-${labelsPerClass}`, metric: 'accuracy in %', better: 'higher', minutes, curves: {} },
    ours: percents('pretrained', place),
    baselines: { chance },
    peers: Object.fromEntries(others.map((side) => [side, percents(side, place)])),
  }));
  const scratch = curves.get('scratch')?.map(({ clipsPerClass, mean }) => ({ labels: clipsPerClass, value: mean }));
  const notes = pretrained.map(({ labelsPerClass, mean }) => {
    const needs = labelsToReach(scratch ?? [], mean);
    return needs === undefined
      ? `${name}: from scratch never reaches what pretrained does with ${labelsPerClass} labels a class`
      : `${name}: from scratch needs ${needs.toFixed(1)} labels a class for what pretrained reaches with ${labelsPerClass}`;
  });
  return { rows, notes };
}

/** One curve a side, whatever number of steps its points had. */
function joinCurves(curves: readonly FewLabelsCurve[]): ReadonlyMap<string, readonly FewLabelsPoint[]> {
  const joined = new Map<string, readonly FewLabelsPoint[]>();
  for (const { side, points } of curves) joined.set(side, [...(joined.get(side) ?? []), ...points]);
  return joined;
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
