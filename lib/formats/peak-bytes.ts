// Owns how much memory the values of a graph hold at once. Knows nothing of how a graph is built.
import type { OnnxNode } from './onnx.js';

/**
 * The most bytes of values that are alive at once where nodes run in this order: a value lives from the node that gives it to the
 * last one that takes it.
 * @param bytesOf of a value by its name; 0 for what is not counted
 */
export function findPeakBytes(nodes: readonly OnnxNode[], bytesOf: (name: string) => number): number {
  // A value in another shape is the same memory; what a graph is given is not its own.
  const roots = new Map<string, string>();
  for (const { operator, inputs, outputs } of nodes) {
    const root = operator === 'Reshape' ? roots.get(inputs[0] ?? '') : undefined;
    for (const name of outputs) roots.set(name, root ?? name);
  }
  const lastUse = new Map<string, number>();
  for (const [at, { inputs }] of nodes.entries()) {
    for (const name of inputs) lastUse.set(roots.get(name) ?? name, at);
  }
  // What nobody takes is a result, and stays.
  const taken = new Set(nodes.flatMap(({ inputs }) => inputs));
  for (const [name, root] of roots) if (!taken.has(name)) lastUse.delete(root);
  const held = new Map<string, number>();
  let [now, peak] = [0, 0];
  for (const [at, node] of nodes.entries()) {
    for (const name of node.outputs) {
      if (roots.get(name) !== name) continue;
      held.set(name, bytesOf(name));
      now += bytesOf(name);
    }
    peak = Math.max(peak, now);
    for (const name of node.inputs) {
      const root = roots.get(name) ?? name;
      if (lastUse.get(root) !== at) continue;
      now -= held.get(root) ?? 0;
      held.delete(root);
    }
  }
  return peak;
}
