import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { compareVideos, isVideoName, partOf, scanInputs, type ScanOptions } from '../../lib/dataset/scan.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

const run = promisify(execFile);

describe('scanInputs', () => {
  const folder = temporaryFolder();
  const scan = (inputs: readonly string[], options: ScanOptions = {}) =>
    scanInputs(inputs.map(folder.path), { except: folder.path('data'), ...options });
  const namesOf = async (inputs: readonly string[], options?: ScanOptions) =>
    (await scan(inputs, options)).videos.map(({ video }) => video);
  const fill = async (...files: readonly string[]) => {
    for (const file of files) {
      await mkdir(dirname(folder.path(file)), { recursive: true });
      await writeFile(folder.path(file), '');
    }
  };

  before(() =>
    fill(
      ...['a/b.mp4', 'a/B.MKV', 'a/10.webm', 'a/9.gif', 'a/notes.txt', 'a/.hidden.mp4', 'a/.git/x.mp4', 'a/ä ö.mov'],
      ...['a/sub.mp4', 'a/sub/b.mp4', 'a/sub/deep/c.avi', 'a/sub/cover.jpg', 'other/b.mp4', 'data/shards/0.npy'],
      ...['data/x.mp4', 'far/deep/d.mp4', 'far/e.mp4'],
    ),
  );

  it('finds what is a video by its extension, sorted, in all folders but hidden ones', async () => {
    expect(await scan(['a'])).to.include({ passedOver: 2, linksLeft: 0 });
    expect(await namesOf(['a'])).to.deep.equal([
      ...['10.webm', '9.gif', 'B.MKV', 'b.mp4', 'sub/b.mp4', 'sub/deep/c.avi', 'sub.mp4', 'ä ö.mov'],
    ]);
  });

  it('takes a file that is named outright, whatever it is called', async () => {
    const { videos, passedOver } = await scan(['a/notes.txt', 'a/sub']);
    expect(videos.map(({ path, video }) => ({ path, video }))).to.deep.equal([
      { path: folder.path('a/notes.txt'), video: 'notes.txt' },
      { path: folder.path('a/sub/b.mp4'), video: 'b.mp4' },
      { path: folder.path('a/sub/deep/c.avi'), video: 'deep/c.avi' },
    ]);
    expect(passedOver).to.equal(1);
  });

  it('takes a file that is named twice once, where it is named first', async () => {
    expect(await namesOf(['other', 'other/b.mp4', 'other'])).to.deep.equal(['b.mp4']);
    expect(await namesOf(['a/sub/deep', 'a/sub/b.mp4', 'a/sub/deep/c.avi'])).to.deep.equal(['c.avi', 'b.mp4']);
    expect(await namesOf(['a/sub/b.mp4', 'a/sub/deep', 'a/sub'])).to.deep.equal(['b.mp4', 'c.avi']);
  });

  it('leaves the dataset folder out', async () => {
    expect((await namesOf(['.'])).filter((name) => name.startsWith('data/'))).to.deep.equal([]);
    expect((await namesOf(['.'], { except: undefined })).filter((name) => name.startsWith('data/'))).to.have.length(1);
  });

  it('refuses two files of one name, and what does not exist', async () => {
    const twice = await rejectionOf(scan(['a', 'other']));
    expect(twice).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
    expect(twice).to.have.property('message').that.includes('other/b.mp4').and.includes('a/b.mp4');
    const absent = await rejectionOf(scan(['absent']));
    expect(absent).to.be.instanceOf(LacunaError).with.property('message').that.includes('absent');
  });

  describe('with symbolic links', () => {
    const link = (target: string, name: string) => symlink(folder.path(target), folder.path(name));

    before(async () => {
      await fill('in/b.mp4', 'in/sub/c.mp4', 'in/.store/1f2e', 'in/.store/3a4b.mp4', 'in/.more/x.mp4', 'in/raw.data');
      // To what is found anyway: a file, a folder, a folder above.
      await link('in/b.mp4', 'in/a-again.mp4');
      await link('in/sub', 'in/again');
      await link('in', 'in/sub/up');
      // To what is in the input and not searched by itself.
      await link('in/.store/1f2e', 'in/kept-1.mp4');
      await link('in/.store/1f2e', 'in/kept-2.mp4');
      await link('in/.store/3a4b.mp4', 'in/kept-3.mp4');
      await link('in/.more', 'in/more');
      await link('in/raw.data', 'in/raw.mp4');
      // Out of it: folders that overlap, a file, and what is no video.
      await link('far/deep', 'in/out-1');
      await link('far', 'in/out-2');
      await link('far/e.mp4', 'in/out-0.mp4');
      await link('a/notes.txt', 'in/out.txt');
      await link('in/gone.mp4', 'in/dangling.mp4');
      await link('in/gone.txt', 'in/dangling.txt');
    });
    const inside = ['b.mp4', 'kept-1.mp4', 'kept-3.mp4', 'more/x.mp4', 'raw.mp4', 'sub/c.mp4'];

    it('takes each real file of the input once, and counts the links that lead out of it', async () => {
      expect(await namesOf(['in'])).to.deep.equal(inside);
      const { linksLeft, passedOver, unreadable } = await scan(['in']);
      expect(linksLeft).to.equal(3);
      // raw.data, out.txt and dangling.txt
      expect(passedOver).to.equal(3);
      expect(unreadable).to.deep.equal([{ path: folder.path('in/dangling.mp4'), code: 'ENOENT' }]);
    });

    it('follows them on demand, and still takes each real file once', async () => {
      const options = { followLinks: true };
      expect(await namesOf(['in'], options)).to.deep.equal([
        ...[...inside.slice(0, 4), 'out-0.mp4', 'out-1/d.mp4'],
        ...inside.slice(4),
      ]);
      expect(await scan(['in'], options)).to.include({ linksLeft: 0 });
      // A link to a folder above the input never ends, unless each folder is entered once.
      expect(await namesOf(['in/sub'], options))
        .to.include.members(['c.mp4', 'up/b.mp4'])
        .and.have.length(8);
      expect(await namesOf(['in/sub'])).to.deep.equal(['c.mp4']);
    });

    it('takes a place that another input holds where that input is', async () => {
      const { videos, linksLeft } = await scan(['in', 'far']);
      expect(videos.map(({ video }) => video)).to.deep.equal([...inside, 'deep/d.mp4', 'e.mp4']);
      expect(linksLeft).to.equal(0);
    });
  });

  it('lists what has the name of a video and is no file, and opens none', async function () {
    if (process.platform === 'win32') this.skip();
    await fill('pipes/b.mp4');
    await run('mkfifo', [folder.path('pipes/a.mp4')]);
    await run('mkfifo', [folder.path('pipes/a')]);
    await symlink(folder.path('pipes/a.mp4'), folder.path('pipes/c.mp4'));
    await symlink(folder.path('pipes/a'), folder.path('pipes/c'));
    const { videos, passedOver } = await scan(['pipes']);
    expect(videos.map(({ video }) => video)).to.deep.equal(['a.mp4', 'b.mp4']);
    expect(passedOver).to.equal(2);
  });

  it('records folders that it may not read, and goes on', async function () {
    // Root may read everything, so that it has to be somebody else for a moment.
    if (process.platform === 'win32') this.skip();
    await fill('closed/a.mp4', 'closed/no/b.mp4', 'closed/z.mp4');
    await symlink(folder.path('closed/no/b.mp4'), folder.path('closed/link.mp4'));
    await chmod(folder.path('.'), 0o755);
    await chmod(folder.path('closed/no'), 0);
    const user = process.geteuid?.();
    if (user === 0) process.seteuid?.(65534);
    try {
      const { videos, unreadable } = await scan(['closed']);
      expect(videos.map(({ video }) => video)).to.deep.equal(['a.mp4', 'z.mp4']);
      expect(unreadable).to.deep.equal([
        { path: folder.path('closed/link.mp4'), code: 'EACCES' },
        { path: folder.path('closed/no'), code: 'EACCES' },
      ]);
      const error = await rejectionOf(scan(['closed/no']));
      expect(error)
        .to.be.instanceOf(LacunaError)
        .with.property('message')
        .that.includes('closed/no')
        .and.includes('EACCES');
    } finally {
      if (user === 0) process.seteuid?.(0);
      await chmod(folder.path('closed/no'), 0o755);
    }
  });

  it('ends where it is told to', async () => {
    const reason = new Error('enough');
    expect(await rejectionOf(scan(['a'], { signal: AbortSignal.abort(reason) }))).to.equal(reason);
  });

  it('records a folder that is gone when its turn comes, and goes on', async () => {
    await fill('going/1/a.mp4', 'going/2/a.mp4', 'going/3/a.mp4');
    const { signal } = new AbortController();
    let looks = 0;
    // It looks at the signal once for the folder and once for each of the three names in it, before it enters the first.
    signal.throwIfAborted = () => {
      looks += 1;
      if (looks === 5) rmSync(folder.path('going/2'), { recursive: true });
    };
    const { videos, unreadable } = await scan(['going'], { signal });
    expect(videos.map(({ video }) => video)).to.deep.equal(['1/a.mp4', '3/a.mp4']);
    expect(unreadable).to.deep.equal([{ path: folder.path('going/2'), code: 'ENOENT' }]);
  });

  it('keeps little in memory for each file', async () => {
    const files = 40_000;
    for (let file = 0; file < files; file++) {
      const place = folder.path(`many/class-${file % 20}/session-${file % 100}`);
      if (file < 100) mkdirSync(place, { recursive: true });
      writeFileSync(`${place}/recording-${String(file).padStart(7, '0')}.${file % 400 < 200 ? 'mp4' : 'txt'}`, '');
    }
    const program = fileURLToPath(new URL('scan-process.ts', import.meta.url));
    const words = ['--expose-gc', '--import=tsx', program, folder.path('many')];
    const { stdout } = await run(process.execPath, words, { env: { ...process.env, NODE_OPTIONS: '' } });
    const { videos, passedOver, bytes } = JSON.parse(stdout) as Record<'videos' | 'passedOver' | 'bytes', number>;
    expect([videos, passedOver]).to.deep.equal([files / 2, files / 2]);
    // A list of a million of them takes less than 180 MB; as paths and names of their own they would take 300.
    expect(bytes / videos).to.be.within(20, 180);
  });
});

describe('compareVideos', () => {
  const folder = temporaryFolder();

  it('is the order in which they are found', async () => {
    const names = [
      'a',
      'a-b/c',
      'a.b',
      'a/b',
      'a/b.c',
      'a/b/c',
      'a0',
      'b',
      'ä/ö',
      '0',
      'A/z',
      'a/b-c/d',
      '😀',
      '\uffee',
    ];
    for (const name of names) {
      const file = folder.path(`order/${name}.mp4`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, '');
    }
    const { videos } = await scanInputs([folder.path('order')]);
    const found = videos.map(({ video }) => video);
    expect(found).to.have.length(names.length);
    expect([...found].reverse().sort(compareVideos)).to.deep.equal(found);
    expect(compareVideos('a/b.mp4', 'a/b.mp4')).to.equal(0);
  });
});

describe('isVideoName', () => {
  it('goes by the extension, in any case', () => {
    expect(['x.mp4', 'x.MP4', 'x.tar.webm', '.x.gif'].every(isVideoName)).to.equal(true);
    expect(['mp4', 'x.mp3', 'x.png', 'x.mp4.part', 'x'].some(isVideoName)).to.equal(false);
  });
});

describe('partOf', () => {
  it('puts each video into one part, about evenly, by its name alone', () => {
    const counts = [0, 0, 0, 0];
    for (let video = 0; video < 4000; video++) {
      const part = partOf(`folder/${video}.mp4`, 4);
      counts[part] = (counts[part] ?? NaN) + 1;
    }
    counts.forEach((count) => expect(count).to.be.within(900, 1100));
    // A choice that must never change: machines of different versions share a corpus.
    expect([partOf('a.mp4', 1), partOf('a.mp4', 1000)]).to.deep.equal([0, 835]);
  });
});
