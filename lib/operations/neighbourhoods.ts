// Owns the gathering of what lies around the places of a picture, channels last: what a convolution multiplies. Knows no weight.
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { tf } from './tfjs.js';

/** What is gathered for which places. */
export type Taps = {
  /** How many places, down and to the right. */
  readonly height: number;
  readonly width: number;
  /** Places of the picture from one place to the next. */
  readonly step: number;
  /** Rows gathered for place `(y, x)`: `step · y + offset` for each offset. */
  readonly rows: readonly number[];
  /** Columns gathered for place `(y, x)`: `step · x + offset` for each offset. */
  readonly columns: readonly number[];
};

/** The neighbourhoods of a k × k kernel, k odd, at every `stride`-th place of a picture `[B, H, W, C]`. */
export function tapsOfKernel([, height = 1, width = 1]: readonly number[], kernel: number, stride: number): Taps {
  const offsets = Array.from({ length: kernel }, (_, index) => index - (kernel - 1) / 2);
  const [down, right] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  return { height: down, width: right, step: stride, rows: offsets, columns: offsets };
}

/** `[B, H, W, C]` → `[B·H'·W', k·k·C]`: what {@link tapsOfKernel} says, row by row, zeros outside. */
export function neighbourhoods(x: tf.Tensor, kernel: number, stride: number): tf.Tensor {
  const [batch = 1, , , channels = 1] = x.shape;
  const { height, width, rows, columns } = tapsOfKernel(x.shape, kernel, stride);
  const margin = (kernel - 1) / 2;
  const around: [number, number] = [margin, margin];
  const padded = tf.pad(x, [[0, 0], around, around, [0, 0]]);
  const views = rows.flatMap((row) =>
    columns.map((column) => {
      const [top, left] = [row + margin, column + margin];
      const end = [batch, top + (height - 1) * stride + 1, left + (width - 1) * stride + 1, channels];
      return tf.stridedSlice(padded, [0, top, left, 0], end, [1, stride, stride, 1]);
    }),
  );
  return tf.reshape(tf.concat(views, 3), [batch * height * width, kernel * kernel * channels]);
}

/**
 * One gather of rows, one row of zeros standing for all places outside.
 * @param x `[B, H, W, C]`
 * @returns `[B·height·width, rows·columns·C]`
 */
export function emitTaps(graph: OnnxGraph, x: OnnxValue, taps: Taps): OnnxValue {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const places = batch * height * width;
  const flat = graph.node('Reshape', [x, graph.integers([places, channels])], { shape: [places, channels] });
  const count = taps.rows.length * taps.columns.length;
  const wanted = batch * taps.height * taps.width;
  const key = [batch, height, width, taps.height, taps.width, taps.step, taps.rows.join(), taps.columns.join()];
  const numbers = indicesOf(x.shape, taps);
  if (count === 1 && wanted === places && numbers.every((place, index) => place === index)) return flat;
  const isPadded = numbers.includes(places);
  const source = isPadded ? withZeroRow(graph, flat) : flat;
  const indices = graph.once(`neighbours ${key.join(' ')}`, () => graph.constant('int32', [wanted, count], numbers));
  const gathered = graph.node(
    'Gather',
    [source, indices],
    { shape: [wanted, count, channels] },
    { attributes: { axis: 0 } },
  );
  const shape = [wanted, count * channels];
  return graph.node('Reshape', [gathered, graph.integers(shape)], { shape });
}

/** `[R, C]` → `[R + 1, C]`, zeros last. */
export function withZeroRow(graph: OnnxGraph, rows: OnnxValue): OnnxValue {
  const [count = 0, channels = 1] = rows.shape;
  const zero = graph.once(`zeros ${channels}`, () =>
    graph.constant('float32', [1, channels], new Float32Array(channels)),
  );
  return graph.node('Concat', [rows, zero], { shape: [count + 1, channels] }, { attributes: { axis: 0 } });
}

/** For each place and each tap the row of what it takes, or the number of rows where that lies outside. */
function indicesOf([batch = 1, height = 1, width = 1]: readonly number[], taps: Taps): Int32Array {
  const { step, rows, columns } = taps;
  const indices = new Int32Array(batch * taps.height * taps.width * rows.length * columns.length);
  let at = 0;
  for (let sample = 0; sample < batch; sample++) {
    for (let y = 0; y < taps.height; y++) {
      for (let x = 0; x < taps.width; x++) {
        for (const down of rows) {
          for (const right of columns) {
            const [row, column] = [step * y + down, step * x + right];
            const isInside = row >= 0 && row < height && column >= 0 && column < width;
            indices[at++] = isInside ? (sample * height + row) * width + column : batch * height * width;
          }
        }
      }
    }
  }
  return indices;
}
