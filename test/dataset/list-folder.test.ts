import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { listFolder } from '../../lib/dataset/list-folder.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('listFolder', () => {
  const folder = temporaryFolder();

  it('tells kinds apart, sorts by code unit, and leaves out hidden names and what is not wanted', async () => {
    await mkdir(folder.path('list/sub'), { recursive: true });
    for (const name of ['b', 'B', 'a.txt', 'ä', '.hidden']) await writeFile(folder.path(`list/${name}`), '');
    await symlink('nowhere', folder.path('list/link'));
    if (process.platform !== 'win32') execFileSync('mkfifo', [folder.path('list/pipe')]);
    const seen: string[] = [];
    const { names, kinds } = await listFolder(folder.path('list'), (name, kind) => {
      seen.push(`${name} ${kind}`);
      return name !== 'a.txt' && kind !== 'other';
    });
    expect(names).to.deep.equal(['B', 'b', 'link', 'sub', 'ä']);
    expect(Object.fromEntries(kinds)).to.deep.equal({ link: 'link', sub: 'folder' });
    const told = ['B file', 'a.txt file', 'b file', 'link link', 'sub folder', 'ä file'];
    expect(seen.filter((line) => line !== 'pipe other').sort()).to.deep.equal(told);
    expect(await rejectionOf(listFolder(folder.path('gone'), () => true))).to.have.property('code', 'ENOENT');
  });
});
