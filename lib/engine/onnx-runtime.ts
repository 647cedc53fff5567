// Owns which onnxruntime runs graphs here: the native one, else the one in WebAssembly. Knows nothing of graphs.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { InferenceSession, InferenceSessionFactory, TensorConstructor } from 'onnxruntime-web';
import { LacunaError } from '../clip/lacuna-error.js';
import type { DeviceName } from './device-names.js';
import { endOutput } from './graph-target.js';
import type { OnnxTensors } from './onnx-memory.js';

/** The packages, the fastest first. */
export const onnxPackages = ['onnxruntime-node', 'onnxruntime-web'] as const;

/** One of the packages. */
export type OnnxPackage = (typeof onnxPackages)[number];

/** An onnxruntime that was loaded. */
export type OnnxRuntime = {
  readonly package: OnnxPackage;
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
  /** Whether a session writes into the output tensors that it is given; else it gives new ones. */
  readonly writesIntoOutputs: boolean;
  /** Runs a graph so that its outputs end in the memory of the given tensors; those of `endOutput` are not read. */
  readonly runInto: (session: InferenceSession, feeds: OnnxTensors, fetches: OnnxTensors) => Promise<void>;
  /**
   * The options of a session on a device, where on the processor on `threads` threads.
   * @throws {LacunaError} `input` where the device is not there.
   */
  readonly sessionOptions: (device: DeviceName, threads: number) => Promise<InferenceSession.SessionOptions>;
};

type OnnxModule = {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
  readonly env: { logLevel?: string; readonly wasm?: { numThreads?: number } };
};

/**
 * Loads the first package that loads.
 * @param wanted only this one
 * @throws {LacunaError} `input` where none does.
 */
export async function loadOnnxRuntime(wanted?: OnnxPackage): Promise<OnnxRuntime> {
  const causes: unknown[] = [];
  for (const name of wanted === undefined ? onnxPackages : [wanted]) {
    try {
      // By a name that the compiler does not follow: the native package may be absent.
      const specifier: string = name;
      const module = readModule((await import(specifier)) as unknown);
      if (module !== undefined) return runtimes[name](module);
    } catch (cause) {
      causes.push(cause);
    }
  }
  const tried = wanted ?? onnxPackages.join(' nor ');
  throw new LacunaError('input', `No ${tried} could be loaded; run npm install ${wanted ?? 'onnxruntime-web'}.`, {
    cause: new AggregateError(causes, 'each package that was tried'),
  });
}

/** The version of a package that is installed, or nothing. */
export async function versionOfPackage(name: string): Promise<string | undefined> {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const end = entry.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length;
    const { version } = JSON.parse(await readFile(join(entry.slice(0, end), 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

const runtimes: { readonly [Name in OnnxPackage]: (module: OnnxModule) => OnnxRuntime } = {
  'onnxruntime-node': ({ InferenceSession, Tensor }) => ({
    package: 'onnxruntime-node',
    InferenceSession,
    Tensor,
    writesIntoOutputs: true,
    runInto: async (session, feeds, fetches) => {
      const isRead = !session.outputNames.includes(endOutput);
      try {
        await session.run(feeds, isRead ? fetches : { [endOutput]: null, ...fetches });
      } catch (error) {
        // All results are in place: see `endOutput`.
        if (isRead || !(error instanceof Error && /^non tensor type/i.test(error.message))) throw error;
      }
    },
    sessionOptions: async (device, threads) => {
      const options = deviceOptions[device](threads);
      if (device !== 'cpu') await checkDevice(device, InferenceSession, options);
      return options;
    },
  }),
  'onnxruntime-web': ({ InferenceSession, Tensor, env }) => ({
    package: 'onnxruntime-web',
    InferenceSession,
    Tensor,
    writesIntoOutputs: false,
    runInto: async (session, feeds, fetches) => {
      const results = await session.run(feeds, Object.keys(fetches));
      for (const [name, target] of Object.entries(fetches)) {
        const result = results[name];
        if (result === undefined || !('data' in result)) throw new Error(`the graph gave no ${name}`);
        (target.data as Float32Array).set(result.data as Float32Array);
        result.dispose();
      }
    },
    sessionOptions: (device, threads) => {
      if (device !== 'cpu')
        return Promise.reject(missingDevice(device, 'onnxruntime-web computes on the processor only'));
      env.logLevel = 'error';
      if (env.wasm !== undefined) env.wasm.numThreads = threads;
      return Promise.resolve({ executionProviders: ['wasm'], graphOptimizationLevel: 'all', logSeverityLevel: 3 });
    },
  }),
};

const deviceOptions: { readonly [Name in DeviceName]: (threads: number) => InferenceSession.SessionOptions } = {
  cpu: (threads) => ({
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // One block for all of a run's memory comes beside what the first run took piece by piece, and nearly doubles the peak.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      session: {
        // Moments that decay to denormals would slow the whole step down.
        set_denormal_as_zero: '1',
        // Threads of a session spin while it runs, and not on into the run of another: where three kinds of masks take turns, a
        // step of vit-tiny took 177 ms, and takes 146.
        force_spinning_stop: '1',
      },
      optimization: {
        // It would take back what `emitProduct` chose: which operands are turned by a pass of their own. A step of conv-small took
        // 134 ms, and takes 128.
        disable_specified_optimizers: 'MatmulTransposeFusion',
      },
    },
  }),
  webgpu: () => ({
    executionProviders: ['webgpu'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // A kernel that is missing is an error, not a silent way back to the processor.
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  }),
  cuda: (threads) => ({
    executionProviders: ['cuda'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  }),
};

/** Opens the smallest session there is. @throws {LacunaError} `input` where the device has none. */
async function checkDevice(
  device: DeviceName,
  sessions: InferenceSessionFactory,
  options: InferenceSession.SessionOptions,
): Promise<void> {
  // Only now: to say what engines there are takes no graph.
  const { OnnxGraph } = await import('../formats/onnx-graph.js');
  const graph = new OnnxGraph('probe', 'plain');
  const x = graph.input('x', 'float32', [1]);
  const bytes = graph.encode({ y: graph.node('Identity', [x], { shape: [1] }) });
  try {
    await (await sessions.create(bytes, options)).release();
  } catch (cause) {
    const [said = ''] = cause instanceof Error ? cause.message.split('\n') : [];
    // Without the place in onnxruntime's own source.
    throw missingDevice(device, said.replace(/^.*?(?=Failed to )/, '').replace(/\.$/, ''), cause);
  }
}

function missingDevice(device: DeviceName, reason: string, cause?: unknown): LacunaError {
  const needs = {
    cpu: '',
    webgpu: 'It needs a GPU with Vulkan, Metal or D3D12 and its driver. ',
    cuda: 'It needs the CUDA libraries of onnxruntime (npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12). ',
  }[device];
  return new LacunaError(
    'input',
    `The device ${device} is not there: ${reason}. ${needs}Leave --device out to compute on the processor.`,
    { cause },
  );
}

/** The module's parts, whether it gives its names or all as one default. */
function readModule(module: unknown): OnnxModule | undefined {
  const isModule = (value: unknown): value is OnnxModule =>
    typeof value === 'object' && value !== null && 'InferenceSession' in value && 'Tensor' in value && 'env' in value;
  if (isModule(module)) return module;
  const whole = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  return isModule(whole) ? whole : undefined;
}
