// Owns the picture of embeddings on a plane, coloured by group. Knows nothing of how they were projected.
import { escapeHtml } from './html-text.js';

/** One clip on the plane. */
export type EmbeddingPoint = {
  readonly x: number;
  readonly y: number;
  /** What decides the colour, such as a label or a video. */
  readonly group: string;
};

const [width, height, margin] = [760, 420, 24];
/** The last colour stands for all groups that have none of their own. */
const colours = 8;

/** The scatter as inline SVG with its legend; a sentence where there is nothing to draw. Both axes have one scale. */
export function drawEmbeddingChart(points: readonly EmbeddingPoint[]): string {
  const finite = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (finite.length === 0) return '<p class="muted">No clips were embedded.</p>';
  const groups = [...new Set(finite.map(({ group }) => group))].sort();
  const colourOf = (group: string) => Math.min(groups.indexOf(group), colours - 1);
  const [left, right] = rangeOf(finite.map(({ x }) => x));
  const [bottom, top] = rangeOf(finite.map(({ y }) => y));
  const scale = Math.min((width - 2 * margin) / (right - left || 1), (height - 2 * margin) / (top - bottom || 1));
  const marks = finite.map(({ x, y, group }) => {
    const placeX = width / 2 + (x - (left + right) / 2) * scale;
    const placeY = height / 2 - (y - (bottom + top) / 2) * scale;
    const title = `<title>${escapeHtml(group)}</title>`;
    return `<circle class="series-${colourOf(group)}" cx="${placeX.toFixed(1)}" cy="${placeY.toFixed(1)}" r="5">${title}</circle>`;
  });
  const own = groups.length > colours ? groups.slice(0, colours - 1) : groups;
  const legend = own.map((group) => `<li class="series-${colourOf(group)}"><i></i>${escapeHtml(group)}</li>`);
  if (groups.length > own.length) {
    legend.push(`<li class="series-${colours - 1}"><i></i>${groups.length - own.length} more</li>`);
  }
  return `<div class="scroll"><svg class="chart scatter" viewBox="0 0 ${width} ${height}" role="img" aria-label="${finite.length} clips on the plane of their first two principal axes">
<rect class="frame" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${marks.join('\n')}
</svg></div>
<ul class="legend">${legend.join('')}</ul>`;
}

function rangeOf(values: readonly number[]): [number, number] {
  return [
    values.reduce((least, value) => Math.min(least, value), Infinity),
    values.reduce((most, value) => Math.max(most, value), -Infinity),
  ];
}
