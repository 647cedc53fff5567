import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { ForwardProgram, LossProgram } from '../../lib/engine/engine.js';
import { endOutput } from '../../lib/engine/graph-target.js';
import { applyGraph, forwardGraph, gradientsGraph, stepGraph } from '../../lib/engine/onnx-graphs.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { withFamily } from '../../lib/model/families.js';
import { resolvePreset } from '../../lib/model/presets.js';
import { lossProgram, type PlanInputs } from '../../lib/objectives/programs.js';
import { named } from '../../lib/operations/operation.js';
import { operatorsOf } from '../formats/read-nodes.js';
import { type Feed, runModel, withSession } from '../formats/run-model.js';
import { plansOf } from '../model/small-models.js';
import { drawInputs, drawState, smallForward, smallLayout, smallLoss, smallOptimiser } from './small-model.js';

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
const rates = {
  ...{ rate: 'float32 []', stepSize: 'float32 []', epsilon: 'float32 []' },
  ...{ decay: 'float32 []', averageDecay: 'float32 []' },
};
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

  it('the step of vit-small is a file of a few megabytes: what long loops share is stored once', () => {
    const config = resolvePreset('vit-small', { frames: 16, height: 224, width: 224, channels: 3 });
    // 4 clips of 1,568 tokens, of which 160 are visible.
    const plans = plansOf(config, 'patches:0.898', 4);
    expect(plans[0]?.visible).to.have.length(160);
    const plan = withFamily(config, (family, own): PlanInputs => family.planInputs(own, plans));
    const program = lossProgram(config, 'reconstruction', 4, plan);
    const { bytes } = stepGraph({ ...program, optimiser: smallOptimiser }, { endsUnread: true });
    expect(bytes.length).to.be.below(5e6);
    // Encoder and decoder, for each of the groups of clips that the decoder takes.
    const operators = operatorsOf(bytes);
    expect(operators.filter((operator) => operator === 'MultiHeadAttention').length).to.be.at.least(12 + 4);
    expect(operators).to.include('FusedMatMul');
  });

  it('reads averages beside parameters where a loss does, and moves them where they are moved', async () => {
    const optimiser = { ...smallOptimiser, movesAverages: true };
    const loss: LossProgram['loss'] = (given, program, averages) =>
      tf.add(smallLoss.loss(given, program, {}), smallLoss.loss(averages, program, {}));
    const { inputs: read, outputs } = await interfaceOf(
      stepGraph({ ...smallLoss, readsAverages: true, loss, optimiser }).bytes,
    );
    const averages = { 'averages/0': 'float32 [84]', 'averages/1': 'float32 [22]' };
    const asAverages = Object.fromEntries(
      Object.entries(parameters).map(([name, type]) => [name.replace('parameter:', 'average:'), type]),
    );
    expect(read).to.deep.equal({ ...parameters, ...asAverages, ...inputs, ...arena, ...averages, ...rates });
    const nextAverages = { 'next:averages/0': 'float32 [84]', 'next:averages/1': 'float32 [22]' };
    expect(outputs).to.deep.equal({ loss: 'float32 []', gradientNorm: 'float32 []', ...next, ...nextAverages });
  });

  it('cuts parameters out of their groups for a device without views, and reads each group once', async () => {
    const target = { slicesParameters: true };
    const step = await interfaceOf(stepGraph({ ...smallLoss, optimiser: smallOptimiser }, target).bytes);
    expect(step.inputs).to.deep.equal({ ...inputs, ...arena, ...rates });
    const groups = { 'parameters/0': 'float32 [84]', 'parameters/1': 'float32 [22]' };
    const cut = forwardGraph(smallForward, target).bytes;
    expect((await interfaceOf(cut)).inputs).to.deep.equal({ ...groups, 'input:pixels': inputs['input:pixels'] });
    // The same numbers, whether they come one by one or in two pieces.
    const numbers = drawState(smallLayout, 1).parameters;
    const pixels = { values: drawInputs(1)['pixels'] as Uint8Array, shape: [2, 3, 4] };
    const piece = (offset: number, length: number, shape: readonly number[]): Feed => ({
      values: numbers.subarray(offset, offset + length),
      shape,
    });
    const whole = await runModel(cut, {
      ...{ 'parameters/0': piece(0, 84, [84]), 'parameters/1': piece(84, 22, [22]), 'input:pixels': pixels },
    });
    const single = await runModel(forwardGraph(smallForward).bytes, {
      ...Object.fromEntries(
        smallLayout.places.map(({ name, offset, length, shape }) => [
          `parameter:${name}`,
          piece(offset, length, shape),
        ]),
      ),
      'input:pixels': pixels,
    });
    expect(whole).to.deep.equal(single);
  });

  it('has an end before all that is read, where it is asked for one', async () => {
    const target = { endsUnread: true };
    for (const bytes of [
      stepGraph({ ...smallLoss, optimiser: smallOptimiser }, target).bytes,
      gradientsGraph(smallLoss, target).bytes,
      applyGraph(smallLayout, smallOptimiser, target).bytes,
      forwardGraph(smallForward, target).bytes,
    ]) {
      await withSession(bytes, ({ outputNames, outputMetadata }) => {
        expect(outputNames[0]).to.equal(endOutput);
        expect(outputMetadata.map(({ isTensor }) => isTensor)).to.deep.equal(
          outputNames.map((name) => name !== endOutput),
        );
        expect(outputNames.length).to.be.above(1);
      });
    }
  });

  it('takes neither the fused product nor the fused attention for plain kernels', () => {
    const program = { ...smallLoss, optimiser: smallOptimiser };
    const lacking = ['FusedMatMul', 'MultiHeadAttention'];
    const [fused, plain] = [stepGraph(program), stepGraph(program, { kernels: 'plain' })].map(({ bytes }) =>
      operatorsOf(bytes).filter((operator) => lacking.includes(operator)),
    );
    expect(new Set(fused)).to.deep.equal(new Set(lacking));
    expect(plain).to.deep.equal([]);
  });
});
