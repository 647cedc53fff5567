import { expect } from 'chai';
import { clipLength, type ClipShape } from '../../lib/clip/clip.js';
import { greyOf } from '../../lib/clip/grey.js';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { hiddenFrames, pixelMask } from '../../lib/masking/hidden-pixels.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { linearBlend } from '../../lib/measures/linear-blend.js';
import { motionInterpolation } from '../../lib/measures/motion-interpolation.js';
import { createScore } from '../../lib/measures/score.js';
import type { TrivialFill } from '../../lib/measures/trivial-fill.js';
import { planHide } from '../masking/plan-hide.js';
import { madeFrames, rejectionOf } from '../video/made-videos.js';
import { noiseClip } from './drawn-plan.js';

const context = { meanFrame: new Float32Array(0) };
const gridOf = (size: Partial<ClipShape> = {}, tubeletFrames = 1) =>
  createTokenGrid({ frames: 12, height: 64, width: 96, channels: 3, ...size }, { frames: tubeletFrames, size: 4 });

/** A clip of the plan's shape from the value at each frame, row, column and channel. */
function drawClip(
  { grid }: MaskPlan,
  valueAt: (frame: number, y: number, x: number, channel: number) => number,
): Uint8Array {
  const { frames, height, width } = grid.clip;
  return Buffer.concat([...madeFrames({ frames, height, width, value: valueAt })]);
}

/** A light square of 16 pixels that goes to the right by 4 pixels a frame and stays clear of the frame's edges. */
function movingSquare(plan: MaskPlan): Uint8Array {
  return drawClip(plan, (frame, y, x) => {
    const left = 20 + 4 * frame;
    return y >= 20 && y < 36 && x >= left && x < left + 16 ? 220 : 30;
  });
}

/** A pattern that fills the frame and goes to the right by 4 pixels a frame. */
function movingPattern(plan: MaskPlan): Uint8Array {
  return drawClip(plan, (frame, y, x) => 128 + 60 * Math.sin((x - 4 * frame) / 3) + 60 * Math.sin(y / 4));
}

async function mseOf(fill: TrivialFill, plan: MaskPlan, truth: Uint8Array): Promise<number> {
  const score = createScore(plan.grid.clip);
  score.add(truth, await fill.fill(truth, plan, context), pixelMask(plan));
  return score.result().mse;
}

describe('motionInterpolation', () => {
  for (const [what, hide, size] of [
    ['a frame', 'gap:5-5', {}],
    ['two frames', 'gap:5-6', {}],
    ['three frames', 'gap:4-6', {}],
    ['the second frame', 'gap:1-1', {}],
    ['the last frame but one', 'gap:10-10', {}],
    ['the one frame between two', 'gap:1-1', { frames: 3 }],
    ['gaps of two lengths', 'gap:2-2+gap:7-9', {}],
    ['gaps with one frame between them', 'gap:3-3+gap:5-5', {}],
  ] as const) {
    it(`moves what moves, where a blend shows it twice: ${what}`, async () => {
      const plan = planHide(hide, 0, gridOf(size));
      const blend = await mseOf(linearBlend, plan, movingSquare(plan));
      expect(await mseOf(motionInterpolation, plan, movingSquare(plan))).to.be.below(blend / 4);
    });
  }

  it('fills gaps that are rounded outward to tubelets', async () => {
    const plan = planHide('gap:5-5', 0, gridOf({}, 2));
    expect(hiddenFrames(plan)).to.deep.equal([4, 5]);
    const blend = await mseOf(linearBlend, plan, movingSquare(plan));
    expect(await mseOf(motionInterpolation, plan, movingSquare(plan))).to.be.below(blend / 4);
  });

  it('does not take much motion after none for a change of scene', async () => {
    // Nothing is known before the first frame, which ffmpeg is given several times.
    const plan = planHide('gap:1-1', 0, gridOf());
    const blend = await mseOf(linearBlend, plan, movingPattern(plan));
    expect(await mseOf(motionInterpolation, plan, movingPattern(plan))).to.be.below(blend / 4);
  });

  it('keeps each pixel’s colour, but for the rounding on the way to YUV and back, in sizes of no multiple of 16', async () => {
    const plan = planHide('gap:2-3', 0, gridOf({ frames: 6, height: 36, width: 52 }));
    const [red, blue] = [
      [200, 40, 90],
      [30, 60, 180],
    ];
    const clip = drawClip(plan, (_frame, _y, x, channel) => (x % 2 === 0 ? red : blue)[channel] ?? NaN);
    const filled = await motionInterpolation.fill(clip, plan, context);
    expect(filled.length).to.equal(clip.length);
    const furthest = filled.reduce((most, value, index) => Math.max(most, Math.abs(value - (clip[index] ?? NaN))), 0);
    expect(furthest).to.be.at.most(3);
  });

  it('does not look into another gap for the motion before this one', async () => {
    // As far before frame 5 as frame 8 lies after it is frame 2, which is hidden.
    const plan = planHide('gap:2-2+gap:6-7', 0, gridOf({ frames: 9, height: 96, width: 64 }));
    const clip = noiseClip(plan, 1);
    const changed = clip.slice();
    const frame = clip.length / 9;
    for (let index = 2 * frame; index < 3 * frame; index++) changed[index] = 255 - (clip[index] ?? NaN);
    const [filled, filledChanged] = [
      await motionInterpolation.fill(clip, plan, context),
      await motionInterpolation.fill(changed, plan, context),
    ];
    expect(filledChanged).to.deep.equal(filled);
  });

  it('fills several clips at once, with gaps of several lengths, each as if it were alone', async () => {
    const plans = ['gap:5-5', 'gap:2-2+gap:6-8', 'gap:1-2', 'gap:4-6'].map((hide) => planHide(hide, 0, gridOf()));
    const clips = plans.map((plan, index) => ({
      plan,
      clip: index % 2 === 0 ? movingSquare(plan) : movingPattern(plan),
    }));
    const together = await motionInterpolation.fillAll?.(clips, context);
    expect(together).to.have.length(4);
    for (const [index, { clip, plan }] of clips.entries()) {
      expect(together?.[index]).to.deep.equal(await motionInterpolation.fill(clip, plan, context));
    }
  });

  it('fills grey frames as frames of equal red, green and blue', async () => {
    const [plan, greyPlan] = [3, 1].map((channels) => planHide('gap:4-6', 0, gridOf({ channels })));
    if (!plan || !greyPlan) throw new Error('there is no plan');
    const clip = movingSquare(plan);
    const filled = await motionInterpolation.fill(greyOf(clip), greyPlan, context);
    const rgb = await motionInterpolation.fill(clip, plan, context);
    expect(filled).to.deep.equal(new Float32Array(greyOf(Uint8Array.from(rgb))));
  });

  const refused: Record<string, MaskPlan> = {
    'frames at the end': planHide('future:3', 0, gridOf()),
    'frames at the beginning': planHide('gap:0-2', 0, gridOf()),
    'a gap, and frames at the end': planHide('gap:3-4+future:2', 0, gridOf()),
    'parts of frames': planHide('patches:0.5', 0, gridOf()),
    'a gap and parts of frames': planHide('gap:3-4+box:0,0,8,8@8-8', 0, gridOf()),
    'frames lower than 32 pixels': planHide('gap:3-4', 0, gridOf({ height: 28 })),
    'frames narrower than 32 pixels': planHide('gap:3-4', 0, gridOf({ width: 28 })),
    'a gap where something is unused': withLastTokenUnused(planHide('gap:3-4', 0, gridOf())),
    nothing: { ...planHide('gap:3-4', 0, gridOf()), hidden: new Int32Array(0) },
  };
  for (const [what, plan] of Object.entries(refused)) {
    it(`does not apply to ${what}`, async () => {
      expect(motionInterpolation.appliesTo(plan)).to.equal(false);
      const error = await rejectionOf(fillOf(new Uint8Array(clipLength(plan.grid.clip)), plan));
      expect(error).to.be.instanceOf(RangeError).with.property('message').that.includes('fills only whole frames');
    });
  }

  it('applies to gaps between visible frames, from 32 × 32 pixels on', () => {
    expect(motionInterpolation.appliesTo(planHide('gap:1-10', 0, gridOf()))).to.equal(true);
    expect(motionInterpolation.appliesTo(planHide('gap:3-4+gap:2', 0, gridOf({ height: 32, width: 32 })))).to.equal(
      true,
    );
  });

  it('refuses a clip of another shape', async () => {
    const error = await rejectionOf(fillOf(new Uint8Array(12), planHide('gap:3-4', 0, gridOf())));
    expect(error).to.be.instanceOf(RangeError).with.property('message', 'a clip must have 221184 values, got 12');
  });

  it('ends with the signal', async () => {
    const plan = planHide('gap:3-4', 0, gridOf());
    const reason = new Error('enough');
    expect(await rejectionOf(fillOf(movingSquare(plan), plan, AbortSignal.abort(reason)))).to.equal(reason);
  });
});

/** The fill as a promise, whether it throws or rejects. */
async function fillOf(clip: Uint8Array, plan: MaskPlan, signal?: AbortSignal): Promise<Float32Array> {
  return motionInterpolation.fill(clip, plan, { ...context, signal });
}

function withLastTokenUnused(plan: MaskPlan): MaskPlan {
  return { ...plan, visible: plan.visible.slice(0, -1), unused: plan.visible.slice(-1) };
}
