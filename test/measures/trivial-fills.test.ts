import { expect } from 'chai';
import fc from 'fast-check';
import { frameLength } from '../../lib/clip/clip.js';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { pixelMask } from '../../lib/masking/hidden-pixels.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import type { TrivialFill } from '../../lib/measures/trivial-fill.js';
import { type FillName, fillNames, trivialFills } from '../../lib/measures/trivial-fills.js';
import { planHide } from '../masking/plan-hide.js';
import { rejectionOf } from '../video/made-videos.js';
import { drawnPlans, drawPlan, noiseClip } from './drawn-plan.js';

/** The plans that a fill is held to its contract on, and how many of them. */
type Trial = { readonly plans: fc.Arbitrary<MaskPlan>; readonly runs: number };

const anyPlan: Trial = { plans: drawnPlans, runs: 200 };

/** Whole frames of at least 32 × 32, the only ones that it applies to; few, since each gap starts a process. */
const gapPlans: Trial = {
  plans: fc
    .tuple(fc.constantFrom('gap:1', 'gap:2', 'gap:1+gap:2'), fc.nat(99), fc.constantFrom(32, 36))
    .map(([hide, seed, width]) =>
      planHide(hide, seed, createTokenGrid({ frames: 7, height: 32, width, channels: 3 }, { frames: 1, size: 4 })),
    ),
  runs: 4,
};

const trials: Readonly<Record<FillName, Trial>> = {
  black: anyPlan,
  'mean frame': anyPlan,
  'visible mean': anyPlan,
  'copy-last': anyPlan,
  'linear blend': anyPlan,
  'motion interpolation': gapPlans,
};

function contextOf({ grid }: MaskPlan) {
  return { meanFrame: Float32Array.from({ length: frameLength(grid.clip) }, (_, index) => 3.5 + (index % 200)) };
}

/** `[T, H, W, C]`, which values are of visible, of hidden and of unused pixels. */
function valuesOf(plan: MaskPlan, of: 'visible' | 'hidden' | 'unused', filled: Float32Array | Uint8Array): number[] {
  const mask = pixelMask(plan, of);
  const { channels } = plan.grid.clip;
  return [...filled].filter((_, index) => mask[Math.floor(index / channels)] === 1);
}

describe('trivial fills', () => {
  it('are listed from the simplest on', () => {
    expect(fillNames).to.deep.equal([
      'black',
      'mean frame',
      'visible mean',
      'copy-last',
      'linear blend',
      'motion interpolation',
    ]);
  });

  it('are what their names say', async () => {
    const plan = drawPlan(['.', '#', '#', '.', '.']);
    const clip = Uint8Array.of(10, 99, 99, 40, 70);
    const hidden: Record<string, number[]> = {};
    for (const name of fillNames.filter((name) => trivialFills[name].appliesTo(plan))) {
      hidden[name] = [...(await trivialFills[name].fill(clip, plan, { meanFrame: Float32Array.of(5) }))].slice(1, 3);
    }
    expect(hidden).to.deep.equal({
      black: [0, 0],
      'mean frame': [5, 5],
      'visible mean': [40, 40],
      'copy-last': [10, 10],
      'linear blend': [20, 30],
    });
  });

  it('apply to every plan, but for motion interpolation, which fills gaps of larger frames', () => {
    const grid = createTokenGrid({ frames: 8, height: 32, width: 32, channels: 3 }, { frames: 2, size: 4 });
    const applying = (hide: string) =>
      fillNames.filter((name) => trivialFills[name].appliesTo(planHide(hide, 0, grid)));
    expect(applying('gap:2-3')).to.deep.equal(fillNames);
    for (const hide of ['future:2', 'patches:0.5', 'gap:2-3+patches:0.5', 'box:0,0,8,8@0-7']) {
      expect(applying(hide), hide).to.deep.equal(fillNames.slice(0, -1));
    }
  });

  for (const name of fillNames) {
    describe(name, () => {
      const fill: TrivialFill = trivialFills[name];
      const { plans, runs } = trials[name];

      it('keeps what is not hidden, and gives the hidden pixels values that can be shown', async () => {
        await fc.assert(
          fc.asyncProperty(plans, fc.integer(), async (plan, seed) => {
            const clip = noiseClip(plan, seed);
            const filled = await fill.fill(clip, plan, contextOf(plan));
            expect(filled).to.be.instanceOf(Float32Array).with.length(clip.length);
            for (const of of ['visible', 'unused'] as const) {
              expect(valuesOf(plan, of, filled)).to.deep.equal(valuesOf(plan, of, clip));
            }
            expect(valuesOf(plan, 'hidden', filled).every((value) => value >= 0 && value <= 255)).to.equal(true);
          }),
          { numRuns: runs, seed: 1 },
        );
      });

      it('never looks at a hidden or an unused pixel, and changes no clip', async () => {
        await fc.assert(
          fc.asyncProperty(plans, fc.integer(), async (plan, seed) => {
            const clip = noiseClip(plan, seed);
            const isVisible = pixelMask(plan, 'visible');
            const { channels } = plan.grid.clip;
            const changed = clip.map((value, index) =>
              isVisible[Math.floor(index / channels)] === 1 ? value : 255 - value,
            );
            const [before, changedBefore] = [clip.slice(), changed.slice()];
            const filled = await fill.fill(clip, plan, contextOf(plan));
            const filledChanged = await fill.fill(changed, plan, contextOf(plan));
            expect(valuesOf(plan, 'hidden', filledChanged)).to.deep.equal(valuesOf(plan, 'hidden', filled));
            expect([clip, changed]).to.deep.equal([before, changedBefore]);
          }),
          { numRuns: runs, seed: 1 },
        );
      });

      it('refuses a clip of another shape', async () => {
        await fc.assert(
          fc.asyncProperty(plans, fc.boolean(), async (plan, isLonger) => {
            const clip = noiseClip(plan, 0);
            const other = isLonger ? new Uint8Array(clip.length + 1) : clip.subarray(1);
            const error = await rejectionOf(fillOf(fill, other, plan));
            expect(error).to.be.instanceOf(RangeError);
            expect(error).to.have.property('message', `a clip must have ${clip.length} values, got ${other.length}`);
          }),
          { numRuns: runs, seed: 1 },
        );
      });
    });
  }
});

/** The fill as a promise, whether it throws or rejects. */
async function fillOf(fill: TrivialFill, clip: Uint8Array, plan: MaskPlan): Promise<Float32Array> {
  return fill.fill(clip, plan, contextOf(plan));
}
