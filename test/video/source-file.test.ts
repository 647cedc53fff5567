import { expect } from 'chai';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { DecodeError } from '../../lib/video/failure-reason.js';
import { checkSourceFile, failureOfFile, listsKeyFrames, SourceFileError } from '../../lib/video/source-file.js';
import { makeWithFfmpeg, rejectionOf, temporaryFolder } from './made-videos.js';

describe('checkSourceFile', () => {
  const folder = temporaryFolder();

  it('takes a file that holds something', async () => {
    await writeFile(folder.path('some'), 'x');
    await checkSourceFile(folder.path('some'));
  });

  it('names what is missing, a folder, or empty', async () => {
    await writeFile(folder.path('none'), '');
    for (const path of [folder.path('absent'), folder.path('.')]) {
      const error = await rejectionOf(checkSourceFile(path));
      expect(error).to.be.instanceOf(LacunaError).and.not.instanceOf(DecodeError);
      expect(error).to.have.property('message').that.includes(path);
    }
    for (const [path, reason] of [
      ['absent', 'unreadable'],
      ['.', 'not-a-video'],
    ] as const) {
      const found = await rejectionOf(checkSourceFile(folder.path(path)));
      expect(found).to.be.instanceOf(SourceFileError).with.nested.property('failure.reason', reason);
    }
    const error = await rejectionOf(checkSourceFile(folder.path('none')));
    expect(error).to.be.instanceOf(DecodeError).and.include({ reason: 'not-a-video', detail: 'the file is empty' });
  });
});

describe('listsKeyFrames', () => {
  const folder = temporaryFolder();

  it('is asked of a file that may not be read, and leaves the complaint to ffmpeg', async function () {
    // Root may read everything, so that it has to be somebody else for a moment.
    if (process.platform === 'win32') this.skip();
    await makeWithFfmpeg(folder.path('closed.mp4'), '-f', 'lavfi', '-i', 'color=size=16x16:duration=0.2');
    expect(await listsKeyFrames(folder.path('closed.mp4'))).to.equal(true);
    await chmod(folder.path('.'), 0o755);
    await chmod(folder.path('closed.mp4'), 0);
    const user = process.geteuid?.();
    if (user === 0) process.seteuid?.(65534);
    try {
      expect(await listsKeyFrames(folder.path('closed.mp4'))).to.equal(false);
    } finally {
      if (user === 0) process.seteuid?.(0);
    }
  });
});

describe('checkSourceFile, where the disk is gone', () => {
  const folder = temporaryFolder();

  it('blames the folder and not the file', async () => {
    await mkdir(folder.path('unmounted'));
    for (const path of [folder.path('unmounted/a.mp4'), folder.path('gone/a.mp4')]) {
      const error = await rejectionOf(checkSourceFile(path));
      expect(error).to.be.instanceOf(LacunaError).and.not.instanceOf(SourceFileError);
      expect(error)
        .to.have.property('message')
        .that.matches(/(unmounted|gone) is empty or gone; bring it back/);
    }
  });
});

describe('failureOfFile', () => {
  const folder = temporaryFolder();
  const outcome = { exitCode: 1, timedOut: false, log: ['[mov,mp4 @ 0x1] [error] moov atom not found'] };

  it('tells a movie without its index from other bytes', async () => {
    await writeFile(folder.path('notes.mp4'), 'these are notes\n'.repeat(20));
    await writeFile(folder.path('movie.mp4'), Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from('mdat')]));
    expect(await failureOfFile(folder.path('notes.mp4'), outcome)).to.have.property('reason', 'not-a-video');
    expect(await failureOfFile(folder.path('movie.mp4'), outcome)).to.have.property('reason', 'truncated');
  });

  it('tells notes from a Matroska file, a GIF or a bare stream, whatever they are called', async () => {
    for (const extension of ['mkv', 'webm', 'gif', 'y4m', 'h264', 'hevc', 'm4v', 'mjpeg', 'mp4', 'avi', 'ts', 'mpg']) {
      for (const content of ['this is no video\n'.repeat(90), '\0'.repeat(2000)]) {
        const path = folder.path(`notes.${extension}`);
        await writeFile(path, content);
        const error = await rejectionOf(decodeVideo(path, { width: 8, height: 8 }).next());
        expect(error, extension).to.have.property('reason', 'not-a-video');
      }
    }
  });

  it('calls a damaged Matroska file unreadable, not something else', async () => {
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=12:duration=1'];
    const path = await makeWithFfmpeg(folder.path('damaged.mkv'), ...source);
    const bytes = await readFile(path);
    bytes.fill(0xff, 4, 60);
    await writeFile(path, bytes);
    const error = await rejectionOf(decodeVideo(path, { width: 8, height: 8 }).next());
    expect(error).to.have.property('reason', 'unreadable');
  });

  it('leaves other failures as they are', async () => {
    await writeFile(folder.path('other.mp4'), 'x');
    const timeout = await failureOfFile(folder.path('other.mp4'), { ...outcome, timedOut: true, log: [] });
    expect(timeout).to.have.property('reason', 'timeout');
  });

  it('blames the machine where that is at its limits, unless it is only the name that says so', async () => {
    const path = folder.path('Too many open files.mp4');
    await writeFile(path, 'x');
    const named = await failureOfFile(path, { ...outcome, log: [`[error] file:${path}: Invalid data found`] });
    expect(named).to.be.instanceOf(DecodeError);
    const full = await failureOfFile(path, { ...outcome, log: [`[error] file:${path}: Too many open files`] });
    expect(full).to.be.instanceOf(LacunaError).and.not.instanceOf(DecodeError);
    expect(full.message).to.match(/ulimit -n/);
  });

  it('says that the file has gone meanwhile', async () => {
    expect(await failureOfFile(folder.path('absent.mp4'), outcome)).to.be.instanceOf(SourceFileError);
  });
});
