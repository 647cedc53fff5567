import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { LacunaError } from '../../../lib/clip/lacuna-error.js';
import { createEagerEngine } from '../../../lib/engine/eager-engine.js';
import { trace } from '../../../lib/engine/tracing/trace.js';
import { OnnxGraph, type OnnxValue } from '../../../lib/formats/onnx-graph.js';
import { layerNorm } from '../../../lib/operations/layer-norm.js';
import { named } from '../../../lib/operations/operation.js';
import { type KernelCase, onnxEngine, outputsOf } from './same-as-tfjs.js';

/** The line of this file from which it is called. */
function lineHere(): number {
  const [, caller] = (new Error().stack ?? '').matchAll(/trace\.test\.ts:(\d+)/g);
  return Number(caller?.[1]);
}

/** Traces a function of one input `[2, 3]`. */
function traced(build: (x: tf.Tensor) => tf.Tensor): OnnxValue {
  const graph = new OnnxGraph('test');
  const inputs = { x: graph.input('x', 'float32', [2, 3]) };
  return named(
    trace(graph, inputs, (tensors) => ({ y: build(named(tensors, 'x')) })),
    'y',
  );
}

/** What tracing throws. */
function failureOf(build: (x: tf.Tensor) => tf.Tensor): Error {
  try {
    traced(build);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}

describe('trace', () => {
  before(async () => {
    // Starts it without its advertisement.
    createEagerEngine('cpu');
    await tf.setBackend('cpu');
  });

  it('gives each output’s type and shape', () => {
    expect(traced((x) => tf.sum(x, 1))).to.deep.include({ type: 'float32', shape: [2] });
    expect(traced((x) => tf.greater(x, 0))).to.deep.include({ type: 'bool', shape: [2, 3] });
    // A tensor that is given back is the input itself.
    expect(traced((x) => x)).to.deep.equal({ name: 'x', type: 'float32', shape: [2, 3] });
  });

  const compositions: Record<string, KernelCase> = {
    'a softmax of which the logarithm is taken': ({ x, cube }) => [tf.logSoftmax(x), tf.logSoftmax(cube, -1)],
    'mean and variance': ({ cube }) => Object.values(tf.moments(cube, [0, 2])),
    'a sum of a repeated number, multiplied, added, reshaped': ({ x }) => {
      const half = tf.fill([2, 3], 0.5);
      const repeated = tf.reshape(tf.mul(tf.add(half, tf.ones([3])), tf.exp(half)), [3, 2]);
      return [repeated, tf.sum(repeated), tf.sub(tf.reshape(repeated, [2, 3]), x), tf.matMul(repeated, x)];
    },
    'a repeated matrix of one number, reshaped': ({ x }) => [
      tf.reshape(tf.mul(tf.fill([2, 3], 2), tf.tensor2d([[3]])), [6]),
      tf.add(tf.reshape(tf.mul(tf.ones([2, 3]), tf.tensor3d([[[3]]])), [3, 2]), tf.reshape(x, [3, 2])),
    ],
    'zeros and ones that come to nothing': ({ x, row, column }) => [
      tf.add(tf.zeros([2, 3]), row),
      tf.mul(column, tf.ones([2, 3])),
      tf.mul(tf.ones([2, 3]), column),
      tf.add(column, tf.zeros([2, 3])),
      tf.mul(tf.zerosLike(x), row),
      tf.add(x, tf.neg(tf.zerosLike(x))),
    ],
    'constants of each type': ({ x, picks }) => [
      tf.mul(x, tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3])),
      tf.add(picks, tf.tensor1d([1, 2, 3, -4], 'int32')),
      tf.where(tf.tensor2d([true, false, true, false, true, false], [2, 3], 'bool'), x, tf.scalar(9)),
    ],
    'negative and positive zero': ({ y }) => [
      tf.div(y, tf.tensor1d([0, 0, 0])),
      tf.div(y, tf.tensor1d([-0, -0, -0])),
      tf.div(y, tf.tensor1d([0, -0, 0])),
    ],
  };
  for (const [what, use] of Object.entries(compositions)) {
    it(`traces ${what}: the same as tfjs`, async () => {
      const expected = await outputsOf(createEagerEngine('cpu'), use);
      const own = await outputsOf(await onnxEngine(), use);
      expect(own.map((values) => values.map((value) => value.toPrecision(6)))).to.deep.equal(
        expected.map((values) => values.map((value) => value.toPrecision(6))),
      );
    });
  }

  it('names an operation that it does not know, and the line of the model', () => {
    let line = Number.NaN;
    const error = failureOf((x) => {
      const doubled = tf.mul(x, 2);
      line = lineHere() + 1;
      return tf.diag(doubled);
    });
    expect(error.message).to.equal(`the operation Diag cannot be traced (tracing/trace.test.ts:${line})`);
    expect(error.cause).to.be.instanceOf(Error);
  });

  it('names the line of the model also where the mistake is found within an operation of Lacuna’s', () => {
    let line = Number.NaN;
    const error = failureOf((x) => {
      line = lineHere() + 1;
      return layerNorm(x, x, undefined as never, 1e-5);
    });
    expect(error.message).to.equal(`no shift among x, scale (tracing/trace.test.ts:${line})`);
    expect(error).to.be.instanceOf(RangeError);
  });

  it('names an operation that a gradient asks for', () => {
    const halve = tf.customGrad((x) => ({
      value: tf.mul(x as tf.Tensor, 0.5),
      gradFunc: (gradient) => tf.sum(tf.diag(gradient), [2, 3]),
    }));
    const error = failureOf((x) => tf.grad((value) => tf.sum(halve(value)))(x));
    expect(error.message).to.match(/^the operation Diag cannot be traced/);
  });

  it('names no line where none of a model had failed', () => {
    const outside = tf.ones([1]);
    expect(failureOf(() => outside).message).to.equal(
      'a tensor from outside the trace was used in it; make it an input',
    );
    outside.dispose();
  });

  const readings: Record<string, (x: tf.Tensor) => unknown> = {
    dataSync: (x) => x.dataSync(),
    arraySync: (x) => x.arraySync(),
    print: (x) => x.print(),
  };
  for (const [name, read] of Object.entries(readings)) {
    it(`refuses ${name}: there is no value yet`, () => {
      const error = failureOf((x) => {
        read(tf.neg(x));
        return x;
      });
      expect(error.message).to.match(
        /^the value of a tensor was read inside a trace; there is none before the graph runs \(tracing\/trace\.test\.ts:\d+\)$/,
      );
    });
  }

  it('refuses random numbers, which would be the same in every run', () => {
    const draws: Record<string, () => tf.Tensor> = {
      randomNormal: () => tf.randomNormal([2, 3]),
      randomUniform: () => tf.randomUniform([2, 3]),
      truncatedNormal: () => tf.truncatedNormal([2, 3]),
      rand: () => tf.rand([2, 3], () => 0),
    };
    for (const [name, draw] of Object.entries(draws)) {
      const error = failureOf((x) => tf.add(x, draw()));
      expect(error.message).to.include(
        `tf.${name} inside a trace would give the same numbers in every run; make them an input`,
      );
    }
    expect(failureOf((x) => tf.dropout(x, 0.5)).message).to.include('inside a trace would give the same numbers');
  });

  it('refuses tensors from outside, and those of a trace that has ended', () => {
    const outside = tf.ones([2, 3]);
    expect(failureOf((x) => tf.add(x, outside)).message).to.match(
      /^a tensor from outside the trace was used in it; make it an input \(tracing\/trace\.test\.ts:\d+\)$/,
    );
    let kept: tf.Tensor | undefined;
    traced((x) => {
      kept = tf.keep(tf.neg(x));
      return x;
    });
    expect(() => kept?.dataSync()).to.throw(Error, 'a tensor of a trace was used after the trace had ended');
    outside.dispose();
    kept?.dispose();
  });

  it('hands on an error that is meant for a person, and what is no error', () => {
    const refusal = new LacunaError('usage', 'The preset does not fit.');
    const fail = (thrown: unknown) => () =>
      traced(() => {
        throw thrown;
      });
    expect(fail(refusal)).to.throw(LacunaError, /^The preset does not fit\.$/);
    let caught: unknown;
    try {
      fail('a word')();
    } catch (error) {
      caught = error;
    }
    expect(caught).to.equal('a word');
  });

  it('leaves tfjs and the depth of stacks as they were, also after an error', () => {
    const [tensors, frames] = [tf.memory().numTensors, Error.stackTraceLimit];
    traced((x) => tf.add(x, tf.ones([3])));
    failureOf((x) => tf.diag(x));
    expect(tf.getBackend()).to.equal('cpu');
    expect(tf.memory().numTensors).to.equal(tensors);
    expect(Error.stackTraceLimit).to.equal(frames);
    expect([...tf.add([1, 2], 1).dataSync()]).to.deep.equal([2, 3]);
  });

  it('traces again after an error', () => {
    failureOf((x) => tf.diag(x));
    expect(traced((x) => tf.neg(x)).shape).to.deep.equal([2, 3]);
  });
});
