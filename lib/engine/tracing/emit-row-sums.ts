// Owns the sum of rows by an index, which is the gradient of picking rows. Knows no kernel of tfjs.
import type { OnnxGraph, OnnxValue } from '../../formats/onnx-graph.js';
import { emitBinary, emitCast, emitWhere } from './emit-elements.js';
import { emitReshape, emitSlice } from '../../operations/emit-layout.js';

/** Up to so many rows the product is as fast as the scattering or faster. */
const mostRowsOfProduct = 512;

/**
 * Row `i` of the result is the sum of all rows of `values` whose id is `i`; other ids are left out.
 *
 * Never `ScatterND` with its reduction: onnxruntime 1.30 adds from several threads at once and loses terms where ids repeat (from
 * 4 threads, 20,000 rows, 3 ids). Few rows are a product with a matrix of zeros and ones, which is parallel; many are scattered
 * one by one. Measured, 1 to 2 threads: 6,272 rows of 192 into 196, product 7 ms, scattered 17 ms; 640 rows of 384 into 1,568,
 * product 17 ms, scattered 1.2 ms.
 * @param values `[N, D]`
 * @param ids int32 `[N]`
 * @returns `[count, D]`
 */
export function emitRowSums(graph: OnnxGraph, values: OnnxValue, ids: OnnxValue, count: number): OnnxValue {
  const [rows = 0, width = 0] = values.shape;
  if (count <= mostRowsOfProduct && values.type === 'float32') {
    const places = graph.constant(
      'int32',
      [count, 1],
      Int32Array.from({ length: count }, (_, place) => place),
    );
    const isThere = emitBinary(graph, 'Equal', emitReshape(graph, ids, [1, rows]), places, 'bool');
    return graph.node('MatMul', [emitCast(graph, isThere, 'float32'), values], { shape: [count, width] });
  }
  // What belongs nowhere goes to one row more, which is cut off.
  const integer = (value: number) => graph.constant('int32', [], [value]);
  const isInside = emitBinary(
    graph,
    'And',
    emitBinary(graph, 'GreaterOrEqual', ids, integer(0), 'bool'),
    emitBinary(graph, 'Less', ids, integer(count), 'bool'),
    'bool',
  );
  const targets = emitCast(
    graph,
    emitReshape(graph, emitWhere(graph, isInside, ids, integer(count)), [rows, 1]),
    'int64',
  );
  const spread = graph.expand(targets, [rows, width]);
  const zeros = graph.expand(graph.constant(values.type, [], [0]), [count + 1, width]);
  const sums = graph.node(
    'ScatterElements',
    [zeros, spread, values],
    { type: values.type, shape: [count + 1, width] },
    { attributes: { axis: 0, reduction: 'add' } },
  );
  return emitSlice(graph, sums, [0, 0], [count, width]);
}
