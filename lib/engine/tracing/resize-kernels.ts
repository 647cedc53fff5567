// Owns the kernels that make pictures larger or smaller, channels last, and their gradients.
//
// Each axis by itself is a product with a small constant matrix, its gradient the product with the same matrix transposed.
import type { OnnxGraph, OnnxValue } from '../../formats/onnx-graph.js';
import { emitGather, emitReshape } from '../../operations/emit-layout.js';
import { inputOf, numbersOf, type TraceCall, type TraceKernel, type TraceKernels } from './trace-kernel.js';

type Sampling = { readonly alignCorners: boolean; readonly halfPixelCenters: boolean };

/** From which places, with which weight, a new place takes its value. */
type Taps = (place: number, from: number, to: number, sampling: Sampling) => readonly (readonly [number, number])[];

/** Where place `place` of `to` lies among `from`. */
function sourceOf(place: number, from: number, to: number, { alignCorners, halfPixelCenters }: Sampling): number {
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return ratio * (halfPixelCenters ? place + 0.5 : place);
}

function nearestPlace(place: number, from: number, to: number, sampling: Sampling): number {
  const source = sourceOf(place, from, to, sampling);
  return Math.min(from - 1, sampling.alignCorners ? Math.round(source) : Math.floor(source));
}

const nearest: Taps = (place, from, to, sampling) => [[nearestPlace(place, from, to, sampling), 1]];

const bilinear: Taps = (place, from, to, sampling) => {
  const source = sourceOf(place, from, to, sampling) - (sampling.halfPixelCenters ? 0.5 : 0);
  const low = Math.max(0, Math.floor(source));
  const share = source - low;
  return [
    [low, 1 - share],
    [Math.min(from - 1, Math.ceil(source)), share],
  ];
};

function samplingOf({ attributes }: TraceCall): Sampling {
  return {
    alignCorners: attributes['alignCorners'] === true,
    halfPixelCenters: attributes['halfPixelCenters'] === true,
  };
}

/** `[to, from]`, or that transposed. */
function emitMatrix(graph: OnnxGraph, taps: Taps, from: number, to: number, sampling: Sampling, isTransposed: boolean) {
  const numbers = new Float32Array(to * from);
  for (let place = 0; place < to; place++) {
    for (const [source, weight] of taps(place, from, to, sampling)) {
      const at = isTransposed ? source * to + place : place * from + source;
      numbers[at] = (numbers[at] ?? 0) + weight;
    }
  }
  return graph.constant('float32', isTransposed ? [from, to] : [to, from], numbers);
}

/** Multiplies rows, then columns, of `[B, H, W, C]`. */
function emitAlongBoth(graph: OnnxGraph, x: OnnxValue, byRows: OnnxValue, byColumns: OnnxValue): OnnxValue {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const [rows = 1] = byRows.shape;
  const [columns = 1] = byColumns.shape;
  const flat = emitReshape(graph, x, [batch, height, width * channels]);
  const higher = graph.node('MatMul', [byRows, flat], { shape: [batch, rows, width * channels] });
  const lines = emitReshape(graph, higher, [batch * rows, width, channels]);
  const wider = graph.node('MatMul', [byColumns, lines], { shape: [batch * rows, columns, channels] });
  return emitReshape(graph, wider, [batch, rows, columns, channels]);
}

const gradientOf =
  (taps: Taps): TraceKernel =>
  (call) => {
    const [images, dy] = [inputOf(call, 'images'), inputOf(call, 'dy')];
    const [byRows, byColumns] = [1, 2].map((axis) =>
      emitMatrix(call.graph, taps, images.shape[axis] ?? 1, dy.shape[axis] ?? 1, samplingOf(call), true),
    );
    if (byRows === undefined || byColumns === undefined) throw new RangeError('a picture has two axes');
    return emitAlongBoth(call.graph, dy, byRows, byColumns);
  };

/** The kernels by tfjs's names. */
export const resizeKernels: TraceKernels = {
  ResizeBilinear: (call) => {
    const images = inputOf(call, 'images');
    const [height = 1, width = 1] = numbersOf(call, 'size');
    const matrix = (from: number, to: number) => emitMatrix(call.graph, bilinear, from, to, samplingOf(call), false);
    return emitAlongBoth(call.graph, images, matrix(images.shape[1] ?? 1, height), matrix(images.shape[2] ?? 1, width));
  },
  ResizeNearestNeighbor: (call) => {
    const { graph } = call;
    return numbersOf(call, 'size').reduce(
      (images, to, index) => {
        const from = images.shape[index + 1] ?? 1;
        const places = Array.from({ length: to }, (_, place) => nearestPlace(place, from, to, samplingOf(call)));
        return emitGather(graph, images, graph.constant('int32', [to], places), index + 1);
      },
      inputOf(call, 'images'),
    );
  },
  ResizeBilinearGrad: gradientOf(bilinear),
  ResizeNearestNeighborGrad: gradientOf(nearest),
};
