// Owns the engine that runs a program eagerly on one of tfjs's own backends. Nothing is fused and nothing is fast: this is
// the truth that the others are held against.
import { operations } from '../operations/operations.js';
import type { Tensors } from '../operations/operation.js';
import { tf } from '../operations/tfjs.js';
import { ArenaState } from './arena-state.js';
import { checkGradients, checkInputs, checkParts } from './check-arrays.js';
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
  type StepRates,
} from './engine.js';
import { checkFinite } from './not-finite-error.js';
import type { ParameterLayout } from './parameter-layout.js';
import { registerGradients } from './register-gradients.js';
import {
  computeGradients,
  computeRates,
  computeUpdate,
  type GroupArrays,
  normOf,
  rateNames,
  type Rates,
  updatedArrays,
} from './training-mathematics.js';
import { withBackend } from './with-backend.js';
import { settle } from './settle.js';

const prepared = new Set<string>();

/** An engine on the tfjs backend of that name, which must start synchronously. */
export function createEagerEngine(backendName: string): Engine {
  prepare(backendName);
  const run = <Result>(compute: () => Result) => withBackend(backendName, () => inScope(compute));
  const compilers: { readonly [Kind in keyof Compiled]: (program: Programs[Kind]) => Compiled[Kind] } = {
    step: (program) => ({
      run: (state, inputs, rates) =>
        settle(() => {
          const { optimiser, readsAverages = false } = program;
          const arena = ArenaState.of(state, program.layout, readsAverages || optimiser.movesAverages);
          const parts = checkParts(program, inputs);
          const report = run(() => {
            const { loss, gradients, gradientNorm } = computeLoss(program, arena, parts);
            update(program.layout, optimiser, gradients, gradientNorm, arena, rates);
            return { loss: readScalar(loss), gradientNorm: readScalar(gradientNorm) };
          });
          return checkFinite(report, `step ${rates.step} of ${program.name}`);
        }),
      release,
    }),
    gradients: (program) => {
      const all = new Float32Array(program.layout.length);
      return {
        run: (state, inputs) =>
          settle(() => {
            const arena = ArenaState.of(state, program.layout, program.readsAverages);
            const parts = checkParts(program, inputs);
            const loss = run(() => {
              const computed = computeLoss(program, arena, parts);
              let offset = 0;
              for (const gradient of computed.gradients) {
                all.set(gradient.dataSync<'float32'>(), offset);
                offset += gradient.size;
              }
              return readScalar(computed.loss);
            });
            checkFinite({ loss, gradientNorm: 0 }, program.name);
            return { loss, gradients: all };
          }),
        release,
      };
    },
    apply: ({ layout, optimiser }) => ({
      run: (state, gradients, rates) =>
        settle(() => {
          const arena = ArenaState.of(state, layout, optimiser.movesAverages);
          checkGradients(layout, gradients);
          const gradientNorm = run(() => {
            const flat = layout.groups.map(({ offset, length }) =>
              tf.tensor1d(gradients.subarray(offset, offset + length), 'float32'),
            );
            const norm = normOf(flat);
            update(layout, optimiser, flat, norm, arena, rates);
            return readScalar(norm);
          });
          checkFinite({ loss: 0, gradientNorm }, `step ${rates.step}`);
          return { gradientNorm };
        }),
      release,
    }),
    forward: (program) => ({
      run: (state, inputs, weights = 'parameters') =>
        settle(() => {
          const arena = ArenaState.of(state, program.layout, weights === 'averages');
          checkInputs(program.inputs, inputs);
          const outputs = run(() => {
            const parameters = readParameters(program.layout, arena.arrays[weights]);
            const tensors = program.outputs(parameters, readInputs(program.inputs, inputs));
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
    sideBySide: 1,
    compile: (kind, program) => Promise.resolve(compilers[kind](program)),
    createState: (layout, options) => new ArenaState(layout, options),
    readState: (state: EngineState) => settle(() => ArenaState.of(state).read()),
    writeState: (state: EngineState, arrays: StateArrays) => settle(() => ArenaState.of(state).write(arrays)),
    dispose: () => Promise.resolve(),
  };
}

/** There is nothing to free. */
const release = (): Promise<void> => Promise.resolve();

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
  parts: readonly InputArrays[],
): ReturnType<typeof computeGradients> {
  const { parameters, averages } = arena.arrays;
  return computeGradients(
    program,
    readParameters(program.layout, parameters),
    parts.map((inputs) => readInputs(program.inputs, inputs)),
    program.readsAverages ? readParameters(program.layout, averages) : {},
  );
}

/** Writes the next numbers in place of those that were. */
function update(
  layout: ParameterLayout,
  optimiser: OptimiserConstants,
  gradients: readonly tf.Tensor[],
  gradientNorm: tf.Tensor,
  arena: ArenaState,
  rates: StepRates,
): void {
  const flat = (values: Float32Array, { offset, length }: { offset: number; length: number }) =>
    tf.tensor1d(values.subarray(offset, offset + length), 'float32');
  const { arrays } = arena;
  const numbers = computeRates(optimiser, rates);
  const names = updatedArrays(optimiser);
  const arenas = layout.groups.map((group) =>
    Object.fromEntries(names.map((name) => [name, flat(arrays[name] ?? new Float32Array(), group)])),
  ) as unknown[] as GroupArrays[];
  const groups = computeUpdate(
    layout,
    optimiser,
    gradients,
    gradientNorm,
    arenas,
    Object.fromEntries(rateNames.map((name) => [name, tf.scalar(numbers[name])])) as Rates<tf.Tensor>,
  );
  for (const [index, { offset }] of layout.groups.entries()) {
    for (const name of names) arrays[name]?.set(groups[index]?.[name]?.dataSync<'float32'>() ?? [], offset);
  }
}

function readParameters(layout: ParameterLayout, parameters: Float32Array = new Float32Array()): Tensors {
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
