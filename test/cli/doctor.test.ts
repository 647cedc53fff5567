import { expect } from 'chai';
import { startCommand } from './start-command.js';

describe('lacuna doctor', () => {
  it('says which ffmpeg and which engines were found', async () => {
    const { code, stdout } = await startCommand(['doctor']);
    expect(stdout)
      .to.match(/ffmpeg {6}\S+, found through /)
      .and.match(/licence of this build: /);
    expect(stdout)
      .to.match(/onnx/)
      .and.match(/tensorflow/)
      .and.match(/reference/);
    expect(stdout).to.match(/\nAll that Lacuna needs is here\.\n$/);
    expect(code).to.equal(0);
  });

  it('says the same as JSON', async () => {
    const { stdout } = await startCommand(['doctor', '--json']);
    const found = JSON.parse(stdout) as { ready: boolean; cores: number; ffmpeg: object; engines: { name: string }[] };
    expect(found.ready).to.equal(true);
    expect(found.cores).to.be.at.least(1);
    expect(found.ffmpeg).to.include.keys('path', 'version', 'licence', 'missingDecoders');
    expect(found.engines.map(({ name }) => name)).to.include.members(['onnx', 'tensorflow', 'reference']);
  });

  it('ends with 1 and says what to do where ffmpeg does not run', async () => {
    const { code, stdout } = await startCommand(['doctor'], { environment: { LACUNA_FFMPEG: '/nowhere/ffmpeg' } });
    expect(stdout).to.match(/! ffmpeg +LACUNA_FFMPEG is "\/nowhere\/ffmpeg".*unset it/);
    expect(code).to.equal(1);
  });
});
