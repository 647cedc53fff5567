import { expect } from 'chai';
import { nameFailures } from '../../lib/dataset/name-failures.js';

describe('nameFailures', () => {
  it('names three in one line, and counts the others', () => {
    const failures = ['a', 'b', 'c', 'd', 'e'].map((video) => ({
      ...{ video, reason: 'truncated' as const, detail: 'one\ntwo' },
    }));
    const named = 'a is truncated (one; two), b is truncated (one; two), c is truncated (one; two)';
    expect(nameFailures(failures.slice(0, 3))).to.equal(named);
    expect(nameFailures(failures)).to.equal(`${named}, and 2 more`);
  });
});
