import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import { createEngine } from '../../lib/engine/engines.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { classifierParameters, classify } from '../../lib/model/classifier.js';
import { initialise } from '../../lib/model/initial.js';
import { type ClassifierConfig, classifierPoolingNames } from '../../lib/model/model-config.js';
import { drawNumbers } from '../engine/small-model.js';

const [batch, tokens, width] = [2, 6, 8];
const labels = ['cat', 'dog', 'car'];

/** The logits, and the gradients of a sum that weighs each of them otherwise, with parameters that are none of them 0. */
async function run(engineName: 'onnx' | 'reference', classifier: ClassifierConfig, features: Float32Array) {
  const engine = engineName === 'onnx' ? await createEngine('onnx', { threads: 1 }) : createEagerEngine('cpu');
  const specs = classifierParameters(classifier, width);
  const layout = layOutParameters(specs);
  const state = engine.createState(layout);
  const noise = drawNumbers(layout.length, 2, 0.2);
  const parameters = initialise(specs, layout, 1).map((value, index) => value + (noise[index] ?? 0));
  const moments = new Float32Array(layout.length);
  await engine.writeState(state, { parameters, moments1: moments, moments2: moments });
  const base = {
    name: 'classifier',
    layout,
    inputs: { features: { type: 'float32', shape: [batch, tokens, width] } },
  } as const;
  const logitsOf = (given: Parameters<typeof classify>[1], inputs: Readonly<Record<string, tf.Tensor>>) =>
    classify(classifier, given, inputs['features'] ?? tf.zeros([0]));
  const forward = await engine.compile('forward', {
    ...base,
    outputs: (given, inputs) => ({ logits: logitsOf(given, inputs) }),
  });
  const { logits = new Float32Array(0) } = await forward.run(state, { features });
  const backward = await engine.compile('gradients', {
    ...base,
    loss: (given, inputs) => tf.sum(tf.mul(logitsOf(given, inputs), tf.tensor2d([1, -2, 3, 0.5, 1, -1], [2, 3]))),
  });
  const { gradients } = await backward.run(state, { features });
  const result = { logits, gradients: gradients.slice(), layout };
  await engine.dispose();
  return result;
}

describe('classifier', () => {
  for (const pooling of classifierPoolingNames) {
    const classifier = { labels, pooling };
    const features = Float32Array.from(drawNumbers(batch * tokens * width, 5));

    it(`gives a number for each class (${pooling}), the same on both engines, and gradients of every parameter`, async () => {
      const [reference, onnx] = [await run('reference', classifier, features), await run('onnx', classifier, features)];
      expect(reference.logits).to.have.length(batch * labels.length);
      for (const [index, value] of reference.logits.entries()) expect(onnx.logits[index]).to.be.closeTo(value, 1e-5);
      for (const [index, value] of reference.gradients.entries()) {
        expect(onnx.gradients[index]).to.be.closeTo(value, 1e-4 * (1 + Math.abs(value)));
      }
      for (const { name, offset, length } of reference.layout.places) {
        const own = reference.gradients.subarray(offset, offset + length);
        // What is added to all keys alike shifts all scores of the one query alike, which softmax does not see.
        if (name !== 'pooler.key.bias')
          expect(
            own.some((value) => Math.abs(value) > 1e-6),
            name,
          ).to.equal(true);
      }
    });

    it(`does not ask in which order tokens come (${pooling})`, async () => {
      const turned = new Float32Array(features.length);
      for (let clip = 0; clip < batch; clip++) {
        for (let token = 0; token < tokens; token++) {
          const from = (clip * tokens + token) * width;
          turned.set(features.subarray(from, from + width), (clip * tokens + ((token + 2) % tokens)) * width);
        }
      }
      const [one, other] = [await run('reference', classifier, features), await run('reference', classifier, turned)];
      for (const [index, value] of one.logits.entries()) expect(other.logits[index]).to.be.closeTo(value, 1e-5);
    });
  }

  it('begins with all classes alike', () => {
    const specs = classifierParameters({ labels, pooling: 'mean' }, width);
    const layout = layOutParameters(specs);
    const values = initialise(specs, layout, 3);
    for (const { name, offset, length } of layout.places.filter(({ name }) => name.startsWith('classifier'))) {
      expect(new Set(values.subarray(offset, offset + length)), name).to.deep.equal(new Set([0]));
    }
  });
});
