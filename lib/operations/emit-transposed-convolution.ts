// Owns the nodes of a transposed convolution: products over gathered neighbourhoods. Knows no gradient.
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { emitProduct } from './emit-product.js';
import { emitTaps, withZeroRow } from './neighbourhoods.js';
import { emitReshape } from './emit-layout.js';

/** How far the places of `x` lie apart in the result, and the size of that. */
export type Enlargement = { readonly stride: number; readonly height: number; readonly width: number };

/** The places of the result with the same remainders by the stride. */
type Phase = {
  readonly height: number;
  readonly width: number;
  /** Offsets of the kernel that reach these places, the last first, so that what they take lies in order. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
};

/**
 * One product for each of the s × s phases, for all places of one take the same offsets of the kernel. No zero is multiplied, and
 * with stride 1 there is one phase.
 * @param x `[B, h, w, I]`
 * @param weight `[I, k, k, O]`
 * @returns `[B, height, width, O]`
 */
export function emitTransposedConvolution(
  graph: OnnxGraph,
  x: OnnxValue,
  weight: OnnxValue,
  { stride, height, width }: Enlargement,
): OnnxValue {
  const [batch = 1] = x.shape;
  const [inputs = 1, kernel = 1, , outputs = 1] = weight.shape;
  const margin = (kernel - 1) / 2;
  const byOffset = graph.node(
    'Transpose',
    [emitReshape(graph, weight, [inputs, kernel * kernel, outputs])],
    { shape: [kernel * kernel, inputs, outputs] },
    { attributes: { perm: [1, 0, 2] } },
  );
  const parts: OnnxValue[] = [];
  /** Where the rows of each phase begin; nothing for one that no offset reaches. */
  const starts: (number | undefined)[] = [];
  let count = 0;
  const phases = phasesOf(kernel, stride, height, width);
  for (const [index, phase] of phases.entries()) {
    const chosen = phase.rows.flatMap((row) => phase.columns.map((column) => row * kernel + column));
    const places = batch * phase.height * phase.width;
    starts.push(chosen.length === 0 || places === 0 ? undefined : count);
    if (chosen.length === 0 || places === 0) continue;
    const sourceOf = (remainder: number) => (offset: number) => (remainder + margin - offset) / stride;
    const taps = {
      height: phase.height,
      width: phase.width,
      step: 1,
      rows: phase.rows.map(sourceOf(Math.floor(index / stride))),
      columns: phase.columns.map(sourceOf(index % stride)),
    };
    const picked = graph.node(
      'Gather',
      [byOffset, graph.constant('int32', [chosen.length], chosen)],
      { shape: [chosen.length, inputs, outputs] },
      { attributes: { axis: 0 } },
    );
    parts.push(
      emitProduct(graph, emitTaps(graph, x, taps), emitReshape(graph, picked, [chosen.length * inputs, outputs])),
    );
    count += places;
  }
  const joined = joinRows(graph, parts, count, outputs);
  const shape = [batch, height, width, outputs];
  if (stride === 1) return emitReshape(graph, joined, shape);
  const order = graph.once(`phases ${batch} ${height} ${width} ${kernel} ${stride}`, () =>
    graph.constant('int32', shape.slice(0, 3), orderOf(shape, stride, phases, starts, count)),
  );
  const source = starts.includes(undefined) ? withZeroRow(graph, joined) : joined;
  return graph.node('Gather', [source, order], { shape }, { attributes: { axis: 0 } });
}

function phasesOf(kernel: number, stride: number, height: number, width: number): Phase[] {
  const margin = (kernel - 1) / 2;
  const reaching = (remainder: number) =>
    Array.from({ length: kernel }, (_, index) => kernel - 1 - index).filter(
      (offset) => (remainder + margin - offset) % stride === 0,
    );
  return Array.from({ length: stride * stride }, (_, index) => {
    const [top, left] = [Math.floor(index / stride), index % stride];
    return {
      height: Math.max(0, Math.ceil((height - top) / stride)),
      width: Math.max(0, Math.ceil((width - left) / stride)),
      rows: reaching(top),
      columns: reaching(left),
    };
  });
}

/** For each place of the result the row among the joined phases; `count`, where there are zeros, for one of no phase. */
function orderOf(
  [batch = 1, height = 1, width = 1]: readonly number[],
  stride: number,
  phases: readonly Phase[],
  starts: readonly (number | undefined)[],
  count: number,
): Int32Array {
  const order = new Int32Array(batch * height * width);
  for (let place = 0; place < order.length; place++) {
    const [sample, row] = [Math.floor(place / width / height), Math.floor(place / width) % height];
    const column = place % width;
    const index = (row % stride) * stride + (column % stride);
    const [start, phase] = [starts[index], phases[index]];
    const line = sample * (phase?.height ?? 0) + Math.floor(row / stride);
    order[place] = start === undefined ? count : start + line * (phase?.width ?? 0) + Math.floor(column / stride);
  }
  return order;
}

function joinRows(graph: OnnxGraph, parts: readonly OnnxValue[], rows: number, width: number): OnnxValue {
  const [first] = parts;
  if (first === undefined) throw new RangeError('a kernel has at least one offset');
  if (parts.length === 1) return first;
  return graph.node('Concat', parts, { shape: [rows, width] }, { attributes: { axis: 0 } });
}
