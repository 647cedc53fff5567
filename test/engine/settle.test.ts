import { expect } from 'chai';
import { settle } from '../../lib/engine/settle.js';
import { rejectionOf } from '../video/made-videos.js';

describe('settle', () => {
  it('gives what was computed, or rejects with what was thrown, and computes at once', async () => {
    const seen: string[] = [];
    const promise = settle(() => seen.push('computed'));
    expect(seen).to.deep.equal(['computed']);
    expect(await promise).to.equal(1);
    const error = new RangeError('no');
    expect(
      await rejectionOf(
        settle(() => {
          throw error;
        }),
      ),
    ).to.equal(error);
  });
});
