// Owns what a classifier says of clips of a dataset. Knows nothing of how well that is.
import { clipLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { joinFloats } from '../clip/join-floats.js';
import type { Dataset } from '../dataset/open-dataset.js';
import type { LoadedModel } from '../run/load-model.js';
import { clipsAtOnce } from './clips-at-once.js';

/** How likely each class is for each of these rows, `[rows, K]`. */
export async function classifyRows(
  { config: { model }, compute: { call } }: Pick<LoadedModel, 'config' | 'compute'>,
  dataset: Pick<Dataset, 'shape' | 'readClips'>,
  rows: Int32Array,
  { signal }: JobControls = {},
): Promise<Float32Array> {
  const length = clipLength(dataset.shape);
  const found: Float32Array[] = [];
  const batch = clipsAtOnce(model);
  for (let start = 0; start < rows.length; start += batch) {
    signal?.throwIfAborted();
    const part = rows.subarray(start, start + batch);
    const pixels = new Uint8Array(part.length * length);
    await dataset.readClips(part, pixels, signal);
    found.push(await call('classify', { pixels, clips: part.length, batch }, [pixels.buffer]));
  }
  return joinFloats(found);
}
