import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { decodeNpy } from '../../lib/formats/npy.js';
import { openModel } from '../../lib/index.js';
import { decodeVideo } from '../../lib/video/decode.js';
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

  it('fills the whole video in, in its own size and rate, and says what that is', async () => {
    const out = folder.path('next.npy');
    const { code, stdout, stderr } = await startCommand(predict(given.run, video, 'future:8', 'next.npy'));
    expect(stderr).to.match(/^48 frames read, [^\n]*\n48\/48 frames, [^\n]*\n$/);
    expect(stdout).to.equal(`${out}: 48 × 64 × 64 × 3 at 12 frames a second, 8 frames filled in by 1 window\n`);
    expect(code).to.equal(0);
    const { shape, data } = decodeNpy(await readFile(out));
    expect(shape).to.deep.equal([48, 64, 64, 3]);
    const length = 64 * 64 * 3;
    let index = 0;
    for await (const frame of decodeVideo(video, { width: 64, height: 64 })) {
      const is = Buffer.from(data.buffer, index * length, length).equals(frame);
      expect(is, `frame ${index}`).to.equal(index < 40);
      index += 1;
    }
    expect(index).to.equal(48);
  });

  it('passes all that is asked for on, and says what it did as JSON', async () => {
    const file = await makeVideo(folder.path('wide.mp4'), { width: 96, height: 70, fps: 24, frames: 40 });
    const out = folder.path('more.npy');
    const words = predict(given.run, file, 'gap:4-5+gap:9-9', 'more.npy', '--insert', '--extend', '3');
    const { code, stdout } = await startCommand([...words, '--tile', '--seed', '3', '--json', '--quiet']);
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({
      ...{ out, video: file, hide: 'gap:4-5+gap:9-9', extend: 3, insert: true, tile: true, seed: 3 },
      ...{ shape: [46, 70, 96, 3], fps: 24, filled: { frames: 6, windows: 5, tiles: 4, passes: 1 } },
    });
    expect(decodeNpy(await readFile(out)).shape).to.deep.equal([46, 70, 96, 3]);
  });

  it('fills one clip of the model’s size in with --clip, and where --start says where it begins', async () => {
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
    const clip = await startCommand(predict(given.run, video, 'future:8', 'clip.npy', '--clip'));
    expect(clip.stdout).to.equal(
      `${folder.path('clip.npy')}: 16 × 64 × 64 × 3 at 12 frames a second, future:8 filled in\n`,
    );
  });

  it('ends cleanly when it is interrupted, and leaves nothing half-written', async () => {
    await mkdir(folder.path('stopped'));
    const file = await makeVideo(folder.path('long.mp4'), { width: 64, height: 64, frames: 240 });
    const words = predict(given.run, file, 'patches:0.75', 'stopped/a.mp4');
    const isBegun = async () => (await readdir(folder.path('stopped'))).some((name) => name.includes('unfinished'));
    const { code, stderr } = await startCommand(words, {
      onStart: async (send) => {
        while (!(await isBegun())) await new Promise((go) => setTimeout(go, 20));
        send('SIGINT');
      },
    });
    expect(code).to.equal(130);
    expect(stderr).to.contain('lacuna: ending cleanly');
    expect(await readdir(folder.path('stopped'))).to.deep.equal([]);
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
      [
        'nothing to fill in',
        ['predict', given.run, video, '--out', at('x.gif')],
        /--hide future:8 or another kind, or --extend 8/,
        2,
      ],
      [
        'the video itself',
        ['predict', at('gone'), at('cut.mp4'), '--hide', 'future:8', '--out', at('cut.mp4')],
        /--out .*cut\.mp4 is the video itself; name another file/,
        2,
      ],
      [
        'a clip that goes on',
        predict(at('gone'), video, 'future:8', 'x.gif', '--clip', '--extend', '3', '--tile'),
        /--clip does not go with --extend and --tile/,
        2,
      ],
      [
        'a clip of which nothing is hidden',
        ['predict', at('gone'), video, '--out', at('x.gif'), '--start', '1'],
        /--start, which asks for one clip, needs what is hidden/,
        2,
      ],
      [
        'a gap beyond the end',
        predict(given.run, video, 'gap:40-52', 'x.gif'),
        /--hide gap:40-52 ends after the last frame of .*, which has frames 0 to 47 of 64 × 64 pixels/,
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
