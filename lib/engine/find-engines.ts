// Owns what is said of the engines on this machine: which would run, on what, and what to do where one would not. Starts none.
import { engineNames, type EngineName } from './engine-names.js';
import { loadTensorflow, tensorflowPackages } from './load-tensorflow.js';
import { loadOnnxRuntime, onnxPackages, versionOfPackage } from './onnx-runtime.js';

/** What is known of one engine. */
export type FoundEngine = {
  readonly name: EngineName;
  readonly available: boolean;
  /** The package that it runs on, and its version. */
  readonly package?: string;
  readonly version?: string;
  /** What it computes on. */
  readonly devices: readonly string[];
  /** Why it is not there, or slower than it could be. */
  readonly reason?: string;
  /** The command that mends it. */
  readonly remedy?: string;
};

/** The engines, the default first. */
export async function findEngines(): Promise<readonly FoundEngine[]> {
  return Promise.all(engineNames.map((name) => finders[name]()));
}

const finders: { readonly [Name in EngineName]: () => Promise<FoundEngine> } = {
  onnx: async () => {
    const expected = (await versionOfPackage(onnxPackages[1])) ?? 'latest';
    const remedy = `npm install onnxruntime-node@${expected} --onnxruntime-node-install=skip`;
    try {
      const { package: name } = await loadOnnxRuntime();
      const found = {
        name: 'onnx',
        available: true,
        package: name,
        devices: ['cpu'],
        ...(await describeVersion(name)),
      } as const;
      if (name === 'onnxruntime-node') return found;
      return {
        ...found,
        reason: 'onnxruntime-node does not load, and WebAssembly runs at about a fifth of its speed',
        remedy,
      };
    } catch {
      return {
        name: 'onnx',
        available: false,
        devices: [],
        reason: 'no onnxruntime loads',
        remedy: 'npm install onnxruntime-web',
      };
    }
  },
  tensorflow: async () => {
    try {
      const name = await loadTensorflow();
      return { name: 'tensorflow', available: true, package: name, devices: ['cpu'], ...(await describeVersion(name)) };
    } catch {
      const versions = await Promise.all(tensorflowPackages.map(versionOfPackage));
      const installed = tensorflowPackages.find((_, index) => versions[index] !== undefined);
      return {
        name: 'tensorflow',
        available: false,
        devices: [],
        reason:
          installed === undefined
            ? 'not installed; it is optional and nothing needs it'
            : `${installed} is installed without its native part; it is optional and nothing needs it`,
        remedy: 'npm install @tensorflow/tfjs-node',
      };
    }
  },
  reference: async () => ({
    name: 'reference',
    available: true,
    package: '@tensorflow/tfjs',
    devices: ['cpu'],
    ...(await describeVersion('@tensorflow/tfjs')),
  }),
};

async function describeVersion(name: string): Promise<{ readonly version?: string }> {
  const version = await versionOfPackage(name);
  return version === undefined ? {} : { version };
}
