// Owns how the rows of a benchmark look to a person. Knows no benchmark.
import type { Row } from './benchmark.js';

/** A line for each row: ours, and in brackets after every other value how many times as much ours is. */
export function formatRows(rows: readonly Row[]): string {
  const peers = [...new Set(rows.flatMap((row) => Object.keys(row.peers)))];
  const header = ['case', 'ours', ...peers, 'limit', 'unit'];
  const lines = rows.map((row) => [
    row.case,
    formatValue(row.ours),
    ...peers.map((peer) => formatCompared(row.peers[peer], row.ratio[peer])),
    formatCompared(row.limit?.value, row.ratio['limit']),
    row.unit,
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...lines].map((line) => line[column]?.length ?? 0)));
  const last = header.length - 1;
  // Words to the left, numbers to the right.
  const pad = (cell: string, column: number) =>
    column === 0 || column === last ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return [header, ...lines].map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

/** What the limits of the rows are, each once. */
export function listLimits(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.flatMap(({ limit }) => (limit === undefined ? [] : [limit.name])))];
}

function formatCompared(value: number | undefined, ratio: number | undefined): string {
  if (value === undefined || ratio === undefined) return '–';
  return `${formatValue(value)} (${ratio.toFixed(2)}×)`;
}

/** Three digits, or all digits of the whole part. */
function formatValue(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
