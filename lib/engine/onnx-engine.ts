// Owns the default engine: programs traced into ONNX graphs and run by onnxruntime, with all weights in two arenas of which a
// step reads one and writes the other. Knows nothing of models.
import { availableParallelism } from 'node:os';
import type { InferenceSession, OnnxValue, Tensor } from 'onnxruntime-web';
import { ArenaState } from './arena-state.js';
import { checkGradients, checkInputs } from './check-arrays.js';
import {
  type Compiled,
  type Engine,
  type InputArrays,
  type InputSpec,
  type Programs,
  type StateArrays,
  stateArrayNames,
} from './engine.js';
import {
  applyGraph,
  arenaInput,
  arenaOutput,
  forwardGraph,
  gradientName,
  gradientsGraph,
  parameterInput,
  programInput,
  stepGraph,
} from './onnx-graphs.js';
import { loadOnnxRuntime, type OnnxPackage, type OnnxRuntime } from './onnx-runtime.js';
import { countElements, type ParameterLayout } from './parameter-layout.js';
import { computeRates, rateNames } from './training-mathematics.js';

/** How the engine runs. */
export type OnnxEngineOptions = {
  /** Threads of one operation. Default: all cores. */
  readonly threads?: number | undefined;
  /** Use this package and no other. */
  readonly package?: OnnxPackage | undefined;
};

type Tensors = Record<string, Tensor>;

/**
 * Loads onnxruntime and makes an engine on it.
 * @throws {LacunaError} `input` where no onnxruntime loads.
 */
export async function createOnnxEngine(options: OnnxEngineOptions = {}): Promise<Engine> {
  const runtime = await loadOnnxRuntime(options.package);
  const sessionOptions = runtime.sessionOptions(options.threads ?? availableParallelism());
  const runInto = createRunInto(runtime);
  const sessions = new Set<InferenceSession>();
  const open = async (bytes: Uint8Array): Promise<InferenceSession> => {
    const session = await runtime.InferenceSession.create(bytes, sessionOptions);
    sessions.add(session);
    return session;
  };
  const releaseOf = (session: InferenceSession) => async () => {
    if (sessions.delete(session)) await session.release();
  };
  const float32 = (values: Float32Array, shape: readonly number[]) => new runtime.Tensor('float32', values, shape);

  const compilers: { readonly [Kind in keyof Compiled]: (program: Programs[Kind]) => Promise<Compiled[Kind]> } = {
    step: async (program) => {
      const session = await open(stepGraph(program));
      const arenas = createArenaTensors(float32, program.layout, 'with moments');
      const inputs = createInputTensors(runtime, program.inputs);
      const rates = createRateTensors(float32);
      const report = { loss: float32(new Float32Array(1), []), gradientNorm: float32(new Float32Array(1), []) };
      return {
        run: async (state, arrays, stepRates) => {
          const arena = ArenaState.of(state, program.layout);
          const feeds = {
            ...arenas.feeds(arena),
            ...inputs(arrays),
            ...rates(computeRates(program.optimiser, stepRates)),
          };
          await runInto(session, feeds, { ...report, ...arenas.fetches(arena) });
          arena.swap();
          return { loss: scalarOf(report.loss), gradientNorm: scalarOf(report.gradientNorm) };
        },
        release: releaseOf(session),
      };
    },
    gradients: async (program) => {
      const session = await open(gradientsGraph(program));
      const arenas = createArenaTensors(float32, program.layout, 'parameters alone');
      const inputs = createInputTensors(runtime, program.inputs);
      const gradients = new Float32Array(program.layout.length);
      const loss = float32(new Float32Array(1), []);
      const fetches: Tensors = { loss, ...gradientTensors(float32, program.layout, gradients) };
      return {
        run: async (state, arrays) => {
          const arena = ArenaState.of(state, program.layout);
          await runInto(session, { ...arenas.feeds(arena), ...inputs(arrays) }, fetches);
          return { loss: scalarOf(loss), gradients };
        },
        release: releaseOf(session),
      };
    },
    apply: async ({ layout, optimiser }) => {
      const session = await open(applyGraph(layout, optimiser));
      const arenas = createArenaTensors(float32, layout, 'moments alone');
      const rates = createRateTensors(float32);
      const gradientNorm = float32(new Float32Array(1), []);
      return {
        run: async (state, gradients, stepRates) => {
          const arena = ArenaState.of(state, layout);
          checkGradients(layout, gradients);
          const given = gradientTensors(float32, layout, gradients);
          const feeds = { ...given, ...arenas.feeds(arena), ...rates(computeRates(optimiser, stepRates)) };
          await runInto(session, feeds, { gradientNorm, ...arenas.fetches(arena) });
          arena.swap();
          return { gradientNorm: scalarOf(gradientNorm) };
        },
        release: releaseOf(session),
      };
    },
    forward: async (program) => {
      const { bytes, shapes } = forwardGraph(program);
      const session = await open(bytes);
      const arenas = createArenaTensors(float32, program.layout, 'parameters alone');
      const inputs = createInputTensors(runtime, program.inputs);
      return {
        run: async (state, arrays) => {
          const arena = ArenaState.of(state, program.layout);
          const outputs = Object.entries(shapes).map(([name, shape]) => {
            return [name, float32(new Float32Array(countElements(shape)), shape)] as const;
          });
          await runInto(session, { ...arenas.feeds(arena), ...inputs(arrays) }, Object.fromEntries(outputs));
          return Object.fromEntries(outputs.map(([name, tensor]) => [name, valuesOf(tensor)]));
        },
        release: releaseOf(session),
      };
    },
  };

  return {
    compile: (kind, program) => compilers[kind](program),
    createState: (layout) => new ArenaState(layout),
    readState: (state) => ArenaState.of(state).read(),
    writeState: (state, arrays: StateArrays) => ArenaState.of(state).write(arrays),
    dispose: async () => {
      for (const session of sessions) await session.release();
      sessions.clear();
    },
  };
}

type MakeTensor = (values: Float32Array, shape: readonly number[]) => Tensor;

/** A way to run a graph so that its outputs end in the memory of the given tensors. */
type RunInto = (session: InferenceSession, feeds: Tensors, fetches: Tensors) => Promise<void>;

function createRunInto({ writesIntoOutputs }: OnnxRuntime): RunInto {
  if (writesIntoOutputs) {
    return async (session, feeds, fetches) => {
      await session.run(feeds, fetches);
    };
  }
  return async (session, feeds, fetches) => {
    const results = await session.run(feeds, Object.keys(fetches));
    for (const [name, target] of Object.entries(fetches)) {
      const result = results[name];
      if (result === undefined) throw new Error(`the graph gave no ${name}`);
      valuesOf(target).set(valuesOf(result));
      result.dispose();
    }
  };
}

function valuesOf(tensor: OnnxValue): Float32Array {
  if ('data' in tensor && tensor.data instanceof Float32Array) return tensor.data;
  throw new TypeError('the graph gave something else than float32');
}

function scalarOf(tensor: Tensor): number {
  return valuesOf(tensor)[0] ?? Number.NaN;
}

/** Views of a state's arenas as graph inputs and outputs, made once for each of its two arenas. */
function createArenaTensors(
  float32: MakeTensor,
  layout: ParameterLayout,
  what: 'with moments' | 'parameters alone' | 'moments alone',
): { readonly feeds: (arena: ArenaState) => Tensors; readonly fetches: (arena: ArenaState) => Tensors } {
  const known = new WeakMap<StateArrays, { readonly feeds: Tensors; readonly fetches: Tensors }>();
  const groupTensors = (arrays: StateArrays, nameOf: typeof arenaInput) =>
    layout.groups.flatMap(({ offset, length }, group) =>
      stateArrayNames.map((array) => [
        nameOf(array, group),
        float32(arrays[array].subarray(offset, offset + length), [length]),
      ]),
    );
  const viewsOf = (arrays: StateArrays) => {
    const views = known.get(arrays) ?? {
      feeds: Object.fromEntries([
        ...(what === 'moments alone'
          ? []
          : layout.places.map(({ name, offset, length, shape }) => [
              parameterInput(name),
              float32(arrays.parameters.subarray(offset, offset + length), shape),
            ])),
        ...(what === 'parameters alone' ? [] : groupTensors(arrays, arenaInput)),
      ]) as Tensors,
      fetches: Object.fromEntries(groupTensors(arrays, arenaOutput)) as Tensors,
    };
    known.set(arrays, views);
    return views;
  };
  return { feeds: ({ current }) => viewsOf(current).feeds, fetches: ({ next }) => viewsOf(next).fetches };
}

function gradientTensors(float32: MakeTensor, { groups }: ParameterLayout, gradients: Float32Array): Tensors {
  return Object.fromEntries(
    groups.map(({ offset, length }, group) => [
      gradientName(group),
      float32(gradients.subarray(offset, offset + length), [length]),
    ]),
  );
}

/** Turns input arrays into tensors over the same memory. @throws what `checkInputs` throws. */
function createInputTensors(
  { Tensor }: OnnxRuntime,
  specs: Readonly<Record<string, InputSpec>>,
): (arrays: InputArrays) => Tensors {
  return (arrays) => {
    checkInputs(specs, arrays);
    const tensors: Tensors = {};
    for (const [name, { type, shape }] of Object.entries(specs)) {
      const values = arrays[name];
      if (values !== undefined) tensors[programInput(name)] = new Tensor(type, values, shape);
    }
    return tensors;
  };
}

/** The scalars of a step, in memory that is used again. */
function createRateTensors(
  float32: MakeTensor,
): (rates: Readonly<Record<(typeof rateNames)[number], number>>) => Tensors {
  const tensors: Tensors = Object.fromEntries(
    rateNames.map((name) => [name, float32(new Float32Array(1), [])] as const),
  );
  return (rates) => {
    for (const name of rateNames) {
      const tensor = tensors[name];
      if (tensor !== undefined) valuesOf(tensor)[0] = rates[name];
    }
    return tensors;
  };
}
