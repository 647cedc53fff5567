import { expect } from 'chai';
import { plural } from '../../lib/cli/plural.js';

describe('plural', () => {
  it('adds an s to all but one', () => {
    expect([0, 1, 2].map((count) => plural(count, 'clip'))).to.deep.equal(['0 clips', '1 clip', '2 clips']);
  });
});
