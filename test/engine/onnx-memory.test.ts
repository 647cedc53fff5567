import { expect } from 'chai';
import { arraysOfUse } from '../../lib/engine/onnx-memory.js';

describe('arraysOfUse', () => {
  it('gives each array once, those that are read first', () => {
    expect(arraysOfUse({})).to.deep.equal([]);
    expect(arraysOfUse({ reads: ['parameters', 'averages'] })).to.deep.equal(['parameters', 'averages']);
    expect(
      arraysOfUse({ reads: ['parameters'], updates: ['parameters', 'moments1', 'moments2', 'averages'] }),
    ).to.deep.equal(['parameters', 'moments1', 'moments2', 'averages']);
  });
});
