import { expect } from 'chai';
import type { OnnxNode } from '../../lib/formats/onnx.js';
import { findPeakBytes } from '../../lib/formats/peak-bytes.js';

const node = (operator: string, inputs: string[], outputs: string[]): OnnxNode => ({
  ...{ operator, domain: '', attributes: {} },
  inputs,
  outputs,
});
/** A value's name says its bytes: `a10` has 10; what the graph is given has none of its own. */
const bytesOf = (name: string) => (name.startsWith('given') ? 0 : Number(name.slice(1)));

describe('findPeakBytes', () => {
  it('counts a value from the node that gives it to the last one that takes it', () => {
    const nodes = [
      node('Neg', ['given'], ['a10']),
      node('Neg', ['a10'], ['b100']),
      node('Neg', ['b100'], ['c1000']),
      node('Neg', ['c1000'], ['d1']),
    ];
    expect(findPeakBytes(nodes, bytesOf)).to.equal(1100);
    const keeps = [...nodes, node('Add', ['a10', 'd1'], ['e1'])];
    expect(findPeakBytes(keeps, bytesOf)).to.equal(1110);
    expect(findPeakBytes([], bytesOf)).to.equal(0);
  });

  it('counts a value in another shape once', () => {
    const nodes = [
      node('Neg', ['given'], ['a10']),
      node('Reshape', ['a10', 'given shape'], ['r10']),
      node('Neg', ['r10'], ['b100']),
    ];
    expect(findPeakBytes(nodes, bytesOf)).to.equal(110);
    const twice = [
      node('Neg', ['given'], ['a10']),
      node('Reshape', ['a10', 'given shape'], ['r10']),
      node('Reshape', ['a10', 'given shape'], ['s10']),
      node('Add', ['r10', 's10'], ['b1']),
    ];
    expect(findPeakBytes(twice, bytesOf)).to.equal(11);
    const outlived = [
      node('Neg', ['given'], ['a10']),
      node('Reshape', ['a10', 'given shape'], ['r10']),
      node('Neg', ['r10'], ['b1']),
      node('Neg', ['b1'], ['c100']),
      node('Add', ['a10', 'c100'], ['d1']),
    ];
    expect(findPeakBytes(outlived, bytesOf)).to.equal(111);
    // A result in another shape stays.
    const result = [...nodes.slice(0, 2), node('Neg', ['a10'], ['b1']), node('Neg', ['b1'], ['c100'])];
    expect(findPeakBytes(result, bytesOf)).to.equal(111);
  });
});
