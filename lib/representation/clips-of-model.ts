// Owns what a labelled dataset must be for a model, and how well its clips were classified. Knows nothing of how they were.
import { describeShape } from '../clip/clip.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { Dataset } from '../dataset/open-dataset.js';
import { type ClassificationFigures, figureClassification } from '../measures/classification-figures.js';
import { clipShapeOfModel, type ModelConfig } from '../model/model-config.js';
import { classesOfRows } from '../training/row-classes.js';

/** @throws {LacunaError} `usage` where the clips of a dataset have another shape than those of the model in this folder. */
export function checkClipsOfModel(folder: string, model: ModelConfig, dataset: Dataset): void {
  const [needed, found] = [describeShape(clipShapeOfModel(model)), describeShape(dataset.shape)];
  if (needed === found) return;
  throw new LacunaError(
    'usage',
    `${folder} was trained on clips of ${needed}, and those of ${dataset.folder} are ${found}; prepare them with the same --size and --frames.`,
  );
}

/** @param probabilities of these rows, one after the other, `[rows, K]` */
export function figureRows(
  dataset: Pick<Dataset, 'clips'>,
  labels: readonly string[],
  rows: Int32Array,
  probabilities: Float32Array,
): ClassificationFigures {
  const truths = classesOfRows({ classifier: { labels, pooling: 'mean' } }, dataset, rows) ?? new Int32Array(0);
  const clips = Array.from(rows, (row, place) => ({
    video: dataset.clips[row]?.video ?? '',
    truth: truths[place] ?? -1,
    probabilities: probabilities.subarray(place * labels.length, (place + 1) * labels.length),
  }));
  return figureClassification(clips, labels.length);
}
