// Owns the parts of a depthwise convolution as one product for each channel: lines of a picture side by side, and the kernel as
// a banded matrix. Knows no gradient.
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { emitReshape, emitTranspose } from './emit-layout.js';

/** A depthwise convolution of a picture of `height × width` places. */
export type Bands = {
  readonly kernel: number;
  readonly stride: number;
  readonly height: number;
  readonly width: number;
  /** Whether it runs from what the convolution gives to what it takes, as the gradient does. */
  readonly isTransposed: boolean;
};

/** `[B, H, W, C]` → `[C, B, H, W]` */
export function toChannels(graph: OnnxGraph, x: OnnxValue): OnnxValue {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const turned = emitTranspose(graph, emitReshape(graph, x, [batch * height * width, channels]), [1, 0]);
  return emitReshape(graph, turned, [channels, batch, height, width]);
}

/** `[C, B·H, W]` → `[B, H, W, C]` */
export function fromChannels(graph: OnnxGraph, x: OnnxValue, shape: readonly [number, number, number]): OnnxValue {
  const [channels = 1, lines = 1, width = 1] = x.shape;
  return emitReshape(graph, emitTranspose(graph, emitReshape(graph, x, [channels, lines * width]), [1, 0]), [
    ...shape,
    channels,
  ]);
}

/**
 * The k lines above and below each line that are multiplied with the kernel's lines, zeros outside.
 * @param x `[C, B, h, w]`: what is taken, or with `isTransposed` what is given
 * @returns `[C, B·h', k·w]`, h' the height of the other side
 */
export function emitLines(graph: OnnxGraph, x: OnnxValue, bands: Bands): OnnxValue {
  const { kernel, stride, isTransposed } = bands;
  const [channels = 1, batch = 1, height = 1, width = 1] = x.shape;
  const lines = isTransposed ? bands.height : Math.ceil(height / stride);
  const zero = graph.expand(graph.scalar(0), [channels, 1, width]);
  const rows = emitReshape(graph, x, [channels, batch * height, width]);
  const shape = [channels, batch * height + 1, width];
  const source = graph.node('Concat', [rows, zero], { shape }, { attributes: { axis: 1 } });
  const key = ['lines', batch, height, lines, kernel, stride, isTransposed].join(' ');
  const indices = graph.once(key, () => {
    const numbers = new Int32Array(batch * lines * kernel);
    for (let at = 0; at < numbers.length; at++) {
      const [line, offset] = [Math.floor(at / kernel), at % kernel];
      const [sample, y] = [Math.floor(line / lines), line % lines];
      const row = otherPlace(y, offset, bands);
      numbers[at] = row !== undefined && row < height ? sample * height + row : batch * height;
    }
    return graph.constant('int32', [batch * lines, kernel], numbers);
  });
  const gathered = [channels, batch * lines, kernel, width];
  const node = graph.node('Gather', [source, indices], { shape: gathered }, { attributes: { axis: 1 } });
  return emitReshape(graph, node, [channels, batch * lines, kernel * width]);
}

/**
 * The kernel of each channel, `weight` `[C, k, k]`, as the matrix that its lines are multiplied with.
 * @returns `[C, k·w, w']`, from the width of one side to that of the other
 */
export function emitBands(graph: OnnxGraph, weight: OnnxValue, bands: Bands): OnnxValue {
  const { kernel, stride, width, isTransposed } = bands;
  const [channels = 1] = weight.shape;
  const short = Math.ceil(width / stride);
  const [from, to] = isTransposed ? [short, width] : [width, short];
  const zero = graph.expand(graph.scalar(0), [channels, 1]);
  const flat = emitReshape(graph, weight, [channels, kernel * kernel]);
  const shape = [channels, kernel * kernel + 1];
  const source = graph.node('Concat', [flat, zero], { shape }, { attributes: { axis: 1 } });
  const indices = graph.once(['bands', width, kernel, stride, isTransposed].join(' '), () => {
    const numbers = new Int32Array(kernel * from * to).fill(kernel * kernel);
    for (let row = 0; row < kernel; row++) {
      for (let place = 0; place < to; place++) {
        for (let column = 0; column < kernel; column++) {
          const taken = otherPlace(place, column, bands);
          if (taken === undefined || taken >= from) continue;
          numbers[(row * from + taken) * to + place] = row * kernel + column;
        }
      }
    }
    return graph.constant('int32', [kernel * from * to], numbers);
  });
  const picked = [channels, kernel * from * to];
  const node = graph.node('Gather', [source, indices], { shape: picked }, { attributes: { axis: 1 } });
  return emitReshape(graph, node, [channels, kernel * from, to]);
}

/**
 * The sums along the diagonals that {@link emitBands} writes each number of the kernel to.
 * @param matrices `[C, k·W, ⌈W/s⌉]`
 * @returns `[C, k, k]`
 */
export function emitBandSums(graph: OnnxGraph, matrices: OnnxValue, bands: Bands): OnnxValue {
  const { kernel, stride, width } = bands;
  const [channels = 1, , short = 1] = matrices.shape;
  const length = kernel * width * short;
  const zero = graph.expand(graph.scalar(0), [channels, 1]);
  const flat = emitReshape(graph, matrices, [channels, length]);
  const shape = [channels, length + 1];
  const source = graph.node('Concat', [flat, zero], { shape }, { attributes: { axis: 1 } });
  const indices = graph.once(['diagonals', width, kernel, stride].join(' '), () => {
    const numbers = new Int32Array(kernel * kernel * short).fill(length);
    for (let at = 0; at < numbers.length; at++) {
      const [offset, place] = [Math.floor(at / short), at % short];
      const taken = otherPlace(place, offset % kernel, bands);
      if (taken === undefined || taken >= width) continue;
      numbers[at] = (Math.floor(offset / kernel) * width + taken) * short + place;
    }
    return graph.constant('int32', [kernel * kernel, short], numbers);
  });
  const picked = [channels, kernel * kernel, short];
  const node = graph.node('Gather', [source, indices], { shape: picked }, { attributes: { axis: 1 } });
  const sums = graph.node(
    'ReduceSum',
    [node, graph.integers([2])],
    { shape: [channels, kernel * kernel] },
    { attributes: { keepdims: 0 } },
  );
  return emitReshape(graph, sums, [channels, kernel, kernel]);
}

/** Which place of the other side a place takes with an offset of the kernel; nothing where it takes none. */
function otherPlace(place: number, offset: number, { kernel, stride, isTransposed }: Bands): number | undefined {
  const shift = offset - (kernel - 1) / 2;
  const other = isTransposed ? (place - shift) / stride : place * stride + shift;
  return Number.isInteger(other) && other >= 0 ? other : undefined;
}
