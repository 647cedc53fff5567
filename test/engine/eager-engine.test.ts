import { expect } from 'chai';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import { describeEngineContract } from './engine-contract.js';

describeEngineContract('the reference', () => Promise.resolve(createEagerEngine('cpu')));

describe('createEagerEngine', () => {
  it('needs a backend that tfjs has, whenever it is asked', () => {
    for (let time = 0; time < 2; time++) {
      expect(() => createEagerEngine('abacus')).to.throw(Error, 'tfjs has no backend abacus that starts at once');
    }
  });
});
