import { expect } from 'chai';
import { labelsToReach, meanInterval } from '../../lib/measures/label-curves.js';

describe('curves over the number of labels', () => {
  it('have means with 95 % intervals by Student’s t', () => {
    // Of 1, 2, 3, 4, 5 the deviation is √2.5, and t with 4 degrees of freedom 2.776.
    const { mean, half = NaN } = meanInterval([1, 2, 3, 4, 5]);
    expect(mean).to.equal(3);
    expect(half).to.be.closeTo(2.776 * Math.sqrt(2.5 / 5), 1e-9);
    expect(meanInterval([7])).to.deep.equal({ mean: 7 });
    expect(meanInterval([2, 2])).to.deep.equal({ mean: 2, half: 0 });
    // t with 60 degrees of freedom is 2.0003.
    const many = Array.from({ length: 61 }, (_, index) => index % 2);
    const deviation = Math.sqrt((61 * (30 / 61) * (31 / 61)) / 60);
    expect(meanInterval(many).half).to.be.closeTo((2.0003 * deviation) / Math.sqrt(61), 1e-4);
    expect(() => meanInterval([])).to.throw(RangeError);
  });

  it('reach a value between their points by equal factors', () => {
    const curve = [
      { labels: 1, value: 0.2 },
      { labels: 10, value: 0.4 },
      { labels: 100, value: 0.8 },
    ];
    expect(labelsToReach(curve, 0.6)).to.be.closeTo(10 * Math.sqrt(10), 1e-9);
    expect(labelsToReach(curve, 0.4)).to.equal(10);
    expect(labelsToReach(curve, 0.1)).to.equal(1);
    expect(labelsToReach(curve, 0.9)).to.equal(undefined);
    expect(labelsToReach([], 0.5)).to.equal(undefined);
  });
});
