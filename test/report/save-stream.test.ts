import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { saveStream } from '../../lib/report/save-stream.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('saveStream', () => {
  const folder = temporaryFolder();
  async function* parts(...given: (number[] | Error)[]) {
    for (const part of given) {
      if (part instanceof Error) throw part;
      yield await Promise.resolve(Uint8Array.from(part));
    }
  }

  it('writes the parts one after the other, over what is there', async () => {
    const file = folder.path('a.bin');
    await writeFile(file, 'older');
    await saveStream(file, parts([1, 2], [], [3]));
    expect([...(await readFile(file))]).to.deep.equal([1, 2, 3]);
  });

  it('leaves what is there where the parts break off, and nothing beside it', async () => {
    await mkdir(folder.path('kept'));
    const file = folder.path('kept/a.bin');
    await writeFile(file, 'older');
    const reason = new Error('enough');
    expect(await rejectionOf(saveStream(file, parts([1, 2], reason)))).to.equal(reason);
    expect(await readFile(file, 'utf8')).to.equal('older');
    expect(await readdir(folder.path('kept'))).to.deep.equal(['a.bin']);
  });

  it('says which file cannot be written', async () => {
    const error = await rejectionOf(saveStream(folder.path('nowhere/a.bin'), parts([1])));
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    expect(error)
      .to.have.property('message')
      .that.matches(/nowhere\/a\.bin cannot be written/);
  });
});
