// Owns curves of few labels: how well classes are told apart over the number of labels, fine-tuned, from scratch, by frozen features
// and by controls, each over several draws. Knows nothing of how any of them learns.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { writeWhole } from '../dataset/durable-file.js';
import { openDataset } from '../dataset/open-dataset.js';
import { drawFewRows, splitLabelled } from '../dataset/split-labelled.js';
import { readJsonFile } from '../formats/json-file.js';
import { labelsToReach, meanInterval, type MeanInterval } from '../measures/label-curves.js';
import { describeChanges } from '../run/run-config.js';
import { fingerprintWeights } from '../run/weights.js';
import { finetune } from './finetune.js';
import { type FinetuneOptions, finetuneSchema } from './finetune-options.js';
import { probe, probeChoices, type ProbedName } from './probe.js';
import type { ProbeName } from './probe-kinds.js';

/** What is drawn how often; the rest is of `finetune`. */
export type FewLabelsOptions = Omit<FinetuneOptions, 'labelsPerClass' | 'draw' | 'scratch'> & {
  /** Clips of each class that are learned from, each from 1; `all` is what there is. Default 1, 2, 5, 10, 50 and all. */
  readonly labelsPerClass?: readonly LabelCount[] | undefined;
  /** How often each number is drawn; of all, the draws begin from other random weights. Default 5. */
  readonly draws?: number | undefined;
  /** Default: all. */
  readonly probes?: readonly ProbeName[] | undefined;
  /** What is probed. Default: the model and all controls. */
  readonly features?: readonly ProbedName[] | undefined;
};

/** How many clips of each class are learned from. */
export type LabelCount = number | 'all';

/** The ways of telling classes apart: two that train the whole network, and each probe of each kind of features. */
export type SideName = 'pretrained' | 'scratch' | `${ProbedName} ${ProbeName}`;

/** How one side did with one number of labels. */
export type FewLabelsPoint = MeanInterval & {
  readonly labelsPerClass: LabelCount;
  /** Clips of a class, in the mean over classes: what stands on the axis. */
  readonly clipsPerClass: number;
  /** On the test, one a draw: the mean over classes of the part of its videos that is told right, 0 to 1. */
  readonly accuracies: readonly number[];
};

/** How one side did. */
export type FewLabelsCurve = {
  readonly side: SideName;
  /** By ascending numbers of labels. */
  readonly points: readonly FewLabelsPoint[];
};

/** What labels a pretrained network saves. */
export type FewLabelsSaving = {
  readonly labelsPerClass: LabelCount;
  /** Clips of each class with which the network from scratch tells apart as well, interpolated; absent where it never does. */
  readonly scratchNeeds?: number;
};

/** What was found. */
export type FewLabelsResult = {
  /** The folder with what each draw came to, as it was given. */
  readonly out: string;
  readonly labels: readonly string[];
  /** What guessing gives. */
  readonly chance: number;
  /** Clips of the test, the same for all. */
  readonly testClips: number;
  readonly draws: number;
  readonly curves: readonly FewLabelsCurve[];
  /** For each number of labels. */
  readonly savings: readonly FewLabelsSaving[];
};

const countSchema = z.union([z.int().min(1), z.literal('all')]);

const optionsSchema = finetuneSchema.omit({ labelsPerClass: true, draw: true, scratch: true }).extend({
  labelsPerClass: z.array(countSchema).min(1).default([1, 2, 5, 10, 50, 'all']),
  draws: z.int().min(1).max(1000).default(5),
  ...probeChoices,
});

type CheckedOptions = Readonly<z.output<typeof optionsSchema>>;

/** What one draw of one number of labels came to. */
const drawSchema = z.object({
  labels: z.array(z.string()),
  clips: z.object({ train: z.int(), test: z.int() }),
  accuracies: z.record(z.string(), z.number()),
});
type Draw = z.output<typeof drawSchema>;

const names = { options: 'options.json', result: 'few-labels.json', draws: 'draws', work: 'work' } as const;

/**
 * Measures every side with every number of labels, draw by draw. Each draw is kept in `out`, so that the same again, or more draws or
 * other numbers of labels, goes on from there.
 * @throws {LacunaError} `usage` for wrong options, where a class has fewer labels than asked, or where `out` holds draws of other
 * options; `input` as `finetune` and `probe` do.
 */
export async function measureFewLabels(
  options: FewLabelsOptions,
  controls: JobControls = {},
): Promise<FewLabelsResult> {
  const checked = checkOptions(optionsSchema, options, 'measureFewLabels');
  const { out, draws } = checked;
  controls.signal?.throwIfAborted();
  await checkOut(checked);
  const counts = [...new Set(checked.labelsPerClass)].sort((one, other) => sizeOf(one) - sizeOf(other));
  const found: { readonly count: LabelCount; readonly draws: readonly Draw[] }[] = [];
  const said = new Set<string>();
  // What each draw would say again is said once.
  const onNotice = (sentence: string) => {
    if (!said.has(sentence)) controls.onNotice?.(sentence);
    said.add(sentence);
  };
  for (const count of counts) {
    const own: Draw[] = [];
    for (let draw = 0; draw < draws; draw++) {
      const note = `${count} labels a class, draw ${draw + 1} of ${draws}`;
      const onProgress: JobControls['onProgress'] = (made) =>
        controls.onProgress?.({ ...made, note: [note, made.note].filter(Boolean).join(': ') });
      own.push(await keepDraw(checked, count, draw, { ...controls, onNotice, onProgress }));
    }
    found.push({ count, draws: own });
  }
  const result = describe(out, draws, found);
  await writeWhole(out, names.result, [`${JSON.stringify(result, undefined, 2)}\n`]);
  return result;
}

function sizeOf(count: LabelCount): number {
  return count === 'all' ? Infinity : count;
}

/** What must be the same for draws to stand beside one another. */
const decisiveSchema = z.object(
  optionsSchema.omit({ out: true, labelsPerClass: true, draws: true, threads: true }).shape,
);

/** Makes the folder, or finds that it was made with the same options. */
async function checkOut(options: CheckedOptions): Promise<void> {
  const { out, labelsPerClass, seed } = options;
  const dataset = await openDataset(options.dataset);
  try {
    const split = splitLabelled(dataset.clips, options);
    if (split.test.length === 0) {
      throw new LacunaError('usage', `No clip of ${options.dataset} is for the test; give it a part with --test.`);
    }
    // Before hours of work, and not after.
    for (const count of labelsPerClass) {
      if (count !== 'all') drawFewRows(dataset.clips, split, { labelsPerClass: count, draw: 0, seed });
    }
  } finally {
    await dataset.close();
  }
  const asked = {
    ...decisiveSchema.parse(options),
    ...{ model: await fingerprintWeights(options.model), dataset: dataset.fingerprint },
  };
  const made = await readJsonFile(join(out, names.options), z.record(z.string(), z.unknown()));
  const difference = made === undefined ? '' : describeChanges(made, asked);
  if (difference !== '') {
    throw new LacunaError('usage', `${out} holds what other options came to: ${difference}; choose another --out.`);
  }
  await mkdir(join(out, names.draws), { recursive: true });
  if (made === undefined) await writeWhole(out, names.options, [`${JSON.stringify(asked, undefined, 2)}\n`]);
}

/** What a draw came to: read where it was kept, else measured and kept. */
async function keepDraw(
  options: CheckedOptions,
  count: LabelCount,
  draw: number,
  controls: JobControls,
): Promise<Draw> {
  const [folder, file] = [join(options.out, names.draws), `${count}-${draw}.json`];
  const kept = await readJsonFile(join(folder, file), drawSchema);
  if (kept !== undefined) return kept;
  const measured = await measureDraw(options, count, draw, controls);
  await writeWhole(folder, file, [`${JSON.stringify(measured)}\n`]);
  await rm(workFolder(options.out, count, draw), { recursive: true, force: true });
  return measured;
}

/** Where a draw is trained; it goes once that is done. */
function workFolder(out: string, count: LabelCount, draw: number): string {
  return join(out, names.work, `${count}-${draw}`);
}

async function measureDraw(
  options: CheckedOptions,
  count: LabelCount,
  draw: number,
  controls: JobControls,
): Promise<Draw> {
  const { out, probes, features } = options;
  const { model, dataset, validation, test, seed, engine, device, threads } = options;
  const few = { draw, ...(count !== 'all' && { labelsPerClass: count }) };
  const tuned = await finetune(
    { ...finetuneOptionsSchema.parse(options), ...few, out: workFolder(out, count, draw), scratch: true },
    controls,
  );
  const probed = await probe(
    { model, dataset, validation, test, seed, engine, device, threads, ...few, probes, features },
    controls,
  );
  const starts = Object.entries(tuned.chosen).map(([start, { test: own }]) => [start, own.balancedAccuracy] as const);
  const frozen = probed.figures.map(({ features: of, probe: by, test: own }) => {
    return [`${of} ${by}` satisfies SideName, own.balancedAccuracy] as const;
  });
  const { train, test: tested } = tuned.clips;
  return {
    labels: [...tuned.labels],
    clips: { train, test: tested },
    accuracies: Object.fromEntries([...starts, ...frozen]),
  };
}

/** What of the options fine-tuning takes. */
const finetuneOptionsSchema = z.object(
  optionsSchema.omit({ labelsPerClass: true, draws: true, probes: true, features: true }).shape,
);

function describe(
  out: string,
  draws: number,
  found: readonly { readonly count: LabelCount; readonly draws: readonly Draw[] }[],
): FewLabelsResult {
  const labels = found[0]?.draws[0]?.labels ?? [];
  const pointOf = (side: SideName, count: LabelCount, own: readonly Draw[]): FewLabelsPoint => {
    const accuracies = own.map((draw) => draw.accuracies[side] ?? NaN);
    const clipsPerClass = (own[0]?.clips.train ?? NaN) / labels.length;
    return { labelsPerClass: count, clipsPerClass, accuracies, ...meanInterval(accuracies) };
  };
  const sides = Object.keys(found[0]?.draws[0]?.accuracies ?? {}) as SideName[];
  const curves = sides.map((side): FewLabelsCurve => {
    return { side, points: found.map(({ count, draws: own }) => pointOf(side, count, own)) };
  });
  const pointsOf = (side: SideName) => curves.find((curve) => curve.side === side)?.points ?? [];
  const scratch = pointsOf('scratch').map(({ clipsPerClass, mean }) => ({ labels: clipsPerClass, value: mean }));
  const savings = pointsOf('pretrained').map(({ labelsPerClass, mean }): FewLabelsSaving => {
    const scratchNeeds = labelsToReach(scratch, mean);
    return { labelsPerClass, ...(scratchNeeds !== undefined && { scratchNeeds }) };
  });
  const testClips = found[0]?.draws[0]?.clips.test ?? 0;
  return { out, labels, chance: 1 / labels.length, testClips, draws, curves, savings };
}
