import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { resizeKernels } from '../../../lib/engine/tracing/resize-kernels.js';
import { describeKernels, type KernelCase, onnxEngine, outputsOf } from './same-as-tfjs.js';

type Resize = (images: tf.Tensor4D, size: [number, number], align?: boolean, half?: boolean) => tf.Tensor4D;

const sizes: readonly [number, number][] = [
  [4, 8],
  [1, 1],
  [3, 5],
  [2, 3],
];

const pictures = (cube: tf.Tensor) => tf.reshape<tf.Rank.R4>(cube, [2, 2, 2, 2]);
const square = (cube: tf.Tensor) => tf.reshape<tf.Rank.R4>(cube, [1, 2, 2, 4]);
const wide = (cube: tf.Tensor) => tf.reshape<tf.Rank.R4>(cube, [1, 4, 2, 2]);

const resized =
  (resize: Resize): KernelCase =>
  ({ cube }) =>
    sizes.flatMap((size) => [
      resize(pictures(cube), size),
      resize(wide(cube), size, true),
      resize(wide(cube), size, false, true),
    ]);

/** The gradient of a weighted sum, for the samplings of which tfjs knows the gradient. */
const differentiated =
  (resize: Resize): KernelCase =>
  ({ cube }) =>
    sizes.flatMap((size) =>
      [false, true].map((align) => {
        const weights = tf.reshape(tf.range(0, size[0] * size[1] * 4), [1, ...size, 4]);
        return tf.grad((images: tf.Tensor) => tf.sum(tf.mul(resize(images as tf.Tensor4D, size, align), weights)))(
          // One, and square: tfjs confuses height and width of the one gradient, and the pictures of the other.
          square(cube),
        );
      }),
    );

describe('resizeKernels', () => {
  describeKernels(resizeKernels, {
    ResizeBilinear: resized(tf.image.resizeBilinear),
    ResizeNearestNeighbor: resized(tf.image.resizeNearestNeighbor),
    ResizeBilinearGrad: differentiated(tf.image.resizeBilinear),
    ResizeNearestNeighborGrad: differentiated(tf.image.resizeNearestNeighbor),
  });

  it('has the true gradient also of several pictures, and where pixels are counted from their middles', async () => {
    for (const resize of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor]) {
      const [gradient = [], value = []] = await outputsOf(await onnxEngine(), ({ cube }) => {
        const sum = (images: tf.Tensor) => tf.sum(tf.square(resize(images as tf.Tensor4D, [3, 5], false, true)));
        return [tf.mul(tf.grad(sum)(pictures(cube)), pictures(cube)), sum(pictures(cube))];
      });
      // A form of degree 2: x · ∂f/∂x = 2 f (Euler).
      expect(gradient.reduce((sum, each) => sum + each, 0)).to.be.closeTo(2 * (value[0] ?? Number.NaN), 1e-4);
    }
  });
});
