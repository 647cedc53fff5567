import { expect } from 'chai';
import { tokenLength } from '../../lib/clip/token-grid.js';
import { createEngine } from '../../lib/engine/engines.js';
import type { StepReport } from '../../lib/engine/engine.js';
import { gridOfModel, type ModelConfig } from '../../lib/model/model-config.js';
import { layoutOfModel } from '../../lib/model/layer-decay.js';
import { parseLoss } from '../../lib/objectives/loss-expression.js';
import { lossProgram, stepInputs } from '../../lib/objectives/programs.js';
import { type Compute, openCompute } from '../../lib/run/compute.js';
import type { PlanIndices } from '../../lib/run/compute-protocol.js';
import { expectClose } from '../model/expect-close.js';
import {
  drawnParameters,
  initialParameters,
  inputsOf,
  layoutOf,
  noisePixels,
  plansOf,
  smallConv,
  smallVit,
} from '../model/small-models.js';
import { rejectionOf } from '../video/made-videos.js';

const optimiser = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1 };
const ratesOf = (step: number) => ({ learningRate: 0.01, weightDecay: 0.05, step });
const clipBytes = 4 * 16 * 16 * 3;

/** Plans as they go to the thread. */
const indicesOf = (config: ModelConfig, hide: string, samples: number, seed = 0): PlanIndices[] =>
  plansOf(config, hide, samples, seed).map(({ visible, hidden, unused }) => ({ visible, hidden, unused }));

for (const config of [smallConv, smallVit]) {
  describe(`the thread that runs a ${config.family}`, () => {
    let compute: Compute;
    before(async () => {
      compute = await openCompute({ model: config, engine: 'onnx', threads: 1 });
    });
    after(() => compute.close());

    const write = async (seed: number) => {
      const parameters = drawnParameters(config, seed);
      const moments = new Float32Array(parameters.length);
      await compute.call('writeState', { parameters, moments1: moments, moments2: moments });
    };

    it('begins with the values of the seed, and forgets what was learned', async () => {
      for (const seed of [1, 2]) {
        await write(9);
        await compute.call('initialise', { seed });
        const { parameters, moments1, moments2 } = await compute.call('readState', undefined);
        expect(parameters).to.deep.equal(initialParameters(config, seed));
        expect([...moments1, ...moments2].every((value) => value === 0)).to.equal(true);
      }
    });

    it('makes the steps that the engine makes', async () => {
      await compute.call('initialise', { seed: 4 });
      const engine = await createEngine('onnx', { threads: 1 });
      const state = engine.createState(layoutOf(config));
      const zeros = new Float32Array(layoutOf(config).length);
      await engine.writeState(state, { parameters: initialParameters(config, 4), moments1: zeros, moments2: zeros });
      const reports: StepReport[] = [];
      for (let step = 1; step <= 4; step++) {
        // Two kinds of masks in turn, at other places each time.
        const hide = step % 2 === 0 ? 'patches:0.5' : 'future:2';
        const pixels = noisePixels(config, 2, step);
        const { plan, arrays } = inputsOf(config, pixels, plansOf(config, hide, 2, step));
        const program = { ...lossProgram(config, 'reconstruction', 2, plan), optimiser };
        const expected = await (await engine.compile('step', program)).run(state, arrays, ratesOf(step));
        const argument = {
          ...{ objective: 'reconstruction' as const, optimiser, pixels: pixels.slice() },
          ...{ plans: indicesOf(config, hide, 2, step), rates: ratesOf(step) },
        };
        const answer = await compute.call('step', argument, [argument.pixels.buffer]);
        // The memory went there and has come back.
        expect(argument.pixels).to.have.length(0);
        expect(answer.pixels).to.deep.equal(pixels);
        const { report } = answer;
        expect(report).to.deep.equal(expected);
        reports.push(report);
      }
      expect(new Set(reports.map(({ loss }) => loss)).size).to.equal(4);
      expect(await compute.call('readState', undefined)).to.deep.equal(await engine.readState(state));
      await engine.dispose();
    });

    it('adds micro-batches up to the update of one batch, and throws away what was begun before', async () => {
      const objective = 'reconstruction' as const;
      const pixels = noisePixels(config, 6, 7);
      const plans = indicesOf(config, 'patches:0.5', 6);
      await write(5);
      // As after some steps: at the first, what differs from 0 by rounding alone would move as far as all else.
      const parameters = drawnParameters(config, 5);
      const [moments1, moments2] = [
        new Float32Array(parameters.length),
        new Float32Array(parameters.length).fill(1e-4),
      ];
      const begun = { parameters, moments1, moments2 };
      await compute.call('writeState', begun);
      const batch = { objective, optimiser, pixels: pixels.slice(), plans, rates: ratesOf(9) };
      const { report } = await compute.call('step', batch);
      const expected = await compute.call('readState', undefined);
      await compute.call('writeState', begun);
      const accumulate = async (micro: number, begins: boolean) => {
        const part = pixels.slice(2 * micro * clipBytes, 2 * (micro + 1) * clipBytes);
        const given = { objective, pixels: part, plans: plans.slice(2 * micro, 2 * micro + 2), weight: 1 / 3, begins };
        const answer = await compute.call('accumulate', given, [part.buffer]);
        expect(answer.pixels).to.have.length(2 * clipBytes);
        return answer.loss;
      };
      await accumulate(2, true);
      const losses = [await accumulate(0, true), await accumulate(1, false), await accumulate(2, false)];
      expect(losses.reduce((sum, loss) => sum + loss, 0) / 3).to.be.closeTo(report.loss, 1e-6 * report.loss);
      const { gradientNorm } = await compute.call('apply', { optimiser, rates: ratesOf(9) });
      expect(gradientNorm).to.be.closeTo(report.gradientNorm, 1e-5 * report.gradientNorm);
      const made = await compute.call('readState', undefined);
      expectClose(made.parameters, expected.parameters, 1e-6, 'parameters');
      expectClose(made.moments1, expected.moments1, 1e-5, 'moments1');
      expect(made.parameters).not.to.deep.equal(parameters);
    });

    it('says that a micro-batch or an update is no number, and changes nothing', async () => {
      await write(5);
      const { parameters, ...moments } = await compute.call('readState', undefined);
      const broken = { parameters: parameters.map((value, index) => (index === 3 ? NaN : value)), ...moments };
      await compute.call('writeState', broken);
      const pixels = noisePixels(config, 2, 7);
      const plans = indicesOf(config, 'patches:0.5', 2);
      const given = { objective: 'reconstruction' as const, pixels, plans, weight: 1, begins: true };
      expect((await compute.call('accumulate', given)).loss).to.be.NaN;
      await compute.call('writeState', { parameters, ...moments });
      expect((await compute.call('accumulate', { ...given, weight: NaN })).loss).to.be.above(0);
      expect((await compute.call('apply', { optimiser, rates: ratesOf(1) })).gradientNorm).to.be.NaN;
      expect(await compute.call('readState', undefined)).to.deep.equal({ parameters, ...moments });
    });

    it('measures the loss that a step has, of the averages where there are any', async () => {
      const given = { objective: 'reconstruction' as const, plans: indicesOf(config, 'patches:0.5', 2) };
      const pixels = noisePixels(config, 2, 7);
      await write(5);
      const loss = await compute.call('measure', { ...given, pixels: pixels.slice() });
      const stepped = { ...given, optimiser, pixels: pixels.slice(), rates: ratesOf(1) };
      expect((await compute.call('step', stepped)).report.loss).to.be.closeTo(loss, 1e-6 * loss);
      const averaging = await openCompute({ model: config, engine: 'onnx', threads: 1, averages: true });
      await averaging.call('initialise', { seed: 4 });
      const begun = await averaging.call('readState', undefined);
      expect(begun.averages).to.deep.equal(begun.parameters);
      await averaging.call('writeState', { ...begun, averages: drawnParameters(config, 5) });
      expect(await averaging.call('measure', { ...given, pixels: pixels.slice() })).to.equal(loss);
      await averaging.close();
    });

    it('fills in the same whatever the number of clips and the batch', async () => {
      await write(5);
      const pixels = noisePixels(config, 3, 6);
      const plans = indicesOf(config, 'patches:0.5', 3);
      const whole = await compute.call('fill', { pixels, plans, batch: 3 });
      expect(whole.map(({ length }) => length)).to.deep.equal(
        plans.map(({ hidden }) => hidden.length * tokenLength(gridOfModel(config))),
      );
      expect(whole[0]).not.to.deep.equal(whole[1]);
      expect(await compute.call('fill', { pixels, plans, batch: 5 })).to.have.length(3);
      for (const [clips, batch] of [
        [3, 5],
        [2, 2],
        [1, 4],
      ] as const) {
        const some = await compute.call('fill', {
          ...{ pixels: pixels.slice(0, clips * clipBytes), plans: plans.slice(0, clips), batch },
        });
        expect(some).to.have.length(clips);
        some.forEach((values, sample) => expectClose(values, whole[sample] ?? [], 1e-6, `${clips} of ${batch}`));
      }
    });

    it('embeds the same whatever the number of clips and the batch', async () => {
      await write(5);
      const pixels = noisePixels(config, 3, 6);
      const whole = await compute.call('embed', { pixels, clips: 3, batch: 3 });
      const width = whole.length / 3;
      expect(width).to.equal(config.family === 'conv' ? config.innerWidth : config.width);
      for (const [clips, batch] of [
        [3, 5],
        [2, 2],
        [1, 4],
      ] as const) {
        const some = await compute.call('embed', { pixels: pixels.slice(0, clips * clipBytes), clips, batch });
        expectClose(some, whole.slice(0, clips * width), 1e-6, `${clips} of ${batch}`);
      }
    });

    it('gives the same again after more programs than it keeps', async () => {
      await write(5);
      const pixels = noisePixels(config, 1, 6);
      const first = await compute.call('embed', { pixels, clips: 1, batch: 1 });
      for (let batch = 2; batch <= 10; batch++) await compute.call('embed', { pixels, clips: 1, batch });
      expect(await compute.call('embed', { pixels, clips: 1, batch: 1 })).to.deep.equal(first);
    });

    it('refuses what does not go together, and goes on', async () => {
      const pixels = noisePixels(config, 2, 6);
      const plans = indicesOf(config, 'patches:0.5', 2);
      for (const wrong of [
        { pixels: pixels.slice(1), plans, batch: 2 },
        { pixels, plans, batch: 1 },
        { pixels, plans: [], batch: 2 },
      ]) {
        expect(await rejectionOf(compute.call('fill', wrong))).to.be.instanceOf(Error);
      }
      const parameters = new Float32Array(3);
      const short = compute.call('writeState', { parameters, moments1: parameters, moments2: parameters });
      expect(await rejectionOf(short))
        .to.have.property('message')
        .that.matches(/must hold \d+ values, got 3/);
      expect(await compute.call('fill', { pixels, plans, batch: 2 })).to.have.length(2);
    });
  });
}

describe('the thread that runs a model on two cores', () => {
  for (const [config, hides] of [
    [smallVit, ['patches:0.5', 'future:2']],
    // Gaps of other lengths in each half: the motion of each needs a program of its own.
    [{ ...smallConv, guess: 'motion' }, ['patches:0.5', 'drop:0.5']],
  ] as const) {
    it(`learns of a ${config.family} what it learns on one core`, async () => {
      const states: Float32Array[] = [];
      for (const threads of [1, 2]) {
        const compute = await openCompute({ model: config, engine: 'onnx', threads });
        try {
          await compute.call('initialise', { seed: 4 });
          for (let step = 1; step <= 6; step++) {
            const [hide] = hides.slice(step % 2);
            const { report } = await compute.call('step', {
              ...{ objective: 'reconstruction', optimiser, pixels: noisePixels(config, 4, step), rates: ratesOf(step) },
              plans: indicesOf(config, hide ?? '', 4, step),
            });
            expect(report.loss).to.be.above(0);
          }
          states.push((await compute.call('readState', undefined)).parameters);
        } finally {
          await compute.close();
        }
      }
      const [one = new Float32Array(), two = new Float32Array()] = states;
      expect(two.length).to.equal(one.length);
      for (const [index, value] of one.entries()) expect(two[index]).to.be.closeTo(value, 1e-4);
      expect(one).not.to.deep.equal(initialParameters(config, 4));
    });
  }
});

describe('the thread that runs a model with choices of its own', () => {
  it('makes the steps of its loss, with what is left out by the seed, and fills in', async () => {
    const config = { ...smallVit, depth: 2, dropPath: 0.5, target: 'residual' } as const;
    const learning = { loss: parseLoss('l1+ssim:0.5'), layerDecay: 0.5 };
    const compute = await openCompute({ model: config, engine: 'onnx', threads: 1, learning });
    const engine = await createEngine('onnx', { threads: 1 });
    try {
      const layout = layoutOfModel(config, 0.5);
      expect(compute.layout).to.deep.equal(layout);
      await compute.call('initialise', { seed: 4 });
      const state = engine.createState(layout);
      await engine.writeState(state, await compute.call('readState', undefined));
      const pixels = noisePixels(config, 2, 1);
      const plans = plansOf(config, 'patches:0.5', 2);
      for (const step of [1, 2]) {
        const keys = [0, 1].map((sample) => ({ seed: 6, step, sample }));
        const inputs = stepInputs(config, 'reconstruction', { plans, keys }, learning);
        expect(inputs).to.include.keys('dropPath', 'frameShares');
        const values = Object.entries(inputs).map(([name, input]) => [name, input.values] as const);
        const program = { ...lossProgram(config, 'reconstruction', 2, inputs, learning), optimiser };
        const compiled = await engine.compile('step', program);
        const expected = await compiled.run(state, { pixels, ...Object.fromEntries(values) }, ratesOf(step));
        const { report } = await compute.call('step', {
          ...{ objective: 'reconstruction', optimiser, pixels: pixels.slice(), rates: ratesOf(step), keys },
          plans: indicesOf(config, 'patches:0.5', 2),
        });
        expect(report).to.deep.equal(expected);
      }
      expect(await compute.call('readState', undefined)).to.deep.equal(await engine.readState(state));
      const filled = await compute.call('fill', { pixels, plans: indicesOf(config, 'patches:0.5', 2), batch: 2 });
      expect(filled.every((tokens) => tokens.every(Number.isFinite))).to.equal(true);
    } finally {
      await engine.dispose();
      await compute.close();
    }
  });
});
