import { expect } from 'chai';
import { createEngine } from '../../lib/engine/engines.js';
import { gridOfModel } from '../../lib/model/model-config.js';
import { classification } from '../../lib/objectives/classification.js';
import { defaultLoss } from '../../lib/objectives/loss-expression.js';
import { classifyProgram, lossProgram, stepInputs } from '../../lib/objectives/programs.js';
import { drawnParameters, layoutOf, noisePixels, plansOf, smallConv, smallVit } from '../model/small-models.js';

const classifier = { labels: ['cat', 'dog', 'car'], pooling: 'mean' } as const;
const options = { grid: gridOfModel(smallConv), loss: defaultLoss, classifier, smoothing: 0 };
const whole = plansOf(smallConv, 'future:1', 2).map(({ grid, visible, hidden }) => ({
  ...{
    grid,
    visible: Int32Array.from([...visible, ...hidden]).sort(),
    hidden: new Int32Array(0),
    unused: new Int32Array(0),
  },
}));

describe('classification', () => {
  const targetsOf = (classes: Int32Array | undefined, smoothing = 0) =>
    classification.planInputs?.({ ...options, plans: whole, classes, smoothing })['targets'];

  it('asks for the class of each clip alone, or for a part of all', () => {
    expect(targetsOf(Int32Array.of(2, 0))).to.deep.include({
      shape: [2, 3],
      values: Float32Array.of(0, 0, 1, 1, 0, 0),
    });
    const smooth = [...(targetsOf(Int32Array.of(2, 0), 0.3)?.values ?? [])];
    for (const [index, value] of [0.1, 0.1, 0.8, 0.8, 0.1, 0.1].entries())
      expect(smooth[index]).to.be.closeTo(value, 1e-6);
  });

  it('refuses clips without a class, and classes that there are not', () => {
    expect(() => targetsOf(undefined)).to.throw(RangeError, /class/);
    expect(() => targetsOf(Int32Array.of(1))).to.throw(RangeError, /class/);
    expect(() => targetsOf(Int32Array.of(0, 3))).to.throw(RangeError, /no class 3/);
  });

  for (const family of [smallConv, smallVit]) {
    it(`is the cross-entropy of what a ${family.family} says`, async () => {
      const config = { ...family, classifier };
      const engine = await createEngine('onnx', { threads: 1 });
      const plans = whole.map((plan) => ({ ...plan, ...wholeOf(family) }));
      const inputs = stepInputs(config, 'classification', { plans, classes: Int32Array.of(1, 2) });
      const arrays = {
        pixels: noisePixels(config, 2, 4),
        ...Object.fromEntries(Object.entries(inputs).map(([name, { values }]) => [name, values] as const)),
      };
      const state = engine.createState(layoutOf(config));
      const parameters = drawnParameters(config, 3);
      const moments = new Float32Array(parameters.length);
      await engine.writeState(state, { parameters, moments1: moments, moments2: moments });
      const gradients = await engine.compile('gradients', lossProgram(config, 'classification', 2, inputs));
      const { loss } = await gradients.run(state, arrays);
      const { targets, ...seen } = inputs;
      const given = Object.fromEntries(Object.entries(arrays).filter(([name]) => name !== 'targets'));
      expect(targets?.shape).to.deep.equal([2, 3]);
      const forward = await engine.compile('forward', classifyProgram(config, 2, seen));
      const { probabilities = new Float32Array(0) } = await forward.run(state, given);
      for (const clip of [0, 1]) {
        const own = probabilities.subarray(3 * clip, 3 * clip + 3);
        expect(own.reduce((sum, value) => sum + value, 0)).to.be.closeTo(1, 1e-6);
      }
      const expected = -(Math.log(probabilities[1] ?? NaN) + Math.log(probabilities[5] ?? NaN)) / 2;
      expect(loss).to.be.closeTo(expected, 1e-5);
      await engine.dispose();
    });
  }

  it('needs a classifier', () => {
    expect(() => classifyProgram(smallConv, 2, {})).to.throw(RangeError, /no classes/);
  });
});

function wholeOf(config: typeof smallConv | typeof smallVit) {
  const grid = gridOfModel(config);
  return { grid, visible: Int32Array.from({ length: grid.tokens }, (_, token) => token) };
}
