import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { prepare } from '../../lib/dataset/prepare.js';
import type { PrepareOptions } from '../../lib/dataset/prepare-options.js';
import { cutFile, greyOf, makeSound, makeVideo, rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { folderContents } from './folder-contents.js';

describe('prepare', () => {
  const folder = temporaryFolder();
  const asked = (out: string, options: Partial<PrepareOptions> = {}): PrepareOptions => ({
    inputs: [folder.path('videos')],
    out: folder.path(out),
    size: 16,
    fps: 12,
    frames: 4,
    jobs: 2,
    shardClips: 5,
    ...options,
  });

  before(async () => {
    await mkdir(folder.path('videos/sub'), { recursive: true });
    await makeVideo(folder.path('videos/a.mp4'), { frames: 18 });
    await makeVideo(folder.path('videos/b.gif'), { frames: 9, fps: 12.5 });
    await makeVideo(folder.path('videos/sub/c.mp4'), { frames: 30, width: 48 });
    await makeVideo(folder.path('videos/short.mp4'), { frames: 3 });
    const noise = (frame: number, y: number, x: number) => (frame * 37 + y * x) % 256;
    await makeVideo(folder.path('videos/cut.mp4'), { frames: 40, width: 64, height: 64, value: noise });
    await cutFile(folder.path('videos/cut.mp4'), 0.5);
    await writeFile(folder.path('videos/text.mp4'), 'not a video\n'.repeat(50));
    await writeFile(folder.path('videos/empty.webm'), '');
    await makeSound(folder.path('videos/sound.mp4'));
    await writeFile(folder.path('videos/notes.txt'), '');
    await copyFile(folder.path('videos/a.mp4'), folder.path('videos/z.mp4'));
  });

  it('takes every clip that can be read and lists every file that cannot', async () => {
    const notes: string[] = [];
    const result = await prepare(asked('whole'), {
      onProgress: ({ done, total, note }) => notes.push(`${done}/${total} ${note}`),
    });
    expect(notes).to.have.length(9);
    expect(notes[0]).to.equal('1/9 a.mp4');
    expect(result.failures.map(({ video, reason }) => `${video} ${reason}`)).to.deep.equal([
      ...['cut.mp4 truncated', 'empty.webm not-a-video', 'short.mp4 too-short'],
      ...['sound.mp4 no-video-stream', 'text.mp4 not-a-video'],
    ]);
    result.failures.forEach(({ detail }) =>
      expect(detail)
        .to.match(/\w{3}/)
        .and.not.match(/@ 0x|\/tmp/),
    );
    expect(result).to.include({ out: folder.path('whole'), passedOver: 1, skipped: 0, videos: 5 });

    const dataset = await openDataset(folder.path('whole'));
    expect(dataset.clips).to.have.length(result.clips);
    const clipsOf = (video: string) => dataset.clips.filter((clip) => clip.video === video);
    expect(clipsOf('a.mp4').map(({ startSeconds }) => startSeconds * 12)).to.deep.equal([0, 4, 8, 12]);
    expect([clipsOf('b.gif'), clipsOf('sub/c.mp4'), clipsOf('z.mp4')].map(({ length }) => length)).to.deep.equal([
      2, 7, 4,
    ]);
    // A file that is damaged half-way gives its whole clips.
    expect(clipsOf('cut.mp4').length).to.be.within(1, 9);
    // The pixels are those of the right frames.
    const pixels = new Uint8Array(4 * 16 * 16 * 3);
    const row = dataset.clips.findIndex(({ video, startSeconds }) => video === 'z.mp4' && startSeconds === 8 / 12);
    await dataset.readClips([row], pixels);
    [8, 9, 10, 11].forEach((frame, place) => {
      expect(pixels[place * 16 * 16 * 3 + 100]).to.be.closeTo(greyOf(frame), 3);
    });
    await dataset.close();
  });

  it('gives the same bytes whatever the number of jobs', async () => {
    const whole = await folderContents(folder.path('whole'));
    for (const jobs of [1, 7]) {
      await prepare(asked(`jobs-${jobs}`, { jobs }));
      expect(await folderContents(folder.path(`jobs-${jobs}`))).to.deep.equal(whole);
    }
  });

  it('returns a folder that is complete as it is, and adds what is new', async () => {
    const before = await folderContents(folder.path('whole'));
    const again = await prepare(asked('whole'));
    expect(again).to.include({ skipped: 9, videos: 5 });
    expect(again.failures).to.have.length(5);
    expect(await folderContents(folder.path('whole'))).to.deep.equal(before);

    await cp(folder.path('whole'), folder.path('more'), { recursive: true });
    await mkdir(folder.path('new'));
    await copyFile(folder.path('videos/a.mp4'), folder.path('new/new.mp4'));
    const more = await prepare(asked('more', { inputs: [folder.path('videos'), folder.path('new')] }));
    expect(more).to.include({ skipped: 9, videos: 6, clips: again.clips + 4 });
    const dataset = await openDataset(folder.path('more'));
    expect(dataset.clips.slice(-4).map(({ video }) => video)).to.deep.equal(Array(4).fill('new.mp4'));
    await dataset.close();
  });

  it('refuses a folder made with other options, and says which', async () => {
    const error = await rejectionOf(prepare(asked('whole', { size: 32, hop: 2 })));
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
    expect(error).to.have.property('message').that.includes('size is 16 there and 32 here, hop is 4 there and 2 here');
  });

  it('reads a part of each video, exact to the frame', async () => {
    const inputs = [folder.path('videos/sub/c.mp4')];
    const span = { startSeconds: 7 / 12, endSeconds: 16 / 12 };
    const result = await prepare(asked('part-of-each', { inputs, ...span }));
    expect(result).to.include({ clips: 2 });
    const dataset = await openDataset(folder.path('part-of-each'));
    expect(dataset.clips.map(({ startSeconds }) => Math.round(startSeconds * 12))).to.deep.equal([7, 11]);
    await dataset.close();
    const shard = await readFile(folder.path('part-of-each/shards/00000.npy'));
    const frameLength = 16 * 16 * 3;
    const first = shard.length - 8 * frameLength;
    for (let frame = 0; frame < 8; frame++) {
      expect(shard[first + frame * frameLength]).to.be.closeTo(greyOf(7 + frame), 2);
    }
    const other = await rejectionOf(prepare(asked('part-of-each', { inputs })));
    expect(other).to.have.property('message').that.includes('startSeconds is 0.583').and.includes('not given here');
  });

  it('replaces a dataset on demand, and nothing else', async () => {
    await cp(folder.path('whole'), folder.path('replaced'), { recursive: true });
    await writeFile(folder.path('replaced/notes.txt'), 'mine');
    const inputs = [folder.path('videos/a.mp4')];
    const result = await prepare(asked('replaced', { inputs, frames: 6, overwrite: true }));
    expect(result).to.include({ videos: 1, clips: 3, skipped: 0 });
    expect(result.failures).to.deep.equal([]);
    expect(await readFile(folder.path('replaced/notes.txt'), 'utf8')).to.equal('mine');
    expect(await readdir(folder.path('replaced/shards'))).to.deep.equal(['00000.npy']);

    await mkdir(folder.path('thesis'));
    await writeFile(folder.path('thesis/chapter.txt'), 'mine');
    const foreign = await rejectionOf(prepare(asked('thesis', { overwrite: true })));
    expect(foreign).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
    expect(await readdir(folder.path('thesis'))).to.deep.equal(['chapter.txt']);
  });

  it('goes on where it was stopped by a signal, and ends in the same bytes', async () => {
    const whole = await folderContents(folder.path('whole'));
    for (const last of [1, 2, 4, 8]) {
      const stop = new AbortController();
      const reason = new Error('SIGINT');
      const stopped = prepare(asked(`stopped-${last}`), {
        signal: stop.signal,
        onProgress: ({ done }) => done === last && stop.abort(reason),
      });
      expect(await rejectionOf(stopped)).to.equal(reason);
      expect(await rejectionOf(openDataset(folder.path(`stopped-${last}`))))
        .to.have.property('message')
        .that.includes('unfinished');
      expect(await prepare(asked(`stopped-${last}`))).to.include({ skipped: last });
      expect(await folderContents(folder.path(`stopped-${last}`))).to.deep.equal(whole);
    }
  });

  it('goes on where it was killed, and ends in the same bytes', async () => {
    await mkdir(folder.path('twenty'));
    for (let video = 10; video < 30; video++) {
      await copyFile(folder.path(`videos/${video % 4 === 0 ? 'cut' : 'a'}.mp4`), folder.path(`twenty/${video}.mp4`));
    }
    const inputs = [folder.path('twenty')];
    await prepare(asked('unbroken', { inputs }));
    const program = fileURLToPath(new URL('prepare-process.ts', import.meta.url));
    for (const last of [3, 17]) {
      const options = asked('killed', { inputs });
      const child = spawn(process.execPath, ['--import=tsx', program, JSON.stringify(options)], { stdio: 'pipe' });
      child.stdout.setEncoding('utf8').on('data', (lines: string) => {
        if (lines.split('\n').some((line) => Number(line) >= last)) child.kill('SIGKILL');
      });
      const signal = await new Promise((ended) => child.on('close', (_code, by) => ended(by)));
      expect(signal).to.equal('SIGKILL');
    }
    expect((await prepare(asked('killed', { inputs }))).skipped).to.be.at.least(16);
    expect(await folderContents(folder.path('killed'))).to.deep.equal(await folderContents(folder.path('unbroken')));
  }).timeout(60_000);

  it('shares a corpus between machines', async () => {
    const seen: string[] = [];
    for (const index of [0, 1]) {
      const part = { index, count: 2 };
      await prepare(asked(`part-${index}`, { part }));
      const dataset = await openDataset(folder.path(`part-${index}`));
      seen.push(...new Set(dataset.clips.map(({ video }) => video)));
      await dataset.close();
    }
    expect(seen.sort()).to.deep.equal(['a.mp4', 'b.gif', 'cut.mp4', 'sub/c.mp4', 'z.mp4']);
  });

  it('says why nothing could be made, and lists it', async () => {
    const inputs = ['text.mp4', 'short.mp4', 'notes.txt'].map((name) => folder.path(`videos/${name}`));
    for (let call = 0; call < 2; call++) {
      const error = await rejectionOf(prepare(asked('nothing', { inputs })));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error)
        .to.have.property('message')
        .that.matches(/text\.mp4 is not-a-video.*short\.mp4 is too-short.*notes\.txt/);
    }
    const listed = await readFile(folder.path('nothing/failures.jsonl'), 'utf8');
    expect(listed.trim().split('\n')).to.have.length(3);
    expect(await rejectionOf(openDataset(folder.path('nothing'))))
      .to.have.property('message')
      .that.includes('no clips');
  });

  it('names inputs that are missing or empty before anything is made', async () => {
    await mkdir(folder.path('bare'));
    for (const input of ['bare', 'absent.mp4']) {
      const error = await rejectionOf(prepare(asked('never', { inputs: [folder.path(input)] })));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.includes(input);
    }
    expect(await readdir(folder.path('.'))).not.to.include('never');
    await rm(folder.path('bare'), { recursive: true });
  });
});
