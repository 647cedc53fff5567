import { expect } from 'chai';
import fc from 'fast-check';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { checkLines } from '../../lib/dataset/check-lines.js';
import type { LabelLine } from '../../lib/dataset/label-lines.js';

const line = (number: number, fields: Omit<LabelLine, 'line' | 'file'>, at?: readonly [number, number]): LabelLine => ({
  line: number,
  file: 'a.mp4',
  ...fields,
  ...(at && { window: { startFrame: at[0], numFrames: at[1] } }),
});

describe('checkLines', () => {
  it('lets lines say the same, say different things, and speak of other frames', () => {
    checkLines('labels.csv', [
      line(2, { label: 'cat' }, [0, 16]),
      line(3, { label: 'cat', group: 'g' }, [8, 16]),
      line(4, { label: 'dog', split: 'train' }, [24, 16]),
      line(5, { group: 'g' }),
    ]);
  });

  it('names both lines that give a frame two labels or two splits', () => {
    const check = (...lines: LabelLine[]) => expect(() => checkLines('labels.csv', lines));
    check(line(9, { label: 'dog' }), line(4, { label: 'cat' })).to.throw(
      LacunaError,
      'Lines 4 and 9 of labels.csv contradict each other: they give a.mp4 the labels cat and dog; take one away.',
    );
    check(line(2, { label: 'cat' }), line(3, { label: 'dog' }, [5, 1])).to.throw(/Lines 2 and 3 of .* labels/);
    check(line(2, { split: 'train' }, [0, 16]), line(3, { split: 'test' }, [15, 16])).to.throw(
      /Lines 2 and 3 .* the splits train and test/,
    );
  });

  it('gives a video one group, whatever the frames', () => {
    const lines = [line(2, { group: 'a' }, [0, 16]), line(3, { group: 'b' }, [16, 16])];
    expect(() => checkLines('groups.csv', lines)).to.throw(LacunaError, /Lines 2 and 3 .* the groups a and b/);
  });

  it('finds a contradiction where and only where some frame has two labels', () => {
    const drawn = fc.record({
      label: fc.constantFrom('a', 'b'),
      window: fc.record({ startFrame: fc.nat(30), numFrames: fc.integer({ min: 1, max: 12 }) }),
    });
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 5 }), (records) => {
        const lines = records.map((record, index) => ({ line: index + 2, file: 'a.mp4', ...record }));
        const labelsOf = (frame: number) =>
          lines
            .filter(({ window: { startFrame, numFrames } }) => startFrame <= frame && frame < startFrame + numFrames)
            .map(({ label }) => label);
        const isContradiction = Array.from({ length: 50 }, (_, frame) => new Set(labelsOf(frame)).size).includes(2);
        const check = expect(() => checkLines('labels.csv', lines));
        if (isContradiction) check.to.throw(LacunaError);
        else check.not.to.throw();
      }),
      { numRuns: 500 },
    );
  });
});
