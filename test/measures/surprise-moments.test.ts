import { expect } from 'chai';
import { findMoments, medianOf } from '../../lib/measures/surprise-moments.js';

const errors = [1, 1, 5, 9, 4, 1, 1, 6, 1, 1].map((error, index) => ({ seconds: index / 10, error }));

describe('surprise-moments', () => {
  it('are the largest errors, none of them a part of a larger one', () => {
    const found = findMoments(errors, 3, 0.3);
    expect(found.map(({ seconds }) => seconds)).to.deep.equal([0.3, 0.7, 0]);
    expect(found[0]).to.deep.equal({ seconds: 0.3, error: 9, ratio: 9 });
  });

  it('are as many as were asked for, or as there are', () => {
    expect(findMoments(errors, 1, 0.3)).to.have.length(1);
    expect(findMoments(errors, 100, 0.5)).to.have.length(2);
    expect(findMoments([], 3, 0.5)).to.deep.equal([]);
  });

  it('are held against the median', () => {
    expect(medianOf([3, 1, 2])).to.equal(2);
    expect(medianOf([4, 1, 2, 3])).to.equal(2.5);
    expect(medianOf([])).to.be.NaN;
  });
});
