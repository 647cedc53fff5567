// Owns the notice that a model has seen test clips without their labels. Knows nothing of what is measured on them.
import type { JobControls } from '../clip/job.js';
import type { Dataset } from '../dataset/open-dataset.js';
import { splitByVideo } from '../dataset/split.js';
import type { RunConfig } from '../run/run-config.js';

/** Says how many of the test clips the model was pretrained on, where it was on this dataset. */
export function noticePretrained(
  { data, seed }: RunConfig,
  dataset: Dataset,
  test: Int32Array,
  { onNotice }: JobControls,
): void {
  if (data.fingerprint !== dataset.fingerprint) return;
  const { train } = splitByVideo(dataset, { validation: data.validation, seed });
  const isTrained = new Set(train);
  const seen = test.filter((row) => isTrained.has(row)).length;
  if (seen === 0) return;
  onNotice?.(
    `${seen} of the ${test.length} test clips are among those that the model was pretrained on, without labels; a network from ` +
      'scratch has seen none of them. To keep them apart, prepare with labels that have a column split before pretraining',
  );
}
