// Owns the suite that every engine passes: it agrees with the reference and keeps what the contract promises.
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import type {
  Compiled,
  Engine,
  EngineState,
  ForwardProgram,
  LossProgram,
  Programs,
  StateArrays,
} from '../../lib/engine/engine.js';
import { NotFiniteError } from '../../lib/engine/not-finite-error.js';
import { createGradientSum } from '../../lib/engine/gradient-sum.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { named } from '../../lib/operations/operation.js';
import { rejectionOf } from '../video/made-videos.js';
import {
  drawInputs,
  drawNumbers,
  drawState,
  smallForward,
  smallInnerLayout,
  smallLayout,
  smallLoss,
  smallOptimiser,
} from './small-model.js';

const smallStep = { ...smallLoss, optimiser: smallOptimiser };
const smallApply = { layout: smallLayout, optimiser: smallOptimiser };
const arrayNames = ['parameters', 'moments1', 'moments2'] as const;
const ratesOf = (step: number) => ({ learningRate: 0.01, weightDecay: 0.1, step });

/** A state of the small model with numbers of that seed. */
async function stateOf(engine: Engine, seed: number): Promise<EngineState> {
  const state = engine.createState(smallLayout);
  await engine.writeState(state, drawState(smallLayout, seed));
  return state;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).to.equal(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const value = expected[index] ?? Number.NaN;
    expect(actual[index], `${what}[${index}]`).to.be.closeTo(value, tolerance * Math.max(1, Math.abs(value)));
  }
}

function expectSameState(actual: StateArrays, expected: StateArrays, tolerance: number): void {
  for (const name of arrayNames) expectClose(actual[name], expected[name], tolerance, name);
}

/** One parameter `w` `[2]` and one input `x` `[2]`. */
const tiny = {
  name: 'tiny',
  layout: layOutParameters([{ name: 'w', shape: [2], decay: true }]),
  inputs: { x: { type: 'float32', shape: [2] } },
} as const;
const x = Float32Array.of(3, 4);

/** How an engine is held against the reference. */
type Tolerances = {
  /** Why there is no such engine on this machine; then the suite is left out. */
  readonly absence?: string | undefined;
  /** Of a loss, relative. Default 1e-5. */
  readonly loss?: number;
  /** Of the norm of a gradient, relative. Default 1e-4. */
  readonly norm?: number;
};

/** Runs the suite on the engines that `create` makes. */
export function describeEngineContract(
  name: string,
  create: () => Promise<Engine>,
  { absence, loss: lossTolerance = 1e-5, norm: normTolerance = 1e-4 }: Tolerances = {},
): void {
  const title = `the contract of an engine, kept by ${name}`;
  if (absence !== undefined) {
    describe.skip(`${title} (left out: ${absence})`, () => {
      it('is not run');
    });
    return;
  }
  describe(title, () => {
    const reference = createEagerEngine('cpu');
    let engine: Engine;
    const compiled: { [Kind in keyof Compiled]?: Compiled[Kind] } = {};
    const of = async <Kind extends keyof Compiled>(kind: Kind, program: Programs[Kind]): Promise<Compiled[Kind]> =>
      (compiled[kind] ??= await engine.compile(kind, program));
    const step = () => of('step', smallStep);
    const gradients = () => of('gradients', smallLoss);
    const apply = () => of('apply', smallApply);
    const forward = () => of('forward', smallForward);
    const outputsOf = async (program: ForwardProgram, inputs: Record<string, Float32Array>) => {
      const once = await engine.compile('forward', program);
      const outputs = await once.run(engine.createState(program.layout), inputs);
      await once.release();
      return outputs;
    };

    before(async () => {
      engine = await create();
    });
    after(() => engine.dispose());

    it('updates by Muon as the reference does, from each of 20 states on its path, and learns', async () => {
      const layout = smallInnerLayout;
      const program: Programs['step'] = { ...smallLoss, layout, optimiser: { ...smallOptimiser, name: 'muon' } };
      const [own, true_] = [engine.createState(layout), reference.createState(layout)];
      await reference.writeState(true_, drawState(layout, 1));
      const [ownStep, trueStep] = [await engine.compile('step', program), await reference.compile('step', program)];
      const losses: number[] = [];
      for (let at = 1; at <= 20; at++) {
        const before = await reference.readState(true_);
        await engine.writeState(own, before);
        losses.push((await ownStep.run(own, drawInputs(0), ratesOf(at))).loss);
        await trueStep.run(true_, drawInputs(0), ratesOf(at));
        const after = await engine.readState(own);
        expectSameState(after, await reference.readState(true_), 1e-5);
        // Muon asks for no squares.
        const { offset = 0, length = 0 } = layout.groups.find(({ matrix }) => matrix) ?? {};
        const squares = ({ moments2 }: StateArrays) => [...moments2.subarray(offset, offset + length)];
        expect(squares(after)).to.deep.equal(squares(before));
      }
      await ownStep.release();
      expect(losses.at(-1)).to.be.below(0.9 * (losses[0] ?? 0));
    });

    it('computes what the reference does from each of 50 states on its path, and learns', async () => {
      const [own, true_] = [engine.createState(smallLayout), await stateOf(reference, 1)];
      const [ownStep, trueStep] = [await step(), await reference.compile('step', smallStep)];
      const losses: number[] = [];
      for (let at = 1; at <= 50; at++) {
        await engine.writeState(own, await reference.readState(true_));
        const report = await ownStep.run(own, drawInputs(at % 2), ratesOf(at));
        const expected = await trueStep.run(true_, drawInputs(at % 2), ratesOf(at));
        expect(report.loss, `loss ${at}`).to.be.closeTo(expected.loss, lossTolerance * expected.loss);
        expect(report.gradientNorm, `norm ${at}`).to.be.closeTo(
          expected.gradientNorm,
          normTolerance * expected.gradientNorm,
        );
        expectSameState(await engine.readState(own), await reference.readState(true_), 1e-5);
        losses.push(report.loss);
      }
      // Each of the two batches is better the last time than the first.
      expect(losses[48]).to.be.below((losses[0] ?? Number.NaN) * 0.7);
      expect(losses[49]).to.be.below((losses[1] ?? Number.NaN) * 0.7);
    });

    it('stays within a thousandth of the reference over 50 steps of its own', async () => {
      const [own, true_] = [await stateOf(engine, 1), await stateOf(reference, 1)];
      const [ownStep, trueStep] = [await step(), await reference.compile('step', smallStep)];
      for (let at = 1; at <= 50; at++) {
        const report = await ownStep.run(own, drawInputs(at % 2), ratesOf(at));
        const expected = await trueStep.run(true_, drawInputs(at % 2), ratesOf(at));
        expect(report.loss, `loss ${at}`).to.be.closeTo(expected.loss, 1e-3 * expected.loss);
      }
    });

    it('moves averages of the parameters where they are kept, and lets a loss read them', async () => {
      const movesAverages = { ...smallOptimiser, movesAverages: true };
      const readsAverages: LossProgram = {
        ...smallLoss,
        name: 'teacher',
        readsAverages: true,
        loss: (parameters, inputs, averages) =>
          tf.add(smallLoss.loss(parameters, inputs, {}), smallLoss.loss(averages, inputs, {})),
      };
      const program = { ...readsAverages, optimiser: movesAverages };
      const states: StateArrays[] = [];
      const losses: number[] = [];
      for (const each of [engine, reference]) {
        const state = each.createState(smallLayout, { averages: true });
        const start = drawState(smallLayout, 3);
        await each.writeState(state, { ...start, averages: start.parameters.map((value) => 0.5 * value) });
        const ready = await each.compile('step', program);
        for (let at = 1; at <= 3; at++) {
          const report = await ready.run(state, drawInputs(at), { ...ratesOf(at), averageDecay: 0.75 });
          losses.push(report.loss);
        }
        states.push(await each.readState(state));
        const teacher = await each.compile('forward', smallForward);
        const { mean } = await teacher.run(state, drawInputs(1), 'averages');
        losses.push(...(mean ?? []));
        await ready.release();
        await teacher.release();
      }
      const [own, expected] = states;
      if (own?.averages === undefined || expected?.averages === undefined) throw new Error('no averages were kept');
      expectSameState(own, expected, 1e-5);
      expectClose(own.averages, expected.averages, 1e-5, 'averages');
      const half = losses.length / 2;
      expectClose(losses.slice(0, half), losses.slice(half), lossTolerance, 'losses');
      const bare = await engine.compile('step', program);
      expect(await rejectionOf(bare.run(await stateOf(engine, 1), drawInputs(1), ratesOf(1))))
        .to.be.instanceOf(RangeError)
        .with.property('message', 'the program needs moving averages, and the state keeps none');
      await bare.release();
    });

    it('adds up gradients of several programs to those of their sum', async () => {
      const other: LossProgram = {
        ...smallLoss,
        name: 'other',
        loss: (parameters, inputs) => tf.mul(smallLoss.loss(parameters, inputs, {}), 0.5),
      };
      const [one, two] = [await gradients(), await engine.compile('gradients', other)];
      const state = await stateOf(engine, 5);
      const sum = createGradientSum(smallLayout);
      sum.add((await one.run(state, drawInputs(1))).gradients, 0.25);
      sum.add((await two.run(state, drawInputs(2))).gradients, 0.75);
      const both: LossProgram = {
        ...smallLoss,
        loss: (parameters, inputs) => tf.addN([tf.mul(smallLoss.loss(parameters, inputs, {}), 0.25)]),
      };
      const [first, second] = [await reference.compile('gradients', both), await reference.compile('gradients', other)];
      const expected = (await first.run(await stateOf(reference, 5), drawInputs(1))).gradients.slice();
      const rest = (await second.run(await stateOf(reference, 5), drawInputs(2))).gradients;
      expectClose(
        sum.take(),
        expected.map((value, index) => value + 0.75 * (rest[index] ?? Number.NaN)),
        1e-5,
        'sum',
      );
      await two.release();
    });

    it('takes a batch in parts: loss, gradients and step are those of the mean over them', async () => {
      const program: LossProgram = { ...smallLoss, parts: 2 };
      const given = [drawInputs(1), drawInputs(2)];
      const single = await reference.compile('gradients', smallLoss);
      const parts = [];
      for (const inputs of given) {
        const { loss, gradients: values } = await single.run(await stateOf(reference, 6), inputs);
        parts.push({ loss, values: values.slice() });
      }
      const [one, two] = parts;
      if (one === undefined || two === undefined) throw new Error('there are not two parts');
      const mean = one.values.map((value, index) => (value + (two.values[index] ?? Number.NaN)) / 2);
      const backward = await engine.compile('gradients', program);
      const own = await stateOf(engine, 6);
      for (let again = 0; again < 2; again++) {
        const { loss, gradients: values } = await backward.run(own, given);
        expect(loss).to.be.closeTo((one.loss + two.loss) / 2, lossTolerance * loss);
        expectClose(values, mean, 1e-5, 'gradients');
      }
      const optimise = await reference.compile('apply', smallApply);
      const expected = await stateOf(reference, 6);
      const { gradientNorm } = await optimise.run(expected, mean, ratesOf(1));
      const whole = await engine.compile('step', { ...program, optimiser: smallOptimiser });
      const report = await whole.run(own, given, ratesOf(1));
      expect(report.loss).to.be.closeTo((one.loss + two.loss) / 2, lossTolerance * report.loss);
      expect(report.gradientNorm).to.be.closeTo(gradientNorm, normTolerance * gradientNorm);
      expectSameState(await engine.readState(own), await reference.readState(expected), 1e-5);
      const tooFew = await rejectionOf(whole.run(own, drawInputs(1), ratesOf(2)));
      expect(tooFew).to.be.instanceOf(RangeError).with.property('message', 'there must be 2 parts of a batch, got 1');
      await backward.release();
      await whole.release();
    });

    it('changes nothing where one part of a batch has a loss that is no number, though its gradients are', async () => {
      const program: Programs['step'] = {
        ...{ ...tiny, parts: 2, optimiser: smallOptimiser },
        loss: (parameters, inputs) => tf.add(tf.sum(tf.mul(named(parameters, 'w'), 0.5)), tf.sum(named(inputs, 'x'))),
      };
      const state = engine.createState(tiny.layout);
      const start = drawState(tiny.layout, 1);
      await engine.writeState(state, start);
      const whole = await engine.compile('step', program);
      const broken = { x: Float32Array.of(Number.NaN, 1) };
      expect(await rejectionOf(whole.run(state, [{ x }, broken], ratesOf(1)))).to.be.instanceOf(NotFiniteError);
      expect(await engine.readState(state)).to.deep.equal(start);
      await whole.run(state, [{ x }, { x }], ratesOf(1));
      expect(await engine.readState(state)).not.to.deep.equal(start);
      await whole.release();
    });

    it('gives the gradients of the reference, in the order of the arena', async () => {
      const own = await (await gradients()).run(await stateOf(engine, 2), drawInputs(2));
      const expected = await (
        await reference.compile('gradients', smallLoss)
      ).run(await stateOf(reference, 2), drawInputs(2));
      expect(own.loss).to.be.closeTo(expected.loss, 1e-5 * expected.loss);
      expectClose(own.gradients, expected.gradients, 1e-5, 'gradients');
    });

    it('does in one step what gradients and their application do in two', async () => {
      const [fused, split] = [await stateOf(engine, 3), await stateOf(engine, 3)];
      for (let at = 1; at <= 3; at++) {
        const report = await (await step()).run(fused, drawInputs(at), ratesOf(at));
        const { loss, gradients: given } = await (await gradients()).run(split, drawInputs(at));
        const { gradientNorm } = await (await apply()).run(split, given, ratesOf(at));
        expect(report.loss).to.be.closeTo(loss, 1e-6 * loss);
        expect(report.gradientNorm).to.be.closeTo(gradientNorm, 1e-6 * gradientNorm);
      }
      expectSameState(await engine.readState(fused), await engine.readState(split), 1e-6);
    });

    it('changes nothing by reading gradients, and reports the norm before clipping', async () => {
      const state = await stateOf(engine, 4);
      const { gradients: given } = await (await gradients()).run(state, drawInputs(4));
      expect(await engine.readState(state)).to.deep.equal(drawState(smallLayout, 4));
      const large = given.map((value) => 100 * value);
      const { gradientNorm } = await (await apply()).run(state, large, ratesOf(1));
      expect(gradientNorm).to.be.closeTo(Math.hypot(...large), 1e-4 * gradientNorm);
      expect(gradientNorm).to.be.above(smallOptimiser.clipNorm);
    });

    it('gives the outputs of the reference, whose arrays the caller owns', async () => {
      const [state, inputs] = [await stateOf(engine, 5), drawInputs(5)];
      const outputs = await (await forward()).run(state, inputs);
      const expected = await (
        await reference.compile('forward', smallForward)
      ).run(await stateOf(reference, 5), inputs);
      expect(outputs).to.have.all.keys('prediction', 'mean', 'pixels');
      for (const [output, values] of Object.entries(expected)) {
        expectClose(outputs[output] ?? [], values, 1e-5, output);
      }
      const kept = outputs['prediction']?.slice();
      await (await forward()).run(state, drawInputs(6));
      expect(outputs['prediction']).to.deep.equal(kept);
    });

    it('takes each type of input: bytes become 0 to 255, and integers stay what they are', async () => {
      const program: ForwardProgram = {
        name: 'types',
        layout: layOutParameters([]),
        inputs: { bytes: { type: 'uint8', shape: [3] }, whole: { type: 'int32', shape: [2] } },
        outputs: (_, inputs) => ({ half: tf.mul(named(inputs, 'bytes'), 0.5), whole: named(inputs, 'whole') }),
      };
      const types = await engine.compile('forward', program);
      const outputs = await types.run(engine.createState(program.layout), {
        bytes: Uint8Array.of(0, 1, 255),
        whole: Int32Array.of(-5, 16777217),
      });
      expect(outputs['half']).to.deep.equal(Float32Array.of(0, 0.5, 127.5));
      // Outputs are float32, whose numbers above 2²⁴ are even.
      expect(outputs['whole']).to.deep.equal(Float32Array.of(-5, 16777216));
    });

    it('takes an input that nothing uses, and names as the caller likes', async () => {
      const program: ForwardProgram = {
        name: 'names',
        layout: layOutParameters([]),
        inputs: { x: tiny.inputs.x, loss: tiny.inputs.x, v0: tiny.inputs.x, idle: tiny.inputs.x },
        outputs: (_, inputs) => {
          const [one, two] = [named(inputs, 'loss'), named(inputs, 'v0')];
          return { x: named(inputs, 'x'), loss: tf.add(one, two), v0: tf.mul(one, two), v1: tf.sub(one, two) };
        },
      };
      const outputs = await outputsOf(program, { x, loss: x, v0: Float32Array.of(1, 2), idle: x });
      expect(outputs).to.deep.equal({
        x,
        loss: Float32Array.of(4, 6),
        v0: Float32Array.of(3, 8),
        v1: Float32Array.of(2, 2),
      });
    });

    it('starts from zeros, and returns the numbers that it was given, as copies', async () => {
      const state = engine.createState(smallLayout);
      const zeros = new Float32Array(smallLayout.length);
      expect(state.layout).to.equal(smallLayout);
      expect(await engine.readState(state)).to.deep.equal({ parameters: zeros, moments1: zeros, moments2: zeros });
      const given = drawState(smallLayout, 7);
      await engine.writeState(state, given);
      const read = await engine.readState(state);
      for (const arrayName of arrayNames) {
        given[arrayName].fill(0);
        read[arrayName].fill(0);
      }
      expect(await engine.readState(state)).to.deep.equal(drawState(smallLayout, 7));
    });

    it('refuses arrays of a wrong length or type, and changes nothing', async () => {
      const [state, inputs] = [await stateOf(engine, 8), drawInputs(8)];
      const cut = { ...drawState(smallLayout, 9), moments2: new Float32Array(3) };
      expect(await rejectionOf(engine.writeState(state, cut)))
        .to.be.instanceOf(RangeError)
        .with.property('message')
        .that.includes('moments2 must hold');
      const [target, pixels, short] = [new Float32Array(23), new Float32Array(24), new Float32Array(5)];
      const incomplete = Object.fromEntries(Object.entries(inputs).filter(([input]) => input !== 'order'));
      const refused = [
        [(await step()).run(state, { ...inputs, target }, ratesOf(1)), 'the input target must hold 24 values, got 23'],
        [(await gradients()).run(state, incomplete), 'the input order must hold 6 values, got none'],
        [(await forward()).run(state, { pixels: short }), 'the input pixels must hold 24 values, got 5'],
        [(await apply()).run(state, short, ratesOf(1)), `the gradients must be ${smallLayout.length} values, got 5`],
      ] as const;
      for (const [run, message] of refused) {
        expect(await rejectionOf(run))
          .to.be.instanceOf(RangeError)
          .with.property('message', message);
      }
      expect(await rejectionOf((await forward()).run(state, { pixels })))
        .to.be.instanceOf(TypeError)
        .with.property('message', 'the input pixels must be a Uint8Array, got a Float32Array');
      expect(await engine.readState(state)).to.deep.equal(drawState(smallLayout, 8));
    });

    it('refuses a state of another layout or of another kind of engine', async () => {
      const turned = smallLayout.places.map((place) => ({ ...place, shape: place.shape.toReversed() }));
      const other = engine.createState(layOutParameters(turned));
      const foreign = { layout: smallLayout };
      const inputs = drawInputs(1);
      const runs = [
        async (state: typeof other) => (await step()).run(state, inputs, ratesOf(1)),
        async (state: typeof other) => (await gradients()).run(state, inputs),
        async (state: typeof other) => (await forward()).run(state, inputs),
        async (state: typeof other) => (await apply()).run(state, new Float32Array(smallLayout.length), ratesOf(1)),
      ];
      for (const run of runs) {
        expect(await rejectionOf(run(other)))
          .to.be.instanceOf(RangeError)
          .with.property('message', 'the state has embed.weight [4, 6] where the program has embed.weight [6, 4]');
        expect(await rejectionOf(run(foreign))).to.be.instanceOf(TypeError);
      }
      for (const refused of [engine.readState(foreign), engine.writeState(foreign, drawState(smallLayout, 1))]) {
        expect(await rejectionOf(refused))
          .to.be.instanceOf(TypeError)
          .with.property('message')
          .that.includes('another kind of engine');
      }
    });

    it('takes a state whose layout was made anew', async () => {
      const state = engine.createState(layOutParameters(smallLayout.places));
      await engine.writeState(state, drawState(smallLayout, 2));
      const again = await (await gradients()).run(state, drawInputs(2));
      const { loss } = await (await gradients()).run(await stateOf(engine, 2), drawInputs(2));
      expect(again.loss).to.equal(loss);
    });

    it('names a parameter that takes no part in the loss, and a loss that is not one number', async () => {
      const lossOf = async (loss: LossProgram['loss']): Promise<unknown> => {
        const program: LossProgram = {
          ...tiny,
          layout: layOutParameters(['w', 'idle'].map((name) => ({ name, shape: [2], decay: true }))),
          loss,
        };
        const state = engine.createState(program.layout);
        return rejectionOf(engine.compile('gradients', program).then((ready) => ready.run(state, { x })));
      };
      expect(await lossOf((parameters, inputs) => tf.sum(tf.mul(named(parameters, 'w'), named(inputs, 'x')))))
        .to.be.instanceOf(RangeError)
        .with.property('message')
        .that.includes('every parameter must take part in the loss of tiny, but not so: idle');
      expect(await lossOf((parameters) => tf.add(named(parameters, 'w'), named(parameters, 'idle'))))
        .to.be.instanceOf(RangeError)
        .with.property('message')
        .that.includes('the loss of tiny must be one number, got the shape [2]');
    });

    it('refuses a step whose loss or gradient is no number, names it, and changes nothing', async () => {
      const broken = { ...drawInputs(1), target: new Float32Array(24).fill(Number.NaN) };
      const state = await stateOf(engine, 1);
      const huge = new Float32Array(smallLayout.length).fill(3e38);
      const runs = [
        [
          async () => (await step()).run(state, broken, ratesOf(7)),
          /^step 7 of small loss: the loss is NaN and the norm .* NaN;/,
        ],
        [async () => (await gradients()).run(state, broken), /^small loss: the loss is NaN/],
        [async () => (await apply()).run(state, huge, ratesOf(8)), /^step 8: .* the norm of its gradient Infinity;/],
      ] as const;
      for (const [run, message] of runs) {
        expect(await rejectionOf(run()))
          .to.be.instanceOf(NotFiniteError)
          .with.property('message')
          .that.matches(message);
      }
      expect(await engine.readState(state)).to.deep.equal(drawState(smallLayout, 1));
      const after = await (await step()).run(state, drawInputs(1), ratesOf(7));
      const same = await (await step()).run(await stateOf(engine, 1), drawInputs(1), ratesOf(7));
      expect(after).to.deep.equal(same);
    });

    it('leaves tfjs as it found it: the backend, and no tensor more', async () => {
      const before = tf.getBackend();
      const tensors = tf.memory().numTensors;
      const held = tf.tensor1d([1, 2]);
      const fresh = await engine.compile('step', smallStep);
      await fresh.run(await stateOf(engine, 1), drawInputs(1), ratesOf(1));
      await fresh.release();
      expect(tf.getBackend()).to.equal(before);
      expect([...held.dataSync()]).to.deep.equal([1, 2]);
      held.dispose();
      expect(tf.memory().numTensors).to.equal(tensors);
    });

    it('frees one program without harm to another, twice over too', async () => {
      const [one, other] = [await engine.compile('forward', smallForward), await forward()];
      await one.release();
      await one.release();
      const outputs = await other.run(await stateOf(engine, 1), drawInputs(1));
      expect(outputs['mean']).to.have.length(2);
    });

    it('frees everything, after which it compiles anew', async () => {
      const another = await create();
      await another.compile('gradients', smallLoss);
      await another.dispose();
      await another.dispose();
      const again = await another.compile('forward', smallForward);
      const outputs = await again.run(another.createState(smallLayout), drawInputs(1));
      expect(outputs['prediction']).to.deep.equal(new Float32Array(24));
      await another.dispose();
    });

    it('adds up numbers drawn for many shapes as the reference does', async () => {
      for (const [batch, width] of [
        [1, 1],
        [3, 5],
        [17, 2],
      ] as const) {
        const layout = layOutParameters([
          { name: 'w', shape: [width, width], decay: true },
          { name: 'b', shape: [width], decay: false },
        ]);
        const program: LossProgram = {
          name: `${batch} × ${width}`,
          layout,
          inputs: { x: { type: 'float32', shape: [batch, width] } },
          loss: (parameters, inputs) =>
            tf.mean(tf.square(tf.add(tf.matMul(named(inputs, 'x'), named(parameters, 'w')), named(parameters, 'b')))),
        };
        const arrays = { x: drawNumbers(batch * width, batch) };
        const results = [];
        for (const each of [engine, reference]) {
          const ready = await each.compile('gradients', program);
          const state = each.createState(layout);
          await each.writeState(state, drawState(layout, batch));
          const { loss, gradients: given } = await ready.run(state, arrays);
          results.push([loss, ...given]);
          await ready.release();
        }
        const [own = [], expected = []] = results;
        expectClose(own, expected, 1e-5, program.name);
      }
    });
  });
}
