import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { decode } from 'fast-png';
import { clipLength } from '../../lib/clip/clip.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { splitByVideo } from '../../lib/dataset/split.js';
import { decodeNpy } from '../../lib/formats/npy.js';
import { makeVideo, temporaryFolder } from '../video/made-videos.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';

describe('lacuna demo', () => {
  const folder = temporaryFolder();
  let videos: string[];
  before(async () => {
    const value = (frame: number, y: number, x: number, channel: number) =>
      (8 * frame + 3 * y + 2 * x + 60 * channel) % 256;
    videos = await Promise.all(
      ['a.mp4', 'b.mp4'].map((name) => makeVideo(folder.path(name), { width: 64, height: 64, frames: 24, value })),
    );
  });

  it('goes the whole way with a person’s own videos, and predicts on one that it held out', async () => {
    const out = folder.path('demo');
    const { code, stdout, stderr } = await startCommand([
      ...['demo', ...videos, '--out', out, '--minutes', '0.01', '--threads', '1'],
    ]);
    expect(stderr).not.to.contain('lacuna:');
    expect(code).to.equal(0);
    const predictions = ['A', 'B', 'C'].flatMap((name) => [`${name}.gif`, `${name}.png`]);
    const expected = [...predictions, 'dataset', 'run', 'vectors.jsonl', 'vectors.npy'];
    expect((await readdir(out)).sort()).to.deep.equal(expected);

    // Clips of 16 of 24 frames, every 8 for training and every 16 for vectors.
    expect(stdout).to.contain('\n  4 clips from 2 videos\n').and.to.contain(': 2 vectors of 128 numbers\n');
    expect(decodeNpy(await readFile(join(out, 'vectors.npy'))).shape).to.deep.equal([2, 128]);
    const page = await readFile(/^Open (.*report\.html) in a browser\.\n$/m.exec(stdout)?.[1] ?? '', 'utf8');
    for (const hide of ['future:8', 'gap:6', 'patches:0.75']) {
      expect(stdout).to.contain(`\n${hide} (2 clips of 1 source kept for validation)\n`);
      expect(page).to.contain(`<code>${hide}</code>`);
    }
    const dataset = await openDataset(join(out, 'dataset'));
    try {
      const [row = NaN] = splitByVideo(dataset, { validation: 0.1, seed: 0 }).validation;
      const truth = new Uint8Array(clipLength(dataset.shape));
      await dataset.readClips([row], truth);
      for (const name of ['A', 'B', 'C']) {
        const shown = await readLastRow(join(out, `${name}.png`));
        expect(Buffer.from(shown).equals(truth), name).to.equal(true);
      }
    } finally {
      await dataset.close();
    }
  });

  it('refuses videos that it cannot read, in one sentence', async () => {
    const words = (input: string) => ['demo', input, '--out', folder.path('refused'), '--minutes', '0.01'];
    await expectRefusals([
      ['a missing file', words(folder.path('missing.mp4')), /missing\.mp4 does not exist/, 1],
      [
        'no time at all',
        ['demo', '--minutes', '0'],
        /'--minutes <n>' argument '0' is invalid: it must be a number above 0/,
        2,
      ],
      ['an unknown flag', ['demo', '--minute', '1'], /'--minute'; did you mean --minutes\?/, 2],
    ]);
  });
});

/** The clip `uint8 [16, 64, 64, 3]` that the last row of a strip shows: the video itself, two pixels for each of its. */
async function readLastRow(file: string): Promise<Uint8Array> {
  const { width, data } = decode(await readFile(file));
  const clip = new Uint8Array(16 * 64 * 64 * 3);
  for (let pixel = 0; pixel < clip.length / 3; pixel++) {
    const [frame, y, x] = [Math.floor(pixel / 4096), Math.floor(pixel / 64) % 64, pixel % 64];
    const at = 4 * ((2 * 130 + 2 * y) * width + frame * 130 + 2 * x);
    clip.set(data.subarray(at, at + 3), 3 * pixel);
  }
  return clip;
}
