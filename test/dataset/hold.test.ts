import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { inspectFolder } from '../../lib/dataset/dataset-state.js';
import { isHoldMark, openFolderHold } from '../../lib/dataset/hold.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('openFolderHold', () => {
  const folder = temporaryFolder();
  const make = async (name: string) => {
    await mkdir(folder.path(name));
    return folder.path(name);
  };
  const expectInUse = async (path: string, who = process.pid) => {
    const error = await rejectionOf(openFolderHold(path).take());
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    expect(error).to.have.property('message').that.includes(`${path} is in use by another Lacuna (process ${who} on `);
  };
  /** Leaves the mark of a call elsewhere. */
  const leave = (path: string, mark: object) =>
    writeFile(
      `${path}/.lacuna-in-use`,
      JSON.stringify({ pid: process.pid, thread: 0, host: hostname(), id: 'other', ...mark }),
    );

  it('lets one call at a time have a folder', async () => {
    const path = await make('one');
    const first = openFolderHold(path);
    await first.take();
    await first.take();
    await expectInUse(path);
    expect(await inspectFolder(path)).to.equal('empty');
    expect((await readdir(path)).every(isHoldMark)).to.equal(true);
    await first.release();
    expect(await readdir(path)).to.deep.equal([]);
    const second = openFolderHold(path);
    await second.take();
    // What is not its own any more stays.
    await first.release();
    await expectInUse(path);
    await second.release();
  });

  it('lets one of many that come at once have it, also where a killed one had it before', async () => {
    for (const [name, isLeft] of [
      ['crowd', false],
      ['left', true],
    ] as const) {
      const path = await make(name);
      if (isLeft) await leave(path, { begun: 'long ago' });
      const holds = Array.from({ length: 8 }, () => openFolderHold(path));
      const ends = await Promise.allSettled(holds.map((hold) => hold.take()));
      expect(ends.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      for (const hold of holds) await hold.release();
      expect(await readdir(path)).to.deep.equal([]);
    }
  });

  it('takes a folder again that had gone while it was held', async () => {
    const path = await make('moved');
    const hold = openFolderHold(path);
    await hold.take();
    await rename(path, folder.path('away'));
    await hold.release();
    await rename(folder.path('away'), path);
    await hold.take();
    await hold.release();
    // What another thread of this process has is not known by its number.
    await leave(path, { thread: 5 });
    await expectInUse(path);
  });

  it('takes over at once what a process of this machine held that has ended', async () => {
    const path = await make('ended');
    const ended = spawn(process.execPath, ['-e', '']);
    await once(ended, 'exit');
    await leave(path, { pid: ended.pid });
    const hold = openFolderHold(path);
    await hold.take();
    expect(await readFile(`${path}/.lacuna-in-use`, 'utf8')).to.include(`"pid":${process.pid}`);
    await hold.release();
  });

  it('takes over what another machine held once that has been silent for a minute', async () => {
    const path = await make('elsewhere');
    await leave(path, { host: 'another', pid: 7 });
    await expectInUse(path, 7);
    const past = new Date(Date.now() - 61_000);
    await utimes(`${path}/.lacuna-in-use`, past, past);
    const hold = openFolderHold(path);
    await hold.take();
    await hold.release();
    await writeFile(`${path}/.lacuna-in-use`, 'torn');
    await hold.take();
    await hold.release();
    expect(await readdir(path)).to.deep.equal([]);
  });

  it('makes a folder, and says where somebody else has made it meanwhile', async () => {
    const hold = openFolderHold(folder.path('new/folder'));
    await hold.make();
    await expectInUse(folder.path('new/folder'));
    const late = await rejectionOf(openFolderHold(folder.path('new/folder')).make());
    expect(late)
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.matches(/was made by somebody else/);
    await hold.release();
  });

  it('goes on without where no mark can be left', async function () {
    // Root may write everywhere, so that it has to be somebody else for a moment.
    if (process.platform === 'win32') this.skip();
    const path = await make('shut');
    await chmod(folder.path('.'), 0o755);
    await chmod(path, 0o555);
    const user = process.geteuid?.();
    if (user === 0) process.seteuid?.(65534);
    try {
      const hold = openFolderHold(path);
      await hold.take();
      await hold.release();
    } finally {
      if (user === 0) process.seteuid?.(0);
    }
    expect(await readdir(path)).to.deep.equal([]);
  });
});
