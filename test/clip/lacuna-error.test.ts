import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';

describe('LacunaError', () => {
  it('holds a sentence, a kind and what caused it', () => {
    const cause = new Error('ENOSPC');
    const error = new LacunaError('input', 'the disk is full', { cause });
    expect(error).to.be.instanceOf(Error);
    expect(error).to.include({ name: 'LacunaError', kind: 'input', message: 'the disk is full', cause });
  });

  it('has no cause where none was given', () => {
    expect(new LacunaError('usage', 'no such flag')).to.not.have.property('cause');
  });
});
