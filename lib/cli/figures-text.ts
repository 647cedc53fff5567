// Owns figures as text on a terminal: the table of a model beside the trivial fills. Knows nothing of how they were
// measured.
import type { Evaluation } from '../index.js';
import { alignColumns } from './align-columns.js';
import { plural } from './plural.js';

type Figures = Evaluation['figures'][number];

/** What the clips are called by the part of the dataset that they are. */
const parts: { readonly [Part in Evaluation['part']]: string } = {
  validation: ' kept for validation',
  test: ' kept for the test',
  all: '',
};

/** Title and text of each column of the table of one evaluation. */
const columns: readonly (readonly [title: string, text: (figures: Figures) => string])[] = [
  ['', ({ name }) => name],
  ['MSE of the hidden', ({ hiddenMse }) => decimals(hiddenMse, 1)],
  ['±', ({ hiddenMseError }) => decimals(hiddenMseError, 1)],
  ['MSE', ({ mse }) => decimals(mse, 1)],
  ['MAE', ({ mae }) => decimals(mae, 1)],
  ['PSNR dB', ({ psnr }) => decimals(psnr, 2)],
  ['SSIM', ({ ssim }) => decimals(ssim, 4)],
  ['SSIM, range 2', ({ ssimRange2 }) => decimals(ssimRange2, 4)],
];

/** The table of one evaluation, lowest error first, and a sentence that says whether the model beats every trivial fill. */
export function describeEvaluation(evaluation: Evaluation): string {
  const { hide, part, clips, sources } = evaluation;
  const rows = byError(evaluation);
  const table = alignColumns([
    columns.map(([title]) => title),
    ...rows.map((figures) => columns.map(([, text]) => text(figures))),
  ]);
  const head = `${hide} (${plural(clips, 'clip')} of ${plural(sources, 'source')}${parts[part]})`;
  return [head, ...table.map((line) => `  ${line}`), `  ${judge(rows)}`].join('\n');
}

/** The error of each time step, a row a frame: hidden pixels by all ways to fill, then the model's PSNR and SSIM. */
export function describeSteps(evaluation: Evaluation): string {
  const rows = byError(evaluation);
  const model = rows.find(({ name }) => name === 'model');
  const frames = model?.perStep ?? [];
  const table = alignColumns([
    ['frame', ...rows.map(({ name }) => name), 'PSNR dB', 'SSIM'],
    ...frames.map(({ frame, psnr, ssim }, step) => [
      String(frame),
      ...rows.map(({ perStep }) => decimals(perStep[step]?.hiddenMse ?? NaN, 1)),
      decimals(psnr, 2),
      decimals(ssim, 4),
    ]),
  ]);
  const title = "MSE of the hidden by frame, and the model's PSNR and SSIM:";
  return ['', title, ...table].map((line) => `  ${line}`.trimEnd()).join('\n');
}

function byError({ figures }: Evaluation): readonly Figures[] {
  return [...figures].sort((one, other) => one.hiddenMse - other.hiddenMse);
}

function judge(rows: Evaluation['figures']): string {
  const model = rows.find(({ name }) => name === 'model');
  const best = rows.find(({ name }) => name !== 'model');
  if (!model || !best) return 'Nothing to compare with.';
  const percent = Math.abs(100 * (1 - model.hiddenMse / best.hiddenMse)).toFixed(0);
  return model.hiddenMse < best.hiddenMse
    ? `The model's error is ${percent} % below the best trivial fill (${best.name}).`
    : `The model has not yet beaten the best trivial fill (${best.name}): its error is ${percent} % above.`;
}

/** A dash where there is no such figure. */
function decimals(value: number, digits: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(digits);
}
