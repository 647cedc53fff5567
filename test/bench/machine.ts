// Owns the description of where something was measured, and with which versions. Knows no benchmark.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { z } from 'zod';
import { versionOfPackage } from '../../dist/engine/onnx-runtime.js';

/** What a machine is, as far as its speed depends on it. */
export type Machine = {
  readonly cpu: string;
  /** Cores that this process may use. */
  readonly cores: number;
  readonly memoryGiB: number;
  /** Operating system and processor architecture, such as `linux-x64`. */
  readonly platform: string;
};

/** The machine that this runs on. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** The versions of what every benchmark stands on. */
export async function findVersions(): Promise<Record<string, string>> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));
  const onnxruntime = await versionOfPackage('onnxruntime-node');
  return {
    lacuna: version,
    node: process.versions.node,
    ...(onnxruntime === undefined ? {} : { 'onnxruntime-node': onnxruntime }),
  };
}
