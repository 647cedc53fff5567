// Owns how attention and its gradient enter a graph. Knows nothing of models.
//
// The weights of long sequences are larger than everything else in a network: N² for each head. They are never kept. Forward is
// onnxruntime's own fused kernel; the gradient computes them anew in blocks of queries that fit the cache.
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { countOf, emitConcat, emitReshape, emitTranspose } from './emit-layout.js';
import { emitProduct } from './emit-product.js';
import { named } from './operation.js';

type Values = Readonly<Record<string, OnnxValue>>;

/** How many weights a block holds at most: measured from 128 to 4,096 thousand on 1 MiB of cache for each of 2 cores. */
const mostOfBlock = 640 * 1024;

/** `softmax(q kᵀ / √d) v`, see `attend`. */
export function emitAttention(graph: OnnxGraph, inputs: Values, heads: number): OnnxValue {
  const [query, key, value] = [named(inputs, 'query'), named(inputs, 'key'), named(inputs, 'value')];
  if (graph.kernels === 'fused') {
    const options = { domain: 'com.microsoft', attributes: { num_heads: heads } };
    return graph.node('MultiHeadAttention', [query, key, value], { shape: query.shape }, options);
  }
  const scale = Math.sqrt(heads / (query.shape[2] ?? 1));
  const [ownQuery, ownKey, ownValue] = [query, key, value].map((x) => emitHeads(graph, x, heads)) as Three;
  return emitMerged(graph, emitProduct(graph, emitWeights(graph, ownQuery, ownKey, scale), ownValue), heads);
}

/** The gradients with respect to query, key and value, see `attentionGradient`. */
export function emitAttentionGradient(graph: OnnxGraph, inputs: Values, heads: number): OnnxValue[] {
  const [query, key, value] = [named(inputs, 'query'), named(inputs, 'key'), named(inputs, 'value')];
  const [output, gradient] = [named(inputs, 'output'), named(inputs, 'gradient')];
  const [batch = 1, queries = 1, width = 1] = query.shape;
  const keys = key.shape[1] ?? 1;
  const pairs = batch * heads;
  const scale = Math.sqrt(heads / width);
  const { pairsOfBlock, queriesOfBlock } = planBlocks(graph, pairs, queries, keys);
  const byPairs = (x: OnnxValue) => emitSplit(graph, x, 0, pairsOfBlock);
  const byQueries = (x: OnnxValue) => emitSplit(graph, x, 1, queriesOfBlock);

  const ofOutput = emitHeads(graph, gradient, heads);
  // One column more, and the product ∂O Vᵀ comes out with δ subtracted: [∂O, −δ] [V, 1]ᵀ.
  const minusDelta = emitMinusDelta(graph, output, gradient, heads);
  const extended = emitConcat(graph, [ofOutput, minusDelta], 2);
  const ones = graph.expand(graph.scalar(1), [pairs, keys, 1]);
  const extendedValue = emitConcat(graph, [emitHeads(graph, value, heads), ones], 2);

  const queriesOf = [emitHeads(graph, query, heads), ofOutput, extended].map(byPairs);
  const keysOf = [emitHeads(graph, key, heads), extendedValue].map(byPairs);
  const groups = pairsOfBlock.map((_, group) => {
    const [ownKey, ownValue] = keysOf.map((parts) => parts[group]) as [OnnxValue, OnnxValue];
    const blocksOf = queriesOf.map((parts) => byQueries(parts[group] as OnnxValue));
    const blocks = queriesOfBlock.map((_, block) => {
      const [ownQuery, own, ownExtended] = blocksOf.map((parts) => parts[block]) as Three;
      const weights = emitWeights(graph, ownQuery, ownKey, scale);
      const slopes = emitProduct(graph, ownExtended, ownValue, { transB: true });
      const ofScores = graph.node('Mul', [weights, slopes], { shape: weights.shape });
      const ofQuery = emitProduct(graph, ofScores, ownKey, { alpha: scale });
      // These two lie turned, `[…, d, N]`: it is the narrow operand that a product reads against its grain, not the weights
      // (392 × 1,568 of them: 0.34 ms in place of 0.40).
      const ofKey = emitProduct(graph, ownQuery, ofScores, { transA: true, alpha: scale });
      const ofValue = emitProduct(graph, own, weights, { transA: true });
      return emitTied(graph, [ofQuery, ofKey, ofValue]);
    });
    const [ofQuery, ofKey, ofValue] = [0, 1, 2].map((which) => blocks.map((parts) => parts[which] as OnnxValue)) as [
      OnnxValue[],
      OnnxValue[],
      OnnxValue[],
    ];
    const turnedSum = (parts: OnnxValue[]) => emitTranspose(graph, emitSum(graph, parts), [0, 2, 1]);
    return [emitConcat(graph, ofQuery, 1), turnedSum(ofKey), turnedSum(ofValue)];
  });
  return [0, 1, 2].map((which) => {
    const parts = groups.map((group) => group[which] as OnnxValue);
    return emitMerged(graph, emitConcat(graph, parts, 0), heads);
  });
}

type Three = [OnnxValue, OnnxValue, OnnxValue];

/** `softmax(scale · q kᵀ)` */
function emitWeights(graph: OnnxGraph, query: OnnxValue, key: OnnxValue, scale: number): OnnxValue {
  const scores = emitProduct(graph, query, key, { transB: true, alpha: scale });
  return graph.node('Softmax', [scores], { shape: scores.shape }, { attributes: { axis: -1 } });
}

/** −δ `[B·h, N, 1]`, δ the sums of ∂O ∘ O along the width of each head. */
function emitMinusDelta(graph: OnnxGraph, output: OnnxValue, gradient: OnnxValue, heads: number): OnnxValue {
  const [batch = 1, queries = 1, width = 1] = output.shape;
  const apart = [batch, queries, heads, width / heads];
  const both = graph.node('Mul', [output, gradient], { shape: output.shape });
  const delta = graph.node(
    'ReduceSum',
    [emitReshape(graph, both, apart), graph.integers([3])],
    { shape: [batch, queries, heads] },
    { attributes: { keepdims: 0 } },
  );
  return graph.node('Neg', [emitHeads(graph, delta, heads)], { shape: [batch * heads, queries, 1] });
}

/** `[B, N, h·d]` → `[B·h, N, d]` */
function emitHeads(graph: OnnxGraph, x: OnnxValue, heads: number): OnnxValue {
  const [batch = 1, length = 1, width = 1] = x.shape;
  const apart = [batch, length, heads, width / heads];
  return emitTurned(graph, x, apart, [batch * heads, length, width / heads]);
}

/** The inverse of {@link emitHeads}. */
function emitMerged(graph: OnnxGraph, x: OnnxValue, heads: number): OnnxValue {
  const [pairs = 1, length = 1, depth = 1] = x.shape;
  const batch = pairs / heads;
  return emitTurned(graph, x, [batch, heads, length, depth], [batch, length, heads * depth]);
}

/** Reads `x` with the shape `apart`, turns the two axes in the middle, and gives it the shape `together`. */
function emitTurned(graph: OnnxGraph, x: OnnxValue, apart: readonly number[], together: readonly number[]): OnnxValue {
  return emitReshape(graph, emitTranspose(graph, emitReshape(graph, x, apart), [0, 2, 1, 3]), together);
}

/** As few blocks as hold `mostOfBlock` weights at most: several heads, or a part of the queries of one. A GPU takes all at once. */
function planBlocks(
  graph: OnnxGraph,
  pairs: number,
  queries: number,
  keys: number,
): { readonly pairsOfBlock: readonly number[]; readonly queriesOfBlock: readonly number[] } {
  if (graph.kernels === 'plain') return { pairsOfBlock: [pairs], queriesOfBlock: [queries] };
  const pairsAtOnce = Math.max(1, Math.floor(mostOfBlock / (queries * keys)));
  const queriesAtOnce = pairsAtOnce > 1 ? queries : Math.max(1, Math.floor(mostOfBlock / keys));
  return { pairsOfBlock: shareOut(pairs, pairsAtOnce), queriesOfBlock: shareOut(queries, queriesAtOnce) };
}

/** Parts of a length, none longer than `most`, that differ by one at most. */
function shareOut(length: number, most: number): number[] {
  const parts = Math.ceil(length / most);
  const startOf = (part: number) => Math.floor((part * length) / parts);
  return Array.from({ length: parts }, (_, part) => startOf(part + 1) - startOf(part));
}

/**
 * The same values, joined and cut apart again: else onnxruntime works out ∂Q for all blocks before the first ∂K, and the weights of
 * all blocks wait in main memory (157 ms became 120 for 4 × 3 heads of 1,568 tokens).
 */
function emitTied(graph: OnnxGraph, values: readonly OnnxValue[]): OnnxValue[] {
  const lengths = values.map(countOf);
  const flat = values.map((value) => emitReshape(graph, value, [countOf(value)]));
  const apart = emitSplit(graph, emitConcat(graph, flat, 0), 0, lengths);
  return apart.map((part, index) => emitReshape(graph, part, values[index]?.shape ?? []));
}

function emitSplit(graph: OnnxGraph, x: OnnxValue, axis: number, sizes: readonly number[]): OnnxValue[] {
  if (sizes.length === 1) return [x];
  const results = sizes.map((size) => ({ shape: x.shape.map((whole, index) => (index === axis ? size : whole)) }));
  return graph.nodes('Split', [x, graph.integers(sizes)], results, { attributes: { axis } });
}

function emitSum(graph: OnnxGraph, values: readonly OnnxValue[]): OnnxValue {
  return values.reduce((total, each) => graph.node('Add', [total, each], { shape: each.shape }));
}
