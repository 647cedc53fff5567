// Owns how the rows of an experiment look to a person. Knows no experiment.
import type { ExperimentRow } from './experiment.js';

/** A block for each row: ours and the peers, each the mean over the seeds and their range, then what needs no learning. */
export function formatRows(rows: readonly ExperimentRow[]): string {
  return rows.map(formatRow).join('\n');
}

function formatRow(row: ExperimentRow): string {
  const { better, ours, peers, baselines } = row;
  const title = `${row.case}, ${row.metric} (${better} is better), ${row.minutes} minutes`;
  const lines: [string, string][] = [
    ['ours', formatSeeds(ours)],
    ...Object.entries(peers).map(([name, values]): [string, string] => [name, formatSeeds(values)]),
    ...Object.entries(baselines).map(([name, value]): [string, string] => [name, formatValue(value)]),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return [title, ...lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`), ''].join('\n');
}

function formatSeeds(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return formatValue(mean);
  return `${formatValue(mean)} (${formatValue(Math.min(...values))} to ${formatValue(Math.max(...values))})`;
}

/** Four digits, so that similarities near 1 can be told apart. */
function formatValue(value: number): string {
  return value.toFixed(Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 4);
}
