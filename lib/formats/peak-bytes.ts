// Owns how much memory the values of a graph hold at once. Knows nothing of how a graph is built.
import type { OnnxNode } from './onnx.js';

/**
 * The most bytes of values that are alive at once where nodes run in this order: a value lives from the node that gives it to the
 * last one that takes it.
 * @param bytesOf of a value by its name; 0 for what is not counted
 */
export function findPeakBytes(nodes: readonly OnnxNode[], bytesOf: (name: string) => number): number {
  const lastUse = new Map<string, number>();
  for (const [at, { inputs }] of nodes.entries()) for (const name of inputs) lastUse.set(name, at);
  const held = new Map<string, number>();
  let [now, peak] = [0, 0];
  for (const [at, node] of nodes.entries()) {
    // A value in another shape is the same memory.
    const source = node.operator === 'Reshape' ? node.inputs[0] : undefined;
    for (const name of node.outputs) {
      const bytes = source !== undefined && held.has(source) ? (held.get(source) ?? 0) : bytesOf(name);
      if (source === undefined || !held.has(source)) now += bytes;
      else held.delete(source);
      held.set(name, bytes);
    }
    peak = Math.max(peak, now);
    for (const name of node.inputs) {
      if (lastUse.get(name) !== at) continue;
      now -= held.get(name) ?? 0;
      held.delete(name);
    }
  }
  return peak;
}
