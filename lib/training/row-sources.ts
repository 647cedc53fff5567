// Owns which clips of a dataset are of one source. Knows nothing of training.
import { groupKey } from '../dataset/group-key.js';
import type { Dataset } from '../dataset/open-dataset.js';

/** A number for each row, from 0 in the order in which sources first come: the same for clips of one group, or of one video. */
export function sourcesOfRows({ clips }: Pick<Dataset, 'clips'>, rows: Int32Array): Int32Array {
  const numbers = new Map<string, number>();
  return rows.map((row) => {
    const clip = clips[row];
    if (clip === undefined) throw new RangeError(`there is no clip ${row}`);
    const key = groupKey(clip);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}
