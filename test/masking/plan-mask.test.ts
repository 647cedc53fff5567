import { expect } from 'chai';
import fc from 'fast-check';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { createTokenGrid, type TokenGrid } from '../../lib/clip/token-grid.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { type MaskKey, planCounts, planMask } from '../../lib/masking/plan-mask.js';
import { planHide } from './plan-hide.js';

const grids = fc
  .record({
    steps: fc.integer({ min: 1, max: 10 }),
    rows: fc.integer({ min: 1, max: 6 }),
    columns: fc.integer({ min: 1, max: 6 }),
    frames: fc.integer({ min: 1, max: 3 }),
    size: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ steps, rows, columns, frames, size }) =>
    createTokenGrid(
      { frames: steps * frames, height: rows * size, width: columns * size, channels: 3 },
      { frames, size },
    ),
  );

const share = fc.integer({ min: 1, max: 99 }).map((hundredths) => hundredths / 100);

/** Expressions of one to four parts, most of which fit the grid. */
function expressionsFor({ clip }: TokenGrid): fc.Arbitrary<string> {
  const span = fc.tuple(fc.nat(clip.frames - 1), fc.nat(clip.frames - 1)).map((ends) => {
    return `${Math.min(...ends)}-${Math.max(...ends)}`;
  });
  const side = (length: number) =>
    fc.nat(length - 1).chain((at) => fc.tuple(fc.constant(at), fc.integer({ min: 1, max: length - at })));
  const box = fc
    .tuple(side(clip.width), side(clip.height), span)
    .map(([[x, width], [y, height], frames]) => `box:${x},${y},${width},${height}@${frames}`);
  const count = fc.integer({ min: 1, max: Math.max(1, Math.floor(clip.frames / 2)) });
  const part = fc.oneof(
    count.map((frames) => `future:${frames}`),
    count.map((frames) => `gap:${frames}`),
    span.map((frames) => `gap:${frames}`),
    share.map((part) => `drop:${part}`),
    share.map((part) => `patches:${part}`),
    share.map((part) => `tube:${part}`),
    fc.constantFrom('blocks', 'blocks:long', 'blocks:3x0.2'),
    box,
  );
  return fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('+'));
}

const scores = fc.constantFrom(1, 0.75, 0.5, 0.25, 0.01);
const cases = grids.chain((grid) => fc.record({ grid: fc.constant(grid), expression: expressionsFor(grid) }));
const keys = fc.record({ seed: fc.integer(), step: fc.nat(), sample: fc.nat() });

/** The plan, or the words of the usage error; any other error is thrown on. */
function planOrMessage(expression: string, grid: TokenGrid, key: MaskKey, score = 1) {
  try {
    return planMask(parseHide(expression), grid, key, { score });
  } catch (error) {
    if (error instanceof LacunaError && error.kind === 'usage') return error.message;
    throw error;
  }
}

describe('planMask', () => {
  it('makes sets that are sorted, disjoint, not empty and cover the grid, or refuses', () => {
    let planned = 0;
    fc.assert(
      fc.property(cases, keys, scores, ({ grid, expression }, key, score) => {
        const plan = planOrMessage(expression, grid, key, score);
        if (typeof plan === 'string') return;
        planned++;
        const { visible, hidden, unused } = plan;
        expect(visible.length).to.be.greaterThan(0);
        expect(hidden.length).to.equal(Math.max(1, Math.round(score * (hidden.length + unused.length))));
        for (const tokens of [visible, hidden, unused]) expect(tokens).to.deep.equal(tokens.slice().sort());
        const all = [...visible, ...hidden, ...unused].sort((one, other) => one - other);
        expect(all).to.deep.equal(Array.from({ length: grid.tokens }, (_, token) => token));
      }),
      { numRuns: 3000, seed: 1 },
    );
    expect(planned).to.be.greaterThan(1000);
  });

  it('has the same counts, or is refused with the same words, whatever the key', () => {
    fc.assert(
      fc.property(
        cases,
        fc.array(keys, { minLength: 4, maxLength: 4 }),
        scores,
        ({ grid, expression }, several, score) => {
          const outcomes = several.map((key) => {
            const plan = planOrMessage(expression, grid, key, score);
            return typeof plan === 'string'
              ? plan
              : `${plan.visible.length} ${plan.hidden.length} ${plan.unused.length}`;
          });
          expect(new Set(outcomes).size, outcomes.join('; ')).to.equal(1);
          const [outcome = ''] = outcomes;
          if (!outcome.startsWith('--hide')) {
            const { visible, hidden, unused } = planCounts(parseHide(expression), grid, { score });
            expect(`${visible} ${hidden} ${unused}`).to.equal(outcome);
          }
        },
      ),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('gives the same plan for the same key and others for others', () => {
    fc.assert(
      fc.property(cases, keys, ({ grid, expression }, key) => {
        expect(planOrMessage(expression, grid, key)).to.deep.equal(planOrMessage(expression, grid, { ...key }));
      }),
      { numRuns: 500, seed: 1 },
    );
    const hide = parseHide('patches:0.5');
    const { grid } = planHide('patches:0.5');
    const different = [
      { seed: 0, step: 0, sample: 0 },
      { seed: 1, step: 0, sample: 0 },
      { seed: 0, step: 1, sample: 0 },
      { seed: 0, step: 0, sample: 1 },
    ];
    const plans = different.map((key) => planMask(hide, grid, key).hidden.join(' '));
    expect(new Set(plans).size).to.equal(4);
    // Where what is hidden is fixed, what is scored of it is drawn by itself.
    const scored = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((sample) =>
      planMask(parseHide('future:4'), grid, { seed: 0, step: 0, sample }, { score: 0.5 }).hidden.join(' '),
    );
    expect(new Set(scored).size).to.be.greaterThan(2);
  });

  it('hides at least what fixed parts ask for, whatever is added at random', () => {
    fc.assert(
      fc.property(keys, fc.constantFrom('drop:0.5', 'tube:0.5', 'blocks', 'patches:0.5', 'gap:2'), (key, more) => {
        const { grid, hidden: asked } = planHide('box:3,4,2,4@1-1');
        const plan = planMask(parseHide(`${more}+box:3,4,2,4@1-1`), grid, key);
        for (const token of asked) expect(plan.hidden.includes(token)).to.equal(true);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('does not depend on the order of the parts', () => {
    expect(planHide('patches:0.5+gap:2+box:0,0,4,4@0-1', 3)).to.deep.equal(
      planHide('box:0,0,4,4@0-1+patches:0.5+gap:2', 3),
    );
  });

  it('keeps the gap where it is when patches are added', () => {
    for (let seed = 0; seed < 50; seed++) {
      const both = planHide('gap:2+patches:0.5', seed).hidden;
      for (const token of planHide('gap:2', seed).hidden) expect(both.includes(token)).to.equal(true);
    }
  });

  it('leaves what is visible as it is, whatever share of the hidden is scored', () => {
    fc.assert(
      fc.property(cases, keys, scores, ({ grid, expression }, key, score) => {
        const [all, some] = [planOrMessage(expression, grid, key), planOrMessage(expression, grid, key, score)];
        if (typeof all === 'string' || typeof some === 'string') {
          expect(some).to.equal(all);
          return;
        }
        expect(some.visible).to.deep.equal(all.visible);
        if (score === 1) expect(some.unused).to.have.length(0);
      }),
      { numRuns: 500, seed: 1 },
    );
    const { grid } = planHide('patches:0.5');
    for (const score of [0, -1, 1.01, NaN]) {
      expect(() => planMask(parseHide('patches:0.5'), grid, { seed: 0, step: 0, sample: 0 }, { score })).to.throw(
        RangeError,
        'score must be above 0 and at most 1',
      );
    }
  });

  it('refuses to hide everything', () => {
    expect(() => planHide('future:7')).to.throw(
      '--hide future:7 hides everything of a clip of 8 frames of 16 × 12 pixels, rounded outward to patches of 4 × 4 pixels ' +
        'in 2 frames; hide less',
    );
    expect(() => planHide('gap:0-3+future:4')).to.throw(LacunaError, 'hides everything');
    expect(() => planHide('patches:0.99')).to.throw(LacunaError, 'hides everything');
  });
});
