// Owns the reading of fixtures/measures/metrics.json; fixtures/README.md says how it was made.
import { readFile } from 'node:fs/promises';
import type { ClipShape } from '../../lib/clip/clip.js';
import type { Figures } from '../../lib/measures/figures.js';

/** One of the golden clips. */
export type GoldenClip = { readonly truth: Uint8Array; readonly filled: Float32Array; readonly mask: Uint8Array };

/** Clips, and their figures by NumPy and scikit-image. */
export type GoldenFigures = {
  readonly shape: ClipShape;
  readonly clips: readonly GoldenClip[];
  readonly figures: Figures;
};

type GoldenFile = {
  readonly shape: ClipShape;
  readonly truth: readonly (readonly number[])[];
  readonly filled: readonly (readonly number[])[];
  readonly mask: readonly (readonly number[])[];
  readonly figures: Figures;
};

/** Both frames of both clips have hidden pixels; the second clip is too bright. */
export async function readGoldenFigures(): Promise<GoldenFigures> {
  const file = JSON.parse(await readFile('fixtures/measures/metrics.json', 'utf8')) as GoldenFile;
  const clips = file.truth.map((truth, clip) => ({
    truth: Uint8Array.from(truth),
    filled: Float32Array.from(file.filled[clip] ?? []),
    mask: Uint8Array.from(file.mask[clip] ?? []),
  }));
  return { shape: file.shape, clips, figures: file.figures };
}
