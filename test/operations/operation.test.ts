import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { geluOperation } from '../../lib/operations/gelu.js';
import { layerNormGradient } from '../../lib/operations/layer-norm.js';
import { named, runForGradients, runForOne, runOperation } from '../../lib/operations/operation.js';
import { onCpu } from '../engine/on-cpu.js';

describe('operation', () => {
  it('runs on the backend in use and gives all outputs, or the first', () => {
    const inputs = () => ({ x: tf.tensor2d([[1, 3]]), scale: tf.ones([2]), gradient: tf.tensor2d([[5, 6]]) });
    const [ofInput, ofScale, ofShift] = onCpu(() => runOperation(layerNormGradient, inputs(), { epsilon: 0 }));
    // Two values are normalised to −1 and 1 whatever they are.
    expect(ofInput).to.deep.equal([0, 0]);
    expect([ofScale, ofShift]).to.deep.equal([
      [-5, 6],
      [5, 6],
    ]);
    expect(onCpu(() => [runForOne(layerNormGradient, inputs(), { epsilon: 0 })])).to.deep.equal([ofInput]);
    const lazy = onCpu(() => runForGradients(layerNormGradient, inputs(), { epsilon: 0 }).map((make) => make()));
    expect(lazy).to.deep.equal([ofInput, ofScale, ofShift]);
    expect(() => onCpu(() => runForGradients(geluOperation, { x: tf.zeros([2]) }).map((make) => make()))).to.throw(
      'Lacuna.Gelu gave no output 1',
    );
    expect(onCpu(() => runOperation(geluOperation, { x: tf.zeros([2]) }))).to.deep.equal([[0, 0]]);
  });

  it('gives the entry of a name, or says which there are', () => {
    expect(named({ x: 0, y: 1 }, 'x')).to.equal(0);
    expect(() => named({ x: 0, y: 1 }, 'z')).to.throw(RangeError, 'no z among x, y');
  });
});
