// Tests that work that is done is done once, and that other work is not taken for it.
import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { temporaryFolder } from '../video/made-videos.js';
import { openWork } from './stages.js';

const schema = z.object({ value: z.number() });

describe('stages', () => {
  const folder = temporaryFolder();

  it('reads what was kept and does not make it again', async () => {
    const root = folder.path('kept');
    let made = 0;
    const make = () => Promise.resolve({ value: ++made });
    const first = await openWork(root, 'A', { seed: 0 });
    expect(await first.keep('look', schema, make)).to.deep.equal({ value: 1 });
    expect(await first.keep('other', schema, make)).to.deep.equal({ value: 2 });
    const again = await openWork(root, 'A', { seed: 0 });
    expect(await again.keep('look', schema, make)).to.deep.equal({ value: 1 });
    expect(made).to.equal(2);
  });

  it('gives another configuration another folder, which says what it is', async () => {
    const [one, other] = [
      await openWork(folder.path('k'), 'A', { seed: 0 }),
      await openWork(folder.path('k'), 'A', { seed: 1 }),
    ];
    expect(one.folder).not.to.equal(other.folder);
    expect(basename(other.folder)).to.match(/^A-[0-9a-f]{10}$/);
    expect(JSON.parse(await readFile(join(other.folder, 'config.json'), 'utf8'))).to.deep.equal({ seed: 1 });
  });

  it('makes again what is damaged or of another form, and keeps nothing of what failed', async () => {
    const work = await openWork(folder.path('damaged'), 'A', {});
    await writeFile(join(work.folder, 'cut.json'), '{"val');
    await writeFile(join(work.folder, 'other.json'), '{"value":"1"}');
    for (const stage of ['cut', 'other', 'failed']) {
      const failure = await work.keep(stage, schema, () => Promise.reject(new Error('no'))).catch((e: unknown) => e);
      expect(failure).to.be.an('error');
      expect(await work.keep(stage, schema, () => Promise.resolve({ value: 3 }))).to.deep.equal({ value: 3 });
    }
  });
});
