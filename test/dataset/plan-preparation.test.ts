import { expect } from 'chai';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { planPreparation } from '../../lib/dataset/plan-preparation.js';
import { prepare } from '../../lib/dataset/prepare.js';
import type { PrepareOptions } from '../../lib/dataset/prepare-options.js';
import { makeVideo, makeWithFfmpeg, rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { folderContents } from './folder-contents.js';

describe('planPreparation', () => {
  const folder = temporaryFolder();
  const asked = (out: string, options: Partial<PrepareOptions> = {}): PrepareOptions => ({
    inputs: [folder.path('videos')],
    out: folder.path(out),
    ...{ size: 16, fps: 12, frames: 4, jobs: 2, shardClips: 5 },
    ...options,
  });

  before(async () => {
    await mkdir(folder.path('videos/sub'), { recursive: true });
    await makeVideo(folder.path('videos/a.mp4'), { frames: 18 });
    await makeVideo(folder.path('videos/sub/b.mp4'), { frames: 30, fps: 24 });
    await makeVideo(folder.path('videos/short.mp4'), { frames: 3 });
    // A stream of frames without a container says no length.
    await makeWithFfmpeg(
      folder.path('videos/bare.mjpeg'),
      ...['-f', 'lavfi', '-i', 'testsrc=size=32x32:rate=25:duration=1', '-f', 'mjpeg'],
    );
    await writeFile(folder.path('videos/text.mp4'), 'not a video\n'.repeat(50));
    await writeFile(folder.path('videos/notes.txt'), '');
    await makeVideo(folder.path('out.mp4'), { frames: 18 });
    await symlink(folder.path('out.mp4'), folder.path('videos/link.mp4'));
  });

  it('says what prepare then makes, and writes nothing', async () => {
    const before = await readdir(folder.path('.'));
    const notes: string[] = [];
    const plan = await planPreparation(asked('data'), {
      onProgress: ({ unit, done, total, note }) => notes.push(`${done}/${total} ${unit} ${note}`),
    });
    expect(await readdir(folder.path('.'))).to.deep.equal(before);
    expect(notes).to.have.length(5).and.include('1/5 headers a.mp4');
    expect(plan).to.include({ out: folder.path('data'), videos: 2, clips: 7, passedOver: 1, linksLeft: 1, skipped: 0 });
    expect(plan.unknown).to.deep.equal(['bare.mjpeg']);
    expect(plan.failures.map(({ video, reason }) => `${video} ${reason}`)).to.deep.equal([
      ...['short.mp4 too-short', 'text.mp4 not-a-video'],
    ]);
    expect(plan.freeBytes).to.be.above(plan.bytes);

    const known = ['a.mp4', 'sub/b.mp4', 'short.mp4', 'text.mp4'].map((name) => folder.path(`videos/${name}`));
    const made = await prepare(asked('data', { inputs: known }));
    expect(made.clips).to.equal(plan.clips);
    expect(made.failures.map(({ reason }) => reason).sort()).to.deep.equal(['not-a-video', 'too-short']);
    const contents = await folderContents(folder.path('data'));
    const bytes = Object.entries(contents)
      .filter(([name]) => name.startsWith('shards/'))
      .reduce((sum, [, text]) => sum + Number.parseInt(text, 10), 0);
    expect(bytes).to.equal(plan.bytes);
  });

  it('counts what will be read, and takes no header for true that its file cannot hold', async () => {
    const video = folder.path('videos/a.mp4');
    const plan = (options: Partial<PrepareOptions>) =>
      planPreparation(asked('limited', { inputs: [video], ...options }));
    expect(await plan({ maxSeconds: 0.7 })).to.include({ videos: 1, clips: 2 });
    expect((await plan({ maxPixels: 1000 })).failures).to.deep.equal([
      { video: 'a.mp4', reason: 'too-large', detail: '32 × 32 pixels, where at most 1000 are decoded' },
    ]);
    const bytes = await readFile(await makeWithFfmpeg(folder.path('eternal.mkv'), '-i', video, '-c', 'copy'));
    // The length of a Matroska file, in milliseconds as a double.
    bytes.writeDoubleBE(1e9, bytes.indexOf(Buffer.of(0x44, 0x89, 0x88)) + 3);
    await writeFile(folder.path('eternal.mkv'), bytes);
    expect(await plan({ inputs: [folder.path('eternal.mkv')] })).to.deep.include({
      clips: 0,
      unknown: ['eternal.mkv'],
    });
  });

  it('leaves out what is there already, what another part takes, and what is not asked for', async () => {
    await prepare(asked('begun', { inputs: [folder.path('videos/a.mp4')] }));
    const before = await folderContents(folder.path('begun'));
    expect(await planPreparation(asked('begun'))).to.include({ videos: 1, clips: 3, skipped: 1 });
    expect(await planPreparation(asked('begun', { overwrite: true, frames: 6 }))).to.include({ videos: 2, skipped: 0 });
    expect(await planPreparation(asked('begun', { followLinks: true }))).to.include({ videos: 2, linksLeft: 0 });
    expect(await folderContents(folder.path('begun'))).to.deep.equal(before);
    const parts = await Promise.all(
      [0, 1].map((index) => planPreparation(asked('parts', { part: { index, count: 2 } }))),
    );
    expect(parts.reduce((sum, { clips }) => sum + clips, 0)).to.equal(7);
  });

  it('refuses what prepare refuses', async () => {
    await prepare(asked('other', { inputs: [folder.path('videos/a.mp4')] }));
    const error = await rejectionOf(planPreparation(asked('other', { size: 32 })));
    expect(error).to.be.instanceOf(LacunaError).with.property('message').that.includes('size is 16 there and 32 here');
    expect(await rejectionOf(planPreparation(asked('other', { inputs: [folder.path('gone')] })))).to.have.property(
      'kind',
      'input',
    );
    const reason = new Error('enough');
    expect(await rejectionOf(planPreparation(asked('x'), { signal: AbortSignal.abort(reason) }))).to.equal(reason);
  });
});
