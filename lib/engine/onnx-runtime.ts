// Owns which onnxruntime runs graphs here: the native one, else the one in WebAssembly. Knows nothing of graphs.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { InferenceSession, InferenceSessionFactory, TensorConstructor } from 'onnxruntime-web';
import { LacunaError } from '../clip/lacuna-error.js';

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
  /** The options of a session that runs on `threads` threads. */
  readonly sessionOptions: (threads: number) => InferenceSession.SessionOptions;
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
    sessionOptions: (threads) => ({
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // Moments that decay to denormals would slow the whole step down.
      extra: { session: { set_denormal_as_zero: '1' } },
    }),
  }),
  'onnxruntime-web': ({ InferenceSession, Tensor, env }) => ({
    package: 'onnxruntime-web',
    InferenceSession,
    Tensor,
    writesIntoOutputs: false,
    sessionOptions: (threads) => {
      env.logLevel = 'error';
      if (env.wasm !== undefined) env.wasm.numThreads = threads;
      return { executionProviders: ['wasm'], graphOptimizationLevel: 'all', logSeverityLevel: 3 };
    },
  }),
};

/** The module's parts, whether it gives its names or all as one default. */
function readModule(module: unknown): OnnxModule | undefined {
  const isModule = (value: unknown): value is OnnxModule =>
    typeof value === 'object' && value !== null && 'InferenceSession' in value && 'Tensor' in value && 'env' in value;
  if (isModule(module)) return module;
  const whole = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  return isModule(whole) ? whole : undefined;
}
