import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { OnnxGraph, type OnnxKernels, type OnnxValue } from '../../lib/formats/onnx-graph.js';
import { attention, attentionGradient } from '../../lib/operations/attention.js';
import { emitAttention, emitAttentionGradient } from '../../lib/operations/emit-attention.js';
import { runOperation } from '../../lib/operations/operation.js';
import { onCpu } from '../engine/on-cpu.js';
import { drawNumbers } from '../engine/small-model.js';
import { operatorsOf } from '../formats/read-nodes.js';
import { type Feed, runModel } from '../formats/run-model.js';
import { expectClose } from '../model/expect-close.js';

type Sizes = { batch: number; queries: number; keys: number; heads: number; depth: number };

/** The graph of attention, or of its gradient. */
function modelOf(of: 'forward' | 'gradient', kernels: OnnxKernels, sizes: Sizes): Uint8Array {
  const graph = new OnnxGraph('test', kernels);
  const inputs = Object.fromEntries(
    Object.entries(shapesOf(of, sizes)).map(([name, shape]) => [name, graph.input(name, 'float32', shape)]),
  );
  const outputs: readonly OnnxValue[] =
    of === 'forward' ? [emitAttention(graph, inputs, sizes.heads)] : emitAttentionGradient(graph, inputs, sizes.heads);
  return graph.encode(Object.fromEntries(outputs.map((output, index) => [`y${index}`, output])));
}

function shapesOf(of: 'forward' | 'gradient', { batch, queries, keys, heads, depth }: Sizes): Record<string, number[]> {
  const [ofQueries, ofKeys] = [queries, keys].map((length) => [batch, length, heads * depth]) as [number[], number[]];
  const own = { query: ofQueries, key: ofKeys, value: ofKeys };
  return of === 'forward' ? own : { ...own, output: ofQueries, gradient: ofQueries };
}

function drawFeeds(shapes: Record<string, number[]>): Record<string, Feed> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], index) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return [name, { values: drawNumbers(length, index), shape }];
    }),
  );
}

/** What the composition gives for the same numbers. */
function composed(of: 'forward' | 'gradient', feeds: Record<string, Feed>, heads: number): number[][] {
  return onCpu(() =>
    runOperation(
      of === 'forward' ? attention : attentionGradient,
      Object.fromEntries(
        Object.entries(feeds).map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape], 'float32')]),
      ),
      { heads },
    ),
  );
}

const uneven: Sizes = { batch: 2, queries: 3, keys: 5, heads: 2, depth: 4 };

describe('emitAttention', () => {
  it('is the fused kernel of onnxruntime where there is one', () => {
    expect(operatorsOf(modelOf('forward', 'fused', uneven))).to.deep.equal(['MultiHeadAttention']);
  });
});

describe('attention with plain kernels', () => {
  for (const of of ['forward', 'gradient'] as const) {
    it(`(${of}) takes standard operators alone, and computes what the composition does`, async () => {
      for (const sizes of [uneven, { batch: 1, queries: 1, keys: 1, heads: 1, depth: 1 }]) {
        const model = modelOf(of, 'plain', sizes);
        expect(Buffer.from(model).includes('com.microsoft')).to.be.false;
        expect(operatorsOf(model)).not.to.include.oneOf(['FusedMatMul', 'MultiHeadAttention']);
        const feeds = drawFeeds(shapesOf(of, sizes));
        const outputs = await runModel(model, feeds);
        const expected = composed(of, feeds, sizes.heads);
        expect(Object.keys(outputs)).to.have.length(expected.length);
        for (const [index, values] of expected.entries()) {
          expectClose(outputs[`y${index}`]?.values ?? [], values, 2e-6, `output ${index}`);
        }
      }
    });
  }

  it('weighs all at once, however long', () => {
    const long = { batch: 1, queries: 2000, keys: 1000, heads: 2, depth: 2 };
    expect(operatorsOf(modelOf('gradient', 'plain', long)).filter((each) => each === 'Softmax')).to.have.length(1);
  });
});

describe('emitAttentionGradient', () => {
  /** How many blocks the weights are computed in. */
  const blocksOf = (batch: number, heads: number, queries: number, keys: number) =>
    operatorsOf(modelOf('gradient', 'fused', { batch, queries, keys, heads, depth: 2 })).filter(
      (operator) => operator === 'Softmax',
    ).length;

  it('computes the weights in blocks of 640 × 1024 at most: several heads, or a part of the queries of one', () => {
    expect(blocksOf(2, 3, 8, 8)).to.equal(1);
    // A head is 320 × 1024: two of them fill a block, and the seventh is left over.
    expect(blocksOf(1, 6, 320, 1024)).to.equal(3);
    expect(blocksOf(7, 1, 320, 1024)).to.equal(4);
    expect(blocksOf(1, 6, 321, 1024)).to.equal(6);
    expect(blocksOf(2, 1, 640, 1024)).to.equal(2);
    expect(blocksOf(2, 1, 641, 1024)).to.equal(4);
    expect(blocksOf(1, 2, 1281, 1024)).to.equal(6);
    // One query alone has more keys than a block holds.
    expect(blocksOf(1, 1, 2, 700_000)).to.equal(2);
  });

  for (const [title, blocks, sizes] of [
    ['several blocks of queries, not all of one size', 4, { batch: 1, queries: 821, keys: 805, heads: 2, depth: 2 }],
    ['blocks of several heads, not all of as many', 2, { batch: 1, queries: 430, keys: 500, heads: 5, depth: 1 }],
  ] as const) {
    it(`gives the gradients of the composition in ${title}`, async () => {
      const model = modelOf('gradient', 'fused', sizes);
      expect(operatorsOf(model).filter((operator) => operator === 'Softmax')).to.have.length(blocks);
      const feeds = drawFeeds(shapesOf('gradient', sizes));
      const outputs = await runModel(model, feeds);
      for (const [index, values] of composed('gradient', feeds, sizes.heads).entries()) {
        expectClose(outputs[`y${index}`]?.values ?? [], values, 2e-5, ['query', 'key', 'value'][index]);
      }
    });
  }
});
