import { expect } from 'chai';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna evaluate', () => {
  let given: TrainedRun;
  before(async () => {
    given = await trainedRun();
  });
  const evaluate = (...words: string[]) =>
    startCommand(['evaluate', given.run, given.dataset, '--clips', '2', ...words]);

  it('prints a table for each --hide with the model and every trivial fill', async () => {
    const { code, stdout } = await evaluate('--hide', 'future:8', '--hide', 'gap:4', '--quiet');
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^future:8 \(2 clips\)\n/)
      .and.match(/^gap:4 \(2 clips\)$/m);
    expect(stdout.match(/^ {2}model /gm)).to.have.length(2);
    expect(stdout)
      .to.match(/^ {2}black /m)
      .and.match(/best trivial fill/);
  });

  it('gives the same figures as JSON', async () => {
    const { stdout } = await evaluate('--hide', 'future:8', '--json');
    const { evaluations } = JSON.parse(stdout) as { evaluations: { hide: string; clips: number; figures: object[] }[] };
    expect(evaluations).to.have.length(1);
    expect(evaluations[0]).to.include({ hide: 'future:8', clips: 2 });
    expect(evaluations[0]?.figures[0]).to.include.keys('name', 'hiddenMse', 'mse', 'psnr', 'ssim');
  });
});
