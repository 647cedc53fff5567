// Owns the kernels that are products of tensors.
import { emitProduct } from '../../operations/emit-product.js';
import { inputOf, type TraceKernel, type TraceKernels } from './trace-kernel.js';

const batchMatMul: TraceKernel = (call) =>
  emitProduct(call.graph, inputOf(call, 'a'), inputOf(call, 'b'), {
    transA: call.attributes['transposeA'] === true,
    transB: call.attributes['transposeB'] === true,
  });

/** tfjs has no gradient of it: what is learned through takes `einsum` of the operations, which is made of products. */
const einsum: TraceKernel = ({ graph, list, attributes }) => {
  const equation = String(attributes['equation']).replaceAll(/\s/g, '');
  const [terms = '', result = ''] = equation.split('->');
  const sizes = new Map<string, number>();
  for (const [index, term] of terms.split(',').entries()) {
    for (const [axis, letter] of Array.from(term).entries()) sizes.set(letter, list[index]?.shape[axis] ?? 1);
  }
  const shape = Array.from(result, (letter) => sizes.get(letter) ?? 1);
  return graph.node('Einsum', list, { shape }, { attributes: { equation } });
};

/** The kernels by tfjs's names. */
export const productKernels: TraceKernels = { BatchMatMul: batchMatMul, Einsum: einsum };
