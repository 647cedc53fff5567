// Owns the engine that runs a program eagerly on one of tfjs's own backends. Nothing is fused and nothing is fast: this is
// the truth that the others are held against.
import * as tf from '@tensorflow/tfjs';
import { operations } from '../operations/operations.js';
import type { Tensors } from '../operations/operation.js';
import { ArenaState } from './arena-state.js';
import { checkGradients, checkInputs } from './check-arrays.js';
import {
  type Compiled,
  type Engine,
  type EngineState,
  type InputArrays,
  type InputSpec,
  type LossProgram,
  type OptimiserConstants,
  type Programs,
  type StateArrays,
  stateArrayNames,
  type StepRates,
} from './engine.js';
import type { ParameterLayout } from './parameter-layout.js';
import { registerGradients } from './register-gradients.js';
import { computeGradients, computeRates, computeUpdate, rateNames } from './training-mathematics.js';
import { withBackend } from './with-backend.js';

const prepared = new Set<string>();

/** An engine on the tfjs backend of that name, which must start synchronously. */
export function createEagerEngine(backendName: string): Engine {
  prepare(backendName);
  const run = <Result>(compute: () => Result) => withBackend(backendName, () => inScope(compute));
  const compilers: { readonly [Kind in keyof Compiled]: (program: Programs[Kind]) => Compiled[Kind] } = {
    step: (program) => ({
      run: (state, inputs, rates) =>
        settle(() => {
          const arena = ArenaState.of(state, program.layout);
          checkInputs(program.inputs, inputs);
          const report = run(() => {
            const { loss, gradients } = computeLoss(program, arena, inputs);
            const gradientNorm = update(program.layout, program.optimiser, gradients, arena, rates);
            return { loss: readScalar(loss), gradientNorm };
          });
          arena.swap();
          return report;
        }),
      release,
    }),
    gradients: (program) => {
      const all = new Float32Array(program.layout.length);
      return {
        run: (state, inputs) =>
          settle(() => {
            const arena = ArenaState.of(state, program.layout);
            checkInputs(program.inputs, inputs);
            const loss = run(() => {
              const computed = computeLoss(program, arena, inputs);
              let offset = 0;
              for (const gradient of computed.gradients) {
                all.set(gradient.dataSync<'float32'>(), offset);
                offset += gradient.size;
              }
              return readScalar(computed.loss);
            });
            return { loss, gradients: all };
          }),
        release,
      };
    },
    apply: ({ layout, optimiser }) => ({
      run: (state, gradients, rates) =>
        settle(() => {
          const arena = ArenaState.of(state, layout);
          checkGradients(layout, gradients);
          const gradientNorm = run(() => {
            const flat = layout.groups.map(({ offset, length }) =>
              tf.tensor1d(gradients.subarray(offset, offset + length), 'float32'),
            );
            return update(layout, optimiser, flat, arena, rates);
          });
          arena.swap();
          return { gradientNorm };
        }),
      release,
    }),
    forward: (program) => ({
      run: (state, inputs) =>
        settle(() => {
          const arena = ArenaState.of(state, program.layout);
          checkInputs(program.inputs, inputs);
          const outputs = run(() => {
            const tensors = program.outputs(readParameters(program.layout, arena), readInputs(program.inputs, inputs));
            return Object.entries(tensors).map(
              ([name, tensor]) => [name, Float32Array.from(tensor.dataSync())] as const,
            );
          });
          return Object.fromEntries(outputs);
        }),
      release,
    }),
  };
  return {
    compile: (kind, program) => Promise.resolve(compilers[kind](program)),
    createState: (layout) => new ArenaState(layout),
    readState: (state: EngineState) => ArenaState.of(state).read(),
    writeState: (state: EngineState, arrays: StateArrays) => ArenaState.of(state).write(arrays),
    dispose: () => Promise.resolve(),
  };
}

/** There is nothing to free. */
const release = (): Promise<void> => Promise.resolve();

/** The result of `compute`, or what it threw, as a promise. */
function settle<Result>(compute: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(compute());
  });
}

/** Starts the backend and registers the composed form of each operation and all gradients. */
function prepare(backendName: string): void {
  if (prepared.has(backendName)) return;
  startQuietly(backendName);
  for (const { name, compose } of operations) {
    tf.registerKernel({
      kernelName: name,
      backendName,
      kernelFunc: ({ inputs, attrs }) => compose(inputs as Record<string, tf.Tensor>, attrs as Record<string, number>),
    });
  }
  registerGradients();
  prepared.add(backendName);
}

/** The first tensor on tfjs's own backend prints an advertisement unless a flag is set. */
function startQuietly(backendName: string): void {
  const environment = tf.env();
  const before = environment.getBool('PROD');
  environment.set('PROD', true);
  try {
    withBackend(backendName, () => tf.scalar(0).dispose());
  } finally {
    environment.set('PROD', before);
  }
}

/** `tf.tidy` for results that are no tensors. */
function inScope<Result>(compute: () => Result): Result {
  const engine = tf.engine();
  engine.startScope('lacuna');
  try {
    return compute();
  } finally {
    engine.endScope();
  }
}

function computeLoss(
  program: LossProgram,
  arena: ArenaState,
  inputs: InputArrays,
): { loss: tf.Tensor; gradients: tf.Tensor[] } {
  return computeGradients(program, readParameters(program.layout, arena), readInputs(program.inputs, inputs));
}

/** Writes the next arena and gives the norm of the gradient. */
function update(
  layout: ParameterLayout,
  optimiser: OptimiserConstants,
  gradients: readonly tf.Tensor[],
  arena: ArenaState,
  rates: StepRates,
): number {
  const flat = (values: Float32Array, { offset, length }: { offset: number; length: number }) =>
    tf.tensor1d(values.subarray(offset, offset + length), 'float32');
  const { current, next } = arena;
  const numbers = computeRates(optimiser, rates);
  const [stepSize, epsilon, decay] = rateNames.map((name) => tf.scalar(numbers[name])) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const { gradientNorm, groups } = computeUpdate(
    layout,
    optimiser,
    gradients,
    layout.groups.map((group) => ({
      parameters: flat(current.parameters, group),
      moments1: flat(current.moments1, group),
      moments2: flat(current.moments2, group),
    })),
    { stepSize, epsilon, decay },
  );
  for (const [index, { offset }] of layout.groups.entries()) {
    const group = groups[index];
    if (group === undefined) throw new RangeError(`group ${index} was not updated`);
    for (const name of stateArrayNames) {
      next[name].set(group[name].dataSync<'float32'>(), offset);
    }
  }
  return readScalar(gradientNorm);
}

function readParameters(layout: ParameterLayout, arena: ArenaState): Tensors {
  const { parameters } = arena.current;
  return Object.fromEntries(
    layout.places.map(({ name, offset, length, shape }) => [
      name,
      tf.tensor(parameters.slice(offset, offset + length), [...shape], 'float32'),
    ]),
  );
}

function readInputs(specs: Readonly<Record<string, InputSpec>>, arrays: InputArrays): Tensors {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { type, shape }]) => {
      const values = arrays[name];
      if (values === undefined) throw new RangeError(`the input ${name} is missing`);
      const numbers = type === 'uint8' ? Float32Array.from(values) : values;
      return [name, tf.tensor(numbers, [...shape], type === 'int32' ? 'int32' : 'float32')];
    }),
  );
}

function readScalar(tensor: tf.Tensor): number {
  return tensor.dataSync()[0] ?? Number.NaN;
}
