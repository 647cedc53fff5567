import { expect } from 'chai';
import {
  axesOf,
  axisFromFront,
  inputOf,
  numberOf,
  numbersOf,
  onnxTypeOf,
  pairsOf,
  type TraceCall,
} from '../../../lib/engine/tracing/trace-kernel.js';
import { OnnxGraph } from '../../../lib/formats/onnx-graph.js';

function callWith(attributes: TraceCall['attributes']): TraceCall {
  const graph = new OnnxGraph('test');
  const x = graph.input('x', 'float32', [2]);
  return { graph, inputs: { x }, list: [x], attributes };
}

describe('trace-kernel', () => {
  it('finds an input by its name, or says which there are', () => {
    expect(inputOf(callWith({}), 'x').name).to.equal('x');
    expect(() => inputOf(callWith({}), 'y')).to.throw(RangeError, 'an input y is missing; there are x');
  });

  it('reads numbers, one or several, and nothing else', () => {
    const call = callWith({ axis: -1, axes: [0, 2], typed: Int32Array.of(3), word: 'same', mixed: [1, '2'] });
    expect(numberOf(call, 'axis')).to.equal(-1);
    expect(() => numberOf(call, 'axes')).to.throw(TypeError, 'axes must be a number, got 0,2');
    expect(numbersOf(call, 'axis')).to.deep.equal([-1]);
    expect(numbersOf(call, 'axes')).to.deep.equal([0, 2]);
    expect(numbersOf(call, 'typed')).to.deep.equal([3]);
    for (const name of ['word', 'mixed', 'absent']) {
      expect(() => numbersOf(call, name)).to.throw(TypeError, `${name} must be numbers`);
    }
  });

  it('reads pairs of numbers, and nothing else', () => {
    const call = callWith({ around: [[0, 1], Int32Array.of(2, 3)], flat: [1, 2], half: [[1]], word: 'same' });
    expect(pairsOf(call, 'around')).to.deep.equal([
      [0, 1],
      [2, 3],
    ]);
    for (const name of ['flat', 'half', 'word', 'absent']) {
      expect(() => pairsOf(call, name)).to.throw(TypeError, `${name} must be pairs of numbers`);
    }
  });

  it('counts axes from the front, all of them where none is given', () => {
    expect([axisFromFront(0, 3), axisFromFront(2, 3), axisFromFront(-1, 3)]).to.deep.equal([0, 2, 2]);
    const call = callWith({ axes: [-1, 0], empty: [], nothing: null });
    expect(axesOf(call, 'axes', 3)).to.deep.equal([2, 0]);
    expect(axesOf(call, 'empty', 3)).to.deep.equal([]);
    expect(axesOf(call, 'nothing', 3)).to.deep.equal([0, 1, 2]);
    expect(axesOf(call, 'absent', 2)).to.deep.equal([0, 1]);
  });

  it('knows the types of tensors that can be traced', () => {
    expect(['float32', 'int32', 'bool'].map(onnxTypeOf)).to.deep.equal(['float32', 'int32', 'bool']);
    for (const type of ['string', 'complex64', undefined]) {
      expect(() => onnxTypeOf(type)).to.throw(TypeError, `must be float32, int32 or bool, got ${String(type)}`);
    }
  });
});
