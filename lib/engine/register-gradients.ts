// Owns the registration of the gradients of fused operations with tfjs, once for all backends.
import { operations } from '../operations/operations.js';
import { tf } from '../operations/tfjs.js';

let isDone = false;

/** Makes `tf.valueAndGrads` know the operations; later calls do nothing. */
export function registerGradients(): void {
  if (isDone) return;
  isDone = true;
  for (const { name, gradient } of operations) {
    if (gradient === undefined) continue;
    tf.registerGradient({
      kernelName: name,
      inputsToSave: [...gradient.inputs],
      ...(gradient.outputs === undefined ? {} : { outputsToSave: [...gradient.outputs] }),
      gradFunc: (gradients, saved, attributes) => {
        // Only the first output is learned through.
        const first = Array.isArray(gradients) ? gradients[0] : gradients;
        if (first === undefined) throw new Error(`${name} got no gradient`);
        return { ...gradient.compute(first, saved, attributes as Record<string, number>) };
      },
    });
  }
}
