// Owns the picture of accuracies over the number of labels. Knows nothing of how they were measured.
import type { FewLabelsCurve, FewLabelsResult, SideName } from '../representation/few-labels.js';
import { createLinearAxis, createLogarithmicAxis, drawTicks, roundPlace } from './chart-axis.js';

const [width, height] = [960, 480];
const plot = { left: 64, right: 700, top: 28, bottom: 424 };
const [textColour, gridColour] = ['#444444', '#e4e4e4'];

/** What each side is called and how it is drawn; of probes only the strongest that was measured. */
const fullyTrained: readonly { readonly side: SideName; readonly name: string; readonly colour: string }[] = [
  { side: 'pretrained', name: 'pretrained, fine-tuned', colour: '#2f6fde' },
  { side: 'scratch', name: 'from scratch', colour: '#d4483b' },
];
const frozen = [
  { features: 'model', name: 'pretrained, frozen', colour: '#1f9e89' },
  { features: 'shuffled', name: 'frozen, frames in random order', colour: '#8fcabd' },
  { features: 'untrained', name: 'untrained, frozen', colour: '#b07aa1' },
  { features: 'pixels', name: 'pixels', colour: '#9c9c9c' },
] as const;
const byStrength = ['attentive', 'linear', 'knn'] as const;

/** A whole SVG file: the mean of each side over the number of labels, and its 95 % interval as a band. */
export function drawFewLabelsChart({ curves, chance }: Pick<FewLabelsResult, 'curves' | 'chance'>): string {
  const drawn = chooseCurves(curves);
  const amounts = drawn.flatMap(({ points }) => points.map(({ clipsPerClass }) => clipsPerClass));
  const x = createLogarithmicAxis(Math.min(...amounts), Math.max(...amounts), plot.left, plot.right);
  const y = createLinearAxis(0, 100, plot.bottom, plot.top);
  const lines = drawn.map(({ points, colour }) => {
    const placed = points.map(({ clipsPerClass, mean, half = 0 }) => {
      const at = (value: number) => roundPlace(y.place(100 * Math.min(1, Math.max(0, value))));
      return {
        left: roundPlace(x.place(clipsPerClass)),
        middle: at(mean),
        high: at(mean + half),
        low: at(mean - half),
      };
    });
    const band = [
      ...placed.map(({ left, high }) => `${left},${high}`),
      ...placed.map(({ left, low }) => `${left},${low}`).reverse(),
    ];
    const line = placed.map(({ left, middle }) => `${left},${middle}`);
    const dots = placed.map(({ left, middle }) => `<circle cx="${left}" cy="${middle}" r="3" fill="${colour}"/>`);
    return `<polygon points="${band.join(' ')}" fill="${colour}" fill-opacity="0.15"/><polyline points="${line.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots.join('')}`;
  });
  const guess = roundPlace(y.place(100 * chance));
  const legend = [...drawn, { name: 'chance', colour: textColour }].map(({ name, colour }, index) => {
    const top = plot.top + 8 + 22 * index;
    return `<line x1="${plot.right + 24}" x2="${plot.right + 48}" y1="${top}" y2="${top}" stroke="${colour}" stroke-width="2"${name === 'chance' ? ' stroke-dasharray="4 4"' : ''}/><text x="${plot.right + 56}" y="${top + 4}">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="${textColour}">
<rect width="${width}" height="${height}" fill="white"/>
${drawTicks(x, y, plot, gridColour)}
<line x1="${plot.left}" x2="${plot.right}" y1="${guess}" y2="${guess}" stroke="${textColour}" stroke-dasharray="4 4"/>
${lines.join('\n')}
${legend.join('\n')}
<text x="${(plot.left + plot.right) / 2}" y="${height - 16}" text-anchor="middle">labelled clips of each class</text>
<text x="${plot.left}" y="16">accuracy on the test in %: the mean of the draws, and its 95 % interval</text>
</svg>
`;
}

function chooseCurves(curves: readonly FewLabelsCurve[]) {
  const probe = byStrength.find((name) => curves.some(({ side }) => side === `model ${name}`)) ?? 'knn';
  const asked = [
    ...fullyTrained,
    ...frozen.map(({ features, ...rest }) => ({
      ...rest,
      name: `${rest.name}, ${probe}`,
      side: `${features} ${probe}` satisfies SideName,
    })),
  ];
  return asked.flatMap(({ side, name, colour }) => {
    const points = curves.find((curve) => curve.side === side)?.points;
    return points === undefined ? [] : [{ name, colour, points }];
  });
}
