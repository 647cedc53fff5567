import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna pretrain', () => {
  let given: TrainedRun;
  before(async () => {
    given = await trainedRun();
  });
  const pretrain = (words: readonly string[], out = path.join(given.folder, 'refused')) => [
    ...['pretrain', given.dataset, '--out', out, '--batch', '4', '--threads', '1'],
    ...words,
  ];

  it('says what came out with --json', async () => {
    const { code, stdout } = await startCommand([
      ...pretrain(['--hide', 'future:8', '--steps', '4'], given.run),
      '--json',
    ]);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).to.include.keys('run', 'steps', 'loss', 'parameters', 'seconds');
    expect(result).to.include({ run: given.run, steps: 4 });
    expect(code).to.equal(0);
  });

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown preset', ['--hide', 'future:8', '--preset', 'conv-tny', '--steps', '1'], /conv-tny.*conv-tiny/],
    ['an unknown objective', ['--hide', 'future:8', '--objective', 'guess', '--steps', '1'], /guess/],
    ['a kind of mask that does not exist', ['--hide', 'futur:8', '--steps', '1'], /futur/],
    ['more hidden frames than there are', ['--hide', 'future:99', '--steps', '1'], /99/],
    ['weights that do not fit', ['--hide', 'future:8', '--weights', '0.5,0.5', '--steps', '1'], /weights/],
    [
      'other options than the run was made with',
      ['--hide', 'gap:4', '--steps', '4', '--out', 'RUN'],
      /other options|hide/,
    ],
  ];
  for (const [name, words, sentence] of wrong) {
    it(`ends with 2 and one sentence for ${name}`, async () => {
      const { code, stderr, stdout } = await startCommand([
        ...pretrain(words.map((word) => (word === 'RUN' ? given.run : word))),
        '--quiet',
      ]);
      expect(stderr)
        .to.match(/^lacuna: /)
        .and.match(sentence);
      expect(stderr.trimEnd()).not.to.contain('\n');
      expect(stdout).to.equal('');
      expect(code).to.equal(2);
    });
  }

  it('ends with 1 for a folder that is no dataset', async () => {
    const words = [
      'pretrain',
      path.join(given.folder, 'world'),
      '--out',
      'x',
      '--hide',
      'future:8',
      '--steps',
      '1',
      '--quiet',
    ];
    const { code, stderr } = await startCommand(words);
    expect(stderr).to.match(/^lacuna: .*world/);
    expect(code).to.equal(1);
  });

  it('ends cleanly on SIGTERM and goes on to the same weights and log as an unbroken run', async () => {
    const plan = ['--hide', 'future:8', '--hide', 'gap:4', '--steps', '40'];
    const whole = path.join(given.folder, 'whole');
    const broken = path.join(given.folder, 'broken');
    const stopped = await startCommand(pretrain(plan, broken), {
      onStart: async (send) => {
        while (!existsSync(path.join(broken, 'metrics.jsonl'))) await new Promise((resolve) => setTimeout(resolve, 5));
        send('SIGTERM');
      },
    });
    expect(stopped.stderr).to.match(/lacuna: interrupted; .*run the same command again to go on\n$/);
    expect(stopped.code).to.equal(143);
    expect((await startCommand(pretrain(plan, broken))).code).to.equal(0);
    expect((await startCommand(pretrain(plan, whole))).code).to.equal(0);
    for (const file of ['model.safetensors', 'metrics.jsonl']) {
      const [one, other] = await Promise.all([readFile(path.join(whole, file)), readFile(path.join(broken, file))]);
      expect(other.equals(one), file).to.equal(true);
    }
  });
});
