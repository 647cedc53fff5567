import { expect } from 'chai';
import fc from 'fast-check';
import { OnnxGraph, type OnnxValue } from '../../lib/formats/onnx-graph.js';
import {
  type Bands,
  emitBands,
  emitBandSums,
  emitLines,
  fromChannels,
  toChannels,
} from '../../lib/operations/depthwise-bands.js';
import { drawNumbers } from '../engine/small-model.js';
import { countNodes } from '../formats/count-nodes.js';
import { type Feed, runModel } from '../formats/run-model.js';

/** What a graph of one input gives. */
async function outputOf(x: Feed, build: (graph: OnnxGraph, x: OnnxValue) => OnnxValue) {
  const graph = new OnnxGraph('test');
  const y = build(graph, graph.input('x', 'float32', x.shape));
  const output = (await runModel(graph.encode({ y }), { x }))['y'];
  expect(output?.shape).to.deep.equal(y.shape);
  return output;
}

const counted = (...shape: number[]): Feed => ({
  values: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) => index + 1),
  shape,
});

const bandsOf = (parts: Partial<Bands>): Bands => ({
  ...{ kernel: 3, stride: 1, height: 3, width: 3, isTransposed: false },
  ...parts,
});

describe('toChannels and fromChannels', () => {
  it('bring the channels to the front, and back', async () => {
    // Two samples of 1 × 2 places and 3 channels.
    const front = await outputOf(counted(2, 1, 2, 3), toChannels);
    expect(front).to.deep.equal({ values: [1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12], shape: [3, 2, 1, 2] });
    const back = await outputOf(counted(3, 2, 2), (graph, x) => fromChannels(graph, x, [2, 1, 2]));
    expect(back).to.deep.equal({ values: [1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12], shape: [2, 1, 2, 3] });
    const there = await outputOf(counted(2, 3, 2, 4), (graph, x) => {
      const turned = toChannels(graph, x);
      const lines = graph.node('Reshape', [turned, graph.integers([4, 6, 2])], { shape: [4, 6, 2] });
      return fromChannels(graph, lines, [2, 3, 2]);
    });
    expect(there?.values).to.deep.equal([...counted(2, 3, 2, 4).values]);
  });
});

describe('emitLines', () => {
  it('puts side by side the lines above, at and below each, zeros outside, each sample by itself', async () => {
    // One channel, two samples of 2 × 2.
    const lines = await outputOf(counted(1, 2, 2, 2), (graph, x) =>
      emitLines(graph, x, bandsOf({ height: 2, width: 2 })),
    );
    expect(lines?.shape).to.deep.equal([1, 4, 6]);
    expect(lines?.values).to.deep.equal([
      ...[0, 0, 1, 2, 3, 4],
      ...[1, 2, 3, 4, 0, 0],
      ...[0, 0, 5, 6, 7, 8],
      ...[5, 6, 7, 8, 0, 0],
    ]);
  });

  it('takes every second line with a stride of 2, and goes back to all of them transposed', async () => {
    const taken = await outputOf(counted(1, 1, 3, 1), (graph, x) =>
      emitLines(graph, x, bandsOf({ stride: 2, width: 1 })),
    );
    expect(taken).to.deep.equal({ values: [0, 1, 2, 2, 3, 0], shape: [1, 2, 3] });
    // Line 1 was the last offset of place 0 and the first of place 1.
    const back = await outputOf(counted(1, 1, 2, 1), (graph, x) =>
      emitLines(graph, x, bandsOf({ stride: 2, width: 1, isTransposed: true })),
    );
    expect(back).to.deep.equal({ values: [0, 1, 0, 2, 0, 1, 0, 2, 0], shape: [1, 3, 3] });
  });
});

describe('emitBands', () => {
  const nine = counted(1, 3, 3);

  it('is a banded matrix for each line of the kernel', async () => {
    const bands = await outputOf(nine, (graph, x) => emitBands(graph, x, bandsOf({})));
    expect(bands?.shape).to.deep.equal([1, 9, 3]);
    // Place x of the result takes x − 1, x and x + 1 with the three numbers of a line.
    const band = (a: number, b: number, c: number) => [b, a, 0, c, b, a, 0, c, b];
    expect(bands?.values).to.deep.equal([...band(1, 2, 3), ...band(4, 5, 6), ...band(7, 8, 9)]);
  });

  it('is the transposed matrix, line by line, where it is transposed', async () => {
    for (const stride of [1, 2]) {
      const [there, back] = [false, true].map((isTransposed) =>
        outputOf(nine, (graph, x) => emitBands(graph, x, bandsOf({ width: 5, stride, isTransposed }))),
      );
      const [forth, turned] = [await there, await back];
      const short = Math.ceil(5 / stride);
      expect(forth?.shape).to.deep.equal([1, 15, short]);
      expect(turned?.shape).to.deep.equal([1, 3 * short, 5]);
      for (let line = 0; line < 3; line++) {
        for (let long = 0; long < 5; long++) {
          for (let place = 0; place < short; place++) {
            expect(turned?.values[(line * short + place) * 5 + long]).to.equal(
              forth?.values[(line * 5 + long) * short + place],
            );
          }
        }
      }
    }
  });

  it('stores its indices once for all channels and all that are alike', () => {
    const graph = new OnnxGraph('test');
    const weight = graph.input('weight', 'float32', [4, 5, 5]);
    const bands = bandsOf({ kernel: 5, width: 20 });
    const one = emitBands(graph, weight, bands);
    const other = emitBands(graph, graph.node('Neg', [weight], { shape: weight.shape }), bands);
    const [single, both] = [graph.encode({ one }), graph.encode({ one, other })];
    expect(countNodes(both, 'Gather')).to.equal(2);
    // 5 · 20 · 20 indices of 4 bytes.
    expect(single.length).to.be.above(8000);
    expect(both.length - single.length).to.be.below(1000);
  });
});

describe('emitBandSums', () => {
  it('adds up where each number of the kernel was written: the transposed map of emitBands', async () => {
    const sizes = fc.record({
      kernel: fc.constantFrom(1, 3, 5),
      stride: fc.constantFrom(1, 2, 3),
      width: fc.integer({ min: 1, max: 7 }),
      channels: fc.integer({ min: 1, max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer(), async ({ kernel, stride, width, channels }, seed) => {
        const bands = bandsOf({ kernel, stride, width });
        const short = Math.ceil(width / stride);
        const weight = { values: drawNumbers(channels * kernel ** 2, seed), shape: [channels, kernel, kernel] };
        const matrices = {
          values: drawNumbers(channels * kernel * width * short, seed + 1),
          shape: [channels, kernel * width, short],
        };
        const spread = await outputOf(weight, (graph, x) => emitBands(graph, x, bands));
        const sums = await outputOf(matrices, (graph, x) => emitBandSums(graph, x, bands));
        expect(sums?.shape).to.deep.equal(weight.shape);
        // ⟨bands(w), m⟩ = ⟨w, sums(m)⟩
        const inner = (one: ArrayLike<number>, other: ArrayLike<number> = []) =>
          Array.from(one).reduce((sum, value, index) => sum + value * (other[index] ?? Number.NaN), 0);
        expect(inner(spread?.values ?? [], matrices.values)).to.be.closeTo(inner(weight.values, sums?.values), 1e-4);
      }),
      { numRuns: 15, seed: 1 },
    );
  });
});
