import { expect } from 'chai';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { writeWhole } from '../../lib/dataset/durable-file.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('writeWhole', () => {
  const folder = temporaryFolder();
  const read = () => readFile(folder.path('files/a.bin'));
  before(() => mkdir(folder.path('files')));

  it('writes all parts one after the other, bytes and text', async () => {
    await writeWhole(folder.path('files'), 'a.bin', [
      Uint8Array.of(0, 255),
      'ä\n',
      new Uint8Array(0),
      Uint8Array.of(7),
    ]);
    expect([...(await read())]).to.deep.equal([0, 255, 0xc3, 0xa4, 10, 7]);
  });

  it('replaces a longer file and leaves nothing else behind', async () => {
    await writeWhole(folder.path('files'), 'a.bin', ['x']);
    expect(await readdir(folder.path('files'))).to.deep.equal(['a.bin']);
    expect((await read()).toString()).to.equal('x');
  });

  it('leaves the old file whole where writing fails', async () => {
    const broken = Object.defineProperty(['new', 'never'], 1, {
      get: () => {
        throw new Error('broken');
      },
    });
    const error = await rejectionOf(writeWhole(folder.path('files'), 'a.bin', broken));
    expect(error).to.have.property('message', 'broken');
    expect((await read()).toString()).to.equal('x');
    // And the next call is not in the way of what that one left.
    await writeWhole(folder.path('files'), 'a.bin', ['y']);
    expect(await readdir(folder.path('files'))).to.deep.equal(['a.bin']);
  });
});
