import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { writeWorld } from '../../lib/index.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';

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
      /: 48 clips from 12 videos, 0 failures\n1 file passed over: not videos\nNext: lacuna pretrain /,
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
    });
    expect(stdout.trimEnd()).not.to.contain('\n');
    expect(stderr).to.equal('');
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

  it('ends cleanly on SIGTERM, says how to go on, and goes on to the same bytes', async () => {
    const words = ['prepare', at('world'), '--out', at('stopped'), ...small, '--jobs', '1'];
    const stopped = await startCommand(words, {
      onStart: async (send) => {
        while (!existsSync(at('stopped', 'unfinished.json'))) await new Promise((resolve) => setTimeout(resolve, 5));
        send('SIGTERM');
      },
    });
    expect(stopped.stderr).to.match(/lacuna: interrupted; .*run the same command again to go on\n$/);
    expect(stopped.code).to.equal(143);
    expect((await startCommand(words)).code).to.equal(0);
    for (const file of ['dataset.json', 'clips.jsonl', path.join('shards', '00000.npy')]) {
      const [whole, resumed] = await Promise.all([readFile(at('data', file)), readFile(at('stopped', file))]);
      expect(resumed.equals(whole), file).to.equal(true);
    }
  });
});
