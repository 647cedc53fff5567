import { expect } from 'chai';
import { decode } from 'fast-png';
import { readFile, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { writeContactSheet } from '../../lib/report/contact-sheet.js';
import { makeDataset, madeOptions } from '../dataset/made-dataset.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('writeContactSheet', () => {
  const folder = temporaryFolder();
  const pixelAt = async (file: string, x: number, y: number) => {
    const { width, data } = decode(await readFile(file));
    return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
  };

  it('draws clips from all over the dataset, a row each', async () => {
    const dataset = await makeDataset(folder.path('data'), [40, 60]);
    const out = folder.path('sheet.png');
    const { rows } = await writeContactSheet({ dataset, out, clips: 4 });
    expect(rows.map(({ video, startSeconds }) => [video, startSeconds * 3])).to.deep.equal([
      ['video-0.mp4', 12],
      ['video-0.mp4', 37],
      ['video-1.mp4', 22],
      ['video-1.mp4', 47],
    ]);
    // 4 frames of 8 × 8, 16 times as large, with 2 between them.
    const { width, height } = decode(await readFile(out));
    expect([width, height]).to.deep.equal([4 * 130 - 2, 4 * 130 - 2]);
    // Each byte of a clip is its row.
    for (const [row, value] of [12, 37, 62, 87].entries()) {
      expect(await pixelAt(out, 200, row * 130 + 64)).to.deep.equal([value, value, value, 255]);
    }
    expect((await writeContactSheet({ dataset, out, clips: 200 })).rows).to.have.length(100);
  });

  it('draws large frames smaller and leaves some of many out', async () => {
    const options = { ...madeOptions, size: 260, frames: 16, shardClips: 1 };
    // The frame in the red, and a fine chessboard in the green, whose mean is grey.
    const draw = (_row: number, length: number) =>
      Uint8Array.from({ length }, (_, index) => {
        const [channel, pixel, frame] = [index % 3, Math.floor(index / 3), Math.floor(index / (3 * 260 * 260))];
        if (channel === 0) return frame;
        return channel === 1 && (pixel + Math.floor(pixel / 260)) % 2 === 0 ? 255 : 0;
      });
    const dataset = await makeDataset(folder.path('large'), [1], options, draw);
    const out = folder.path('large.png');
    await writeContactSheet({ dataset, out });
    const { width, height } = decode(await readFile(out));
    expect([width, height]).to.deep.equal([8 * 88 - 2, 86]);
    const [red, green = 0, blue] = await pixelAt(out, 3 * 88 + 40, 40);
    expect([red, blue]).to.deep.equal([7, 0]);
    expect(green).to.be.within(110, 145);
  });

  it('refuses what is no picture and what is no finished dataset', async () => {
    const dataset = folder.path('data');
    const wrong: [string, string, RegExp][] = [
      [dataset, folder.path('sheet.jpg'), /must end in \.png/],
      [dataset, folder.path('gone/sheet.png'), /gone is no folder/],
      [folder.path('none'), folder.path('x.png'), /none is not a dataset folder/],
    ];
    for (const [from, out, sentence] of wrong) {
      const error = await rejectionOf(writeContactSheet({ dataset: from, out }));
      expect(error).to.be.instanceOf(LacunaError).with.property('message').that.matches(sentence);
    }
    await writeFile(`${dataset}/unfinished.json`, '{"clips":0,"clipsBytes":0,"failuresBytes":0}');
    expect(await rejectionOf(writeContactSheet({ dataset, out: folder.path('x.png') })))
      .to.have.property('message')
      .that.includes('unfinished');
  });
});
