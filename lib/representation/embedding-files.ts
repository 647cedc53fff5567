// Owns the names of files of vectors and of those beside them. Knows nothing of what is in them.
import { basename, dirname, extname, join } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';

/** The forms that vectors are written in. */
export type EmbeddingForm = 'npy' | 'parquet';

/** @throws {LacunaError} `usage` for another ending than `.npy` and `.parquet`. */
export function formOf(out: string): EmbeddingForm {
  const ending = extname(out).toLowerCase();
  if (ending === '.npy') return 'npy';
  if (ending === '.parquet') return 'parquet';
  throw new LacunaError('usage', `${out} must end in .npy, for a NumPy array, or .parquet, for a table.`);
}

/** The list of which clip each row of an array is. */
export function listOf(out: string): string {
  return besides(out, '.jsonl');
}

/** The list of what could not be read. */
export function failuresOf(out: string): string {
  return besides(out, '.failures.jsonl');
}

function besides(out: string, ending: string): string {
  return join(dirname(out), `${basename(out, extname(out))}${ending}`);
}
