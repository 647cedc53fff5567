// Trains the small model on the ONNX engine in a process of its own, and says what memory it held after so many steps.
import { createOnnxEngine } from '../../lib/engine/onnx-engine.js';
import { drawInputs, drawState, smallLayout, smallLoss, smallOptimiser } from './small-model.js';

const [warm = 0, end = 0] = process.argv.slice(2).map(Number);
const engine = await createOnnxEngine({ threads: 1 });
const step = await engine.compile('step', { ...smallLoss, optimiser: smallOptimiser });
const state = engine.createState(smallLayout);
await engine.writeState(state, drawState(smallLayout, 1));
const inputs = [drawInputs(1), drawInputs(2)];

/** What is held, and how much main memory it was given so far for arrays. */
function measure(): { rss: number; heapUsed: number; arrayBuffers: number } {
  for (let time = 0; time < 2; time++) globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss, heapUsed, arrayBuffers };
}

const measured = [];
for (let at = 1; at <= end; at++) {
  await step.run(state, inputs[at % 2] ?? {}, { learningRate: 1e-3, weightDecay: 0.1, step: at });
  if (at === warm || at === end) measured.push(measure());
}
process.stdout.write(JSON.stringify(measured));
await engine.dispose();
