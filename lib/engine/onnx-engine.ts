// Owns the default engine: programs traced into ONNX graphs and run by onnxruntime on a state that stays where it is. Knows
// nothing of models.
import { availableParallelism } from 'node:os';
import type { InferenceSession, OnnxValue, Tensor } from 'onnxruntime-web';
import { checkGradients, checkInputs } from './check-arrays.js';
import { checkMemory } from './check-memory.js';
import { createDeviceMemory } from './device-memory.js';
import type { DeviceName } from './device-names.js';
import type { Compiled, Engine, InputArrays, InputSpec, Programs } from './engine.js';
import { gradientName, programInput } from './graph-names.js';
import type { GraphTarget } from './graph-target.js';
import { createHostMemory, type MakeTensor } from './host-memory.js';
import { checkFinite } from './not-finite-error.js';
import { applyGraph, forwardGraph, gradientsGraph, stepGraph, type TracedGraph } from './onnx-graphs.js';
import type { OnnxTensors, ReadArray } from './onnx-memory.js';
import { loadOnnxRuntime, type OnnxPackage, type OnnxRuntime } from './onnx-runtime.js';
import { countElements, type ParameterLayout } from './parameter-layout.js';
import { computeRates, rateNames, type Rates, updatedArrays } from './training-mathematics.js';

/** How the engine runs. */
export type OnnxEngineOptions = {
  /** Threads of one operation, where it computes on the processor. Default: all cores. */
  readonly threads?: number | undefined;
  /** What it computes on. Default `cpu`. */
  readonly device?: DeviceName | undefined;
  /** Use this package and no other. */
  readonly package?: OnnxPackage | undefined;
};

/**
 * Loads onnxruntime and makes an engine on it.
 * @throws {LacunaError} `input` where no onnxruntime loads, or it has no such device.
 */
export async function createOnnxEngine(options: OnnxEngineOptions = {}): Promise<Engine> {
  const { device = 'cpu', threads = availableParallelism() } = options;
  const runtime = await loadOnnxRuntime(options.package);
  const sessionOptions = await runtime.sessionOptions(device, threads);
  const isOnDevice = device === 'webgpu';
  const target: GraphTarget = {
    kernels: isOnDevice ? 'plain' : 'fused',
    endsUnread: runtime.writesIntoOutputs && !isOnDevice,
    slicesParameters: isOnDevice,
  };
  const sessions = new Set<InferenceSession>();
  const openGraph = (name: string, { bytes, peakBytes }: TracedGraph): Promise<InferenceSession> => {
    // What is on a device is not ours to count.
    if (!isOnDevice) checkMemory(name, peakBytes);
    return openSession(bytes);
  };
  const openSession = async (bytes: Uint8Array, results: 'cpu' | 'gpu-buffer' = 'cpu'): Promise<InferenceSession> => {
    const placed = results === 'cpu' ? {} : { preferredOutputLocation: results };
    const session = await runtime.InferenceSession.create(bytes, { ...sessionOptions, ...placed });
    sessions.add(session);
    return session;
  };
  const releaseOf = (session: InferenceSession) => async () => {
    if (sessions.delete(session)) await session.release();
  };
  const float32: MakeTensor = (values, shape) => new runtime.Tensor('float32', values, shape);
  const memory = isOnDevice ? createDeviceMemory(float32, openSession) : createHostMemory(float32);
  const readsOf = ({ readsAverages = false }: { readonly readsAverages?: boolean }): readonly ReadArray[] =>
    readsAverages ? ['parameters', 'averages'] : ['parameters'];

  const compilers: { readonly [Kind in keyof Compiled]: (program: Programs[Kind]) => Promise<Compiled[Kind]> } = {
    step: async (program) => {
      const { layout, optimiser } = program;
      const session = await openGraph(program.name, stepGraph(program, target));
      const view = memory.view(layout, { reads: readsOf(program), updates: updatedArrays(optimiser) });
      const inputs = createInputTensors(runtime, program.inputs);
      const rates = createRateTensors(float32);
      const [loss, gradientNorm] = [createScalar(float32), createScalar(float32)];
      return {
        run: async (state, arrays, stepRates) => {
          const own = await view.feeds(state);
          const feeds = { ...own, ...inputs(arrays), ...rates(computeRates(optimiser, stepRates)) };
          await runtime.runInto(session, feeds, { loss, gradientNorm, ...(await view.fetches(state)) });
          const report = { loss: scalarOf(loss), gradientNorm: scalarOf(gradientNorm) };
          checkFinite(report, `step ${stepRates.step} of ${program.name}`);
          view.swap(state);
          return report;
        },
        release: releaseOf(session),
      };
    },
    gradients: async (program) => {
      const session = await openGraph(program.name, gradientsGraph(program, target));
      const view = memory.view(program.layout, { reads: readsOf(program) });
      const inputs = createInputTensors(runtime, program.inputs);
      const gradients = new Float32Array(program.layout.length);
      const loss = createScalar(float32);
      const fetches = { loss, ...gradientTensors(float32, program.layout, gradients) };
      return {
        run: async (state, arrays) => {
          const own = await view.feeds(state);
          await runtime.runInto(session, { ...own, ...inputs(arrays) }, fetches);
          const report = { loss: scalarOf(loss), gradientNorm: 0 };
          checkFinite(report, program.name);
          return { loss: report.loss, gradients };
        },
        release: releaseOf(session),
      };
    },
    apply: async ({ layout, optimiser }) => {
      const session = await openGraph('the update', applyGraph(layout, optimiser, target));
      const view = memory.view(layout, { updates: updatedArrays(optimiser) });
      const rates = createRateTensors(float32);
      const gradientNorm = createScalar(float32);
      return {
        run: async (state, gradients, stepRates) => {
          const own = await view.feeds(state);
          checkGradients(layout, gradients);
          const given = gradientTensors(float32, layout, gradients);
          const feeds = { ...given, ...own, ...rates(computeRates(optimiser, stepRates)) };
          await runtime.runInto(session, feeds, { gradientNorm, ...(await view.fetches(state)) });
          const report = { loss: 0, gradientNorm: scalarOf(gradientNorm) };
          checkFinite(report, `step ${stepRates.step}`);
          view.swap(state);
          return { gradientNorm: report.gradientNorm };
        },
        release: releaseOf(session),
      };
    },
    forward: async (program) => {
      const { shapes, ...graph } = forwardGraph(program, target);
      const session = await openGraph(program.name, graph);
      const view = memory.view(program.layout, { reads: ['parameters'] });
      const inputs = createInputTensors(runtime, program.inputs);
      return {
        run: async (state, arrays, weights) => {
          const outputs = Object.entries(shapes).map(([name, shape]) => {
            return [name, float32(new Float32Array(countElements(shape)), shape)] as const;
          });
          const own = await view.feeds(state, weights);
          await runtime.runInto(session, { ...own, ...inputs(arrays) }, Object.fromEntries(outputs));
          return Object.fromEntries(outputs.map(([name, tensor]) => [name, valuesOf(tensor)]));
        },
        release: releaseOf(session),
      };
    },
  };

  return {
    compile: (kind, program) => compilers[kind](program),
    createState: (layout, stateOptions) => memory.createState(layout, stateOptions),
    readState: (state) => memory.readState(state),
    writeState: (state, arrays) => memory.writeState(state, arrays),
    dispose: async () => {
      await memory.dispose();
      for (const session of sessions) await session.release();
      sessions.clear();
    },
  };
}

function valuesOf(tensor: OnnxValue): Float32Array {
  if ('data' in tensor && tensor.data instanceof Float32Array) return tensor.data;
  throw new TypeError('the graph gave something else than float32');
}

function createScalar(float32: MakeTensor): Tensor {
  return float32(new Float32Array(1), []);
}

function scalarOf(tensor: Tensor): number {
  return valuesOf(tensor)[0] ?? Number.NaN;
}

function gradientTensors(float32: MakeTensor, { groups }: ParameterLayout, gradients: Float32Array): OnnxTensors {
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
): (arrays: InputArrays) => OnnxTensors {
  return (arrays) => {
    checkInputs(specs, arrays);
    const tensors: OnnxTensors = {};
    for (const [name, { type, shape }] of Object.entries(specs)) {
      const values = arrays[name];
      if (values !== undefined) tensors[programInput(name)] = new Tensor(type, values, shape);
    }
    return tensors;
  };
}

/** The scalars of a step, in memory that is used again. */
function createRateTensors(float32: MakeTensor): (rates: Rates<number>) => OnnxTensors {
  const tensors: OnnxTensors = Object.fromEntries(rateNames.map((name) => [name, createScalar(float32)] as const));
  return (rates) => {
    for (const name of rateNames) {
      const tensor = tensors[name];
      if (tensor !== undefined) valuesOf(tensor)[0] = rates[name];
    }
    return tensors;
  };
}
