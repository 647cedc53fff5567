// Owns what was told apart as text on a terminal: tables of accuracies, of what was taken for what, of videos. Knows nothing of how
// it was measured.
import type { ClassifyResult, FewLabelsResult, FinetuneResult, ProbeResult } from '../index.js';
import { alignColumns } from './align-columns.js';
import { plural } from './plural.js';
import { printable } from './printable.js';

/** The accuracy of both starts, and which classes were taken for which. */
export function describeFinetune({ labels, clips, chosen, out }: FinetuneResult): string {
  const starts = (['pretrained', 'scratch'] as const).flatMap((start) => chosen[start] ?? []);
  const rows = starts.map(({ start, learningRate, validation, test }) => [
    { pretrained: 'pretrained', scratch: 'from scratch' }[start],
    learningRate.toPrecision(2),
    percent(validation.balancedAccuracy),
    percent(test.balancedAccuracy),
    percent(test.clipAccuracy),
  ]);
  const table = alignColumns([
    ['', 'rate', 'validation', 'test', 'test by clip'],
    ...rows,
    ['chance', '', ...chance(labels, 2), ''],
  ]);
  const head = `accuracy in % (mean over ${labels.length} classes), learned from ${clips.train} clips, chosen by ${clips.validation}, measured on ${clips.test}`;
  const confusion = starts[0]?.test.confusion;
  return [
    head,
    ...indent(table),
    ...(confusion === undefined
      ? []
      : [
          'what test videos of each class (rows) were taken for (columns):',
          ...indent(describeConfusion(labels, confusion)),
        ]),
    `${out} is the classifier; try: lacuna classify ${out} <videos>`,
  ].join('\n');
}

/** A row for what was probed, a column for each probe. */
export function describeProbes({ labels, clips, figures }: ProbeResult): string {
  const probes = [...new Set(figures.map(({ probe }) => probe))];
  const probed = [...new Set(figures.map(({ features }) => features))];
  const rows = probed.map((features) => [
    probedWords[features],
    ...probes.map((probe) => {
      const found = figures.find((one) => one.features === features && one.probe === probe);
      return percent(found?.test.balancedAccuracy ?? NaN);
    }),
  ]);
  const table = alignColumns([['', ...probes], ...rows, ['chance', ...chance(labels, probes.length)]]);
  const head = `accuracy on the test in % (mean over ${labels.length} classes), learned from ${clips.train} clips, chosen by ${clips.validation}, measured on ${clips.test}`;
  return [head, ...indent(table)].join('\n');
}

/** A row for each way of telling apart, a column for each number of labels; and what from scratch needs for the same. */
export function describeFewLabels({ labels, chance, testClips, draws, curves, savings, out }: FewLabelsResult): string {
  const counts = curves[0]?.points.map(({ labelsPerClass }) => String(labelsPerClass)) ?? [];
  const rows = curves.map(({ side, points }) => [
    sideWords(side),
    ...points.map(({ mean, half }) => [percent(mean), ...(half === undefined ? [] : [percent(half)])].join(' ± ')),
  ]);
  const table = alignColumns([
    ['labels a class', ...counts],
    ...rows,
    ['chance', ...counts.map(() => percent(chance))],
  ]);
  const needs = savings.map(({ labelsPerClass, scratchNeeds }) => {
    const few = labelsPerClass === 'all' ? 'all labels' : `${plural(labelsPerClass, 'label')} a class`;
    return scratchNeeds === undefined
      ? `with ${few}, pretrained is above all that from scratch came to`
      : `what pretrained reaches with ${few}, from scratch needs ${Math.ceil(scratchNeeds)} a class for`;
  });
  const head = `accuracy on the test in % (mean over ${labels.length} classes, ${testClips} clips): ${
    draws === 1 ? 'one draw' : `mean of ${draws} draws and its 95 % interval`
  }`;
  return [head, ...indent(table), ...needs, `${out} has the picture few-labels.svg and the table few-labels.csv`].join(
    '\n',
  );
}

/** A line for each video. */
export function describeVideos(videos: ClassifyResult['videos']): string {
  return alignColumns(
    videos.map(({ video, label, probability }) => [printable(video), printable(label), percent(probability)]),
  ).join('\n');
}

const probedWords: { readonly [Name in ProbeResult['figures'][number]['features']]: string } = {
  model: 'the model',
  untrained: 'the same network, untrained',
  pixels: 'the pixels, 8 × 8 a frame',
  shuffled: 'the model, frames in random order',
};

function sideWords(side: FewLabelsResult['curves'][number]['side']): string {
  if (side === 'pretrained') return 'pretrained, fine-tuned';
  if (side === 'scratch') return 'from scratch';
  const [features, probe] = side.split(' ') as [keyof typeof probedWords, string];
  return `${probedWords[features]}: ${probe}`;
}

function describeConfusion(labels: readonly string[], confusion: readonly (readonly number[])[]): readonly string[] {
  const names = labels.map(printable);
  return alignColumns([['', ...names], ...confusion.map((row, place) => [names[place] ?? '', ...row.map(String)])]);
}

function chance(labels: readonly string[], times: number): readonly string[] {
  return new Array<string>(times).fill(percent(1 / labels.length));
}

function percent(part: number): string {
  return Number.isFinite(part) ? (100 * part).toFixed(1) : '–';
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
