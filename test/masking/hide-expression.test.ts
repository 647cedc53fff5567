import { expect } from 'chai';
import fc from 'fast-check';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { formatHide, parseHide } from '../../lib/masking/hide-expression.js';

const count = fc.integer({ min: 1, max: 999 });
const share = fc.integer({ min: 1, max: 999 }).map((thousandths) => thousandths / 1000);
const span = fc.tuple(fc.nat(99), fc.nat(99)).map(([first, more]) => ({ first, last: first + more }));
const part = fc.oneof(
  fc.record({ kind: fc.constant('future' as const), frames: count }),
  fc.record({ kind: fc.constant('gap' as const), frames: count }),
  span.map((frames) => ({ kind: 'gap' as const, ...frames })),
  fc.record({ kind: fc.constantFrom('drop' as const, 'patches' as const, 'tube' as const), share }),
  fc.record({ kind: fc.constant('blocks' as const), count: fc.integer({ min: 1, max: 100 }), share }),
  fc
    .tuple(
      fc.record({ kind: fc.constant('box' as const), x: fc.nat(99), y: fc.nat(99), width: count, height: count }),
      span,
    )
    .map(([sides, frames]) => ({ ...sides, ...frames })),
);

/** The message of the usage error that an expression gives. */
function messageOf(expression: string): string {
  try {
    parseHide(expression);
  } catch (error) {
    if (error instanceof LacunaError && error.kind === 'usage') return error.message;
    throw error;
  }
  throw new Error(`${expression} was read`);
}

describe('hide expression', () => {
  it('reads each kind', () => {
    expect(parseHide('future:8+gap:4+gap:4-9+drop:0.25+patches:0.75+tube:.9+blocks+box:1,2,3,4@5-6')).to.deep.equal([
      { kind: 'future', frames: 8 },
      { kind: 'gap', frames: 4 },
      { kind: 'gap', first: 4, last: 9 },
      { kind: 'drop', share: 0.25 },
      { kind: 'patches', share: 0.75 },
      { kind: 'tube', share: 0.9 },
      { kind: 'blocks', count: 8, share: 0.15 },
      { kind: 'box', x: 1, y: 2, width: 3, height: 4, first: 5, last: 6 },
    ]);
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (expression) => {
        expect(parseHide(formatHide(expression))).to.deep.equal(expression);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('reads any text or says in a sentence that names it why not', () => {
    const near = fc.string({ unit: fc.constantFrom(...'futregapdoxcbk:+-,@.019 '.split('')), maxLength: 16 });
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        try {
          formatHide(parseHide(text));
        } catch (error) {
          expect(error).to.be.instanceOf(LacunaError);
          expect(error instanceof Error ? error.message : '').to.match(/^--hide .+/s);
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('passes over space around a part', () => {
    expect(parseHide(' patches:0.5 + gap:2 ')).to.deep.equal(parseHide('patches:0.5+gap:2'));
  });

  it('names the nearest kind for a misspelling, and all kinds where none is near', () => {
    expect(messageOf('patches:0.5+futur:8')).to.equal(
      '--hide futur:8 is of no known kind; did you mean future:8 (the last 8 frames)?',
    );
    expect(messageOf('Future:8')).to.include('did you mean future:8');
    expect(messageOf('toString:1')).to.include('the kinds are future, box, gap, drop, blocks, tube, patches');
  });

  it('names the part, the rule and what came instead', () => {
    expect(messageOf('gap:2+patches:1.2')).to.equal(
      '--hide patches:1.2 needs a share above 0 and below 1, got "1.2"; write patches:0.75',
    );
    expect(messageOf('future')).to.include('at least 1, got nothing; write future:8');
  });

  it('refuses nothing at all and empty parts', () => {
    expect(messageOf('  ')).to.include('says nothing');
    for (const expression of ['+', 'future:8+', '+future:8', 'future:8++gap:2']) {
      expect(messageOf(expression)).to.include(`--hide ${expression} has an empty part`);
    }
  });
});
