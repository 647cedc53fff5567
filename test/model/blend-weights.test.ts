import { expect } from 'chai';
import fc from 'fast-check';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { linearBlend } from '../../lib/measures/linear-blend.js';
import { blendWeights } from '../../lib/model/blend-weights.js';
import { noiseClip } from '../measures/drawn-plan.js';

describe('blendWeights', () => {
  it('gives each step its weights by hand', () => {
    const rows = (hidden: readonly number[]) => {
      const weights = [...blendWeights(Float32Array.from(hidden), hidden.length)];
      return hidden.map((_, step) => weights.slice(step * hidden.length, (step + 1) * hidden.length));
    };
    expect(rows([0, 1, 1, 1, 0])).to.deep.equal([
      [1, 0, 0, 0, 0],
      [0.75, 0, 0, 0, 0.25],
      [0.5, 0, 0, 0, 0.5],
      [0.25, 0, 0, 0, 0.75],
      [0, 0, 0, 0, 1],
    ]);
    expect(rows([1, 0, 1])).to.deep.equal(Array(3).fill([0, 1, 0]));
    expect(rows([0, 0])).to.deep.equal([
      [1, 0],
      [0, 1],
    ]);
    expect(rows([1, 1])).to.deep.equal([
      [0, 0],
      [0, 0],
    ]);
  });

  it('fills in as the linear blend of the measures does, whatever is hidden', async () => {
    const cases = fc
      .record({ places: fc.integer({ min: 1, max: 5 }), steps: fc.integer({ min: 1, max: 8 }), seed: fc.nat() })
      .chain(({ places, steps, seed }) =>
        fc.record({
          ...{ places: fc.constant(places), steps: fc.constant(steps), seed: fc.constant(seed) },
          hidden: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: places * steps, maxLength: places * steps }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(cases, async ({ places, steps, seed, hidden }) => {
        const grid = createTokenGrid({ frames: steps, height: 1, width: places, channels: 1 }, { frames: 1, size: 1 });
        // A token is step · places + place, the weights go by places.
        const tokensOf = (wanted: number) =>
          Int32Array.from(hidden.keys()).filter(
            (token) => hidden[(token % places) * steps + Math.floor(token / places)] === wanted,
          );
        const plan = { grid, visible: tokensOf(0), hidden: tokensOf(1), unused: new Int32Array(0) };
        const clip = noiseClip(plan, seed);
        const expected = await linearBlend.fill(clip, plan, { meanFrame: new Float32Array(0) });
        const weights = blendWeights(Float32Array.from(hidden), steps);
        for (let place = 0; place < places; place++) {
          const isKnown = hidden.slice(place * steps, (place + 1) * steps).includes(0);
          for (let step = 0; step < steps; step++) {
            const row = weights.subarray((place * steps + step) * steps, (place * steps + step + 1) * steps);
            const value = row.reduce((sum, weight, other) => sum + weight * (clip[other * places + place] ?? 0), 0);
            expect(value).to.be.closeTo(isKnown ? (expected[step * places + place] ?? Number.NaN) : 0, 1e-4);
          }
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
