// Owns the plans that the tests of measures fill: drawn by hand as text, or made up by fast-check.
import fc from 'fast-check';
import { clipLength } from '../../lib/clip/clip.js';
import { createRandom } from '../../lib/clip/random.js';
import { createTokenGrid, type TokenGrid } from '../../lib/clip/token-grid.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';

/**
 * A plan whose tubelets are single pixels: one word a frame, its rows set apart by `/`, one character a pixel: `.` visible,
 * `#` hidden, `-` unused.
 */
export function drawPlan(frames: readonly string[], channels = 1): MaskPlan {
  const rows = (frames[0] ?? '').split('/');
  const shape = { frames: frames.length, height: rows.length, width: (rows[0] ?? '').length, channels };
  return planOf(createTokenGrid(shape, { frames: 1, size: 1 }), frames.join('').replaceAll('/', ''));
}

/** Plans of up to 8 frames of up to 6 × 6 pixels, in tubelets of up to 2 × 2 × 2; any token is of any of the three sorts. */
export const drawnPlans: fc.Arbitrary<MaskPlan> = fc
  .record({
    steps: fc.integer({ min: 1, max: 4 }),
    rows: fc.integer({ min: 1, max: 3 }),
    columns: fc.integer({ min: 1, max: 3 }),
    frames: fc.integer({ min: 1, max: 2 }),
    size: fc.integer({ min: 1, max: 2 }),
    channels: fc.constantFrom(1, 3),
  })
  .map(({ steps, rows, columns, frames, size, channels }) =>
    createTokenGrid({ frames: steps * frames, height: rows * size, width: columns * size, channels }, { frames, size }),
  )
  .chain((grid) =>
    fc
      .array(fc.constantFrom('.', '#', '-'), { minLength: grid.tokens, maxLength: grid.tokens })
      .map((signs) => planOf(grid, signs.join(''))),
  );

/** Noise in the plan's shape. */
export function noiseClip({ grid }: MaskPlan, seed: number): Uint8Array {
  const random = createRandom(seed, 'noise clip');
  return Uint8Array.from({ length: clipLength(grid.clip) }, () => random.integer(256));
}

/** The plan of a grid, one character a token. */
function planOf(grid: TokenGrid, signs: string): MaskPlan {
  const tokensOf = (wanted: string) =>
    Int32Array.from(Array.from(signs).flatMap((sign, token) => (sign === wanted ? [token] : [])));
  return { grid, visible: tokensOf('.'), hidden: tokensOf('#'), unused: tokensOf('-') };
}
