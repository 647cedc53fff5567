// Owns figures as text on a terminal: the table of a model beside the trivial fills. Knows nothing of how they were
// measured.
import type { Evaluation } from '../index.js';
import { plural } from './plural.js';

/** The table of one evaluation, lowest error first, and a sentence that says whether the model beats every trivial fill. */
export function describeEvaluation({ hide, clips, figures }: Evaluation): string {
  const rows = [...figures].sort((one, other) => one.hiddenMse - other.hiddenMse);
  const cells = rows.map(({ name, hiddenMse, psnr, ssim }) => [
    name,
    hiddenMse.toFixed(1),
    psnr.toFixed(2),
    ssim.toFixed(4),
  ]);
  const table = alignColumns([['', 'MSE of the hidden', 'PSNR dB', 'SSIM'], ...cells]);
  return [`${hide} (${plural(clips, 'clip')})`, ...table.map((line) => `  ${line}`), `  ${judge(rows)}`].join('\n');
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

/** The first column to the left, the others to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}
