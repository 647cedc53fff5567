// Owns datasets on the disk for sides that read them. Knows nothing of what is measured.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clipLength, type ClipShape } from '../../dist/clip/clip.js';
import { createRandom } from '../../dist/clip/random.js';
import { readDatasetState } from '../../dist/dataset/dataset-state.js';
import { openDatasetWriter } from '../../dist/dataset/dataset-writer.js';

/** A folder that is removed when the process ends. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lacuna-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The folder of so many square clips of noise, all of one video; removed when the process ends. */
export async function makeNoiseDataset(shape: ClipShape, clips: number): Promise<string> {
  const folder = await makeFolder();
  const { frames, height: size } = shape;
  const cut = { size, fps: 12, frames, stride: 1, hop: frames, fit: 'cover', shardClips: 64 } as const;
  const writer = await openDatasetWriter(folder, cut, [], await readDatasetState(folder));
  const random = createRandom(0, 'pixels');
  const pixels = Uint8Array.from({ length: clipLength(shape) }, () => random.uint32());
  for (let clip = 0; clip < clips; clip++) {
    pixels[clip] = random.uint32();
    await writer.addClip({ video: 'noise.mp4', startSeconds: (clip * frames) / 12 }, pixels);
  }
  await writer.endVideo();
  await writer.finish();
  return folder;
}
