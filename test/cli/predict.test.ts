import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna predict', () => {
  let given: TrainedRun;
  let video: string;
  before(async () => {
    given = await trainedRun();
    video = given.videos[0] ?? '';
  });
  const at = (name: string) => path.join(given.folder, name);

  const signatures: readonly (readonly [string, Buffer])[] = [
    ['.gif', Buffer.from('GIF89a')],
    ['.png', Buffer.from([0x89, 0x50, 0x4e, 0x47])],
    ['.npy', Buffer.from([0x93, ...Buffer.from('NUMPY')])],
  ];
  for (const [ending, signature] of signatures) {
    it(`writes ${ending}`, async () => {
      const out = at(`next${ending}`);
      const { code, stdout } = await startCommand([
        'predict',
        given.run,
        video,
        '--hide',
        'future:8',
        '--out',
        out,
        '--json',
      ]);
      expect(code).to.equal(0);
      expect(JSON.parse(stdout)).to.deep.include({ out, video, hide: 'future:8', shape: [16, 64, 64, 3], fps: 12 });
      expect((await readFile(out)).subarray(0, signature.length).equals(signature)).to.equal(true);
    });
  }

  it('writes .mp4', async () => {
    const out = at('next.mp4');
    const { code } = await startCommand(['predict', given.run, video, '--hide', 'gap:4-9', '--out', out]);
    expect(code).to.equal(0);
    expect((await readFile(out)).subarray(4, 8).toString()).to.equal('ftyp');
  });

  it('ends with 2 for an ending that it does not write, and for what cannot be hidden', async () => {
    for (const [hide, out] of [
      ['future:8', at('next.bmp')],
      ['future:-1', at('next.gif')],
      ['gap:9-4', at('next.gif')],
    ] as const) {
      const { code, stderr } = await startCommand([
        'predict',
        given.run,
        video,
        '--hide',
        hide,
        '--out',
        out,
        '--quiet',
      ]);
      expect(stderr, hide).to.match(/^lacuna: [^\n]+\n$/);
      expect(code, hide).to.equal(2);
    }
  });

  it('ends with 1 for a model folder without weights, a missing video and a file that is no video', async () => {
    await mkdir(at('no-model'), { recursive: true });
    await writeFile(at('text.mp4'), 'this is no video\n');
    for (const [model, source, names] of [
      [at('no-model'), video, /no-model/],
      [at('missing'), video, /missing/],
      [given.run, at('missing.mp4'), /missing\.mp4/],
      [given.run, at('text.mp4'), /text\.mp4/],
    ] as const) {
      const words = ['predict', model, source, '--hide', 'future:8', '--out', at('x.gif'), '--quiet'];
      const { code, stderr } = await startCommand(words);
      expect(stderr)
        .to.match(/^lacuna: [^\n]+\n$/)
        .and.match(names);
      expect(code).to.equal(1);
    }
  });
});
