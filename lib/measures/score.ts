// Owns the gathering of figures, clip by clip, in memory that does not grow with the clips. Knows nothing of who filled them.
import { type ClipShape, clipLength, frameLength } from '../clip/clip.js';
import type { Figures, FrameFigures, StepFigures } from './figures.js';
import { type Pixels, psnrOf, sumErrors } from './image-metrics.js';
import { createSsim, ssimWindow } from './ssim.js';

/** Gathers figures. */
export type Score = {
  /**
   * Adds one clip: truth and fill `[T, H, W, C]`, 0 to 255, and which pixels were hidden, `[T, H, W]`, 1 = hidden. `source` is
   * the same for clips that are alike, such as those of one video; default: all are of one. Returns the squared error of one hidden
   * value of this clip, NaN where nothing was hidden.
   * @throws {RangeError} where a length is not the shape's.
   */
  readonly add: (truth: Uint8Array, filled: Pixels, mask: Uint8Array, source?: string) => number;
  /**
   * The figures of what was added.
   * @throws {RangeError} where nothing hidden was added.
   */
  readonly result: () => Figures;
};

/** Sums over frames; the first is how many there were. */
type Sums = Readonly<Record<(typeof sumNames)[number], Float64Array>>;

const sumNames = [
  ...(['frames', 'squared', 'absolute', 'psnr', 'ssim', 'ssimRange2'] as const),
  ...(['hiddenValues', 'hiddenSquared', 'hiddenAbsolute', 'hiddenPsnr'] as const),
];

/** Sums over the hidden values of one clip, or of one source. */
type SourceSums = { squared: number; values: number };

/** A score of clips of one shape. */
export function createScore(shape: ClipShape): Score {
  const { frames, height, width, channels } = shape;
  const length = frameLength(shape);
  const compare = Math.min(height, width) >= ssimWindow ? createSsim(shape) : undefined;
  // For each frame of the clip, [T].
  const sums = Object.fromEntries(sumNames.map((name) => [name, new Float64Array(frames)])) as Sums;
  const sources = new Map<string, SourceSums>();

  const addFrame = (truth: Uint8Array, filled: Pixels, mask: Uint8Array, frame: number, ofClip: SourceSums) => {
    const pixels = height * width;
    const firstHidden = mask.indexOf(1, frame * pixels);
    if (firstHidden < 0 || firstHidden >= (frame + 1) * pixels) return;
    const span = { start: frame * length, end: (frame + 1) * length, channels };
    const { whole, hidden } = sumErrors(truth, filled, mask, span);
    const add = (name: keyof Sums, value: number) => (sums[name][frame] = (sums[name][frame] ?? 0) + value);
    add('frames', 1);
    add('squared', whole.squared);
    add('absolute', whole.absolute);
    add('psnr', psnrOf(whole.clippedSquared / length));
    const similarity = compare?.(truth, filled, span.start);
    add('ssim', similarity?.range1 ?? NaN);
    add('ssimRange2', similarity?.range2 ?? NaN);
    add('hiddenValues', hidden.values);
    add('hiddenSquared', hidden.squared);
    add('hiddenAbsolute', hidden.absolute);
    add('hiddenPsnr', psnrOf(hidden.clippedSquared / hidden.values));
    ofClip.squared += hidden.squared;
    ofClip.values += hidden.values;
  };

  return {
    add: (truth, filled, mask, source = '') => {
      const expected = clipLength(shape);
      if (truth.length !== expected || filled.length !== expected || mask.length * channels !== expected) {
        throw new RangeError(
          `truth and fill must have ${expected} values and the mask ${expected / channels}, ` +
            `got ${truth.length}, ${filled.length} and ${mask.length}`,
        );
      }
      const ofClip = { squared: 0, values: 0 };
      for (let frame = 0; frame < frames; frame++) addFrame(truth, filled, mask, frame, ofClip);
      const ofSource = sources.get(source) ?? { squared: 0, values: 0 };
      sources.set(source, ofSource);
      ofSource.squared += ofClip.squared;
      ofSource.values += ofClip.values;
      return ofClip.squared / ofClip.values;
    },
    result: () => {
      if (sums.frames.every((count) => count === 0)) {
        throw new RangeError('a score needs at least one clip of which a pixel is hidden, got none');
      }
      const perStep: StepFigures[] = [];
      for (const [frame, clips] of sums.frames.entries()) {
        if (clips > 0) perStep.push({ frame, clips, ...figuresOf((name) => sums[name][frame] ?? NaN, length) });
      }
      const total = (name: keyof Sums) => sums[name].reduce((sum, value) => sum + value, 0);
      return {
        ...figuresOf(total, length),
        hiddenMseError: length * standardError([...sources.values()]),
        perStep,
      };
    },
  };
}

function figuresOf(sum: (name: keyof Sums) => number, length: number): FrameFigures {
  const [frames, values] = [sum('frames'), sum('hiddenValues')];
  return {
    mse: sum('squared') / frames,
    mae: sum('absolute') / frames,
    pixelMse: sum('squared') / frames / length,
    pixelMae: sum('absolute') / frames / length,
    psnr: sum('psnr') / frames,
    ssim: sum('ssim') / frames,
    ssimRange2: sum('ssimRange2') / frames,
    hiddenMse: (sum('hiddenSquared') / values) * length,
    hiddenMae: (sum('hiddenAbsolute') / values) * length,
    hiddenPsnr: sum('hiddenPsnr') / frames,
  };
}

/**
 * Of the ratio R = Σ squared / Σ values over G sources: √(G / (G − 1) · Σ (squared − R · values)²) / Σ values (Cochran 1977,
 * section 6.4, without the correction for a finite population); NaN for one source.
 */
function standardError(sources: readonly SourceSums[]): number {
  const hidden = sources.filter(({ values }) => values > 0);
  if (hidden.length < 2) return NaN;
  const squared = hidden.reduce((sum, source) => sum + source.squared, 0);
  const values = hidden.reduce((sum, source) => sum + source.values, 0);
  const ratio = squared / values;
  const residues = hidden.reduce((sum, source) => sum + (source.squared - ratio * source.values) ** 2, 0);
  return Math.sqrt((hidden.length / (hidden.length - 1)) * residues) / values;
}
