// Writes the videos of exact-videos.ts into a folder: `node --import=tsx test/video/write-exact-videos.ts FOLDER`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exactVideos } from './exact-videos.js';

const [folder = 'exact-videos'] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
for (const [name, make] of Object.entries(exactVideos)) {
  await make(join(folder, name));
  process.stdout.write(`${name}\n`);
}
