// Owns the files of how wrong a model was over the time of a video. Knows nothing of how that was measured.
import { extname } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import type { SurpriseResult } from '../prediction/surprise.js';
import { drawSurpriseChart } from './surprise-chart.js';
import { checkPlace, save } from './write-prediction.js';

/**
 * Writes `.csv`, a line `seconds,error,copy_last,moment` for each frame, where `moment` is its place among the moments, or `.svg`, the
 * picture of that; the file is replaced where it is there.
 * @throws {LacunaError} `usage` for another ending; `input` where the file cannot be written.
 */
export async function writeSurprise({ frames, moments }: SurpriseResult, out: string): Promise<void> {
  await checkSurpriseFile(out);
  const encoder = new TextEncoder();
  if (extname(out).toLowerCase() === '.svg') {
    await save(out, encoder.encode(drawSurpriseChart({ frames, moments })));
    return;
  }
  const places = new Map(moments.map(({ seconds }, index) => [seconds, index + 1]));
  const lines = frames.map(({ seconds, error, copyLast }) =>
    [seconds.toFixed(4), error.toPrecision(6), copyLast.toPrecision(6), places.get(seconds) ?? ''].join(','),
  );
  await save(out, encoder.encode(`${['seconds,error,copy_last,moment', ...lines].join('\n')}\n`));
}

/** @throws what {@link writeSurprise} would throw before it writes. */
export async function checkSurpriseFile(out: string): Promise<void> {
  if (!['.csv', '.svg'].includes(extname(out).toLowerCase())) {
    throw new LacunaError('usage', `${out} must end in .csv, for numbers, or .svg, for a picture.`);
  }
  await checkPlace(out);
}
