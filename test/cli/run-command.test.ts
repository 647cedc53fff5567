import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type CommandSetting, startCommand } from './start-command.js';

const script = fileURLToPath(new URL('tried-command.ts', import.meta.url));

const tryIt = (line: string, setting: CommandSetting = {}) =>
  startCommand(line.split(' '), { ...setting, script, nodeArguments: ['--import=tsx'] });

describe('runCommand', () => {
  it('prints progress as lines where there is no terminal, the account and the answer; with --quiet only the answer', async () => {
    const told = { code: 0, stdout: 'an account\nthe answer\n', stderr: '3/4 steps, loss 0.5\n' };
    expect(await tryIt('tell')).to.include(told);
    expect(await tryIt('tell --quiet')).to.include({ code: 0, stdout: 'the answer\n', stderr: '' });
  });

  it('prints one JSON object and leaves everything else to standard error with --json', async () => {
    const { stdout, stderr } = await tryIt('tell --json --seed 3 --threads 2');
    expect(stdout).to.equal('{"seed":3,"threads":2}\n');
    expect(stderr).to.equal('3/4 steps, loss 0.5\nan account\n');
  });

  it('tells on standard error what a person should know, with --quiet too', async () => {
    const { code, stdout, stderr } = await tryIt('notice --quiet');
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '' });
    expect(stderr)
      .to.match(/^lacuna: something.* happened\n$/)
      .and.not.include('\u001b');
  });

  it('ends with 3 where an input failed, and names the first few', async () => {
    const { code, stderr } = await tryIt('partly');
    expect(code).to.equal(3);
    expect(stderr.trimEnd().split('\n')).to.deep.equal([
      ...[0, 1, 2, 3, 4].map((index) => `lacuna: ${index}.mp4 failed: not-a-video:; something`),
      'lacuna: and 2 more failed',
      'lacuna: all failures are listed in data/failures.jsonl',
    ]);
  });

  it('ends with 1 where nothing was made', async () => {
    expect(await tryIt('nothing')).to.include({ code: 1 });
  });

  it('turns an error into one sentence, and into JSON where that was asked for', async () => {
    const { code, stdout, stderr } = await tryIt('refuse --json');
    expect(stderr).to.equal('lacuna: There is no preset foo; take conv-tiny.\n');
    expect(JSON.parse(stdout)).to.deep.equal({ error: 'There is no preset foo; take conv-tiny.', exitCode: 2 });
    expect(code).to.equal(2);
    const broken = await tryIt('break');
    expect(broken.stderr).to.match(
      /^lacuna: something failed inside Lacuna \(x is not; a function\); .*LACUNA_DEBUG=1.*\n$/,
    );
    expect(broken.code).to.equal(1);
  });

  it('ends with 143 on SIGTERM and says how to go on', async () => {
    const { code, stderr } = await tryIt('wait', { onStdout: (send) => send('SIGTERM') });
    expect(stderr).to.equal('lacuna: ending cleanly; once more ends at once\nlacuna: interrupted; try again\n');
    expect(code).to.equal(143);
  });

  it('ends with 130 at once on a second SIGINT', async () => {
    const { code, milliseconds } = await tryIt('ignore', {
      onStdout: (send) => send('SIGINT'),
      onStderr: (send) => send('SIGINT'),
    });
    expect(code).to.equal(130);
    expect(milliseconds).to.be.below(30_000);
  });
});
