import { expect } from 'chai';
import { describeBytes } from '../../lib/cli/byte-text.js';

describe('describeBytes', () => {
  it('takes the unit in which a size is short', () => {
    const texts = [0, 999, 1000, 1_449_999, 51_100_000_000, 3e12, 4e15].map(describeBytes);
    expect(texts).to.deep.equal(['0 B', '999 B', '1.0 kB', '1.4 MB', '51.1 GB', '3.0 TB', '4000.0 TB']);
  });
});
