import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { convolve } from '../../lib/operations/convolution.js';
import { convolveDepthwise } from '../../lib/operations/depthwise-convolution.js';
import { withMargin, withoutMargin } from '../../lib/operations/margins.js';
import { onCpu } from '../engine/on-cpu.js';

/** Each convolution of tfjs that is asked of the reference while `work` runs, and the padding that it is told. */
function paddingsOf(work: () => void): readonly unknown[] {
  const asked: unknown[] = [];
  const kernels = [
    ...['Conv2D', 'Conv2DBackpropInput', 'DepthwiseConv2dNative'],
    ...['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'],
  ].map((name) => tf.getKernel(name, 'cpu'));
  expect(kernels).to.have.length(5);
  const replace = (all: readonly tf.KernelConfig[]) => {
    for (const kernel of all) {
      tf.unregisterKernel(kernel.kernelName, 'cpu');
      tf.registerKernel(kernel);
    }
  };
  const heard = kernels.map((kernel) => ({
    ...kernel,
    kernelFunc: (given: Parameters<tf.KernelFunc>[0]) => {
      asked.push(given.attrs?.['pad']);
      return kernel.kernelFunc(given);
    },
  }));
  replace(heard);
  try {
    work();
  } finally {
    replace(kernels);
  }
  return asked;
}

describe('margins', () => {
  it('are zeros around pictures, and are taken off again', () => {
    const [wide = [], back = []] = onCpu(() => {
      const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
      return [withMargin(x, 1), withoutMargin(withMargin(x, 2), 2)];
    });
    expect(wide).to.deep.equal([0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0]);
    expect(back).to.deep.equal([1, 2, 3, 4]);
  });

  it('are put on before eager backends convolve, which know none of so many zeros', () => {
    const ones = (...shape: number[]) => tf.ones(shape);
    const gradients = (convolved: (x: tf.Tensor, weight: tf.Tensor) => tf.Tensor, x: number[], weight: number[]) =>
      tf.grads((...given) => tf.sum(convolved(given[0] as tf.Tensor, given[1] as tf.Tensor)))([
        ones(...x),
        ones(...weight),
      ]);
    const paddings: unknown[] = [];
    onCpu(() => {
      const made: tf.Tensor[] = [];
      paddings.push(
        ...paddingsOf(() => {
          for (const stride of [1, 2]) {
            made.push(
              ...gradients((x, weight) => convolve(x, weight, ones(5), stride), [1, 6, 5, 3], [5, 3, 3, 3]),
              ...gradients((x, weight) => convolve(x, weight, ones(48), stride), [1, 4, 4, 48], [48, 3, 3, 48]),
              ...gradients((x, weight) => convolveDepthwise(x, weight, ones(3), stride), [1, 6, 5, 3], [3, 5, 5]),
            );
          }
        }),
      );
      return made;
    });
    expect(paddings.length).to.be.above(8);
    expect(new Set(paddings)).to.deep.equal(new Set(['valid']));
  });
});
