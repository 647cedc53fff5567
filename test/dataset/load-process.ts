// Loads so many steps of changed clips in a process of its own and says what memory was held after some of them and at the end: the
// least of ten steps each, since what the allocator is about to give back comes and goes.
import { clipLength } from '../../lib/clip/clip.js';
import { createLoader } from '../../lib/dataset/loader.js';

const [warm = 0, end = 0] = process.argv.slice(2, 4).map(Number);
const isGivenAway = process.argv[4] === 'given away';
const shape = { frames: 10, height: 64, width: 64, channels: 3 };
const record = { video: 'a.mp4', startSeconds: 0, shard: 'shards/00000.npy', row: 0 };
const clips = Array.from({ length: 30 }, (_, row) => ({ ...record, row }));
const readClips = (rows: readonly number[] | Int32Array, into: Uint8Array) => {
  rows.forEach((row, place) => into.fill(row, place * clipLength(shape), (place + 1) * clipLength(shape)));
  return Promise.resolve();
};
const loader = createLoader(
  { shape, clips, readClips },
  { rows: Int32Array.from(clips.keys()), batch: 16, seed: 1, repeat: 2, flip: true, crop: 0.5, colour: 0.2, hue: 0.1 },
);

const around = 10;
const least: { rss: number; arrayBuffers: number }[] = [];
for (let step = 1; step <= end; step++) {
  const { pixels } = await loader.load(step);
  if (isGivenAway) structuredClone(pixels, { transfer: [pixels.buffer] });
  const place = [warm, end].findIndex((last) => step > last - around && step <= last);
  if (place === -1) continue;
  for (let time = 0; time < 2; time++) globalThis.gc?.();
  const { rss, arrayBuffers } = process.memoryUsage();
  const before = least[place] ?? { rss, arrayBuffers };
  least[place] = { rss: Math.min(before.rss, rss), arrayBuffers: Math.min(before.arrayBuffers, arrayBuffers) };
}
process.stdout.write(JSON.stringify(least));
await loader.close();
