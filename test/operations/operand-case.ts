// Owns a small computation over tensors and its run on an engine: what the tests of operations compare.
import * as tf from '@tensorflow/tfjs';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import type { Engine, EngineState, ForwardProgram, LossProgram } from '../../lib/engine/engine.js';
import { createOnnxEngine } from '../../lib/engine/onnx-engine.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { named, type Tensors } from '../../lib/operations/operation.js';
import { drawNumbers } from '../engine/small-model.js';

/** The numbers of a tensor. */
export type Operand = { readonly shape: readonly number[]; readonly values: Float32Array };

/** A function of some tensors, and numbers for them. */
export type OperandCase = {
  readonly operands: Readonly<Record<string, Operand>>;
  readonly compute: (operands: Tensors) => tf.Tensor;
};

/** An operand of normal numbers, the same for the same seed. */
export function drawOperand(shape: readonly number[], seed: number, deviation = 1): Operand {
  return { shape, values: drawNumbers(countOf(shape), seed, deviation) };
}

/** An operand of the given numbers. */
export function operandOf(shape: readonly number[], values: readonly number[]): Operand {
  return { shape, values: Float32Array.from(values) };
}

/** The engine that composes operations of tfjs's own. */
export const referenceEngine = (): Engine => createEagerEngine('cpu');

let onnx: Promise<Engine> | undefined;

/** The engine that emits their nodes, made once. */
export const onnxEngine = (): Promise<Engine> => (onnx ??= createOnnxEngine({ threads: 1 }));

/** Compiles a case once and gives its output for any numbers of its shapes. */
export async function openForward({ operands, compute }: OperandCase, engine: Engine) {
  const program: ForwardProgram = {
    name: 'operation',
    layout: layoutOf(operands),
    inputs: {},
    outputs: (given) => ({ y: compute(given) }),
  };
  const ready = await engine.compile('forward', program);
  const state = engine.createState(program.layout);
  return {
    run: async (numbers: Readonly<Record<string, Operand>> = operands): Promise<Float32Array> => {
      await write(engine, state, numbers);
      const { y = new Float32Array() } = await ready.run(state, {});
      return y;
    },
    release: ready.release,
  };
}

/** The output of a case. */
export async function outputOf(operandCase: OperandCase, engine: Engine): Promise<Float32Array> {
  const forward = await openForward(operandCase, engine);
  const output = await forward.run();
  await forward.release();
  return output;
}

/**
 * The gradient of the sum of all outputs, each times its weight, with respect to every operand.
 * @param weights one for each element of the output
 */
export async function gradientsOf(
  { operands, compute }: OperandCase,
  weights: Float32Array,
  engine: Engine,
): Promise<Record<string, Float32Array>> {
  const program: LossProgram = {
    name: 'operation',
    layout: layoutOf(operands),
    inputs: { weights: { type: 'float32', shape: [weights.length] } },
    loss: (given, inputs) => tf.sum(tf.mul(tf.reshape(compute(given), [-1]), named(inputs, 'weights'))),
  };
  const ready = await engine.compile('gradients', program);
  const state = engine.createState(program.layout);
  await write(engine, state, operands);
  const { gradients } = await ready.run(state, { weights });
  await ready.release();
  return Object.fromEntries(
    program.layout.places.map(({ name, offset, length }) => [name, gradients.slice(offset, offset + length)]),
  );
}

function layoutOf(operands: OperandCase['operands']) {
  return layOutParameters(Object.entries(operands).map(([name, { shape }]) => ({ name, shape, decay: false })));
}

async function write(engine: Engine, state: EngineState, operands: OperandCase['operands']): Promise<void> {
  const parameters = new Float32Array(state.layout.length);
  for (const { name, offset } of state.layout.places) parameters.set(named(operands, name).values, offset);
  const moments = new Float32Array(parameters.length);
  await engine.writeState(state, { parameters, moments1: moments, moments2: moments });
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
