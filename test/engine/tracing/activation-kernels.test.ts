import * as tf from '@tensorflow/tfjs';
import { activationKernels } from '../../../lib/engine/tracing/activation-kernels.js';
import { describeKernels } from './same-as-tfjs.js';

describe('activationKernels', () => {
  describeKernels(
    activationKernels,
    {
      Relu: ({ x }) => tf.relu(x),
      Sigmoid: ({ x }) => tf.sigmoid(x),
      Softplus: ({ x }) => tf.softplus(x),
      Tanh: ({ x }) => tf.tanh(x),
      Relu6: ({ x }) => [tf.relu6(x), tf.relu6(tf.mul(x, 3))],
      ClipByValue: ({ x, picks }) => [tf.clipByValue(x, -0.3, 0.6), tf.clipByValue(picks, 1, 1)],
      LeakyRelu: ({ x }) => [tf.leakyRelu(x), tf.leakyRelu(x, 0.01)],
      Elu: ({ x }) => tf.elu(x),
      Selu: ({ x }) => tf.selu(x),
      Prelu: ({ x, y, row, column }) => [tf.prelu(x, y), tf.prelu(x, row), tf.prelu(x, column)],
      EluGrad: ({ x, y }) => tf.grad((of: tf.Tensor) => tf.sum(tf.mul(tf.elu(of), y)))(x),
      Step: ({ x, picks }) => [tf.step(x), tf.step(x, 0.3), tf.step(picks)],
    },
    {
      Step: 'tfjs passes on what is no number; here it counts as not above 0, while the function’s own value tells',
      EluGrad: 'the gradient where the function is infinite or no number is of no use',
    },
  );
});
