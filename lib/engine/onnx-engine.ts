// Owns the default engine: programs traced into ONNX graphs and run by onnxruntime on a state that stays where it is. Knows
// nothing of models.
import { availableParallelism } from 'node:os';
import type { InferenceSession } from 'onnxruntime-web';
import { tf } from '../operations/tfjs.js';
import { ArenaState } from './arena-state.js';
import { checkGradients, checkInputs, checkParts } from './check-arrays.js';
import { checkMemory } from './check-memory.js';
import { createDeviceMemory } from './device-memory.js';
import type { DeviceName } from './device-names.js';
import type {
  Compiled,
  Engine,
  EngineState,
  InputArrays,
  LossProgram,
  Programs,
  StepRates,
  StepReport,
} from './engine.js';
import { createGradientSum } from './gradient-sum.js';
import type { GraphTarget } from './graph-target.js';
import { createHostMemory } from './host-memory.js';
import { checkFinite } from './not-finite-error.js';
import { applyGraph, forwardGraph, gradientsGraph, stepGraph, type TracedGraph } from './onnx-graphs.js';
import type { OnnxTensors, ReadArray } from './onnx-memory.js';
import { loadOnnxRuntime, type OnnxPackage } from './onnx-runtime.js';
import {
  createInputTensors,
  createScalar,
  gradientTensors,
  type MakeTensor,
  scalarOf,
  valuesOf,
} from './onnx-tensors.js';
import { countElements } from './parameter-layout.js';
import { openPartThreads } from './part-threads.js';
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
    if (device === 'cpu') checkMemory(name, peakBytes);
    return openSession(bytes);
  };
  const openSession = async (
    bytes: Uint8Array,
    results: 'cpu' | 'gpu-buffer' = 'cpu',
    options = sessionOptions,
  ): Promise<InferenceSession> => {
    const placed = results === 'cpu' ? {} : { preferredOutputLocation: results };
    const session = await runtime.InferenceSession.create(bytes, { ...options, ...placed });
    sessions.add(session);
    return session;
  };
  const releaseOf = (session: InferenceSession) => async () => {
    if (sessions.delete(session)) await session.release();
  };
  const float32: MakeTensor = (values, shape) => new runtime.Tensor('float32', values, shape);
  const memory = isOnDevice ? createDeviceMemory(float32, openSession) : createHostMemory(float32);
  const sideBySide = device === 'cpu' && runtime.package === 'onnxruntime-node' ? threads : 1;
  const partThreads = openPartThreads();
  const readsOf = ({ readsAverages = false }: { readonly readsAverages?: boolean }): readonly ReadArray[] =>
    readsAverages ? ['parameters', 'averages'] : ['parameters'];

  /** Gradients of each part of a batch, the first in this thread and the others beside it. */
  const openParts = async (program: LossProgram, parts: number) => {
    const { name, layout } = program;
    // Divided at its root, a loss costs nothing to average: the gradients only have to be added.
    const share: LossProgram = { ...program, parts: 1, loss: (...given) => tf.div(program.loss(...given), parts) };
    const { bytes, peakBytes } = gradientsGraph(share, target);
    checkMemory(name, parts * peakBytes + (parts - 1) * 2 * Float32Array.BYTES_PER_ELEMENT * layout.length);
    const each = Math.floor(threads / parts);
    const session = await openSession(bytes, 'cpu', await runtime.sessionOptions(device, each));
    const reads = readsOf(program);
    const graph = { bytes, layout, inputs: program.inputs, reads, threads: each };
    const others = await orRelease(partThreads.open(graph, parts - 1), releaseOf(session));
    const view = memory.view(layout, { reads });
    const inputs = createInputTensors(runtime, program.inputs);
    const gradients = new Float32Array(layout.length);
    const loss = createScalar(float32);
    const fetches = { loss, ...gradientTensors(float32, layout, gradients) };
    return {
      /** The loss, and what each part adds to its gradients, in memory that the next run writes to. */
      run: async (state: EngineState, [first, ...rest]: readonly InputArrays[]) => {
        const own = { ...(await view.feeds(state)), ...inputs(first === undefined ? [] : [first]) };
        const beside = others.run(ArenaState.of(state).arrays, rest);
        // The others read the state and the batch until they are done, whatever becomes of this part.
        const [ended] = await Promise.allSettled([runtime.runInto(session, own, fetches), beside]);
        if (ended.status === 'rejected') throw ended.reason;
        const made = [{ loss: scalarOf(loss), gradients }, ...(await beside)];
        return {
          loss: made.reduce((sum, part) => sum + part.loss, 0),
          gradients: made.map((part) => part.gradients),
        };
      },
      release: async () => {
        await releaseOf(session)();
        await others.release();
      },
    };
  };

  /** The update by the sum of the gradients of so many parts of a batch. */
  const openUpdate = async ({ layout, optimiser }: Programs['apply'], parts: number) => {
    const session = await openGraph('the update', applyGraph(layout, optimiser, target, parts));
    const view = memory.view(layout, { updates: updatedArrays(optimiser) });
    const rates = createRateTensors(float32);
    const gradientNorm = createScalar(float32);
    return {
      run: async (
        state: EngineState,
        gradients: readonly Float32Array[],
        stepRates: StepRates,
        loss = 0,
        where = `step ${stepRates.step}`,
      ): Promise<StepReport> => {
        const own = await view.feeds(state);
        const given: OnnxTensors = {};
        for (const [part, values] of gradients.entries()) {
          checkGradients(layout, values);
          Object.assign(given, gradientTensors(float32, layout, values, part));
        }
        const feeds = { ...given, ...own, ...rates(computeRates(optimiser, stepRates)) };
        await runtime.runInto(session, feeds, { gradientNorm, ...(await view.fetches(state)) });
        const report = checkFinite({ loss, gradientNorm: scalarOf(gradientNorm) }, where);
        view.swap(state);
        return report;
      },
      release: releaseOf(session),
    };
  };

  const compilers: { readonly [Kind in keyof Compiled]: (program: Programs[Kind]) => Promise<Compiled[Kind]> } = {
    step: async (program) => {
      const { layout, optimiser, parts = 1 } = program;
      if (parts > 1 && parts <= sideBySide) {
        const backward = await openParts(program, parts);
        const update = await orRelease(openUpdate(program, parts), backward.release);
        return {
          run: async (state, arrays, stepRates) => {
            const { loss, gradients } = await backward.run(state, checkParts(program, arrays));
            const where = `step ${stepRates.step} of ${program.name}`;
            // The update sees the gradients alone.
            checkFinite({ loss, gradientNorm: 0 * loss }, where);
            return update.run(state, gradients, stepRates, loss, where);
          },
          release: async () => {
            await backward.release();
            await update.release();
          },
        };
      }
      const session = await openGraph(program.name, stepGraph(program, target));
      const view = memory.view(layout, { reads: readsOf(program), updates: updatedArrays(optimiser) });
      const inputs = createInputTensors(runtime, program.inputs);
      const rates = createRateTensors(float32);
      const [loss, gradientNorm] = [createScalar(float32), createScalar(float32)];
      return {
        run: async (state, arrays, stepRates) => {
          const own = await view.feeds(state);
          const given = inputs(checkParts(program, arrays));
          const feeds = { ...own, ...given, ...rates(computeRates(optimiser, stepRates)) };
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
      const { parts = 1 } = program;
      if (parts > 1 && parts <= sideBySide) {
        const backward = await openParts(program, parts);
        const sum = createGradientSum(program.layout);
        return {
          run: async (state, arrays) => {
            const made = await backward.run(state, checkParts(program, arrays));
            checkFinite({ loss: made.loss, gradientNorm: 0 }, program.name);
            for (const gradients of made.gradients) sum.add(gradients, 1);
            return { loss: made.loss, gradients: sum.take() };
          },
          release: backward.release,
        };
      }
      const session = await openGraph(program.name, gradientsGraph(program, target));
      const view = memory.view(program.layout, { reads: readsOf(program) });
      const inputs = createInputTensors(runtime, program.inputs);
      const gradients = new Float32Array(program.layout.length);
      const loss = createScalar(float32);
      const fetches = { loss, ...gradientTensors(float32, program.layout, gradients) };
      return {
        run: async (state, arrays) => {
          const own = await view.feeds(state);
          await runtime.runInto(session, { ...own, ...inputs(checkParts(program, arrays)) }, fetches);
          const report = { loss: scalarOf(loss), gradientNorm: 0 };
          checkFinite(report, program.name);
          return { loss: report.loss, gradients };
        },
        release: releaseOf(session),
      };
    },
    apply: async (program) => {
      const update = await openUpdate(program, 1);
      return {
        run: (state, gradients, stepRates) => update.run(state, [gradients], stepRates),
        release: update.release,
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
          checkInputs(program.inputs, arrays);
          await runtime.runInto(session, { ...own, ...inputs([arrays]) }, Object.fromEntries(outputs));
          return Object.fromEntries(outputs.map(([name, tensor]) => [name, valuesOf(tensor)]));
        },
        release: releaseOf(session),
      };
    },
  };

  return {
    sideBySide,
    compile: (kind, program) => compilers[kind](program),
    createState: (layout, stateOptions) => memory.createState(layout, stateOptions),
    readState: (state) => memory.readState(state),
    writeState: (state, arrays) => memory.writeState(state, arrays),
    dispose: async () => {
      await memory.dispose();
      await partThreads.dispose();
      for (const session of sessions) await session.release();
      sessions.clear();
    },
  };
}

/** What comes of it; what was opened before is released where nothing does. */
async function orRelease<Opened>(opening: Promise<Opened>, release: () => Promise<void>): Promise<Opened> {
  try {
    return await opening;
  } catch (error) {
    await release();
    throw error;
  }
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
