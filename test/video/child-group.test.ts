import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { endOf, killGroup, startGroup } from '../../lib/video/child-group.js';
import { isProcessGone, rejectionOf, temporaryFolder } from './made-videos.js';

describe('startGroup', () => {
  const folder = temporaryFolder();

  it('gives the exit code, and nothing where it was killed with what it started', async () => {
    expect(await endOf(startGroup('/bin/sh', ['-c', 'exit 5'], 'ignore'))).to.deep.equal({ exitCode: 5 });
    const child = startGroup('/bin/sh', ['-c', 'sleep 600 & echo $!; wait'], ['ignore', 'pipe', 'ignore']);
    const said = await new Promise<string>((resolve) => child.stdout?.once('data', (text) => resolve(String(text))));
    killGroup(child);
    expect(await endOf(child)).to.deep.equal({ exitCode: null, endedBy: 'SIGKILL' });
    expect(await isProcessGone(Number(said))).to.equal(true);
    killGroup(child);
  });

  it('is refused where there is no such program', async () => {
    expect(await rejectionOf(endOf(startGroup(folder.path('absent'), [], 'ignore')))).to.have.property(
      'code',
      'ENOENT',
    );
  });

  it('ends with this process', async () => {
    const module = new URL('../../lib/video/child-group.ts', import.meta.url).href;
    const script = `import { startGroup } from ${JSON.stringify(module)};
      process.stdout.write(String(startGroup('/bin/sleep', ['600'], 'ignore').pid), () => process.exit(0));`;
    const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    expect(Number(stdout)).to.be.above(1);
    expect(await isProcessGone(Number(stdout))).to.equal(true);
  });
});
