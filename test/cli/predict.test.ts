import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { decodeNpy } from '../../lib/formats/npy.js';
import { openModel } from '../../lib/index.js';
import { cutFile, makeVideo, temporaryFolder } from '../video/made-videos.js';
import { expectRefusals, type Refusal } from './refusals.js';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna predict', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  let video: string;
  before(async () => {
    given = await trainedRun();
    video = given.videos[0] ?? '';
  });
  const predict = (model: string, source: string, hide: string, out: string, ...more: string[]) => [
    ...['predict', model, source, '--hide', hide, '--out', folder.path(out), '--threads', '1', ...more],
  ];

  it('writes what it filled in and says what that is', async () => {
    const out = folder.path('next.npy');
    const { code, stdout, stderr } = await startCommand(predict(given.run, video, 'future:8', 'next.npy'));
    expect(stderr).to.equal('');
    expect(stdout).to.equal(`${out}: 16 × 64 × 64 × 3 at 12 frames a second, future:8 filled in\n`);
    expect(code).to.equal(0);
    expect(decodeNpy(await readFile(out)).shape).to.deep.equal([16, 64, 64, 3]);
  });

  it('passes --start and --seed on, and says what it wrote as JSON', async () => {
    const [out, hide] = [folder.path('later.npy'), 'patches:0.5'];
    const words = predict(given.run, video, hide, 'later.npy', '--start', '1.5', '--seed', '3', '--json');
    const { code, stdout } = await startCommand(words);
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({ out, video, hide, shape: [16, 64, 64, 3], fps: 12 });
    const model = await openModel(given.run, { threads: 1 });
    try {
      const { frames } = await model.predict(video, { hide, startSeconds: 1.5, seed: 3 });
      expect(decodeNpy(await readFile(out)).data).to.deep.equal(frames);
    } finally {
      await model.close();
    }
  });

  it('refuses bad input in one sentence, with the exit code that belongs to it', async () => {
    const at = folder.path;
    await mkdir(at('no-weights'));
    await writeFile(at('no-weights/config.json'), await readFile(join(given.run, 'config.json')));
    await writeFile(at('text.mp4'), 'this is no video\n');
    await cutFile(await makeVideo(at('cut.mp4'), { width: 64, height: 64 }), 0.5);
    const wrong = (source: string, sentence: RegExp): Refusal => {
      return [source, predict(given.run, at(source), 'future:8', 'x.gif'), sentence, 1];
    };
    await expectRefusals([
      [
        'another ending, before it opens the model',
        predict(at('gone'), video, 'future:8', 'x.bmp'),
        /x\.bmp must end in/,
        2,
      ],
      wrong('missing.mp4', /missing\.mp4 cannot be read; check that it exists/),
      wrong('text.mp4', /text\.mp4 is not a video that ffmpeg can open/),
      wrong('cut.mp4', /cut\.mp4 ends before its end/),
      ['a missing model', predict(at('gone'), video, 'future:8', 'x.gif'), /gone does not exist; name a folder/, 1],
      ['no weights', predict(at('no-weights'), video, 'future:8', 'x.gif'), /no-weights has no weights/, 1],
      [
        'an unknown engine',
        predict(given.run, video, 'future:8', 'x.gif', '--engine', 'gpu'),
        /^lacuna: --engine: .*got "gpu"/,
        2,
      ],
      ['an unknown flag', predict(given.run, video, 'future:8', 'x.gif', '--sead', '1'), /did you mean --seed\?/, 2],
    ]);
    expect((await readdir(at(''))).filter((name) => name.includes('x.'))).to.deep.equal([]);
  });
});
