import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { contrast, planContrast } from '../../lib/objectives/contrast.js';
import { named } from '../../lib/operations/operation.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectSameOnBothEngines } from '../operations/both-engines.js';
import { expectGradient } from '../operations/finite-differences.js';
import { drawOperand, type OperandCase } from '../operations/operand-case.js';

/** The contrast of clips with one token each. */
const contrastOf = (vectors: readonly (readonly number[])[], sources: readonly number[]) =>
  onCpu(() => {
    const tokens = tf.tensor3d(vectors.map((vector) => [[...vector]]));
    const { shape, values } = planContrast(Int32Array.from(sources)).positives;
    return [contrast(tokens, tf.tensor(values, [...shape]))];
  })[0]?.[0] ?? NaN;

const cosine = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0) / Math.hypot(...a) / Math.hypot(...b);

const fourClips = [
  [1, 2, 0],
  [2, 1, 0.5],
  [-1, 0, 3],
  [0, 0.5, 1],
];

describe('planContrast', () => {
  it('gives each clip the others of its source, in parts of 1', () => {
    const { positives } = planContrast(Int32Array.of(7, 2, 7, 7, 4));
    expect(positives.shape).to.deep.equal([5, 5]);
    expect([...positives.values]).to.deep.equal([
      ...[0, 0, 0.5, 0.5, 0],
      ...[0, 0, 0, 0, 0],
      ...[0.5, 0, 0, 0.5, 0],
      ...[0.5, 0, 0.5, 0, 0],
      ...[0, 0, 0, 0, 0],
    ]);
  });
});

describe('contrast', () => {
  it('is the mean over clips, and over the others of their source, of −log softmax(cosine / 0.1)', () => {
    const sources = [0, 1, 0, 0];
    let sum = 0;
    for (const [row, own] of fourClips.entries()) {
      const others = [0, 1, 2, 3].filter((place) => place !== row);
      const power = (place: number) => Math.exp(cosine(own, fourClips[place] ?? []) / 0.1);
      const all = others.reduce((total, place) => total + power(place), 0);
      const positives = others.filter((place) => sources[place] === sources[row]);
      for (const place of positives) sum -= Math.log(power(place) / all) / positives.length;
    }
    expect(contrastOf(fourClips, sources)).to.be.closeTo(sum / 4, 1e-4);
  });

  it('is 0 where each clip is alone of its source, and where there are no others', () => {
    expect(contrastOf(fourClips, [0, 1, 2, 3])).to.equal(0);
    expect(contrastOf(fourClips.slice(0, 2), [5, 5])).to.be.closeTo(0, 1e-6);
  });

  it('looks at directions alone, and not at the order of the clips', () => {
    const sources = [0, 0, 1, 1];
    const value = contrastOf(fourClips, sources);
    const longer = fourClips.map((vector, row) => vector.map((x) => (row + 1) * x));
    expect(contrastOf(longer, sources)).to.be.closeTo(value, 1e-4);
    expect(contrastOf(fourClips.toReversed(), sources.toReversed())).to.be.closeTo(value, 1e-4);
  });

  it('is least where clips of a source are alike and of two are opposite', () => {
    const apart = [
      [1, 0],
      [1, 0],
      [-1, 0],
      [-1, 0],
    ];
    expect(contrastOf(apart, [0, 0, 1, 1])).to.be.closeTo(0, 1e-6);
    expect(contrastOf(apart, [0, 1, 0, 1])).to.be.closeTo(20, 0.01);
  });

  it('says something of vectors of zeros', () => {
    expect(
      contrastOf(
        [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        [0, 0, 1],
      ),
    ).to.be.closeTo((2 / 3) * Math.log(2), 1e-5);
  });

  it('has the gradients of finite differences, and the same traced', async () => {
    const caseOf: OperandCase = {
      operands: { tokens: drawOperand([4, 3, 5], 1) },
      compute: (given) => {
        const { shape, values } = planContrast(Int32Array.of(0, 1, 0, 1)).positives;
        return tf.reshape(contrast(named(given, 'tokens'), tf.tensor(values, [...shape])), [1]);
      },
    };
    await expectGradient(caseOf, { step: 1e-3, tolerance: 1e-3 });
    await expectSameOnBothEngines(caseOf, 1e-5);
  });
});
