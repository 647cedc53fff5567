// Owns the comparison of a traced kernel with the same kernel of tfjs: one case for each kernel of a table.
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { createEagerEngine } from '../../../lib/engine/eager-engine.js';
import type { Engine, ForwardProgram } from '../../../lib/engine/engine.js';
import { createOnnxEngine } from '../../../lib/engine/onnx-engine.js';
import { layOutParameters } from '../../../lib/engine/parameter-layout.js';
import type { TraceKernels } from '../../../lib/engine/tracing/trace-kernel.js';
import { named } from '../../../lib/operations/operation.js';

/** What each case may use. */
export type Operands = {
  /** `[2, 3]`, both signs and 0, halves among them. */
  readonly x: tf.Tensor;
  /** `[2, 3]`, above 0; one of them is in `x` too. */
  readonly y: tf.Tensor;
  /** `[3]`, both signs. */
  readonly row: tf.Tensor;
  /** `[2, 1]`, both signs. */
  readonly column: tf.Tensor;
  /** `[2, 2, 4]`, all different. */
  readonly cube: tf.Tensor;
  /** `[4]`, int32, each from 0 to 2. */
  readonly picks: tf.Tensor;
};

/** Uses of one kernel, through the public operations of tfjs. */
export type KernelCase = (operands: Operands) => tf.Tensor | readonly tf.Tensor[];

const inputs = {
  x: { type: 'float32', shape: [2, 3] },
  y: { type: 'float32', shape: [2, 3] },
  row: { type: 'float32', shape: [3] },
  column: { type: 'float32', shape: [2, 1] },
  cube: { type: 'float32', shape: [2, 2, 4] },
  picks: { type: 'int32', shape: [4] },
} as const;

/** The numbers of the operands. */
export const operands = {
  x: Float32Array.of(-1.5, 0, 0.5, 2, -0.25, 3.5),
  y: Float32Array.of(0.5, 1, 2.25, 2, 0.125, 3),
  row: Float32Array.of(-2, 0.75, 1),
  column: Float32Array.of(1.25, -0.5),
  cube: Float32Array.from({ length: 16 }, (_, index) => ((index * 7) % 16) / 4 - 2),
  picks: Int32Array.of(2, 0, 1, 2),
};

/** Numbers at which functions go wrong. */
const extremes = Float32Array.of(Number.NaN, Infinity, -Infinity, -0, 1e38, -1e38);

let sharedOnnx: Promise<Engine> | undefined;

/** The engine that traces, made once for all tests. */
export function onnxEngine(): Promise<Engine> {
  return (sharedOnnx ??= createOnnxEngine({ threads: 1 }));
}

/** The outputs of a case on an engine. */
export async function outputsOf(engine: Engine, use: KernelCase, values = operands): Promise<number[][]> {
  const program: ForwardProgram = {
    name: 'kernel',
    layout: layOutParameters([]),
    inputs,
    outputs: (_, given) => {
      const outputs = [use(namedOperands((name) => named(given, name)))].flat();
      return Object.fromEntries(outputs.map((output, index) => [`output${index}`, output]));
    },
  };
  const ready = await engine.compile('forward', program);
  const outputs = await ready.run(engine.createState(program.layout), values);
  await ready.release();
  return Object.values(outputs).map((output) => [...output]);
}

/** The kernels of tfjs that a case runs. */
async function kernelsOf(use: KernelCase): Promise<readonly string[]> {
  const { kernelNames } = await tf.profile(() =>
    tf.tidy(() => {
      const of = namedOperands((name) => tf.tensor(operands[name], [...inputs[name].shape], inputs[name].type));
      return [use(of)].flat();
    }),
  );
  return kernelNames;
}

function namedOperands(of: (name: keyof Operands) => tf.Tensor): Operands {
  return { x: of('x'), y: of('y'), row: of('row'), column: of('column'), cube: of('cube'), picks: of('picks') };
}

function expectClose(actual: readonly number[][], expected: readonly number[][], tolerance: number): void {
  expect(actual.map(({ length }) => length)).to.deep.equal(expected.map(({ length }) => length));
  for (const [output, values] of expected.entries()) {
    for (const [index, value] of values.entries()) {
      const own = actual[output]?.[index];
      const where = `output ${output}, element ${index}`;
      if (Number.isFinite(value)) {
        expect(own, where).to.be.closeTo(value, tolerance * Math.max(1, Math.abs(value)));
      } else expect(own, where).to.deep.equal(value);
    }
  }
}

/**
 * Checks that a table and its cases have the same kernels, that each case runs its kernel, and that the traced kernel gives
 * what the kernel of tfjs's CPU backend gives, within 1e-6.
 * @param besideExtremes kernels that are not held to tfjs's answer for infinities and what is no number, each with its reason
 */
export function describeKernels(
  kernels: TraceKernels,
  cases: Readonly<Record<string, KernelCase>>,
  besideExtremes?: Readonly<Record<string, string>>,
): void {
  const reference = createEagerEngine('cpu');

  it('has a case for each kernel', () => {
    expect(Object.keys(cases).sort()).to.deep.equal(Object.keys(kernels).sort());
  });

  for (const [kernel, use] of Object.entries(cases)) {
    it(`traces ${kernel}: the same as tfjs`, async () => {
      expect(await kernelsOf(use)).to.include(kernel);
      const expected = await outputsOf(reference, use);
      expect(expected.length).to.be.above(0);
      expectClose(await outputsOf(await onnxEngine(), use), expected, 1e-6);
    });

    if (besideExtremes === undefined) continue;
    const reason = besideExtremes[kernel];
    const title = `traces ${kernel} at the extremes`;
    if (reason !== undefined) {
      it.skip(`${title} (${reason})`);
      continue;
    }
    it(title, async () => {
      const values = { ...operands, x: extremes };
      const expected = await outputsOf(reference, use, values);
      expectClose(await outputsOf(await onnxEngine(), use, values), expected, 1e-6);
    });
  }
}
