// Owns a dataset that is a part of another one, with splits of its own. Knows nothing of who chose them.
import { createHash } from 'node:crypto';
import type { ClipSplit } from './dataset-files.js';
import type { Dataset } from './open-dataset.js';

/** Rows of a dataset by what they are for. */
export type ViewRows = { readonly [Side in ClipSplit]?: Int32Array };

/**
 * The clips of these rows alone, each for what it is listed under, whatever the dataset says. Its fingerprint follows from the
 * dataset's and the rows. `close` does nothing: the dataset is its owner's.
 */
export function viewDataset(dataset: Dataset, rows: ViewRows): Dataset {
  const chosen = (['train', 'validation', 'test'] as const).flatMap((split) =>
    Array.from(rows[split] ?? [], (row) => ({ row, split })),
  );
  const clips = chosen.map(({ row, split }) => {
    const clip = dataset.clips[row];
    if (clip === undefined) throw new RangeError(`rows must be below ${dataset.clips.length}, got ${row}`);
    return { ...clip, split };
  });
  const sourceOf = (row: number): number => chosen[row]?.row ?? -1;
  return {
    ...dataset,
    clips,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([dataset.fingerprint, chosen]))
      .digest('hex'),
    readClips: (wanted, into, signal) => dataset.readClips(Int32Array.from(wanted, sourceOf), into, signal),
    close: () => Promise.resolve(),
  };
}
