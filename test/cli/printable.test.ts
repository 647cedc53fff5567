import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { printable } from '../../lib/cli/printable.js';
import { temporaryFolder } from '../video/made-videos.js';
import { startCommand } from './start-command.js';

describe('printable', () => {
  const folder = temporaryFolder();

  it('makes one line of text, and leaves letters as they are', () => {
    expect(printable('a \n b')).to.equal('a; b');
    expect(printable('\u001b[2Jcafé 日本 🎞\u0007\u009b')).to.equal('?[2Jcafé 日本 🎞??');
  });

  it('keeps a name from commanding the terminal', async function () {
    if (process.platform === 'win32') this.skip();
    await mkdir(folder.path('videos'));
    await writeFile(folder.path('videos/\u001b[2J\u001b]0;title\u0007.mp4'), 'no video');
    const { stderr, code } = await startCommand(['prepare', folder.path('videos'), '--out', folder.path('data')]);
    expect(stderr).to.match(/\?\[2J\?\]0;title\?\.mp4 is not-a-video/);
    expect(stderr).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(code).to.equal(1);
  });
});
