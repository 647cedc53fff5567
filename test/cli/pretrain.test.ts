import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { expectRefusals, type Refusal } from './refusals.js';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedOptions, trainedRun } from './trained-run.js';

describe('lacuna pretrain', () => {
  let given: TrainedRun;
  before(async () => {
    given = await trainedRun();
  });
  const pretrain = (words: readonly string[], out = path.join(given.folder, 'refused')) => [
    ...['pretrain', given.dataset, '--out', out, ...words],
  ];

  it('leaves a run that has ended as it is, and says what came out with --json', async () => {
    const weights = path.join(given.run, 'model.safetensors');
    const before = await readFile(weights);
    const { code, stdout } = await startCommand(pretrain([...trainedOptions, '--json'], given.run));
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).to.include.keys('run', 'steps', 'loss', 'parameters', 'seconds');
    expect(result).to.include({ run: given.run, steps: 8 });
    expect(code).to.equal(0);
    expect((await readFile(weights)).equals(before)).to.equal(true);
  });

  it('refuses what does not fit in one sentence, with the exit code that belongs to it', async () => {
    const world = path.join(given.folder, 'world');
    const elsewhere = (dataset: string) => ['pretrain', dataset, '--out', 'x', '--hide', 'future:8', '--steps', '1'];
    const future = ['--hide', 'future:8', '--steps', '1'];
    const wrong: readonly Refusal[] = [
      ['an unknown preset', pretrain([...future, '--preset', 'conv-tny']), /conv-tny; did you mean conv-tiny\?/, 2],
      ['an unknown objective', pretrain([...future, '--objective', 'guess']), /^lacuna: --objective: .*got "guess"/, 2],
      [
        'an unknown target',
        pretrain([...future, '--target', 'word']),
        /^lacuna: --target: .*got "word"; see --help/,
        2,
      ],
      ['an unknown loss', pretrain([...future, '--loss', 'mse+x:1']), /--loss mse\+x:1 has x:1, which is none/, 2],
      ['a decoder for a conv', pretrain([...future, '--decoder', 'cross']), /--decoder goes with a vit preset/, 2],
      ['a layer decay of 2', pretrain([...future, '--layer-decay', '2']), /--layer-decay.*must be a number/, 2],
      ['a crop of nothing', pretrain([...future, '--crop', '0']), /--crop.*must be a number above 0 and up to 1/, 2],
      ['a score of nothing', pretrain([...future, '--score', '0']), /--score.*must be a number above 0 and up to 1/, 2],
      ['a colour above 1', pretrain([...future, '--colour', '2']), /--colour.*must be a number from 0 to 1/, 2],
      ['a batch of words', pretrain([...future, '--batch', 'all']), /--batch.*a whole number from 1, or auto/, 2],
      [
        'a schedule',
        pretrain([...future, '--schedule', 'linear']),
        /^lacuna: --schedule: .*got "linear"; see --help/,
        2,
      ],
      ['a beta of 1', pretrain([...future, '--beta2', '1']), /^lacuna: --beta2: .*got 1; see --help/, 2],
      [
        'a rate above the highest',
        pretrain([...future, '--min-lr', '1']),
        /--min-lr 1 must not be above --lr 0.002/,
        2,
      ],
      [
        'patience',
        pretrain([...future, '--patience', '2', '--val', '0']),
        /--patience needs .* and there are none: give --val/,
        2,
      ],
      [
        'another network',
        pretrain([...future, '--preset', 'conv-small', '--init', given.run]),
        /--init .*run is of another network \(width is 64 there and 96 here/,
        2,
      ],
      [
        'a batch that does not fit',
        pretrain([...future, '--batch', '6', '--repeat', '4']),
        /^lacuna: --batch must be a multiple of --repeat: 6 is none of 4/,
        2,
      ],
      [
        'a size for a dataset',
        pretrain([...future, '--size', '64']),
        /--size goes with --stream: a dataset was cut/,
        2,
      ],
      [
        'an unknown fit',
        pretrain([...future, '--stream', '--fit', 'sretch'], path.join(given.folder, 'refused')),
        /^lacuna: --fit: .*got "sretch"; see --help/,
        2,
      ],
      ['an unknown flag', pretrain([...future, '--step', '3']), /'--step'; did you mean --steps\?/, 2],
      [
        'an unknown kind of mask',
        pretrain(['--hide', 'futur:8', '--steps', '1']),
        /futur:8 .*did you mean future:8/,
        2,
      ],
      ['more frames than there are', pretrain(['--hide', 'future:99', '--steps', '1']), /future:99/, 2],
      [
        'a run with other options',
        pretrain([...trainedOptions.slice(2), '--hide', 'gap:4'], given.run),
        /run is a run with other options \(hide is future:8 there and gap:4 here\)/,
        2,
      ],
      ['a folder of something else', pretrain(future, given.dataset), /dataset holds other files and no run/, 2],
      ['a folder that is no dataset', elsewhere(world), /world is not a dataset folder; make one with prepare/, 1],
    ];
    await expectRefusals(wrong);
    expect(existsSync(path.join(given.folder, 'refused'))).to.equal(false);
  });

  it('takes other clips, another target and another loss where it is told to, and keeps that with the run', async () => {
    const run = path.join(given.folder, 'changed');
    const changes = '--crop 0.5 --colour 0.2 --hue 0.1 --repeat 2 --no-flip --steps 2 --batch 4'.split(' ');
    const network = ['--target', 'pixels', '--loss', 'l1+gradient:0.5', '--layer-decay', '0.75'];
    const words = ['--hide', 'future:8', ...changes, ...network, '--quiet'];
    const { code, stderr } = await startCommand(pretrain(words, run));
    expect(code, stderr).to.equal(0);
    const { lacuna } = JSON.parse(await readFile(path.join(run, 'config.json'), 'utf8')) as Record<string, object>;
    expect(lacuna).to.include({ loss: 'l1+gradient:0.5', layerDecay: 0.75 });
    expect(lacuna).to.have.nested.property('model.target', 'pixels');
    expect(lacuna).to.include({ crop: 0.5, colour: 0.2, hue: 0.1, repeat: 2, flip: false, batch: 4 });
  });

  it('steers the training as it is told to, and says what was best', async () => {
    const run = path.join(given.folder, 'steered');
    const steps = ['--steps', '3', '--batch', '2', '--accumulate', '2', '--warm-up', '1', '--validate-every', '1'];
    const rates = ['--schedule', 'cosine', '--min-lr', '1e-4', '--weight-decay', '0.1', '--beta2', '0.99'];
    const others = [
      '--optimizer',
      'muon',
      '--clip-norm',
      '2',
      '--average',
      '0.9',
      '--patience',
      '5',
      '--keep',
      '1',
      '--init',
      given.run,
    ];
    const words = ['--hide', 'future:8', '--val', '0.2', '--threads', '1', ...steps, ...rates, ...others];
    const { code, stdout, stderr } = await startCommand(pretrain(words, run));
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(
      /Least loss on held-out clips: 0\.\d+ at step [123], kept in .*steered\/checkpoints\/best\n/,
    );
    expect(stderr).to.match(/3\/3 steps, .*loss 0\.\d+, [\d.]+ clips\/s/);
    const { lacuna } = JSON.parse(await readFile(path.join(run, 'config.json'), 'utf8')) as Record<string, object>;
    expect(lacuna).to.include({
      ...{ accumulate: 2, warmUpSteps: 1, validateEvery: 1, schedule: 'cosine', minLearningRate: 1e-4 },
      ...{ weightDecay: 0.1, optimizer: 'muon', beta2: 0.99, clipNorm: 2, average: 0.9, patience: 5 },
    });
    expect(lacuna)
      .to.have.property('init')
      .that.matches(/^[0-9a-f]{64}$/);
  });

  it('goes back once where the training diverges, says so, and ends with 1 the second time', async () => {
    const run = path.join(given.folder, 'diverged');
    const words = ['--hide', 'future:8', '--steps', '9', '--batch', '2', '--lr', '1e30', '--quiet'];
    const { code, stderr } = await startCommand(pretrain(words, run));
    expect(stderr).to.match(
      /^lacuna: the training diverged .* from step 0 with half the learning rate, this once\nlacuna: The training of .*diverged diverged again .*lower --lr\.\n$/,
    );
    expect(code).to.equal(1);
  });

  it('reads videos that are not prepared where it is told to stream them', async () => {
    const run = path.join(given.folder, 'streamed');
    const words = ['pretrain', path.join(given.folder, 'world'), '--stream', '--out', run, ...trainedOptions];
    const { code, stdout, stderr } = await startCommand(words);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include(`Next: lacuna evaluate ${run} ${path.join(run, 'stream')} --hide future:8`);
    for (const file of ['model.safetensors', 'metrics.jsonl']) {
      const [one, other] = await Promise.all([given.run, run].map((of) => readFile(path.join(of, file))));
      expect(other?.equals(one ?? Buffer.alloc(0)), file).to.equal(true);
    }
  });

  it('ends cleanly on SIGTERM and goes on to the same weights and log as an unbroken run', async () => {
    const broken = path.join(given.folder, 'broken');
    const stopped = await startCommand(pretrain(trainedOptions, broken), {
      onStart: async (send) => {
        while (!existsSync(path.join(broken, 'metrics.jsonl'))) await new Promise((resolve) => setTimeout(resolve, 5));
        send('SIGTERM');
      },
    });
    expect(stopped.stderr).to.match(/lacuna: interrupted; .*run the same command again to go on\n$/);
    expect(stopped.code).to.equal(143);
    const { code, stdout } = await startCommand(pretrain(trainedOptions, broken));
    expect(stdout).to.match(/broken: 8 steps in \d+ s, loss 0\.\d+, \d\.\d\d M parameters\nNext: lacuna evaluate /);
    expect(code).to.equal(0);
    for (const file of ['model.safetensors', 'metrics.jsonl']) {
      const [one, other] = await Promise.all([readFile(path.join(given.run, file)), readFile(path.join(broken, file))]);
      expect(other.equals(one), file).to.equal(true);
    }
  });
});
