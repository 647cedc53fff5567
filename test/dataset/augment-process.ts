// Loads two batches in a process of its own, says how each ended, and closes nothing.
import { createLoader } from '../../lib/dataset/loader.js';

const say = (what: string) => process.stdout.write(`${what}\n`);
const shape = { frames: 1, height: 8, width: 8, channels: 3 };
const record = { video: 'a.mp4', startSeconds: 0, shard: 'shards/00000.npy', row: 0 };
const dataset = { shape, clips: [record], readClips: () => Promise.resolve() };
const loader = createLoader(dataset, { rows: Int32Array.of(0), batch: 1, seed: 1, flip: true });
for (const step of [0, 1]) {
  await loader.load(step).then(
    () => say('load: done'),
    (error: unknown) => say(`load: ${String(error)}`),
  );
}
