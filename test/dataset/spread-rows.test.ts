import { expect } from 'chai';
import fc from 'fast-check';
import { spreadRows } from '../../lib/dataset/spread-rows.js';

describe('spreadRows', () => {
  it('takes all where there are few, else as many as asked, in order, none twice and with gaps alike', () => {
    expect([...spreadRows(Int32Array.of(3, 5, 9), 3)]).to.deep.equal([3, 5, 9]);
    expect([...spreadRows(Int32Array.of(3, 5, 9, 10), 2)]).to.deep.equal([3, 9]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }), (length, most) => {
        const rows = Int32Array.from({ length }, (_, row) => row);
        const chosen = [...spreadRows(rows, most)];
        expect(chosen).to.have.length(Math.min(length, most));
        const gaps = chosen.slice(1).map((row, index) => row - (chosen[index] ?? 0));
        if (gaps.length > 0) expect(Math.max(...gaps) - Math.min(...gaps)).to.be.at.most(1);
        expect(Math.min(1, ...gaps)).to.equal(1);
      }),
    );
  });
});
