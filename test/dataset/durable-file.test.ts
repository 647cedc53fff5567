import { expect } from 'chai';
import { open, readdir, readFile } from 'node:fs/promises';
import { readAll, writeWhole, syncFolder, writeAll } from '../../lib/dataset/durable-file.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('durable files', () => {
  const folder = temporaryFolder();

  it('replaces a file and leaves nothing beside it', async () => {
    await writeWhole(folder.path('.'), 'list', ['one, and a longer text']);
    await writeWhole(folder.path('.'), 'list', ['two']);
    expect(await readFile(folder.path('list'), 'utf8')).to.equal('two');
    expect(await readdir(folder.path('.'))).to.deep.equal(['list']);
  });

  it('writes and reads at a place, and says where the file ends', async () => {
    const handle = await open(folder.path('bytes'), 'w+');
    try {
      await writeAll(handle, Buffer.from('abc'), 4);
      const into = new Uint8Array(5);
      expect(await readAll(handle, into, 3)).to.equal(4);
      expect(Buffer.from(into).toString('latin1')).to.equal('\0abc\0');
      expect(await readAll(handle, into, 100)).to.equal(0);
    } finally {
      await handle.close();
    }
  });

  it('cannot sync a folder that is not there', async () => {
    await syncFolder(folder.path('.'));
    if (process.platform !== 'win32') {
      expect(await rejectionOf(syncFolder(folder.path('absent')))).to.have.property('code', 'ENOENT');
    }
  });
});
