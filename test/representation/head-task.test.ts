import { expect } from 'chai';
import { createRandom } from '../../lib/clip/random.js';
import type { Engine } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/engines.js';
import { likeliest } from '../../lib/measures/classification-figures.js';
import { type HeadTask, trainHeads } from '../../lib/representation/head-task.js';

const [tokens, width, classes] = [6, 8, 3];

/** Clips of noise; one token of each, anywhere, says the class, loudly or so that the mean of all tokens says it too. */
function drawFeatures(count: number, seed: number, loud: number) {
  const random = createRandom(seed, 'features');
  const labels = Int32Array.from({ length: count }, (_, row) => row % classes);
  const values = Float32Array.from({ length: count * tokens * width }, () => random.normal());
  for (const [row, label] of labels.entries()) {
    const start = (row * tokens + random.integer(tokens)) * width;
    values.fill(0, start, start + width);
    values[start + label] = loud;
    values[start + 7] = loud;
  }
  return { features: { values, tokens, width }, labels };
}

describe('head-task', () => {
  let engine: Engine;
  before(async () => {
    engine = await createEngine('onnx', { threads: 1 });
  });
  after(() => engine.dispose());

  const taskOf = (pooling: 'mean' | 'attentive', loud: number): HeadTask => {
    const train = drawFeatures(240, 1, loud);
    return {
      ...{ classifier: { labels: ['a', 'b', 'c'], pooling }, train: train.features, classes: train.labels },
      ...{ asked: [drawFeatures(70, 2, loud).features, drawFeatures(9, 3, loud).features] },
      ...{ rates: [1e-6, 1e-2], weightDecay: 0.01, steps: 200, batch: 32, seed: 0 },
    };
  };
  const accuracyOf = (probabilities: Float32Array | undefined, labels: Int32Array) => {
    const right = [...labels].filter((label, row) => {
      const own = probabilities?.subarray(row * classes, (row + 1) * classes) ?? new Float32Array(0);
      return likeliest(own) === label;
    });
    return right.length / labels.length;
  };

  const certaintyOf = (probabilities: Float32Array | undefined, labels: Int32Array) =>
    labels.reduce((sum, label, row) => sum + (probabilities?.[row * classes + label] ?? NaN), 0) / labels.length;

  for (const pooling of ['mean', 'attentive'] as const) {
    it(`learns at a rate that is high enough, and beside it not at one that is too low (${pooling})`, async () => {
      const answers = await trainHeads(engine, taskOf(pooling, pooling === 'mean' ? 12 : 6));
      expect(answers).to.have.length(2);
      const { labels } = drawFeatures(70, 2, 0);
      for (const [asked, count] of [70, 9].entries()) {
        for (const head of answers) {
          expect(head[asked]).to.have.length(count * classes);
          for (let row = 0; row < count; row++) {
            const own = head[asked]?.subarray(row * classes, (row + 1) * classes) ?? new Float32Array(0);
            expect(own.reduce((sum, value) => sum + value, 0)).to.be.closeTo(1, 1e-5);
          }
        }
      }
      expect(accuracyOf(answers[1]?.[0], labels)).to.be.above(0.85);
      // However little is learned, the likeliest class may be right; how likely it is tells.
      const [slow, quick] = answers.map(([first]) => certaintyOf(first, labels));
      expect(slow).to.be.below(0.4);
      expect(quick).to.be.above(0.7);
    });
  }

  it('gives each head what it would learn alone', async () => {
    const task = taskOf('mean', 12);
    const [, together] = await trainHeads(engine, { ...task, steps: 20 });
    const [alone] = await trainHeads(engine, { ...task, rates: [1e-2], steps: 20 });
    const values = alone?.[0] ?? new Float32Array(0);
    expect(values.length).to.equal(together?.[0]?.length);
    expect(values.length).to.be.above(0);
    for (const [index, value] of values.entries()) {
      expect(together?.[0]?.[index]).to.be.closeTo(value, 1e-4);
    }
  });

  it('takes all clips where they are fewer than a batch', async () => {
    const few = drawFeatures(5, 4, 12);
    const task = { ...taskOf('mean', 12), train: few.features, classes: few.labels, asked: [few.features], steps: 100 };
    const [, head] = await trainHeads(engine, task);
    expect(accuracyOf(head?.[0], few.labels)).to.equal(1);
  });
});
