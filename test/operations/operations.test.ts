import { expect } from 'chai';
import type { ForwardProgram } from '../../lib/engine/engine.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { type Attributes, runOperation } from '../../lib/operations/operation.js';
import { operations } from '../../lib/operations/operations.js';
import { drawNumbers } from '../engine/small-model.js';
import { expectClose } from './both-engines.js';
import { onnxEngine, referenceEngine } from './operand-case.js';

/** Shapes of inputs, and attributes, for each operation of the table. */
const cases: Record<string, { inputs: Record<string, number[]>; attributes?: Attributes }> = {
  'Lacuna.Absolute': { inputs: { x: [2, 3] } },
  'Lacuna.Attention': { inputs: { query: [2, 3, 8], key: [2, 5, 8], value: [2, 5, 8] }, attributes: { heads: 2 } },
  'Lacuna.AttentionGradient': {
    inputs: { query: [2, 3, 8], key: [2, 5, 8], value: [2, 5, 8], output: [2, 3, 8], gradient: [2, 3, 8] },
    attributes: { heads: 2 },
  },
  'Lacuna.Convolution': {
    inputs: { x: [2, 3, 4, 2], weight: [5, 3, 3, 2] },
    attributes: { stride: 2, height: 3, width: 4 },
  },
  'Lacuna.TransposedConvolution': {
    inputs: { x: [2, 2, 2, 5], weight: [5, 3, 3, 2] },
    attributes: { stride: 2, height: 3, width: 4 },
  },
  'Lacuna.DepthwiseConvolution': {
    inputs: { x: [2, 3, 4, 5], weight: [5, 3, 3] },
    attributes: { stride: 2, height: 3, width: 4, kernel: 3 },
  },
  'Lacuna.DepthwiseInputGradient': {
    inputs: { gradient: [2, 2, 2, 5], weight: [5, 3, 3] },
    attributes: { stride: 2, height: 3, width: 4, kernel: 3 },
  },
  'Lacuna.DepthwiseWeightGradient': {
    inputs: { gradient: [2, 2, 2, 5], x: [2, 3, 4, 5] },
    attributes: { stride: 2, height: 3, width: 4, kernel: 3 },
  },
  'Lacuna.WinogradConvolution': { inputs: { x: [2, 4, 6, 3], weight: [5, 3, 3, 3] } },
  'Lacuna.WinogradInputGradient': { inputs: { gradient: [2, 4, 6, 5], filters: [16, 5, 3] } },
  'Lacuna.WinogradWeightGradient': { inputs: { gradient: [2, 4, 6, 5], tiles: [16, 12, 3] } },
  'Lacuna.BlockMotion': { inputs: { before: [2, 3, 16, 24], after: [2, 3, 16, 24] } },
  'Lacuna.Sampling': { inputs: { picture: [2, 3, 4, 5], at: [2, 6, 7, 2] } },
  'Lacuna.Gelu': { inputs: { x: [2, 3] } },
  'Lacuna.GeluGradient': { inputs: { x: [2, 3], gradient: [2, 3] } },
  'Lacuna.LayerNorm': { inputs: { x: [2, 3, 5], scale: [5], shift: [5] }, attributes: { epsilon: 1e-5 } },
  'Lacuna.LayerNormGradient': {
    inputs: { x: [2, 3, 5], scale: [5], gradient: [2, 3, 5] },
    attributes: { epsilon: 1e-5 },
  },
  'Lacuna.Linear': { inputs: { x: [4, 3], weight: [5, 3], bias: [5] } },
  'Lacuna.LogSoftmax': { inputs: { x: [2, 3] } },
  'Lacuna.RowSum': { inputs: { x: [4, 3] } },
  'Lacuna.SumSquares': { inputs: { x: [2, 3, 5] } },
};

describe('operations', () => {
  it('have a name of their own each', () => {
    expect(operations.map(({ name }) => name).sort()).to.deep.equal(Object.keys(cases).sort());
  });

  for (const operation of operations) {
    it(`${operation.name} emits every output that it composes, of the same shape and numbers`, async () => {
      const { inputs = {}, attributes } = cases[operation.name] ?? {};
      const outputShapes: number[][][] = [];
      const program: ForwardProgram = {
        name: operation.name,
        layout: layOutParameters([]),
        inputs: Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, { type: 'float32', shape }])),
        outputs: (_, given) => {
          const outputs = runOperation(operation, given, attributes);
          outputShapes.push(outputs.map(({ shape }) => shape));
          return Object.fromEntries(outputs.map((output, index) => [`output${index}`, output]));
        },
      };
      const arrays = Object.fromEntries(
        Object.entries(inputs).map(([name, shape]) => [
          name,
          drawNumbers(
            shape.reduce((a, b) => a * b, 1),
            1,
          ),
        ]),
      );
      const results = [];
      for (const engine of [referenceEngine(), await onnxEngine()]) {
        const ready = await engine.compile('forward', program);
        results.push(await ready.run(engine.createState(program.layout), arrays));
        await ready.release();
      }
      const [composed = {}, emitted = {}] = results;
      expect(outputShapes[0]).to.deep.equal(outputShapes[1]);
      expect(Object.keys(emitted)).to.deep.equal(Object.keys(composed));
      for (const [name, values] of Object.entries(composed)) {
        expectClose(emitted[name] ?? new Float32Array(), values, 1e-5, name);
      }
    });
  }

  it('save for their gradients only what is an input or an output of theirs', () => {
    for (const { name, gradient } of operations) {
      if (gradient === undefined) continue;
      const inputs = Object.keys(cases[name]?.inputs ?? {});
      expect(inputs, name).to.include.members([...gradient.inputs]);
    }
  });
});
