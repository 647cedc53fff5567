import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { geluOperation } from '../../lib/operations/gelu.js';
import { layerNormOperation } from '../../lib/operations/layer-norm.js';
import { named, runForOne, runOperation } from '../../lib/operations/operation.js';
import { onCpu } from '../engine/on-cpu.js';

describe('operation', () => {
  it('runs on the backend in use and gives all outputs, or the first', () => {
    const inputs = () => ({ x: tf.tensor2d([[1, 3]]), scale: tf.ones([2]), shift: tf.zeros([2]) });
    const [normalised, mean, inverseDeviation] = onCpu(() =>
      runOperation(layerNormOperation, inputs(), { epsilon: 0 }),
    );
    expect(normalised).to.deep.equal([-1, 1]);
    expect([mean, inverseDeviation]).to.deep.equal([[2], [1]]);
    expect(onCpu(() => [runForOne(layerNormOperation, inputs(), { epsilon: 0 })])).to.deep.equal([normalised]);
    expect(onCpu(() => runOperation(geluOperation, { x: tf.zeros([2]) }))).to.deep.equal([[0, 0]]);
  });

  it('gives the entry of a name, or says which there are', () => {
    expect(named({ x: 0, y: 1 }, 'x')).to.equal(0);
    expect(() => named({ x: 0, y: 1 }, 'z')).to.throw(RangeError, 'no z among x, y');
  });
});
