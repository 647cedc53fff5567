import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { prepare } from '../../lib/dataset/prepare.js';
import type { PrepareOptions } from '../../lib/dataset/prepare-options.js';
import { startCommand } from '../cli/start-command.js';
import {
  cutFile,
  isProcessGone,
  makeProgram,
  makeVideo,
  rejectionOf,
  temporaryFolder,
  withFfmpeg,
} from '../video/made-videos.js';
import { folderContents } from './folder-contents.js';

const run = promisify(execFile);

describe('prepare, where something fails', () => {
  const folder = temporaryFolder();
  const asked = (out: string, options: Partial<PrepareOptions> = {}): PrepareOptions => ({
    inputs: [folder.path('videos')],
    out: folder.path(out),
    ...{ size: 16, fps: 12, frames: 4, jobs: 2 },
    ...options,
  });
  const words = (out: string, ...more: readonly string[]) => [
    ...['prepare', folder.path('videos'), '--out', out, '--size', '16', '--frames', '4', '--quiet'],
    ...more,
  ];
  let whole: Record<string, string>;

  before(async () => {
    await mkdir(folder.path('videos'));
    const noise = (frame: number, y: number, x: number) => (frame * 37 + y * x) % 256;
    await makeVideo(folder.path('cut.mp4'), { frames: 40, width: 64, height: 64, value: noise });
    await cutFile(folder.path('cut.mp4'), 0.5);
    await makeVideo(folder.path('good.mp4'), { frames: 18 });
    // One in three gives clips and a failure.
    for (let video = 10; video < 50; video++) {
      await copyFile(folder.path(video % 3 === 0 ? 'cut.mp4' : 'good.mp4'), folder.path(`videos/${video}.mp4`));
    }
    await prepare(asked('whole'));
    whole = await folderContents(folder.path('whole'));
  });

  /** A file system of its own, where this user may mount one. */
  const mounted = async (
    test: Mocha.Context,
    options: string,
    work: (path: string) => Promise<void>,
  ): Promise<void> => {
    const path = folder.path('mount');
    await mkdir(path, { recursive: true });
    try {
      await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
    } catch {
      test.skip();
    }
    try {
      await work(path);
    } finally {
      await run('umount', ['-l', path]);
    }
  };

  it('says that the disk is full, and goes on to the same bytes (where a file system may be mounted)', async function () {
    await mounted(this, 'size=16k', async (mount) => {
      // Beforehand it would be refused by an estimate.
      const options = { ...asked(''), out: `${mount}/data`, diskCheck: false };
      // Each size is full at another moment: the description, a shard, a list.
      for (const kib of [16, 64, 120, 200, 300, 420, 440, 450, 460, 480]) {
        await run('mount', ['-o', `remount,size=${kib}k`, mount]);
        const error = await rejectionOf(prepare(options));
        expect(error, `${kib} KiB`).to.be.instanceOf(LacunaError);
        expect(error)
          .to.have.property('message')
          .that.matches(/has no room for more; free some and run the same/);
        expect(await rejectionOf(openDataset(options.out))).to.be.instanceOf(LacunaError);
      }
      await run('mount', ['-o', 'remount,size=8m', mount]);
      await prepare(options);
      expect(await folderContents(options.out)).to.deep.equal(whole);
    });
  });

  it('keeps no failures of videos whose clips could not be listed', async function () {
    if (process.platform === 'win32') this.skip();
    await mkdir(folder.path('named'));
    const longName = 'a name that makes a list longer than the clips '.repeat(4);
    for (let video = 10; video < 50; video++) {
      await copyFile(folder.path('cut.mp4'), folder.path(`named/${video} ${longName}.mp4`));
    }
    const command = fileURLToPath(new URL('../../bin/lacuna.js', import.meta.url));
    const inputs = [folder.path('named')];
    const small = { inputs, size: 8, frames: 1, shardClips: 50 };
    const limited = [command, 'prepare', ...inputs, '--out', folder.path('listed'), '--quiet'];
    const sizes = ['--size', '8', '--frames', '1', '--shard-clips', '50', '--jobs', '2'];
    // No file may grow above so many blocks: clips.jsonl would, the others not.
    const shell = 'trap "" XFSZ; ulimit -f "$0"; exec "$@"';
    const end = await run('sh', ['-c', shell, '100', process.execPath, ...limited, ...sizes]).catch(
      (error: unknown) => error,
    );
    expect(end)
      .to.have.property('stderr')
      .that.matches(/listed has no room for more; free some/);
    await prepare(asked('listed', small));
    await prepare(asked('listed-whole', small));
    expect(await folderContents(folder.path('listed'))).to.deep.equal(
      await folderContents(folder.path('listed-whole')),
    );

    const merge = [command, 'merge', folder.path('listed'), '--out', folder.path('merged'), '--quiet'];
    const stopped = await run('sh', ['-c', shell, '100', process.execPath, ...merge]).catch((error: unknown) => error);
    expect(stopped)
      .to.have.property('stderr')
      .that.matches(/merged has no room for more; free some and run the same merge again/);
    await run(process.execPath, merge);
    expect(await folderContents(folder.path('merged'))).to.deep.equal(await folderContents(folder.path('listed')));
  });

  it('says that the target is read-only, and changes nothing (where a file system may be mounted)', async function () {
    await mounted(this, 'size=8m', async (mount) => {
      const out = `${mount}/data`;
      const inputs = [folder.path('videos/10.mp4')];
      await prepare({ ...asked(''), inputs, out });
      const before = await folderContents(out);
      await run('mount', ['-o', 'remount,ro', mount]);
      const more = await startCommand(words(out));
      expect(more.stderr).to.match(/^lacuna: .*data cannot be written to; change its permissions or mount/);
      expect(more.code).to.equal(1);
      expect((await startCommand(words(`${mount}/other`))).stderr).to.match(
        /other cannot be made; name another folder/,
      );
      // What is there already needs no writing.
      expect(await prepare({ ...asked(''), inputs, out })).to.include({ skipped: 1 });
      expect(await folderContents(out)).to.deep.equal(before);
      await run('mount', ['-o', 'remount,rw', mount]);
      await prepare({ ...asked(''), out });
      expect(await folderContents(out)).to.deep.equal(whole);
    });
  });

  it('says that the target has gone, and makes it anew', async () => {
    const options = asked('moved');
    const gone = prepare(options, {
      onProgress: ({ done }) => {
        if (done === 3) void rename(folder.path('moved'), folder.path('elsewhere'));
      },
    });
    expect(await rejectionOf(gone))
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.matches(/moved is gone or its disk does not answer; bring it back and run the same prepare again/);
    // Nobody takes what was left for a dataset; brought back, it is gone on with.
    expect(await rejectionOf(openDataset(folder.path('elsewhere')))).to.be.instanceOf(LacunaError);
    await rename(folder.path('elsewhere'), folder.path('moved'));
    await prepare(options);
    expect(await folderContents(folder.path('moved'))).to.deep.equal(whole);
  });

  it('lists a video that has gone since the search, and takes the rest', async () => {
    await mkdir(folder.path('some'));
    for (const name of ['a', 'b', 'c', 'd']) await copyFile(folder.path('good.mp4'), folder.path(`some/${name}.mp4`));
    // It goes when the first decoder starts.
    const ffmpeg = process.env['LACUNA_FFMPEG'] ?? 'ffmpeg';
    const program = await makeProgram(
      folder.path('remover'),
      `rm -f ${folder.path('some/d.mp4')}; exec ${ffmpeg} "$@"`,
    );
    const result = await withFfmpeg(program, () =>
      prepare(asked('some-data', { inputs: [folder.path('some')], jobs: 1 })),
    );
    expect(result.failures).to.deep.equal([
      { video: 'd.mp4', reason: 'unreadable', detail: 'there is no such file any more, or its name is not UTF-8' },
    ]);
    expect(result.videos).to.equal(3);
  });

  it('ends where the disk of the videos has gone, and goes on to the same bytes', async () => {
    const gone = prepare(asked('disk', { jobs: 1 }), {
      onProgress: ({ done }) => {
        if (done === 2) void rename(folder.path('videos'), folder.path('unplugged'));
      },
    });
    expect(await rejectionOf(gone))
      .to.have.property('message')
      .that.matches(/videos is empty or gone; bring it back, or correct the path, and run the same again/);
    await rename(folder.path('unplugged'), folder.path('videos'));
    await prepare(asked('disk'));
    expect(await folderContents(folder.path('disk'))).to.deep.equal(whole);
  });

  it('ends a decoder that hangs, with all that it has started, and takes the rest', async () => {
    // A wrapper as people write them: it starts the decoder as a child; one video makes it hang.
    const ffmpeg = process.env['LACUNA_FFMPEG'] ?? 'ffmpeg';
    const hang = `sleep 300 & echo $! >> ${folder.path('hung')}; echo $$ >> ${folder.path('hung')}; wait`;
    const line = `case "$*" in *11.mp4*) ${hang};; *) ${ffmpeg} "$@" & wait $!;; esac`;
    const program = await makeProgram(folder.path('wrapper'), line);
    const result = await withFfmpeg(program, () => prepare(asked('hung-data', { timeoutSeconds: 4 })));
    expect(result.failures.find(({ video }) => video === '11.mp4')).to.deep.equal({
      ...{ video: '11.mp4', reason: 'timeout', detail: 'ffmpeg was killed' },
    });
    expect(result.videos).to.equal(39);
    const started = (await readFile(folder.path('hung'), 'utf8')).trimEnd().split('\n').map(Number);
    // Two processes of the run for a group of small files, and two of the run for this one.
    expect(started).to.have.length(4);
    for (const id of started) expect(await isProcessGone(id), `${id}`).to.equal(true);
  });

  (process.platform === 'win32' ? it.skip : it)(
    'says that too many files are open, and goes on to the same bytes',
    async () => {
      await mkdir(folder.path('many'));
      // Small files share a decoder; these do not.
      const freeSpace = Buffer.alloc(2 ** 20);
      freeSpace.writeUInt32BE(freeSpace.length);
      freeSpace.write('free', 4);
      for (let video = 10; video < 70; video++) {
        const file = folder.path(`many/${video}.mp4`);
        await copyFile(folder.path(video % 3 === 0 ? 'cut.mp4' : 'good.mp4'), file);
        await appendFile(file, freeSpace);
      }
      const limited = (limit: number) => {
        const more = ['--size', '16', '--frames', '4', '--quiet', '--jobs', '60'];
        return startCommand(
          [folder.path('limited.sh'), `${limit}`, 'prepare', folder.path('many'), '--out', folder.path('few'), ...more],
          { script: folder.path('limited.mjs') },
        );
      };
      // The limit is set before node starts: by a shell that becomes the command.
      const command = fileURLToPath(new URL('../../bin/lacuna.js', import.meta.url));
      await writeFile(
        folder.path('limited.sh'),
        `ulimit -n "$1"; shift; exec "${process.execPath}" "${command}" "$@"\n`,
      );
      await writeFile(
        folder.path('limited.mjs'),
        `import { spawnSync } from 'node:child_process';
       const { status, stdout, stderr } = spawnSync('sh', process.argv.slice(2));
       process.stdout.write(stdout); process.stderr.write(stderr); process.exitCode = status;`,
      );
      // Too few to load the program, and too few for 60 decoders.
      const ends = [await limited(60), await limited(125)];
      for (const { code, stderr } of ends) {
        expect(stderr).to.match(/^lacuna: .*(ulimit -n)/);
        expect(stderr.trimEnd()).not.to.contain('\n');
        expect(code).to.equal(1);
      }
      const inputs = [folder.path('many')];
      await prepare(asked('few', { inputs }));
      await prepare(asked('many-whole', { inputs }));
      expect(await folderContents(folder.path('few'))).to.deep.equal(await folderContents(folder.path('many-whole')));
    },
  );
});
