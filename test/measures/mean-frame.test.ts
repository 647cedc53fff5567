import { expect } from 'chai';
import fc from 'fast-check';
import { createMeanFrame } from '../../lib/measures/mean-frame.js';

const shape = { frames: 2, height: 1, width: 2, channels: 1 };

describe('createMeanFrame', () => {
  it('is the mean over all frames of all clips, for each place and channel', () => {
    const mean = createMeanFrame(shape);
    mean.add(Uint8Array.of(0, 10, 4, 20));
    expect([...mean.result()]).to.deep.equal([2, 15]);
    mean.add(Uint8Array.of(255, 0, 0, 1));
    // (0 + 4 + 255 + 0) / 4 and (10 + 20 + 0 + 1) / 4.
    expect([...mean.result()]).to.deep.equal([64.75, 7.75]);
  });

  it('does not depend on the order of the clips', () => {
    const clip = fc.uint8Array({ minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(clip, { minLength: 1, maxLength: 9 }), (clips) => {
        const [forward, backward] = [createMeanFrame(shape), createMeanFrame(shape)];
        for (const added of clips) forward.add(added);
        for (const added of clips.toReversed()) backward.add(added);
        expect(forward.result()).to.deep.equal(backward.result());
        const first = clips.map((added) => ((added[0] ?? 0) + (added[2] ?? 0)) / 2);
        const expected = first.reduce((sum, value) => sum + value, 0) / clips.length;
        expect(forward.result()[0]).to.be.closeTo(expected, 1e-4);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('stays exact over more frames than a byte or a float32 could count', () => {
    const mean = createMeanFrame({ frames: 1 << 20, height: 1, width: 1, channels: 1 });
    const clip = new Uint8Array(1 << 20).fill(255);
    for (let count = 0; count < 4; count++) mean.add(clip);
    mean.add(clip.fill(250));
    expect([...mean.result()]).to.deep.equal([254]);
  });

  it('refuses clips of another shape, and no clips', () => {
    const mean = createMeanFrame(shape);
    expect(() => mean.result()).to.throw(RangeError, 'at least one clip, got none');
    expect(() => mean.add(new Uint8Array(3))).to.throw(RangeError, 'a clip must have 4 values, got 3');
    expect(() => mean.add(new Uint8Array(8))).to.throw(RangeError, 'a clip must have 4 values, got 8');
    expect(() => mean.result()).to.throw(RangeError, 'at least one clip, got none');
  });
});
