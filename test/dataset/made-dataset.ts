// Makes dataset folders for tests without any video: clips whose every byte is their row, unless they are drawn otherwise.
import { mkdir } from 'node:fs/promises';
import { clipLength } from '../../lib/clip/clip.js';
import { type ClipOptions, clipShapeOf } from '../../lib/dataset/dataset-files.js';
import { readDatasetState } from '../../lib/dataset/dataset-state.js';
import { openDatasetWriter } from '../../lib/dataset/dataset-writer.js';

export const madeOptions: ClipOptions = {
  size: 8,
  fps: 12,
  frames: 4,
  stride: 1,
  hop: 4,
  fit: 'cover',
  shardClips: 3,
};

export const madeClipBytes = clipLength(clipShapeOf(madeOptions));

/** Writes a folder of videos with so many clips each; `draw` gives the pixels of a row. */
export async function makeDataset(
  folder: string,
  clipsOfVideos: readonly number[],
  options: ClipOptions = madeOptions,
  draw: (row: number, length: number) => Uint8Array = (row, length) => new Uint8Array(length).fill(row),
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const writer = await openDatasetWriter(folder, options, ['7.0'], await readDatasetState(folder));
  let row = 0;
  for (const [index, clips] of clipsOfVideos.entries()) {
    for (let clip = 0; clip < clips; clip++) {
      const startSeconds = (clip * options.hop) / options.fps;
      const pixels = draw(row++, clipLength(clipShapeOf(options)));
      await writer.addClip({ video: `video-${index}.mp4`, startSeconds }, pixels);
    }
    if (clips === 0) writer.addFailure({ video: `video-${index}.mp4`, reason: 'too-short', detail: 'no frames' });
    await writer.endVideo();
  }
  await writer.finish();
  return folder;
}
