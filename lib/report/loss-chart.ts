// Owns the picture of the loss over the steps: a smoothed line for each kind of mask over the raw values, and a dashed one for what
// was measured on held-out clips. Knows nothing of training.
import { createLinearAxis, createLogarithmicAxis, roundPlace, type ChartAxis } from './chart-axis.js';
import { escapeHtml, formatNumber } from './html-text.js';

/** One step of training. */
export type LossPoint = {
  /** From 0 or 1, whole. */
  readonly step: number;
  /** The kind of mask of that step, such as `future:8`; each kind has its own line. */
  readonly kind: string;
  readonly loss: number;
  /** Whether it was measured on held-out clips after that step. Default false. */
  readonly isHeldOut?: boolean;
};

const [width, height] = [760, 340];
const plot = { left: 64, right: 744, top: 16, bottom: 284 };
/** More points than this on a line cannot be told apart. */
const drawnPoints = 400;

/** The chart as inline SVG with its legend; a sentence where there is nothing to draw. Values that are not finite are left out. */
export function drawLossChart(points: readonly LossPoint[]): string {
  const finite = points.filter(({ step, loss }) => Number.isFinite(step) && Number.isFinite(loss));
  if (finite.length === 0) return '<p class="muted">No steps were logged.</p>';
  const kinds = [...new Set(finite.map(({ kind }) => kind))].sort();
  const lines = kinds.map((kind) => {
    const own = finite.filter((point) => point.kind === kind);
    const raw = thinOut(own.filter(({ isHeldOut = false }) => !isHeldOut));
    const smooth = smoothOut(raw);
    const heldOut = own.filter(({ isHeldOut = false }) => isHeldOut);
    return { kind, raw, smooth, end: smooth.at(-1), heldOut, heldOutEnd: heldOut.at(-1) };
  });
  const losses = lines.flatMap(({ raw, heldOut }) => [...raw, ...heldOut].map(({ loss }) => loss));
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const logarithmic = low > 0 && high / low > 8;
  const y = logarithmic
    ? createLogarithmicAxis(low, high, plot.bottom, plot.top)
    : createLinearAxis(Math.min(0, low), high > low ? high : low + 1, plot.bottom, plot.top);
  const steps = finite.map(({ step }) => step);
  const [first, last] = steps.reduce(
    ([least, most], step) => [Math.min(least, step), Math.max(most, step)],
    [Infinity, -Infinity],
  );
  const x = createLinearAxis(first, last, plot.left, plot.right, 6);
  const drawn = lines.map(({ kind, raw, smooth, end, heldOut }, index) => {
    return `<g class="series-${index % 8}"><title>${escapeHtml(kind)}</title>
<path class="raw" d="${drawPath(raw, x, y)}"/><path class="line" d="${drawPath(smooth, x, y)}"/>
${heldOut.length > 0 ? `<path class="line" stroke-dasharray="2 6" d="${drawPath(heldOut, x, y)}"/>` : ''}
${end ? `<circle cx="${roundPlace(x.place(end.step))}" cy="${roundPlace(y.place(end.loss))}" r="4"/>` : ''}</g>`;
  });
  const legend = lines.map(({ kind, end, heldOutEnd }, index) => {
    return `<li class="series-${index % 8}"><i></i>${escapeHtml(kind)} <b>${end ? formatNumber(end.loss, 3) : ''}</b>${heldOutEnd ? ` held out ${formatNumber(heldOutEnd.loss, 3)}` : ''}</li>`;
  });
  return `<div class="scroll"><svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="Training loss over ${last} steps">
${drawGrid(x, y)}
<text class="axis-name" x="${(plot.left + plot.right) / 2}" y="${height - 12}" text-anchor="middle">training step</text>
<text class="axis-name" transform="translate(14 ${(plot.top + plot.bottom) / 2}) rotate(-90)" text-anchor="middle">loss${logarithmic ? ' (logarithmic)' : ''}</text>
${drawn.join('\n')}
</svg></div>
<ul class="legend">${legend.join('')}</ul>
<p class="muted small">Light: as logged. Strong: smoothed; its last value in bold.${lines.some(({ heldOut }) => heldOut.length > 0) ? ' Dashed: on held-out clips.' : ''}</p>`;
}

function drawGrid(x: ChartAxis, y: ChartAxis): string {
  const across = y.ticks.map(({ value, label }) => {
    const place = roundPlace(y.place(value));
    return `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${place}" y2="${place}"/><text class="tick" x="${plot.left - 10}" y="${place + 4}" text-anchor="end">${label}</text>`;
  });
  const along = x.ticks.map(({ value, label }) => {
    const place = roundPlace(x.place(value));
    return `<text class="tick" x="${place}" y="${plot.bottom + 22}" text-anchor="middle">${label}</text>`;
  });
  const ground = `<line class="axis" x1="${plot.left}" x2="${plot.right}" y1="${plot.bottom}" y2="${plot.bottom}"/>`;
  return [...across, ground, ...along].join('\n');
}

/** Neighbours averaged until few enough are left. */
function thinOut(points: readonly LossPoint[]): LossPoint[] {
  const size = Math.ceil(points.length / drawnPoints);
  const thin: LossPoint[] = [];
  for (let start = 0; start < points.length; start += size) {
    const bucket = points.slice(start, start + size);
    const middle = bucket[bucket.length >> 1];
    const loss = bucket.reduce((sum, point) => sum + point.loss, 0) / bucket.length;
    if (middle !== undefined) thin.push({ ...middle, loss });
  }
  return thin;
}

/**
 * Each value averaged with its neighbours, a thirtieth of the line to each side. Near the start, where a loss falls fast,
 * with fewer, as many on both sides; near the end with those that there are.
 */
function smoothOut(points: readonly LossPoint[]): LossPoint[] {
  const reach = Math.ceil(points.length / 30);
  return points.map((point, index) => {
    const near = points.slice(index - Math.min(index, reach), index + Math.min(index, reach) + 1);
    return { ...point, loss: near.reduce((sum, { loss }) => sum + loss, 0) / near.length };
  });
}

function drawPath(points: readonly LossPoint[], x: ChartAxis, y: ChartAxis): string {
  return points
    .map(
      ({ step, loss }, index) => `${index === 0 ? 'M' : 'L'}${roundPlace(x.place(step))} ${roundPlace(y.place(loss))}`,
    )
    .join('');
}
