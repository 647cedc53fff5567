// Owns the table that holds a model's figures against those of trivial fills, and the sentence that says who is better.
// Knows nothing of how the figures were measured.
import { countOf, escapeHtml, formatNumber } from './html-text.js';

/** How well one way to fill hidden pixels does. */
export type FillFigures = {
  /** `model`, or the name of a trivial fill. */
  readonly name: string;
  /** Mean squared error over hidden pixels; lower is better. */
  readonly hiddenMse: number;
  /** Its standard error, from video to video; left out where it is not known. */
  readonly hiddenMseError?: number;
  /** Decibels; higher is better. */
  readonly psnr: number;
  /** Up to 1; higher is better. */
  readonly ssim: number;
};

type Column = {
  readonly key: 'hiddenMse' | 'psnr' | 'ssim';
  readonly title: string;
  readonly better: 'lower' | 'higher';
};

const columns: readonly Column[] = [
  { key: 'hiddenMse', title: 'MSE, hidden pixels ↓', better: 'lower' },
  { key: 'psnr', title: 'PSNR, dB ↑', better: 'higher' },
  { key: 'ssim', title: 'SSIM ↑', better: 'higher' },
];

/** The table, best error first, with the best value of each column marked and the number of clips below. */
export function drawFiguresTable(figures: readonly FillFigures[], clips: number): string {
  if (figures.length === 0) return '<p class="muted">No figures were measured.</p>';
  const rows = [...figures].sort((one, other) => sortKey(one) - sortKey(other));
  const worst = Math.max(...figures.map(({ hiddenMse }) => (Number.isFinite(hiddenMse) ? hiddenMse : 0)));
  const best = new Map(columns.map((column) => [column.key, bestOf(figures, column)]));
  const body = rows.map((row) => {
    const share = worst > 0 && Number.isFinite(row.hiddenMse) ? row.hiddenMse / worst : undefined;
    const bar = share === undefined ? '' : `<span class="bar" style="--share:${share.toFixed(4)}"></span>`;
    const cells = columns.map(({ key }) => {
      const value = row[key];
      return `<td${value === best.get(key) ? ' class="best"' : ''}>${formatNumber(value, 3)}${key === 'hiddenMse' ? describeSpread(row) : ''}</td>`;
    });
    return `<tr${row.name === 'model' ? ' class="model"' : ''}><th scope="row">${escapeHtml(row.name)}</th><td class="share">${bar}</td>${cells.join('')}</tr>`;
  });
  const head = columns.map(({ title }) => `<th scope="col">${title}</th>`).join('');
  return `<div class="scroll"><table class="figures">
<thead><tr><th scope="col">filled by</th><td class="share"></td>${head}</tr></thead>
<tbody>${body.join('\n')}</tbody>
</table></div>
<p class="muted small">Over ${countOf(clips, 'held-out clip')}. Best of each column in bold; ↓ lower is better, ↑ higher is better${rows.some((row) => describeSpread(row) !== '') ? '; ± the standard error from video to video' : ''}.</p>`;
}

function describeSpread({ hiddenMseError = NaN }: FillFigures): string {
  return Number.isFinite(hiddenMseError)
    ? ` <span class="muted small">± ${formatNumber(hiddenMseError, 2)}</span>`
    : '';
}

/** Whether the model's error is below that of every trivial fill, in words and as a tone for the page. */
export function judgeFigures(
  figures: readonly FillFigures[],
  clips: number,
): { readonly tone: 'better' | 'worse' | 'open'; readonly sentence: string } {
  const model = figures.find(({ name }) => name === 'model');
  const [rival] = figures
    .filter(({ name, hiddenMse }) => name !== 'model' && Number.isFinite(hiddenMse))
    .sort((one, other) => one.hiddenMse - other.hiddenMse);
  const over = `over ${countOf(clips, 'held-out clip')}`;
  if (model === undefined) return { tone: 'open', sentence: 'The model was not measured here.' };
  if (!Number.isFinite(model.hiddenMse))
    return { tone: 'worse', sentence: `The model's error is not a number ${over}.` };
  if (rival === undefined) {
    return { tone: 'open', sentence: 'No trivial fill was measured beside the model, so its figures say little.' };
  }
  if (model.hiddenMse === rival.hiddenMse) {
    return { tone: 'worse', sentence: `The model does no better than the trivial fill “${rival.name}” ${over}.` };
  }
  if (model.hiddenMse > rival.hiddenMse) {
    const times =
      rival.hiddenMse > 0 ? `: its error is ${formatNumber(model.hiddenMse / rival.hiddenMse, 3)} times as large` : '';
    return { tone: 'worse', sentence: `The trivial fill “${rival.name}” beats the model ${over}${times}.` };
  }
  const less = formatNumber(100 * (1 - model.hiddenMse / rival.hiddenMse), 2);
  return {
    tone: 'better',
    sentence: `The model beats every trivial fill: its error is ${less} % below that of “${rival.name}”, the best of them, ${over}.`,
  };
}

function bestOf(figures: readonly FillFigures[], { key, better }: Column): number | undefined {
  const values = figures.map((row) => row[key]).filter((value) => !Number.isNaN(value));
  if (values.length === 0) return undefined;
  return better === 'lower' ? Math.min(...values) : Math.max(...values);
}

function sortKey({ hiddenMse }: FillFigures): number {
  return Number.isNaN(hiddenMse) ? Infinity : hiddenMse;
}
