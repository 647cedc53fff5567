// Owns the making of a run's report: what is measured and drawn for it, and the file. Knows nothing of how the page looks.
import { writeWhole } from '../dataset/durable-file.js';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { clipLength, describeShape } from '../clip/clip.js';
import { toRgb } from '../clip/grey.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { spreadRows } from '../dataset/spread-rows.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames } from '../engine/engine-names.js';
import { readJsonLines } from '../formats/jsonl.js';
import { pixelMask } from '../masking/hidden-pixels.js';
import { type HideExpression, parseHide } from '../masking/hide-expression.js';
import { type EvaluationWithExample, evaluateOn, type Evaluation, splitForModel } from '../prediction/evaluate.js';
import { type LoadedModel, loadModel, type LoadOptions } from '../run/load-model.js';
import { parseMetricsLine } from '../run/metrics-line.js';
import { runNames } from '../run/run-files.js';
import { encodeGif } from './gif.js';
import { type FillSection, renderReport, type ReportContent } from './html-report.js';
import type { LossPoint } from './loss-chart.js';
import { projectOnPrincipalAxes } from './principal-axes.js';
import { placeSideBySide } from './side-by-side.js';
import { encodeStrip } from './strip.js';

/** What a report is made of. */
export type ReportOptions = LoadOptions & {
  /** A run folder. */
  readonly run: string;
  /** Held-out clips that are measured for each way to hide. Default 32. */
  readonly clips?: number | undefined;
};

/** What was written. */
export type ReportResult = {
  /** The page. */
  readonly file: string;
  /** The figures on it, for each way in which the run hid. */
  readonly evaluations: readonly Evaluation[];
  /** The videos that the run was not trained on, as the dataset calls them. */
  readonly heldOutVideos: readonly string[];
};

const optionsSchema = z.strictObject({
  run: z.string().min(1),
  clips: z.int().min(1).default(32),
  engine: z.enum(engineNames).optional(),
  device: z.enum(deviceNames).optional(),
  threads: z.int().min(1).max(1024).optional(),
});

/** Clips on the picture of embeddings at most. */
const embeddedClips = 256;

/**
 * Writes `report.html` into a run folder: the filled-in clip of median error for each way in which it hid, figures beside all
 * trivial fills, the loss, and the held-out clips by their representation. The dataset must still be where it was.
 * @throws {LacunaError} `input` where the folder is no run, or its dataset is gone or has changed.
 */
export async function writeReport(options: ReportOptions, controls: JobControls = {}): Promise<ReportResult> {
  const { run, clips, ...how } = checkOptions(optionsSchema, options, 'writeReport');
  controls.signal?.throwIfAborted();
  const model = await loadModel(run, how);
  try {
    const dataset = await openDatasetOf(model);
    try {
      const hides = model.config.hide.map(parseHide);
      const evaluations = await evaluateOn(model, dataset, hides, { clips, seed: 0 }, controls);
      const content = await describeRun(model, dataset, hides, evaluations, controls);
      await writeWhole(run, runNames.report, [renderReport(content)]);
      const { heldOut } = splitForModel(model, dataset);
      return {
        heldOutVideos: [...new Set(Array.from(heldOut, (row) => dataset.clips[row]?.video ?? ''))],
        file: join(run, runNames.report),
        evaluations: evaluations.map(({ hide, part, clips: count, sources, figures }) => ({
          ...{ hide, part, clips: count, sources, figures },
        })),
      };
    } finally {
      await dataset.close();
    }
  } finally {
    await model.compute.close();
  }
}

async function openDatasetOf({ config, folder }: LoadedModel): Promise<Dataset> {
  const isThere = await stat(config.data.folder).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    throw new LacunaError(
      'input',
      `The dataset of ${folder} is not at ${config.data.folder} any more; put it back there.`,
    );
  }
  const dataset = await openDataset(config.data.folder);
  if (dataset.fingerprint === config.data.fingerprint) return dataset;
  await dataset.close();
  throw new LacunaError(
    'input',
    `${config.data.folder} has changed since ${folder} was trained on it, so that it cannot be told which clips it knows; use evaluate with a dataset of other videos.`,
  );
}

async function describeRun(
  model: LoadedModel,
  dataset: Dataset,
  hides: readonly HideExpression[],
  evaluations: readonly EvaluationWithExample[],
  controls: JobControls,
): Promise<ReportContent> {
  const { config, folder, compute } = model;
  const loss = await readLoss(folder);
  const { training, heldOut } = splitForModel(model, dataset);
  const last = loss.at(-1);
  return {
    title: `What ${config.preset} learned`,
    subtitle: `${config.hide.join(', ')} · ${training.length} training clips of ${describeShape(dataset.shape)}`,
    facts: [
      { label: 'parameters', value: `${(compute.layout.length / 1e6).toFixed(2)} M` },
      { label: 'steps', value: String(last?.step ?? 0) },
      { label: 'clips a step', value: String(config.batch * config.accumulate) },
      { label: 'seed', value: String(config.seed) },
      { label: 'held-out clips', value: String(heldOut.length) },
    ],
    loss,
    fills: evaluations.map((evaluation, index) => drawFill(dataset, evaluation, titleOf(hides[index] ?? []))),
    embedding: await drawEmbedding(model, dataset, heldOut, controls),
    notes: [
      'Held-out clips come from videos that the model was not trained on. The pictures show the clip of median error, neither the best nor the worst.',
      'Errors are of hidden pixels alone, summed over a frame as OpenSTL defines it, with values from 0 to 1. One seed: the spread between seeds was not measured.',
      'A trivial fill learns nothing. A model that does not beat all of them has learned nothing of use.',
    ],
  };
}

async function readLoss(folder: string): Promise<LossPoint[]> {
  const file = join(folder, runNames.metrics);
  const { values } = await readJsonLines(file);
  return values.flatMap((value) => {
    const line = parseMetricsLine(value);
    if (line === undefined)
      throw new LacunaError('input', `${file} holds a line that is no step; train the run again.`);
    const { step, losses, validation } = line;
    return [
      ...Object.entries(losses).map(([kind, loss]) => ({ step, kind, loss })),
      ...Object.entries(validation).map(([kind, loss]) => ({ step, kind, loss, isHeldOut: true })),
    ];
  });
}

/** What a person calls it: A, B or C, as far as whole frames go. */
function titleOf(hide: HideExpression): string {
  const kinds = new Set(hide.map(({ kind }) => kind));
  if (kinds.size === 1 && kinds.has('future')) return 'A · what happens next';
  if (kinds.size === 1 && (kinds.has('gap') || kinds.has('drop'))) return 'B · what happened in between';
  return 'C · the missing parts';
}

function drawFill(
  dataset: Dataset,
  { hide, clips, figures, example }: EvaluationWithExample,
  title: string,
): FillSection {
  const { channels } = dataset.shape;
  const shape = { ...dataset.shape, channels: 3 };
  const { plan } = example;
  const truth = toRgb(example.truth, channels);
  const filled = toRgb(Uint8Array.from(example.filled, Math.round), channels);
  const hidden = pixelMask(plan);
  const shown = truth.slice();
  for (let pixel = 0; pixel < hidden.length; pixel++) {
    if (hidden[pixel] === 1) shown.fill(64, pixel * shape.channels, (pixel + 1) * shape.channels);
  }
  const beside = placeSideBySide([shown, filled, truth].map((pixels) => ({ shape, pixels })));
  return {
    hide,
    title,
    stripPng: encodeStrip([{ frames: truth, hidden }, { frames: filled }, { frames: truth }], shape),
    rowLabels: ['shown', 'filled in', 'truth'],
    animationGif: encodeGif(beside.pixels, beside.shape, dataset.fps / dataset.stride, 2),
    animationLabels: ['shown', 'filled in', 'truth'],
    figures,
    clips,
  };
}

async function drawEmbedding(
  { compute }: LoadedModel,
  dataset: Dataset,
  heldOut: Int32Array,
  { signal }: JobControls,
): Promise<NonNullable<ReportContent['embedding']>> {
  const rows = spreadRows(heldOut, embeddedClips);
  const batch = 8;
  const vectors: Float32Array[] = [];
  for (let start = 0; start < rows.length; start += batch) {
    signal?.throwIfAborted();
    const part = rows.subarray(start, start + batch);
    const pixels = new Uint8Array(part.length * clipLength(dataset.shape));
    await dataset.readClips(part, pixels);
    vectors.push(await compute.call('embed', { pixels, clips: part.length, batch }, [pixels.buffer]));
  }
  const all = Float32Array.from(vectors.flatMap((part) => [...part]));
  const { points, explained } = projectOnPrincipalAxes(all, all.length / rows.length);
  const share = Math.round(100 * (explained[0] + explained[1]));
  return {
    points: points.map((point, index) => ({ ...point, group: dataset.clips[rows[index] ?? 0]?.video ?? '' })),
    note: `Each dot is a held-out clip by its representation h, drawn on the two axes along which they differ most (${share} % of the variance); clips of one video share a colour.`,
  };
}
