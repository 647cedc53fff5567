import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { emitTaps, neighbourhoods, tapsOfKernel } from '../../lib/operations/neighbourhoods.js';
import { OnnxGraph } from '../../lib/formats/onnx-graph.js';
import { onCpu } from '../engine/on-cpu.js';
import { countNodes } from '../formats/count-nodes.js';

/** The model that gathers by taps from a picture `[2, 4, 4, 3]`. */
function modelOf(kernel: number, stride: number, times = 1): Uint8Array {
  const graph = new OnnxGraph('test');
  const x = graph.input('x', 'float32', [2, 4, 4, 3]);
  const taps = tapsOfKernel(x.shape, kernel, stride);
  return graph.encode(
    Object.fromEntries(Array.from({ length: times }, (_, index) => [`y${index}`, emitTaps(graph, x, taps)])),
  );
}

describe('neighbourhoods', () => {
  it('gives the kernel’s places around each place, row by row, zeros outside', () => {
    const [rows = []] = onCpu(() => [neighbourhoods(tf.reshape(tf.range(1, 7), [1, 2, 3, 1]), 3, 2)]);
    expect(rows).to.deep.equal([0, 0, 0, 0, 1, 2, 0, 4, 5, 0, 0, 0, 2, 3, 0, 5, 6, 0]);
  });

  it('says where the taps of a kernel are', () => {
    expect(tapsOfKernel([1, 5, 4, 1], 3, 2)).to.deep.equal({
      height: 3,
      width: 2,
      step: 2,
      rows: [-1, 0, 1],
      columns: [-1, 0, 1],
    });
  });

  it('gathers nothing where each place takes itself, and adds a row of zeros only where one is needed', () => {
    expect([countNodes(modelOf(1, 1), 'Gather'), countNodes(modelOf(1, 1), 'Concat')]).to.deep.equal([0, 0]);
    expect([countNodes(modelOf(1, 2), 'Gather'), countNodes(modelOf(1, 2), 'Concat')]).to.deep.equal([1, 0]);
    expect([countNodes(modelOf(3, 1), 'Gather'), countNodes(modelOf(3, 1), 'Concat')]).to.deep.equal([1, 1]);
  });

  it('stores the indices once for all layers of a size', () => {
    expect(modelOf(3, 1, 2).length - modelOf(3, 1).length).to.be.below(2 * 4 * 4 * 9 * 4);
  });
});
