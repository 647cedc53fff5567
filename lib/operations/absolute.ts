// Owns the absolute value and its gradient. Knows nothing of models.
import { named, runForOne, type Operation } from './operation.js';
import { tf } from './tfjs.js';

/** |x|; its gradient at 0 is 0, where that of tfjs is −1. */
export function absolute(x: tf.Tensor): tf.Tensor {
  return runForOne(absoluteOperation, { x });
}

/** See {@link absolute}. */
export const absoluteOperation: Operation = {
  name: 'Lacuna.Absolute',
  compose: (inputs) => [tf.abs(named(inputs, 'x'))],
  emit: (graph, inputs) => {
    const x = named(inputs, 'x');
    return [graph.node('Abs', [x], { shape: x.shape })];
  },
  gradient: {
    inputs: ['x'],
    compute: (gradient, [x]) => {
      if (x === undefined) throw new Error('the absolute value lost what it saved');
      return { x: () => tf.mul(gradient, tf.sign(x)) };
    },
  },
};
