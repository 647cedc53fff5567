// Owns the files of how wrong a model was over the time of a video. Knows nothing of how that was measured.
import type { SurpriseResult } from '../prediction/surprise.js';
import { checkChartFile, saveChartFile } from './chart-file.js';
import { drawSurpriseChart } from './surprise-chart.js';

/**
 * Writes `.csv`, a line `seconds,error,copy_last,moment` for each frame, where `moment` is its place among the moments, or `.svg`, the
 * picture of that; the file is replaced where it is there.
 * @throws {LacunaError} `usage` for another ending; `input` where the file cannot be written.
 */
export async function writeSurprise({ frames, moments }: SurpriseResult, out: string): Promise<void> {
  const places = new Map(moments.map(({ seconds }, index) => [seconds, index + 1]));
  const lines = () =>
    frames.map(({ seconds, error, copyLast }) =>
      [seconds.toFixed(4), error.toPrecision(6), copyLast.toPrecision(6), places.get(seconds) ?? ''].join(','),
    );
  await saveChartFile(out, {
    csv: () => ['seconds,error,copy_last,moment', ...lines()],
    svg: () => drawSurpriseChart({ frames, moments }),
  });
}

/** @throws what {@link writeSurprise} would throw before it writes. */
export function checkSurpriseFile(out: string): Promise<void> {
  return checkChartFile(out);
}
