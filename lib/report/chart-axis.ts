// Owns the axes of charts: which ticks they carry and where values fall. Knows nothing of what is drawn.
import { formatNumber } from './html-text.js';

/** An axis from a range of values onto a range of places. */
export type ChartAxis = {
  /** The place of a value. */
  readonly place: (value: number) => number;
  /** Round values from the range with their labels. */
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
};

/** Where a chart's values are drawn, in pixels from the upper left. */
export type PlotArea = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

/** A tenth of a pixel is as fine as anyone sees. */
export function roundPlace(place: number): number {
  return Math.round(10 * place) / 10;
}

/** A line across the plot with its label for each tick of `y`, and a label below it for each of `x`, as SVG. */
export function drawTicks(x: ChartAxis, y: ChartAxis, { left, right, bottom }: PlotArea, colour: string): string {
  const across = y.ticks.map(({ value, label }) => {
    const top = roundPlace(y.place(value));
    return `<line x1="${left}" x2="${right}" y1="${top}" y2="${top}" stroke="${colour}"/><text x="${left - 8}" y="${top + 4}" text-anchor="end">${label}</text>`;
  });
  const along = x.ticks.map(({ value, label }) => {
    return `<text x="${roundPlace(x.place(value))}" y="${bottom + 20}" text-anchor="middle">${label}</text>`;
  });
  return [...across, ...along].join('\n');
}

/** An even axis from `low` to `high`, drawn from `start` to `end`, with about `count` ticks. */
export function createLinearAxis(low: number, high: number, start: number, end: number, count = 5): ChartAxis {
  // A narrower range than labels can tell apart is drawn as flat as it is.
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const span = high - low > 1e-3 * largest ? high - low : largest || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const values: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= low + span * (1 + 1e-9); index++)
    values.push(index * step);
  return {
    place: (value) => start + ((value - low) / span) * (end - start),
    ticks: values.map((value) => ({ value, label: formatNumber(value) })),
  };
}

/** An axis on which equal factors lie equally far apart; `low` and `high` above 0. */
export function createLogarithmicAxis(low: number, high: number, start: number, end: number): ChartAxis {
  const [from, to] = [Math.log10(low), high > 1.001 * low ? Math.log10(high) : Math.log10(low) + 1];
  const decades = to - from;
  const factors = decades > 3.5 ? [1] : decades > 2.2 ? [1, 3] : decades > 0.8 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
  const values: number[] = [];
  for (let power = Math.floor(from); power <= to; power++) {
    for (const factor of factors) {
      const value = factor * 10 ** power;
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) values.push(value);
    }
  }
  return {
    place: (value) => start + ((Math.log10(value) - from) / decades) * (end - start),
    ticks: values.map((value) => ({ value, label: formatNumber(value) })),
  };
}
