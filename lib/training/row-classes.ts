// Owns which class each clip of a dataset is of, by the labels of a classifier. Knows nothing of training.
import { LacunaError } from '../clip/lacuna-error.js';
import type { Dataset } from '../dataset/open-dataset.js';
import type { ModelConfig } from '../model/model-config.js';

/**
 * The place of each clip's label among those of the classifier; nothing where the network is none.
 * @throws {LacunaError} `input` where a clip has no label, or one that the classifier does not know.
 */
export function classesOfRows(
  { classifier }: Pick<ModelConfig, 'classifier'>,
  { clips }: Pick<Dataset, 'clips'>,
  rows: readonly number[] | Int32Array,
): Int32Array | undefined {
  if (classifier === undefined) return undefined;
  const places = new Map(classifier.labels.map((label, place) => [label, place]));
  return Int32Array.from(rows, (row: number) => {
    const { label, video } = clips[row] ?? {};
    const place = label === undefined ? undefined : places.get(label);
    if (place !== undefined) return place;
    const what = label === undefined ? 'has no label' : `has the label ${label}`;
    throw new LacunaError(
      'input',
      `A clip of ${video ?? 'no video'} ${what}, and the classes are ${classifier.labels.join(', ')}.`,
    );
  });
}
