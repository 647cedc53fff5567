// Owns the page that shows a run to a person: one HTML file that needs nothing beside it. Knows nothing of where its content
// comes from.
import { drawEmbeddingChart, type EmbeddingPoint } from './embedding-chart.js';
import { drawFiguresTable, judgeFigures, type FillFigures } from './figures-table.js';
import { dataAddress, escapeHtml } from './html-text.js';
import { drawLossChart, type LossPoint } from './loss-chart.js';
import { readPngSize } from './png-size.js';
import { reportStyle } from './report-style.js';

/** One way to hide, and what was filled in. */
export type FillSection = {
  /** As on the command line, such as `future:8`. */
  readonly hide: string;
  /** Such as `A · future frames`. */
  readonly title: string;
  /** Of `encodeStrip`, a row for each label. */
  readonly stripPng: Uint8Array;
  /** Of `encodeGif`. */
  readonly animationGif?: Uint8Array;
  /** What the GIF shows, from left to right, such as `truth`, `model`. */
  readonly animationLabels?: readonly string[];
  /** From the top, such as `shown`, `model`, `truth`. */
  readonly rowLabels: readonly string[];
  readonly figures: readonly FillFigures[];
  /** How many held-out clips the figures were measured over. */
  readonly clips: number;
};

/** Everything on the page; all texts are plain. */
export type ReportContent = {
  readonly title: string;
  readonly subtitle?: string;
  /** Such as `{ label: 'parameters', value: '1.7 M' }`, in the order in which they are shown. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** In the order of the steps. */
  readonly loss: readonly LossPoint[];
  readonly fills: readonly FillSection[];
  readonly embedding?: {
    readonly points: readonly EmbeddingPoint[];
    /** What the picture shows and what the colours are. */
    readonly note: string;
  };
  /** What a reader should know, a sentence or two each. */
  readonly notes: readonly string[];
};

/**
 * The page as HTML: light and dark as the reader's system is, without scripts, all pictures inside.
 * @throws {RangeError} where a strip is no PNG.
 */
export function renderReport(content: ReportContent): string {
  const { title, subtitle, facts, loss, fills, embedding, notes } = content;
  const parts = [
    renderFacts(facts),
    fills.length > 0 ? section('What it fills in', fills.map(renderFill).join('\n')) : '',
    section('How it learned', drawLossChart(loss)),
    embedding
      ? section(
          'What it made of the clips',
          `<p class="lead">${escapeHtml(embedding.note)}</p>\n${drawEmbeddingChart(embedding.points)}`,
        )
      : '',
    notes.length > 0
      ? section('Notes', `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`)
      : '',
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<header>
${wordmark}
<h1>${escapeHtml(title)}</h1>
${subtitle === undefined ? '' : `<p class="subtitle">${escapeHtml(subtitle)}</p>`}
</header>
<main>
${parts.filter((part) => part !== '').join('\n')}
</main>
<footer>Written by Lacuna. Everything on this page is inside this file.</footer>
</body>
</html>
`;
}

/** Nine squares, some of them missing. */
const wordmark = `<p class="wordmark"><svg viewBox="0 0 33 33" aria-hidden="true">${[0, 1, 2, 3, 4, 5, 6, 7, 8]
  .map((cell) => {
    const missing = cell === 2 || cell === 4 || cell === 5;
    return `<rect class="${missing ? 'missing' : 'there'}" x="${(cell % 3) * 11 + 1}" y="${Math.floor(cell / 3) * 11 + 1}" width="9" height="9" rx="2"/>`;
  })
  .join('')}</svg>lacuna</p>`;

function section(heading: string, body: string): string {
  return `<section><h2>${heading}</h2>\n${body}\n</section>`;
}

function renderFacts(facts: ReportContent['facts']): string {
  if (facts.length === 0) return '';
  const items = facts.map(
    ({ label, value }) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="facts">${items.join('\n')}</dl>`;
}

function renderFill(fill: FillSection): string {
  const { tone, sentence } = judgeFigures(fill.figures, fill.clips);
  const { width, height } = readPngSize(fill.stripPng);
  const labels = fill.rowLabels.map((label) => `<span>${escapeHtml(label)}</span>`).join('');
  const name = escapeHtml(`${fill.title}: ${fill.rowLabels.join(', ')}`);
  const strip = `<img class="strip" src="${dataAddress('image/png', fill.stripPng)}" width="${width}" height="${height}" alt="${name}">`;
  const animation = fill.animationGif ? renderAnimation(fill.animationGif, fill) : '';
  return `<article>
<h3>${escapeHtml(fill.title)} <code>${escapeHtml(fill.hide)}</code></h3>
<p class="verdict ${tone}">${escapeHtml(sentence)}</p>
<div class="scroll"><div class="rows"><div class="row-labels">${labels}</div>${strip}</div></div>
<div class="beside">${animation}<div>${drawFiguresTable(fill.figures, fill.clips)}</div></div>
</article>`;
}

function renderAnimation(gif: Uint8Array, { title, animationLabels = [] }: FillSection): string {
  const caption = animationLabels.map((label) => `<span>${escapeHtml(label)}</span>`).join('');
  return `<figure><img class="animation" src="${dataAddress('image/gif', gif)}" alt="${escapeHtml(title)}, moving">
${caption === '' ? '' : `<figcaption>${caption}</figcaption>`}</figure>`;
}
