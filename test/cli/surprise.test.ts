import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { temporaryFolder } from '../video/made-videos.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna surprise and lacuna world', () => {
  const folder = temporaryFolder();
  const at = folder.path;
  let given: TrainedRun;
  before(async () => {
    given = await trainedRun();
  });

  it('make a video with a cut, and find that', async () => {
    const made = await startCommand([
      'world',
      at('world'),
      '--kind',
      'surprises',
      '--videos',
      '1',
      '--seconds',
      '4',
      '--seed',
      '3',
    ]);
    expect(made.stdout).to.match(/1 video and labels\.csv\n$/);
    const [, line = ''] = (await readFile(at('world/labels.csv'), 'utf8')).split('\n');
    const [file = '', label, moment] = line.split(',');
    expect(label).to.equal('cut');
    const words = ['surprise', given.run, at(`world/${file}`), '--moments', '3', '--threads', '1'];
    const { code, stdout, stderr } = await startCommand([
      ...words,
      '--out',
      at('x.csv'),
      '--out',
      at('x.svg'),
      '--json',
    ]);
    expect(code, stderr).to.equal(0);
    const { frames, moments } = JSON.parse(stdout) as { frames: { seconds: number }[]; moments: { seconds: number }[] };
    // 48 frames, of which the first 8 are only seen.
    expect(frames).to.have.length(40);
    expect(frames[0]?.seconds).to.be.closeTo(8 / 12, 1e-9);
    // Even a model that has learned next to nothing is surprised by a cut.
    expect(moments[0]?.seconds).to.be.closeTo(Number(moment), 0.01);
    const csv = (await readFile(at('x.csv'), 'utf8')).trimEnd().split('\n');
    expect(csv).to.have.length(41);
    expect(csv[0]).to.equal('seconds,error,copy_last,moment');
    expect(csv.find((row) => row.endsWith(',1'))).to.match(new RegExp(`^${(moments[0]?.seconds ?? NaN).toFixed(4)},`));
    const svg = await readFile(at('x.svg'), 'utf8');
    expect(svg).to.match(/^<svg /);
    expect(svg.match(/<circle/g)).to.have.length(moments.length);
    expect((await startCommand(words)).stdout).to.match(/^ +at +error +of the median\n1 +/);
  });

  it('refuse bad input in one sentence', async () => {
    const video = given.videos[0] ?? '';
    await expectRefusals([
      ['another ending', ['surprise', given.run, video, '--out', at('x.txt')], /must end in \.csv.*or \.svg/, 2],
      ['a missing video', ['surprise', given.run, at('gone.mp4')], /gone\.mp4/, 1],
      ['a world that is none', ['world', at('y'), '--kind', 'moitons'], /world/, 2],
      [
        'a world without another look',
        ['world', at('y'), '--kind', 'surprises', '--held-out', '1', '--seconds', '3'],
        /cannot hold out/,
        2,
      ],
    ]);
  });
});
