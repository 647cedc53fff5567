// Owns what a graph must know of the runtime that it is made for. Knows no runtime.
import type { OnnxKernels } from '../formats/onnx-graph.js';

/** What is particular to a runtime. */
export type GraphTarget = {
  /** Whose kernels the graph may use. Default `fused`. */
  readonly kernels?: OnnxKernels;
  /** Whether parameters are cut out of the groups in the graph, since the device's memory has no views. Default false. */
  readonly slicesParameters?: boolean;
  /** Whether the graph has `endOutput` for its first output, see there. Default false. */
  readonly endsUnread?: boolean;
};

/**
 * The name of an output that no binding can turn into a tensor: a sequence. onnxruntime-node 1.30 writes its results into the
 * tensors that it is given, then copies each into new memory all the same (for 24 million parameters 288 MB a step, which is
 * 7 % of the step and the largest part of its garbage). It reads results in the order of the graph's outputs and stops at the
 * first that it cannot read; by then all of them are where they belong.
 */
export const endOutput = 'end';
