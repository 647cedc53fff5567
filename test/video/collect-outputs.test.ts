import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { collectOutputs } from '../../lib/video/collect-outputs.js';
import type { Ffmpeg } from '../../lib/video/find-ffmpeg.js';
import { isProcessGone, makeProgram, rejectionOf, temporaryFolder } from './made-videos.js';

describe('collectOutputs', () => {
  const folder = temporaryFolder();
  const program = async (name: string, line: string): Promise<Ffmpeg> => ({
    path: await makeProgram(folder.path(name), line),
    source: 'PATH',
    version: '7.1',
    isOld: false,
  });
  const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

  it('reads each output whole, in whatever order and amount they are written', async () => {
    const line = 'head -c 1000000 /dev/zero >&4; printf one >&3; echo said >&2; printf two >&4; exit 7';
    const { outputs = [], ...outcome } = await collectOutputs(await program('two', line), [], {
      count: 3,
      mostBytes: 2e6,
    });
    expect(outcome).to.deep.equal({ exitCode: 7, timedOut: false, log: ['said'] });
    expect(outputs.map(({ length }) => length)).to.deep.equal([3, 1_000_003, 0]);
    expect(textOf(outputs[0] ?? new Uint8Array(0))).to.equal('one');
    expect(textOf(outputs[1] ?? new Uint8Array(0)).slice(-4)).to.equal('\0two');
  });

  it('kills a program that writes more than is allowed', async () => {
    const endless = await program('endless', 'exec cat /dev/zero >&3');
    const { outputs, exitCode } = await collectOutputs(endless, [], { count: 2, mostBytes: 1e6 });
    expect({ outputs, exitCode }).to.deep.equal({ outputs: undefined, exitCode: null });
  });

  it('kills the whole group where nothing comes for too long', async () => {
    const pid = folder.path('pid');
    const hanging = await program('hanging', `sleep 600 & echo $! > '${pid}'; wait`);
    const outcome = await collectOutputs(hanging, [], { count: 1, mostBytes: 1e6 }, { timeoutSeconds: 0.5 });
    expect(outcome).to.include({ exitCode: null, timedOut: true });
    expect(await isProcessGone(Number(await readFile(pid, 'utf8')))).to.equal(true);
  });

  it('ends with the signal, and throws its reason', async () => {
    const hanging = await program('waiting', 'sleep 600');
    const stop = new AbortController();
    const run = collectOutputs(hanging, [], { count: 1, mostBytes: 1e6 }, { signal: stop.signal });
    stop.abort(new Error('enough'));
    expect(await rejectionOf(run)).to.have.property('message', 'enough');
    expect(
      await rejectionOf(collectOutputs(hanging, [], { count: 1, mostBytes: 1 }, { signal: stop.signal })),
    ).to.have.property('message', 'enough');
  });

  it('throws where the program cannot be started', async () => {
    const absent: Ffmpeg = { path: folder.path('absent'), source: 'PATH', version: '7.1', isOld: false };
    expect(await rejectionOf(collectOutputs(absent, [], { count: 1, mostBytes: 1 }))).to.have.property(
      'code',
      'ENOENT',
    );
  });
});
