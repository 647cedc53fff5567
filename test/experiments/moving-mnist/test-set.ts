// Owns the clips that everyone is measured on. Knows nothing of who is measured.
import { clipLength, type ClipShape } from '../../../dist/clip/clip.js';
import { parseHide } from '../../../dist/masking/hide-expression.js';
import type { MaskPlan } from '../../../dist/masking/mask-plan.js';
import { planMask } from '../../../dist/masking/plan-mask.js';
import { createTokenGrid, type Tubelet } from '../../../dist/clip/token-grid.js';
import type { Digits } from './digits.js';
import { clipShapeOfWorld, drawClip, type World } from './draw-clip.js';

/** Clips of the test, where no other number is asked for. */
const testClips = 1000;

/** What their digits and motions follow from, and what random masks hide of them. */
const testSeed = 0;

/** The clips of a test. */
export type TestSet = {
  /** Of each clip; C is that of the world. */
  readonly shape: ClipShape;
  /** `uint8 [n, T, H, W, C]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** `uint8 [T, H, W, C]`. */
  readonly clips: readonly Uint8Array[];
};

/** The test set of a world, the same on every machine. */
export function createTestSet(world: World, digits: Digits, count = testClips): TestSet {
  const shape = clipShapeOfWorld(world);
  const length = clipLength(shape);
  const pixels = new Uint8Array(count * length);
  const clips = Array.from({ length: count }, (_, row) => pixels.subarray(row * length, (row + 1) * length));
  for (const [row, clip] of clips.entries()) {
    drawClip(world, digits, { seed: testSeed, purpose: 'moving mnist test', row }, clip);
  }
  return { shape, pixels, clips };
}

/** What is hidden of one clip, on the grid of a model. The same for all who share the grid. */
export function planTest(hide: string, shape: ClipShape, tubelet: Tubelet, row: number): MaskPlan {
  const grid = createTokenGrid(shape, tubelet);
  return planMask(parseHide(hide), grid, { seed: testSeed, step: 0, sample: row });
}
