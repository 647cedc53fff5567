// Owns a thread that trains heads, since a run of the engine holds its thread. Started by `trainHeadsApart` alone.
import { parentPort, workerData } from 'node:worker_threads';
import { createEngine } from '../engine/engines.js';
import { type HeadTask, trainHeads } from './head-task.js';

const { task, threads } = workerData as { readonly task: HeadTask; readonly threads: number | undefined };
const engine = await createEngine('onnx', { threads });
parentPort?.postMessage(await trainHeads(engine, task));
await engine.dispose();
