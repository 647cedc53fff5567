import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FfmpegOutcome, hasEncoder, runFfmpeg, saveWithFfmpeg } from '../../lib/video/ffmpeg-process.js';
import { type Ffmpeg, findFfmpeg } from '../../lib/video/find-ffmpeg.js';
import { isProcessGone, makeProgram, rejectionOf, temporaryFolder } from './made-videos.js';

type Finished = { readonly bytes: Buffer; readonly outcome: FfmpegOutcome };

async function finish(run: AsyncGenerator<Uint8Array, FfmpegOutcome>): Promise<Finished> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await run.next();
    if (done === true) return { bytes: Buffer.concat(chunks), outcome: value };
    chunks.push(value);
  }
}

const endless = [
  '-loglevel',
  'error',
  '-f',
  'lavfi',
  '-i',
  'testsrc2=size=64x64',
  '-pix_fmt',
  'rgb24',
  '-f',
  'rawvideo',
  '-',
];

describe('runFfmpeg', () => {
  const folder = temporaryFolder();
  const program = async (name: string, line: string): Promise<Ffmpeg> => ({
    path: await makeProgram(folder.path(name), line),
    source: 'LACUNA_FFMPEG',
    version: '7.1',
    isOld: false,
  });
  const isGone = async (pidFile: string) => isProcessGone(Number(await readFile(folder.path(pidFile), 'utf8')));

  it('gives what the program writes, its exit code and its words', async () => {
    const cat = await program('cat', 'cat; echo one >&2; echo two >&2; exit 3');
    const { bytes, outcome } = await finish(runFfmpeg(cat, [], {}, [Buffer.from('ab'), Buffer.from('c')]));
    expect(bytes.toString()).to.equal('abc');
    expect(outcome).to.deep.equal({ exitCode: 3, timedOut: false, log: ['one', 'two'] });
  });

  it('passes each word as it is', async () => {
    const words = ['a b', "'", '$HOME', '\n', '', '*'];
    const say = await program('say', `printf '%s|' "$@"`);
    const { bytes } = await finish(runFfmpeg(say, words));
    expect(bytes.toString()).to.equal(words.map((word) => `${word}|`).join(''));
  });

  it('keeps the first and the last lines of many', async () => {
    const talker = await program('talker', 'i=0; while [ $i -lt 500 ]; do echo line $i >&2; i=$((i+1)); done');
    const { outcome } = await finish(runFfmpeg(talker, [], { lastLines: 3 }));
    expect(outcome.log.slice(-4)).to.deep.equal(['line 9', 'line 497', 'line 498', 'line 499']);
  });

  it('kills the whole group where nothing comes for too long', async () => {
    const line = `sleep 60 & echo $! > ${folder.path('stalled')}; wait`;
    const { outcome } = await finish(runFfmpeg(await program('stall', line), [], { timeoutSeconds: 0.3 }));
    expect(outcome).to.include({ timedOut: true, exitCode: null });
    expect(await isGone('stalled')).to.equal(true);
  });

  it('kills what holds the pipe open after the program itself has ended', async () => {
    const line = `sleep 60 & echo $! > ${folder.path('orphan')}; exit 0`;
    const { outcome } = await finish(runFfmpeg(await program('leaver', line), [], { timeoutSeconds: 0.3 }));
    expect(outcome.timedOut).to.equal(true);
    expect(await isGone('orphan')).to.equal(true);
  });

  it('does not count the time in which the caller does not read', async () => {
    const slow = await program('two', 'echo a; sleep 0.05; echo b');
    const run = runFfmpeg(slow, [], { timeoutSeconds: 0.4 });
    await run.next();
    await new Promise((go) => setTimeout(go, 700));
    expect((await finish(run)).outcome).to.include({ timedOut: false, exitCode: 0 });
  });

  it('ends with the signal, and throws its reason', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const line = `echo $$ > ${folder.path('aborted')}; echo a; sleep 60`;
    const run = runFfmpeg(await program('abort', line), [], { signal: stop.signal });
    await run.next();
    const rest = rejectionOf(finish(run));
    stop.abort(reason);
    expect(await rest).to.equal(reason);
    expect(await isGone('aborted')).to.equal(true);
    const late = runFfmpeg(await findFfmpeg(), [], { signal: stop.signal });
    expect(await rejectionOf(late.next())).to.equal(reason);
  });

  it('ends ffmpeg where the caller leaves the loop', async () => {
    let chunks = 0;
    for await (const chunk of runFfmpeg(await findFfmpeg(), endless)) {
      expect(chunk.length).to.be.greaterThan(0);
      if (++chunks === 3) break;
    }
    expect(chunks).to.equal(3);
  });

  it('throws what the input throws', async () => {
    const reason = new Error('no more');
    const input = (function* () {
      yield Buffer.from('a');
      throw reason;
    })();
    expect(await rejectionOf(finish(runFfmpeg(await program('cat2', 'cat'), [], {}, input)))).to.equal(reason);
  });

  it('takes no harm from a program that does not read its input', async () => {
    const input = Array.from({ length: 20 }, () => new Uint8Array(1 << 18));
    const { outcome } = await finish(runFfmpeg(await program('deaf', 'exit 4'), [], {}, input));
    expect(outcome.exitCode).to.equal(4);
  });

  it('throws where the program cannot be started', async () => {
    const absent: Ffmpeg = { path: folder.path('absent'), source: 'PATH', version: '1', isOld: true };
    expect(await rejectionOf(finish(runFfmpeg(absent, [])))).to.have.property('code', 'ENOENT');
  });
});

describe('saveWithFfmpeg', () => {
  const folder = temporaryFolder();

  it('feeds the input to the program and gives its end', async () => {
    async function* input() {
      yield Promise.resolve(new Uint8Array(8 * 8 * 3));
    }
    const outcome = await saveWithFfmpeg(await findFfmpeg(), {
      input: input(),
      inputWords: ['-f', 'rawvideo', '-pixel_format', 'rgb24', '-video_size', '8x8'],
      outputWords: ['-pix_fmt', 'rgb24', '-f', 'rawvideo'],
      outputFile: folder.path('raw'),
    });
    expect(outcome).to.include({ exitCode: 0, timedOut: false });
    expect((await readFile(folder.path('raw'))).length).to.equal(8 * 8 * 3);
  });

  it('is left alone while the file changes after the last frame', async () => {
    const late: Ffmpeg = {
      // What `encode.ts` names last is the file.
      path: await makeProgram(
        folder.path('late'),
        'case "$*" in *rawvideo*) cat > /dev/null; for last; do :; done; for i in 1 2 3 4 5 6; do sleep 0.5; echo x >> "${last#file:}"; done;; esac',
      ),
      source: 'LACUNA_FFMPEG',
      version: '7.1',
      isOld: false,
    };
    async function* input() {
      yield Promise.resolve(new Uint8Array(8));
    }
    const save = { input: input(), inputWords: ['-f', 'rawvideo'], outputWords: [], outputFile: folder.path('slow') };
    expect(await saveWithFfmpeg(late, save, { timeoutSeconds: 1.8 })).to.include({ timedOut: false });
    expect((await readFile(folder.path('slow'), 'utf8')).length).to.equal(12);
  });

  it('ends the program where the input fails, even one that does not listen', async () => {
    const deaf: Ffmpeg = {
      path: await makeProgram(
        folder.path('deaf'),
        `case "$*" in *rawvideo*) trap '' TERM; echo $$ > ${folder.path('pid')}; exec sleep 60;; esac`,
      ),
      source: 'LACUNA_FFMPEG',
      version: '7.1',
      isOld: false,
    };
    const readPid = () => readFile(folder.path('pid'), 'utf8').catch(() => '');
    async function* input() {
      yield new Uint8Array(8);
      while ((await readPid()) === '') await sleep(20);
      throw new Error('no more frames');
    }
    const save = { input: input(), inputWords: ['-f', 'rawvideo'], outputWords: [], outputFile: folder.path('y') };
    expect(await rejectionOf(saveWithFfmpeg(deaf, save))).to.have.property('message', 'no more frames');
    const pid = Number(await readPid());
    expect(await isProcessGone(pid)).to.equal(true);
  });

  it('is killed where the program stops reading', async () => {
    await writeFile(folder.path('formats'), '');
    const stuck: Ffmpeg = {
      path: await makeProgram(folder.path('stuck'), 'case "$*" in *rawvideo*) exec sleep 60;; esac'),
      source: 'LACUNA_FFMPEG',
      version: '7.1',
      isOld: false,
    };
    async function* input() {
      for (;;) yield Promise.resolve(new Uint8Array(1 << 16));
    }
    const save = { input: input(), inputWords: ['-f', 'rawvideo'], outputWords: [], outputFile: folder.path('x') };
    const outcome = await saveWithFfmpeg(stuck, save, { timeoutSeconds: 0.3 });
    expect(outcome).to.include({ timedOut: true, exitCode: null });
  });
});

describe('hasEncoder', () => {
  it('tells encoders that are there from others', async () => {
    const ffmpeg = await findFfmpeg();
    expect(await hasEncoder(ffmpeg, 'gif')).to.equal(true);
    expect(await hasEncoder(ffmpeg, 'no-such-encoder')).to.equal(false);
  });
});
