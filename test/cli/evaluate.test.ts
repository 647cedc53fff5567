import { mkdir } from 'node:fs/promises';
import { expect } from 'chai';
import { temporaryFolder } from '../video/made-videos.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna evaluate', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  before(async () => {
    given = await trainedRun();
    await mkdir(folder.path('empty'));
  });
  const evaluate = (model: string, dataset: string, ...words: string[]) => [
    ...['evaluate', model, dataset, '--clips', '1', '--threads', '1', ...words],
  ];

  it('prints a table for each --hide with the model and every trivial fill, and the same as JSON', async () => {
    const words = evaluate(given.run, given.dataset, '--hide', 'future:8', '--hide', 'gap:4');
    const [text, json] = await Promise.all([
      startCommand([...words, '--per-step', '--quiet']),
      startCommand([...words, '--json']),
    ]);
    expect(text.code).to.equal(0);
    expect(text.stdout)
      .to.match(/^future:8 \(1 clip of 1 source kept for validation\)\n/)
      .and.match(/^gap:4 \(1 clip of 1 source kept for validation\)$/m);
    // By frame: those of the future, and four of a gap somewhere.
    for (const frame of [8, 9, 10, 11, 12, 13, 14, 15])
      expect(text.stdout).to.match(new RegExp(`^  ${frame} +\\d`, 'm'));
    expect(text.stdout.match(/^ {2}\d+ +\d/gm)).to.have.length(8 + 4);
    expect(text.stdout.match(/^ {2}model /gm)).to.have.length(2);
    expect(text.stdout.match(/^ {2}motion interpolation /gm)).to.have.length(1);
    expect(text.stdout.match(/best trivial fill/g)).to.have.length(2);
    expect(text.stderr).to.equal('');

    expect(json.code).to.equal(0);
    const { evaluations } = JSON.parse(json.stdout) as {
      evaluations: {
        hide: string;
        clips: number;
        figures: { name: string; hiddenMse: number; perStep: { frame: number; mse: number }[] }[];
      }[];
    };
    expect(evaluations.map(({ hide, clips }) => `${hide} ${clips}`)).to.deep.equal(['future:8 1', 'gap:4 1']);
    for (const { figures } of evaluations) {
      expect(figures[0]).to.include.keys('name', 'hiddenMse', 'hiddenMae', 'hiddenPsnr', 'mse', 'mae', 'psnr', 'ssim');
      expect(figures[0]).to.include.keys('pixelMse', 'pixelMae', 'ssimRange2', 'hiddenMseError', 'perStep');
      for (const { name, hiddenMse, perStep } of figures) {
        expect(perStep[0]).to.include.keys('frame', 'clips', 'mse', 'hiddenMse', 'ssimRange2');
        expect(text.stdout).to.match(new RegExp(`^ {2}${name} +${hiddenMse.toFixed(1).replace('.', '\\.')} `, 'm'));
      }
    }
    expect(json.stderr).to.match(/2\/2 clips/);
  });

  it('refuses bad input in one sentence, with the exit code that belongs to it', async () => {
    const [empty, gone] = [folder.path('empty'), folder.path('gone')];
    const hide = ['--hide', 'future:8'];
    await expectRefusals([
      [
        'a missing model',
        evaluate(gone, given.dataset, ...hide),
        /gone does not exist; name a folder that pretrain/,
        1,
      ],
      ['no dataset', evaluate(given.run, empty, ...hide), /empty is not a dataset folder; make one with prepare/, 1],
      ['nothing to measure', evaluate(given.run, given.dataset), /Say what is hidden, such as --hide future:8/, 2],
      ['a wrong mask', evaluate(given.run, given.dataset, '--hide', 'futur:8'), /did you mean future:8/, 2],
      [
        'an unknown flag',
        evaluate(given.run, given.dataset, ...hide, '--clip', '1'),
        /'--clip'; did you mean --clips\?/,
        2,
      ],
      [
        'a mask that does not fit',
        evaluate(given.run, given.dataset, '--hide', 'box:60,0,8,8@0-3'),
        /box:60,0,8,8@0-3 reaches out of frames of 64 × 64 pixels/,
        2,
      ],
      ['no clips for the test', evaluate(given.run, given.dataset, ...hide, '--test'), /has no clips for the test/, 1],
    ]);
  });
});
