// Scans a folder in a process of its own and prints what it found and what the list of it takes in memory. Needs --expose-gc.
import { scanInputs } from '../../lib/dataset/scan.js';

const usedBytes = () => {
  if (!globalThis.gc) throw new Error('start it with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
};
const input = process.argv[2] ?? '';
const before = usedBytes();
const scan = await scanInputs([input]);
const bytes = usedBytes() - before;
const names = new Set(scan.videos.map(({ video }) => video));
process.stdout.write(JSON.stringify({ videos: names.size, passedOver: scan.passedOver, bytes }));
