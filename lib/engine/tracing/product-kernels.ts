// Owns the kernels that are matrix products.
import { broadcastShapes, inputOf, type TraceKernels } from './trace-kernel.js';

/** The kernels by tfjs's names. */
export const productKernels: TraceKernels = {
  BatchMatMul: (call) => {
    const [a, b] = [inputOf(call, 'a'), inputOf(call, 'b')];
    const [transA, transB] = [call.attributes['transposeA'] === true, call.attributes['transposeB'] === true];
    const rows = a.shape.at(transA ? -1 : -2) ?? 1;
    const columns = b.shape.at(transB ? -2 : -1) ?? 1;
    const shape = [...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
    if (!transA && !transB) return call.graph.node('MatMul', [a, b], { shape });
    // Never a Transpose before a product: the fused one reads either operand as it lies.
    const attributes = { transA: transA ? 1 : 0, transB: transB ? 1 : 0, alpha: { float: 1 } };
    return call.graph.node('FusedMatMul', [a, b], { shape }, { domain: 'com.microsoft', attributes });
  },
};
