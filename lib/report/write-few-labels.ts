// Owns the files of accuracies over the number of labels. Knows nothing of how they were measured.
import { extname } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import type { FewLabelsResult } from '../representation/few-labels.js';
import { drawFewLabelsChart } from './few-labels-chart.js';
import { checkPlace, save } from './write-prediction.js';

/**
 * Writes `.csv`, a line `side,labels_per_class,clips_per_class,draw,accuracy` for each draw, or `.svg`, the curves; the file is replaced
 * where it is there.
 * @throws {LacunaError} `usage` for another ending; `input` where the file cannot be written.
 */
export async function writeFewLabels({ curves, chance }: FewLabelsResult, out: string): Promise<void> {
  const ending = extname(out).toLowerCase();
  if (ending !== '.csv' && ending !== '.svg') {
    throw new LacunaError('usage', `${out} must end in .csv, for numbers, or .svg, for a picture.`);
  }
  await checkPlace(out);
  const encoder = new TextEncoder();
  if (ending === '.svg') {
    await save(out, encoder.encode(drawFewLabelsChart({ curves, chance })));
    return;
  }
  const lines = curves.flatMap(({ side, points }) =>
    points.flatMap(({ labelsPerClass, clipsPerClass, accuracies }) =>
      accuracies.map((accuracy, draw) =>
        [side, labelsPerClass, clipsPerClass.toFixed(1), draw, accuracy.toFixed(4)].join(','),
      ),
    ),
  );
  await save(out, encoder.encode(`${['side,labels_per_class,clips_per_class,draw,accuracy', ...lines].join('\n')}\n`));
}
