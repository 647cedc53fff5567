// Owns files that are either numbers or a picture of them, by their ending. Knows nothing of what is in them.
import { checkPlace } from '../clip/check-place.js';
import { extname } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import { save } from './write-prediction.js';

/** @throws {LacunaError} `usage` where it is neither `.csv` nor `.svg`; `input` where it cannot be written. */
export async function checkChartFile(out: string): Promise<void> {
  if (!['.csv', '.svg'].includes(extname(out).toLowerCase())) {
    throw new LacunaError('usage', `${out} must end in .csv, for numbers, or .svg, for a picture.`);
  }
  await checkPlace(out);
}

/**
 * Writes what the ending asks for; the file is replaced where it is there.
 * @param csv the lines of numbers, the first of which names the columns
 * @throws {LacunaError} as {@link checkChartFile}.
 */
export async function saveChartFile(
  out: string,
  { csv, svg }: { readonly csv: () => readonly string[]; readonly svg: () => string },
): Promise<void> {
  await checkChartFile(out);
  const text = extname(out).toLowerCase() === '.svg' ? svg() : `${csv().join('\n')}\n`;
  await save(out, new TextEncoder().encode(text));
}
