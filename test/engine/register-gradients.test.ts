import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerGradients } from '../../lib/engine/register-gradients.js';
import { operations } from '../../lib/operations/operations.js';

describe('registerGradients', () => {
  it('makes the gradient of each operation known that has one, once', () => {
    registerGradients();
    const known = operations.map(({ name }) => tf.getGradient(name));
    for (const [index, { gradient }] of operations.entries()) {
      expect(known[index]?.inputsToSave).to.deep.equal(gradient?.inputs);
      expect(known[index]?.outputsToSave).to.deep.equal(gradient?.outputs);
    }
    registerGradients();
    for (const [index, { name }] of operations.entries()) expect(tf.getGradient(name)).to.equal(known[index]);
  });
});
