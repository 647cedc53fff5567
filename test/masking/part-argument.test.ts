import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { countOfShare, got, partError, readCount, readShare, readSpan } from '../../lib/masking/part-argument.js';

describe('part argument', () => {
  it('makes usage errors that begin with the part', () => {
    const error = partError('gap:9', 'is too long');
    expect(error).to.be.instanceOf(LacunaError);
    expect(error.kind).to.equal('usage');
    expect(error.message).to.equal('--hide gap:9 is too long');
  });

  it('reads counts', () => {
    expect(readCount('12', 'gap:12', 'gap:4')).to.equal(12);
    for (const argument of [undefined, '', '0', '1.0', '+1', '1e3', '99999999999']) {
      expect(() => readCount(argument, 'gap', 'gap:4')).to.throw('at least 1');
    }
  });

  it('reads shares', () => {
    expect(readShare('0.9', 'tube', 'tube:0.9')).to.equal(0.9);
    for (const argument of [undefined, '', '0', '0.0', '1', '1.', '-.5', '.', '0,5']) {
      expect(() => readShare(argument, 'tube', 'tube:0.9')).to.throw('write tube:0.9');
    }
  });

  it('reads spans', () => {
    expect(readSpan('4-9', 'gap:4-9')).to.deep.equal({ first: 4, last: 9 });
    expect(readSpan('4-4', 'gap:4-4')).to.deep.equal({ first: 4, last: 4 });
    for (const argument of [undefined, '', '4', '4-', '4 - 9', '4-9-'])
      expect(readSpan(argument, '')).to.equal(undefined);
    expect(() => readSpan('9-4', 'gap:9-4')).to.throw('as in 4-9');
  });

  it('rounds a share of choices to the nearest count', () => {
    expect(countOfShare(0.75, 10, 'tube', 'places')).to.equal(8);
    expect(countOfShare(0.74, 10, 'tube', 'places')).to.equal(7);
    expect(() => countOfShare(0.04, 10, 'tube:0.04', 'places')).to.throw('hides nothing');
    expect(() => countOfShare(0.5, 0, 'tube:0.5', 'places')).to.throw('no places left');
  });

  it('says what came', () => {
    expect([got(undefined), got(''), got('x')]).to.deep.equal(['got nothing', 'got nothing', 'got "x"']);
  });
});
