import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { createRandom } from '../../lib/clip/random.js';
import { writeWorld } from '../../lib/index.js';
import { folderContents } from '../dataset/folder-contents.js';
import { expectRefusals } from './refusals.js';
import { killAtWork, startCommand } from './start-command.js';

describe('lacuna prepare', () => {
  let folder: string;
  let videos: readonly string[];
  const at = (...names: string[]) => path.join(folder, ...names);
  const small = ['--size', '32', '--frames', '8'];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lacuna-'));
    videos = await writeWorld({ out: at('world'), videos: 12, seconds: 3, seed: 0, size: 32 });
    await writeFile(at('text.mp4'), 'this is no video\n');
    await mkdir(at('empty'));
  });
  after(() => rm(folder, { recursive: true }));

  it('makes a dataset and says what is in it and what comes next', async () => {
    const { code, stdout, stderr } = await startCommand(['prepare', at('world'), '--out', at('data'), ...small]);
    expect(stdout).to.match(
      /: 48 clips from 12 videos, 0 failures\n1 file passed over: not videos\nNext: lacuna pretrain \S+ --out run --hide patches:0\.75\n$/,
    );
    expect(stderr).to.match(/^12\/12 videos, /);
    expect(code).to.equal(0);
    expect(await readdir(at('data'))).to.include.members(['dataset.json', 'clips.jsonl', 'shards']);
  });

  it('prints one JSON object with --json and nothing else with --quiet', async () => {
    const words = ['prepare', at('world'), '--out', at('json'), ...small, '--json', '--quiet'];
    const { code, stdout, stderr } = await startCommand(words);
    expect(JSON.parse(stdout)).to.deep.equal({
      out: at('json'),
      videos: 12,
      clips: 48,
      failures: [],
      passedOver: 1,
      linksLeft: 0,
      unreadable: [],
      skipped: 0,
      classes: [],
      unmatched: [],
    });
    expect(stdout.trimEnd()).not.to.contain('\n');
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
  });

  it('reads from --start to --end', async () => {
    const words = ['prepare', at('world'), '--out', at('part'), ...small, '--start', '0:01', '--end', '2.5', '--json'];
    const { code, stdout } = await startCommand(words);
    expect(JSON.parse(stdout)).to.include({ videos: 12, clips: 24 });
    const [first = ''] = (await readFile(at('part', 'clips.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(first)).to.include({ startSeconds: 1 });
    expect(code).to.equal(0);
  });

  it('ends with 3 where a good video stands beside bad ones, and lists those', async () => {
    const cut = at('cut.mp4');
    await writeFile(cut, await readFile(videos[0] ?? ''));
    await truncate(cut, 2000);
    const words = ['prepare', videos[1] ?? '', at('text.mp4'), cut, '--out', at('mixed'), ...small];
    const { code, stderr } = await startCommand(words);
    expect(code).to.equal(3);
    expect(stderr).to.match(/^lacuna: text\.mp4 failed: /m);
    expect(stderr).to.match(/^lacuna: cut\.mp4 failed: truncated/m);
    const failures = (await readFile(at('mixed', 'failures.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(failures).to.have.length(2);
  });

  it('refuses bad input in one sentence, with the exit code that belongs to it', async () => {
    const prepare = (...words: string[]) => ['prepare', ...words, '--out', at('nothing')];
    await expectRefusals([
      ['a text file named .mp4', prepare(at('text.mp4')), /No clip could be made: text\.mp4 is not-a-video/, 1],
      ['a missing file', prepare(at('missing.mp4')), /missing\.mp4 does not exist/, 1],
      ['an empty folder', prepare(at('empty')), /No video was found in .*empty/, 1],
      ['too large a size', prepare(at('world'), '--size', '5000'), /^lacuna: --size: .*2048, got 5000; see --help/, 2],
      ['another way to fit', prepare(at('world'), '--fit', 'crop'), /^lacuna: --fit: .*"cover".*, got "crop"/, 2],
      ['a folder of something else', ['prepare', videos[0] ?? '', '--out', at('world')], /world holds other files/, 2],
    ]);
  });

  it('passes the limits on', async () => {
    const prepare = (out: string, ...words: string[]) => [
      'prepare',
      videos[0] ?? '',
      '--out',
      at(out),
      ...small,
      ...words,
    ];
    const narrow = await startCommand(prepare('pixels', '--max-pixels', '100'));
    expect(narrow.stderr).to.match(/too-large.*exceeds specified max pixel count 100/);
    expect(narrow.code).to.equal(1);
    // Of 36 frames, a second's twelve: one clip of eight.
    const second = await startCommand(prepare('seconds', '--max-seconds', '1'));
    expect(second.stdout).to.match(/1 clip from 1 video, 1 failure/);
    expect(second.stderr).to.match(/too-large: more than 12 frames/);
    expect(second.code).to.equal(3);
  });

  it('passes the error on as JSON where that was asked for, and shows the stack only with LACUNA_DEBUG=1', async () => {
    const words = ['prepare', at('missing.mp4'), '--out', at('nothing'), '--json'];
    const { stdout, stderr } = await startCommand(words, { environment: { LACUNA_DEBUG: '1' } });
    const { error, exitCode } = JSON.parse(stdout) as { error: string; exitCode: number };
    expect(error).to.match(/missing\.mp4 does not exist/);
    expect(exitCode).to.equal(1);
    // Without it there is one line, as with all that is refused.
    expect(stderr)
      .to.match(/^ {4}at /m)
      .and.contain(`lacuna: ${error}\n`);
  });

  it('refuses a folder that was made with other options, with exit code 2', async () => {
    const { code, stderr } = await startCommand(['prepare', at('world'), '--out', at('data'), '--size', '64']);
    expect(stderr).to.match(/^lacuna: .*made with other options.*size is 32 there and 64 here/);
    expect(code).to.equal(2);
  });

  it('says with --dry-run what it would make, ends as it would end, and writes nothing', async () => {
    const words = ['prepare', at('world'), '--out', at('dry'), ...small, '--dry-run', '--quiet'];
    const { code, stdout } = await startCommand(words);
    expect(stdout).to.match(
      /^.*dry: about 48 clips from 12 videos by their headers, 0 failures\n1\.2 MB of shards, where .* are free\n1 file passed over/,
    );
    expect(code).to.equal(0);
    const mixed = await startCommand([...words, at('text.mp4'), '--json']);
    expect(JSON.parse(mixed.stdout)).to.deep.include({ videos: 12, clips: 48, unknown: [], skipped: 0 });
    expect(mixed.code).to.equal(3);
    const nothing = ['prepare', at('text.mp4'), '--out', at('dry'), '--dry-run'];
    expect((await startCommand(nothing)).code).to.equal(1);
    expect(existsSync(at('dry'))).to.equal(false);
  });

  it('counts links that lead out of the folder, and follows them on demand', async () => {
    await mkdir(at('linked'));
    await symlink(at('world'), at('linked', 'world'));
    await copyFile(videos[0] ?? '', at('linked', 'own.mp4'));
    const words = ['prepare', at('linked'), ...small, '--out'];
    const left = await startCommand([...words, at('left')]);
    expect(left.stdout).to.match(/: 4 clips from 1 video, 0 failures\n1 link not followed: .*\(--follow-links\)\n/);
    const followed = await startCommand([...words, at('followed'), '--follow-links']);
    expect(followed.stdout).to.match(/: 52 clips from 13 videos, /);
  });

  it('tells of a folder that cannot be searched, with exit code 3', async () => {
    await mkdir(at('partly'));
    await copyFile(videos[0] ?? '', at('partly', 'own.mp4'));
    await symlink(at('partly', 'gone.mp4'), at('partly', 'dangling.mp4'));
    const { code, stderr } = await startCommand(['prepare', at('partly'), ...small, '--out', at('partly-made')]);
    expect(stderr)
      .to.match(/^lacuna: .*dangling\.mp4 failed: cannot be read \(ENOENT\)$/m)
      .and.not.match(/listed in/);
    expect(code).to.equal(3);
  });

  it('goes on wherever it was killed, with any number of jobs, to the same bytes', async () => {
    const options = [...small, '--shard-clips', '5', '--quiet'];
    await mkdir(at('many'));
    for (let index = 0; index < 24; index++) {
      await copyFile(videos[index % videos.length] ?? '', at('many', `${10 + index}.mp4`));
    }
    const make = (name: string, jobs: number) => [
      ...['prepare', at('many'), '--out', at(name), ...options, '--jobs', String(jobs)],
    ];
    const { milliseconds } = await startCommand(make('unbroken-4', 4));
    await startCommand(make('unbroken-1', 1));
    const whole = await folderContents(at('unbroken-4'));
    expect(await folderContents(at('unbroken-1'))).to.deep.equal(whole);

    const random = createRandom(5, 'kill');
    let killed = 0;
    for (let round = 0; round < 4; round++) {
      // From where it starts to write to where one that goes on is about at its end.
      const after = 0.5 * random.uniform() * milliseconds;
      if (await killAtWork(make('killed', 1 + (round % 4)), at('killed/unfinished.json'), after)) killed += 1;
    }
    expect(killed).to.be.at.least(1);
    expect((await startCommand(make('killed', 2))).code).to.equal(0);
    expect(await folderContents(at('killed'))).to.deep.equal(whole);
  }).timeout(180_000);

  it('appends videos that come later, and leaves what stood before', async () => {
    const options = [...small, '--shard-clips', '5', '--quiet'];
    await mkdir(at('growing'));
    const add = async (name: string, video: number) => copyFile(videos[video] ?? '', at('growing', name));
    await add('b.mp4', 0);
    await add('d.mp4', 1);
    const words = ['prepare', at('growing'), '--out', at('grown'), ...options];
    await startCommand(words);
    const before = await folderContents(at('grown'));
    const lines = await readFile(at('grown', 'clips.jsonl'), 'utf8');
    // One that would come first, and one in between.
    await add('a.mp4', 2);
    await add('c.mp4', 3);
    expect((await startCommand(words)).code).to.equal(0);
    const after = await folderContents(at('grown'));
    const first = path.join('shards', '00000.npy');
    expect(after[first]).to.equal(before[first]);
    const later = await readFile(at('grown', 'clips.jsonl'), 'utf8');
    expect(later.startsWith(lines)).to.equal(true);
    const added = later
      .slice(lines.length)
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { video: string }).video);
    expect([...new Set(added)]).to.deep.equal(['a.mp4', 'c.mp4']);
  });

  it('ends cleanly on SIGTERM, says how to go on, and goes on to the same bytes', async () => {
    const words = ['prepare', at('world'), '--out', at('stopped'), ...small, '--jobs', '1'];
    let hasEnded = false;
    const stopped = await startCommand(words, {
      onStart: async (send) => {
        while (!hasEnded && !existsSync(at('stopped', 'unfinished.json')))
          await new Promise((resolve) => setTimeout(resolve, 5));
        send('SIGTERM');
      },
    }).finally(() => (hasEnded = true));
    expect(stopped.stderr).to.match(/lacuna: interrupted; .*run the same command again to go on\n$/);
    expect(stopped.code).to.equal(143);
    expect((await startCommand(words)).code).to.equal(0);
    for (const file of ['dataset.json', 'clips.jsonl', path.join('shards', '00000.npy')]) {
      const [whole, resumed] = await Promise.all([readFile(at('data', file)), readFile(at('stopped', file))]);
      expect(resumed.equals(whole), file).to.equal(true);
    }
  });
});
