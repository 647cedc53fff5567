// Owns the picture of how wrong a model was over the time of a video. Knows nothing of how that was measured.
import type { SurpriseResult } from '../prediction/surprise.js';
import { createLinearAxis, drawTicks, roundPlace } from './chart-axis.js';

const [width, height] = [960, 320];
const plot = { left: 72, right: 944, top: 28, bottom: 268 };
const colours = { model: '#2f6fde', copyLast: '#b9b9b9', moment: '#d4483b', text: '#444444', grid: '#e4e4e4' } as const;

/** A whole SVG file: the model's error and that of the frame before in its place, and a mark at each moment. */
export function drawSurpriseChart({ frames, moments }: Pick<SurpriseResult, 'frames' | 'moments'>): string {
  const most = frames.reduce((largest, { error }) => Math.max(largest, error), Number.MIN_VALUE);
  const x = createLinearAxis(frames[0]?.seconds ?? 0, frames.at(-1)?.seconds ?? 1, plot.left, plot.right, 10);
  const y = createLinearAxis(0, most, plot.bottom, plot.top);
  const lineOf = (valueOf: (frame: SurpriseResult['frames'][number]) => number) =>
    frames
      .map(
        (frame) => `${roundPlace(x.place(frame.seconds))},${roundPlace(Math.max(plot.top, y.place(valueOf(frame))))}`,
      )
      .join(' ');
  const marks = moments.map(({ seconds, error }, index) => {
    const [left, top] = [roundPlace(x.place(seconds)), roundPlace(y.place(error))];
    return `<circle cx="${left}" cy="${top}" r="4" fill="${colours.moment}"/><text x="${left}" y="${top - 8}" text-anchor="middle" fill="${colours.moment}">${index + 1}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="${colours.text}">
<rect width="${width}" height="${height}" fill="white"/>
${drawTicks(x, y, plot, colours.grid)}
<polyline points="${lineOf(({ copyLast }) => copyLast)}" fill="none" stroke="${colours.copyLast}"/>
<polyline points="${lineOf(({ error }) => error)}" fill="none" stroke="${colours.model}" stroke-width="1.5"/>
${marks.join('\n')}
<text x="${(plot.left + plot.right) / 2}" y="${height - 12}" text-anchor="middle">seconds</text>
<text x="${plot.left}" y="16">mean squared error of the next frame: <tspan fill="${colours.model}">the model</tspan>, <tspan fill="#808080">the frame before in its place</tspan></text>
</svg>
`;
}
