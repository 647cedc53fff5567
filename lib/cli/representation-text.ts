// Owns how steady vectors are as text on a terminal. Knows nothing of how it was measured.
import type { RepresentationEvaluation } from '../index.js';
import { alignColumns } from './align-columns.js';
import { plural } from './plural.js';

type Figures = RepresentationEvaluation['figures'][number];

const names: { readonly [Name in Figures['name']]: string } = {
  model: 'the model',
  untrained: 'the same network, untrained',
  pixels: 'the pixels, 8 × 8 a frame',
};

const parts: { readonly [Part in RepresentationEvaluation['part']]: string } = {
  validation: 'kept for validation',
  test: 'kept for the test',
  all: 'of another dataset than the model’s',
};

const columns: readonly (readonly [title: string, text: (figures: Figures) => string])[] = [
  ['', ({ name }) => names[name]],
  ['recall at 1', ({ retrieval }) => percent(retrieval.recallAt1)],
  ['at 5', ({ retrieval }) => percent(retrieval.recallAt5)],
  ['mAP', ({ retrieval }) => percent(retrieval.meanAveragePrecision)],
  ['changed: at 1', ({ changedRetrieval }) => percent(changedRetrieval.recallAt1)],
  ['mAP', ({ changedRetrieval }) => percent(changedRetrieval.meanAveragePrecision)],
  ['crop', ({ changes }) => changes.crop.toFixed(3)],
  ['light', ({ changes }) => changes.light.toFixed(3)],
  ['shift', ({ changes }) => changes.shift.toFixed(3)],
  ['uniformity', ({ spread }) => spread.uniformity.toFixed(2)],
  ['rank', ({ spread }) => spread.effectiveRank.toFixed(1)],
  ['within', ({ similarity }) => similarity?.within.toFixed(3) ?? '–'],
  ['between', ({ similarity }) => similarity?.between.toFixed(3) ?? '–'],
];

/** A row for the model and each control. */
export function describeRepresentation({ part, clips, sources, figures }: RepresentationEvaluation): string {
  const table = alignColumns([
    columns.map(([title]) => title),
    ...figures.map((own) => columns.map(([, text]) => text(own))),
  ]);
  const chance = percent(figures[0]?.retrieval.chance ?? NaN);
  return [
    `${plural(clips, 'clip')} of ${plural(sources, 'source')} (${parts[part]}); a random order has a mAP of ${chance} %`,
    ...table.map((line) => `  ${line}`),
    '  recall and mAP in %: clips find the others of their source, as they are and with the asking clip cropped and recoloured;',
    '  crop, light, shift: how far each moves the vector, in parts of the distance to any other clip;',
    '  uniformity: the lower, the more evenly vectors lie; rank: how many axes they use; within and between classes: mean cosine',
  ].join('\n');
}

function percent(part: number): string {
  return Number.isFinite(part) ? (100 * part).toFixed(1) : '–';
}
