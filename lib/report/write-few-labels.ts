// Owns the files of accuracies over the number of labels. Knows nothing of how they were measured.
import type { FewLabelsResult } from '../representation/few-labels.js';
import { saveChartFile } from './chart-file.js';
import { drawFewLabelsChart } from './few-labels-chart.js';

/**
 * Writes `.csv`, a line `side,labels_per_class,clips_per_class,draw,accuracy` for each draw, or `.svg`, the curves; the file is replaced
 * where it is there.
 * @throws {LacunaError} `usage` for another ending; `input` where the file cannot be written.
 */
export async function writeFewLabels({ curves, chance }: FewLabelsResult, out: string): Promise<void> {
  const lines = () =>
    curves.flatMap(({ side, points }) =>
      points.flatMap(({ labelsPerClass, clipsPerClass, accuracies }) =>
        accuracies.map((accuracy, draw) =>
          [side, labelsPerClass, clipsPerClass.toFixed(1), draw, accuracy.toFixed(4)].join(','),
        ),
      ),
    );
  await saveChartFile(out, {
    csv: () => ['side,labels_per_class,clips_per_class,draw,accuracy', ...lines()],
    svg: () => drawFewLabelsChart({ curves, chance }),
  });
}
