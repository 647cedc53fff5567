import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { readFileSizes } from '../../lib/dataset/file-sizes.js';
import { temporaryFolder } from '../video/made-videos.js';

describe('readFileSizes', () => {
  const folder = temporaryFolder();

  it('gives the bytes of each file in their order, and no number for what is none', async () => {
    await mkdir(folder.path('folder'));
    const files = Array.from({ length: 150 }, (_, index) => ({ path: folder.path(`${index}`) }));
    for (const [index, { path }] of files.entries()) await writeFile(path, 'x'.repeat(index));
    expect([...(await readFileSizes(files))]).to.deep.equal(files.map((_, index) => index));
    const none = [{ path: folder.path('folder') }, { path: folder.path('absent') }];
    expect([...(await readFileSizes(none))]).to.deep.equal([Number.NaN, Number.NaN]);
  });
});
