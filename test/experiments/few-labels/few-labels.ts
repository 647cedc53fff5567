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
import { type DigitLabel, writeLabelledDigits } from './labelled-digits.js';

/** Changes whenever the same configuration would give other figures: then nothing that was kept before is used. */
const version = 5;

/** Labelled clips, and what an encoder learns on them without labels. */
type Setup = {
  /** Writes the dataset `folder/data`. */
  readonly make: (folder: string, signal: AbortSignal) => Promise<unknown>;
  /** What decides its bytes. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly hide: readonly string[];
  readonly preset: string;
  /** How clips are changed, in pretraining and with labels: whether a mirrored one is of the same class, and what colours say nothing. */
  readonly changes: { readonly flip: boolean; readonly colour: number; readonly hue: number };
};

/** Clips with labels for training and validation, those for the test, of another look or of other digits, and clips without labels. */
const amounts = { train: 2400, test: 400, unlabelled: 9600 } as const;
const pretraining = { preset: 'conv-tiny', frames: 16, fps: 12, size: 64 } as const;

function setupOfWorld(world: 'motions' | 'looks'): Setup {
  const { preset, frames, fps, size } = pretraining;
  const make = async (folder: string, signal: AbortSignal) => {
    const videos = join(folder, 'videos');
    const labelled = join(videos, 'labelled');
    const drawn = { world, seconds: frames / fps };
    const { train, test, unlabelled } = amounts;
    await writeWorld({ ...drawn, out: labelled, videos: train, heldOut: test, seed: 0 }, { signal });
    await writeWorld({ ...drawn, out: join(videos, 'unlabelled'), videos: unlabelled, seed: 1 }, { signal });
    const labels = join(labelled, 'labels.csv');
    await prepare({ inputs: [videos], out: join(folder, 'data'), labels, size, fps, frames }, { signal });
  };
  return {
    make,
    data: { world, ...amounts, frames, fps, size },
    // What is to come and what was before, of much that is seen: with labels all of a clip is.
    hide: ['future:4', 'gap:0-3', 'patches:0.75'],
    preset,
    changes: { flip: true, colour: 0.4, hue: 0.1 },
  };
}

function setupOfDigits(label: DigitLabel): Setup {
  return {
    make: (folder) => writeLabelledDigits(join(folder, 'data'), label, amounts),
    data: { label, ...amounts },
    ...{ hide: ['future:10', 'patches:0.75'], preset: pretraining.preset },
    changes: { flip: false, colour: 0, hue: 0 },
  };
}

const setups: Readonly<Record<string, Setup>> = {
  motions: setupOfWorld('motions'),
  looks: setupOfWorld('looks'),
  digits: setupOfDigits('digit'),
  direction: setupOfDigits('direction'),
};

/** Labels of each class, and the steps of each fine-tuning with so many, at each of the rates that validation chooses of. */
const lots = [
  { counts: [1, 2, 5, 10], steps: 400 },
  { counts: [50], steps: 800 },
  { counts: ['all'], steps: 1200 },
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
  const { data, hide, preset, changes } = setup;
  const work = await openWork(setting.folder, name, { version, data, hide, preset, changes, minutes });
  await pretrainOnce(work, name, setup, setting);
  const results: FewLabelsResult[] = [];
  for (const { counts: labelsPerClass, steps } of asked) {
    if (labelsPerClass.length === 0) continue;
    const [model, dataset] = [join(work.folder, 'run'), join(work.folder, 'data')];
    const options = {
      model,
      dataset,
      out: join(work.folder, `steps-${steps}`),
      labelsPerClass,
      steps,
      draws,
      ...changes,
    };
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

/** The dataset and the pretrained model. */
async function pretrainOnce(work: Work, name: string, setup: Setup, setting: ExperimentSetting): Promise<void> {
  const { make, hide, preset, changes } = setup;
  const { signal, minutes, onProgress } = setting;
  const at = (part: string) => join(work.folder, part);
  const stage = (part: string, run: () => Promise<unknown>) =>
    work.keep(part, doneSchema, async () => {
      onProgress(`${name}: ${part}`);
      await run();
      return { done: true } as const;
    });
  await stage('dataset', () => make(work.folder, signal));
  await stage('pretraining', () =>
    pretrain(
      { dataset: at('data'), out: at('run'), hide, preset, ...changes, minutes, batch: 16, optimizer: 'muon', seed: 0 },
      { signal },
    ),
  );
}
