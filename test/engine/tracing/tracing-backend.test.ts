import { expect } from 'chai';
import { TracingBackend } from '../../../lib/engine/tracing/tracing-backend.js';
import { OnnxGraph } from '../../../lib/formats/onnx-graph.js';

function recording() {
  const [backend, graph] = [new TracingBackend(), new OnnxGraph('test')];
  backend.record(graph);
  return { backend, graph };
}

describe('TracingBackend', () => {
  it('gives back the value of a tensor, in the tensor’s own shape', () => {
    const { backend, graph } = recording();
    const value = graph.input('x', 'float32', [2, 3]);
    const tensor = backend.add(value);
    expect(tensor).to.deep.include({ shape: [2, 3], dtype: 'float32' });
    expect(backend.find(tensor)).to.equal(value);
    // tfjs reshapes by giving the same data another shape.
    expect(backend.find({ ...tensor, shape: [6] }))
      .to.include({ type: 'float32' })
      .and.deep.include({ shape: [6] });
  });

  it('takes numbers as constants of the graph', () => {
    const { backend } = recording();
    const dataId = backend.write(Int32Array.of(1, 2), [2], 'int32');
    expect(backend.find({ dataId, shape: [2], dtype: 'int32' })).to.deep.include({ type: 'int32', shape: [2] });
  });

  it('refuses what tfjs or the graph has no type for', () => {
    const { backend, graph } = recording();
    expect(() => backend.add(graph.input('x', 'uint8', [2]))).to.throw(TypeError, 'tfjs has no type uint8');
    expect(() => backend.add(graph.input('y', 'int64', [2]))).to.throw(TypeError, 'tfjs has no type int64');
    expect(() => backend.write(Float32Array.of(1), [1], 'complex64')).to.throw(TypeError, 'got complex64');
    expect(() => backend.write(null, [1], 'float32')).to.throw(TypeError, 'without numbers');
  });

  it('refuses everything while no graph is at hand', () => {
    const { backend } = recording();
    backend.record(undefined);
    expect(() => backend.graph).to.throw(Error, 'after the trace had ended');
    expect(() => backend.write(Float32Array.of(1), [1], 'float32')).to.throw(Error, 'after the trace had ended');
  });

  it('has no value to read', () => {
    expect(() => recording().backend.readSync()).to.throw(Error, 'read inside a trace');
    expect(() => recording().backend.read()).to.throw(Error, 'read inside a trace');
  });
});
