import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { ForwardProgram } from '../../lib/engine/engine.js';
import { applyGraph, forwardGraph, gradientsGraph, stepGraph } from '../../lib/engine/onnx-graphs.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { named } from '../../lib/operations/operation.js';
import { withSession } from '../formats/run-model.js';
import { smallForward, smallLayout, smallLoss, smallOptimiser } from './small-model.js';

/** The names of a graph's inputs and outputs, each with its shape. */
function interfaceOf(model: Uint8Array) {
  return withSession(model, ({ inputMetadata, outputMetadata }) => {
    const [inputs, outputs] = [inputMetadata, outputMetadata].map((list) =>
      Object.fromEntries(
        list.map((entry) => [entry.name, entry.isTensor ? `${entry.type} [${entry.shape.join()}]` : '']),
      ),
    );
    return { inputs: inputs ?? {}, outputs: outputs ?? {} };
  });
}

const parameters = {
  'parameter:embed.weight': 'float32 [6,4]',
  'parameter:query.weight': 'float32 [6,6]',
  'parameter:head.weight': 'float32 [4,6]',
  'parameter:embed.bias': 'float32 [6]',
  'parameter:norm.scale': 'float32 [6]',
  'parameter:norm.shift': 'float32 [6]',
  'parameter:head.bias': 'float32 [4]',
};
const inputs = { 'input:pixels': 'uint8 [2,3,4]', 'input:order': 'int32 [6]', 'input:target': 'float32 [6,4]' };
// 24 + 36 + 24 parameters that decay, 6 + 6 + 6 + 4 that do not.
const arena = {
  'parameters/0': 'float32 [84]',
  'moments1/0': 'float32 [84]',
  'moments2/0': 'float32 [84]',
  'parameters/1': 'float32 [22]',
  'moments1/1': 'float32 [22]',
  'moments2/1': 'float32 [22]',
};
const rates = { stepSize: 'float32 []', epsilon: 'float32 []', decay: 'float32 []', averageDecay: 'float32 []' };
const next = Object.fromEntries(Object.entries(arena).map(([name, type]) => [`next:${name}`, type]));
const gradients = { 'gradient/0': 'float32 [84]', 'gradient/1': 'float32 [22]' };
const [loss, gradientNorm] = ['float32 []', 'float32 []'];

describe('onnx-graphs', () => {
  it('a step reads everything and gives loss, norm and the next arena', async () => {
    expect(await interfaceOf(stepGraph({ ...smallLoss, optimiser: smallOptimiser }).bytes)).to.deep.equal({
      inputs: { ...parameters, ...inputs, ...arena, ...rates },
      outputs: { loss, gradientNorm, ...next },
    });
  });

  it('gradients read parameters and inputs, and give the loss and a flat gradient for each group', async () => {
    expect(await interfaceOf(gradientsGraph(smallLoss).bytes)).to.deep.equal({
      inputs: { ...parameters, ...inputs },
      outputs: { loss, ...gradients },
    });
  });

  it('an update reads gradients and the arena, and gives norm and the next arena', async () => {
    expect(await interfaceOf(applyGraph(smallLayout, smallOptimiser).bytes)).to.deep.equal({
      inputs: { ...gradients, ...arena, ...rates },
      outputs: { gradientNorm, ...next },
    });
  });

  it('a forward program gives its outputs by their names, and says their shapes', async () => {
    const { bytes, shapes } = forwardGraph(smallForward);
    expect(shapes).to.deep.equal({ prediction: [2, 3, 4], mean: [2], pixels: [2, 3, 4] });
    expect(await interfaceOf(bytes)).to.deep.equal({
      inputs: { ...parameters, 'input:pixels': inputs['input:pixels'] },
      outputs: { prediction: 'float32 [2,3,4]', mean: 'float32 [2]', pixels: 'float32 [2,3,4]' },
    });
  });

  it('outputs of every type become float32', async () => {
    const program: ForwardProgram = {
      name: 'types',
      layout: { places: [], groups: [], length: 0 },
      inputs: { x: { type: 'float32', shape: [2] } },
      outputs: (_, given) => {
        const x = named(given, 'x');
        return { whole: tf.cast(x, 'int32'), truth: tf.greater(x, 1), same: x };
      },
    };
    expect((await interfaceOf(forwardGraph(program).bytes)).outputs).to.deep.equal({
      whole: 'float32 [2]',
      truth: 'float32 [2]',
      same: 'float32 [2]',
    });
  });

  it('holds no numbers but a few: neither weights, inputs and moments nor fills of their size are baked in', () => {
    const size = 10_000;
    const layout = layOutParameters([
      { name: 'w', shape: [size], decay: true },
      { name: 'b', shape: [size], decay: false },
    ]);
    const { bytes } = stepGraph({
      name: 'large',
      layout,
      inputs: { x: { type: 'float32', shape: [3, size] } },
      loss: (given, { x }) => {
        const sum = tf.add(tf.mul(named({ x }, 'x') as tf.Tensor, named(given, 'w')), named(given, 'b'));
        return tf.mean(tf.add(tf.relu(sum), tf.ones([3, size])));
      },
      optimiser: smallOptimiser,
    });
    expect(bytes.length).to.be.below(size);
  });
});
