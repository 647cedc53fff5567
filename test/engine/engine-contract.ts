// Owns the suite that every engine passes: it agrees with the reference and keeps what the contract promises.
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import type { Compiled, Engine, ForwardProgram, LossProgram, Programs, StateArrays } from '../../lib/engine/engine.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { named } from '../../lib/operations/operation.js';
import { rejectionOf } from '../video/made-videos.js';
import {
  drawInputs,
  drawNumbers,
  drawState,
  smallForward,
  smallLayout,
  smallLoss,
  smallOptimiser,
} from './small-model.js';

const smallStep = { ...smallLoss, optimiser: smallOptimiser };
const smallApply = { layout: smallLayout, optimiser: smallOptimiser };
const arrayNames = ['parameters', 'moments1', 'moments2'] as const;
const ratesOf = (step: number) => ({ learningRate: 0.01, weightDecay: 0.1, step });

/** A state of the small model with numbers of that seed. */
function stateOf(engine: Engine, seed: number) {
  const state = engine.createState(smallLayout);
  engine.writeState(state, drawState(smallLayout, seed));
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

/**
 * Runs the suite on the engines that `create` makes.
 * @param absence why there is no such engine on this machine; then the suite is left out
 */
export function describeEngineContract(name: string, create: () => Promise<Engine>, absence?: string): void {
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

    it('trains as the reference does: loss, norm of the gradient and parameters over eight steps', async () => {
      const [own, true_] = [stateOf(engine, 1), stateOf(reference, 1)];
      const [ownStep, trueStep] = [await step(), await reference.compile('step', smallStep)];
      const losses: number[] = [];
      for (let at = 1; at <= 8; at++) {
        const report = await ownStep.run(own, drawInputs(at % 2), ratesOf(at));
        const expected = await trueStep.run(true_, drawInputs(at % 2), ratesOf(at));
        expect(report.loss, `loss ${at}`).to.be.closeTo(expected.loss, 1e-5 * expected.loss);
        expect(report.gradientNorm, `norm ${at}`).to.be.closeTo(expected.gradientNorm, 1e-4 * expected.gradientNorm);
        losses.push(report.loss);
      }
      expectSameState(engine.readState(own), reference.readState(true_), 1e-5);
      // It learns: each of the two batches is better the last time than the first.
      expect(losses[6]).to.be.below((losses[0] ?? Number.NaN) * 0.95);
      expect(losses[7]).to.be.below((losses[1] ?? Number.NaN) * 0.95);
    });

    it('gives the gradients of the reference, in the order of the arena', async () => {
      const own = await (await gradients()).run(stateOf(engine, 2), drawInputs(2));
      const expected = await (
        await reference.compile('gradients', smallLoss)
      ).run(stateOf(reference, 2), drawInputs(2));
      expect(own.loss).to.be.closeTo(expected.loss, 1e-5 * expected.loss);
      expectClose(own.gradients, expected.gradients, 1e-5, 'gradients');
    });

    it('does in one step what gradients and their application do in two', async () => {
      const [fused, split] = [stateOf(engine, 3), stateOf(engine, 3)];
      for (let at = 1; at <= 3; at++) {
        const report = await (await step()).run(fused, drawInputs(at), ratesOf(at));
        const { loss, gradients: given } = await (await gradients()).run(split, drawInputs(at));
        const { gradientNorm } = await (await apply()).run(split, given, ratesOf(at));
        expect(report.loss).to.be.closeTo(loss, 1e-6 * loss);
        expect(report.gradientNorm).to.be.closeTo(gradientNorm, 1e-6 * gradientNorm);
      }
      expectSameState(engine.readState(fused), engine.readState(split), 1e-6);
    });

    it('changes nothing by reading gradients, and reports the norm before clipping', async () => {
      const state = stateOf(engine, 4);
      const { gradients: given } = await (await gradients()).run(state, drawInputs(4));
      expect(engine.readState(state)).to.deep.equal(drawState(smallLayout, 4));
      const large = given.map((value) => 100 * value);
      const { gradientNorm } = await (await apply()).run(state, large, ratesOf(1));
      expect(gradientNorm).to.be.closeTo(Math.hypot(...large), 1e-4 * gradientNorm);
      expect(gradientNorm).to.be.above(smallOptimiser.clipNorm);
    });

    it('gives the outputs of the reference, whose arrays the caller owns', async () => {
      const [state, inputs] = [stateOf(engine, 5), drawInputs(5)];
      const outputs = await (await forward()).run(state, inputs);
      const expected = await (await reference.compile('forward', smallForward)).run(stateOf(reference, 5), inputs);
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

    it('starts from zeros, and returns the numbers that it was given, as copies', () => {
      const state = engine.createState(smallLayout);
      const zeros = new Float32Array(smallLayout.length);
      expect(state.layout).to.equal(smallLayout);
      expect(engine.readState(state)).to.deep.equal({ parameters: zeros, moments1: zeros, moments2: zeros });
      const given = drawState(smallLayout, 7);
      engine.writeState(state, given);
      const read = engine.readState(state);
      for (const arrayName of arrayNames) {
        given[arrayName].fill(0);
        read[arrayName].fill(0);
      }
      expect(engine.readState(state)).to.deep.equal(drawState(smallLayout, 7));
    });

    it('refuses arrays of a wrong length or type, and changes nothing', async () => {
      const [state, inputs] = [stateOf(engine, 8), drawInputs(8)];
      const cut = { ...drawState(smallLayout, 9), moments2: new Float32Array(3) };
      expect(() => engine.writeState(state, cut)).to.throw(RangeError, 'moments2 must hold');
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
      expect(engine.readState(state)).to.deep.equal(drawState(smallLayout, 8));
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
      expect(() => engine.readState(foreign)).to.throw(TypeError, 'another kind of engine');
      expect(() => engine.writeState(foreign, drawState(smallLayout, 1))).to.throw(TypeError, 'another kind of engine');
    });

    it('takes a state whose layout was made anew', async () => {
      const state = engine.createState(layOutParameters(smallLayout.places));
      engine.writeState(state, drawState(smallLayout, 2));
      const again = await (await gradients()).run(state, drawInputs(2));
      const { loss } = await (await gradients()).run(stateOf(engine, 2), drawInputs(2));
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

    it('reports a loss that is not a number as it is', async () => {
      const inputs = { ...drawInputs(1), target: new Float32Array(24).fill(Number.NaN) };
      const report = await (await step()).run(stateOf(engine, 1), inputs, ratesOf(1));
      expect(report.loss).to.be.NaN;
      expect(report.gradientNorm).to.be.NaN;
    });

    it('leaves tfjs as it found it: the backend, and no tensor more', async () => {
      const before = tf.getBackend();
      const tensors = tf.memory().numTensors;
      const held = tf.tensor1d([1, 2]);
      const fresh = await engine.compile('step', smallStep);
      await fresh.run(stateOf(engine, 1), drawInputs(1), ratesOf(1));
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
      const outputs = await other.run(stateOf(engine, 1), drawInputs(1));
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
          each.writeState(state, drawState(layout, batch));
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
