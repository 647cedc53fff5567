import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { temporaryFolder } from '../video/made-videos.js';
import { type LabelledRun, labelledRun } from './labelled-run.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';
import { trainedRun } from './trained-run.js';

const short = ['--steps', '4', '--batch', '8', '--lr', '0.001', '--threads', '1'];

describe('lacuna finetune and lacuna classify', () => {
  const folder = temporaryFolder();
  const at = folder.path;
  let given: LabelledRun;
  before(async () => {
    given = await labelledRun();
  });

  it('train a classifier beside one from scratch, go on where that was done, and tell videos apart', async () => {
    const words = ['finetune', given.run, given.dataset, '--out', at('classifier'), ...short];
    const { code, stdout, stderr } = await startCommand([...words, '--json']);
    expect(code, stderr).to.equal(0);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result['labels']).to.have.length(8);
    expect(result['clips']).to.deep.equal({ train: 32, validation: 8, test: 8 });
    expect(result['chosen']).to.have.all.keys('pretrained', 'scratch');
    expect(result['trials']).to.have.length(2);
    // All of it is there: the same again takes no steps and finds the same.
    const again = await startCommand([...words, '--json']);
    expect(JSON.parse(again.stdout)).to.deep.equal(result);
    const text = await startCommand(words);
    expect(text.stdout).to.match(
      /accuracy in % \(mean over 8 classes\), learned from 32 clips, chosen by 8, measured on 8/,
    );
    expect(text.stdout).to.match(/from scratch.*\n.*chance +12\.5/);

    const out = at('classes.jsonl');
    const told = await startCommand(['classify', at('classifier'), given.world, '--out', out, '--threads', '1']);
    expect(told.code, told.stderr).to.equal(0);
    const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
    expect(lines).to.have.length(48);
    for (const line of lines) {
      const { label, probability, probabilities, clips } = JSON.parse(line) as {
        label: string;
        probability: number;
        probabilities: Record<string, number>;
        clips: number;
      };
      expect(clips).to.equal(1);
      expect(probabilities[label]).to.equal(probability);
      expect(Math.max(...Object.values(probabilities))).to.equal(probability);
    }
    expect(told.stdout.trimEnd().split('\n')).to.have.length(48);
  });

  it('learn from few labels', async () => {
    const words = ['finetune', given.run, given.dataset, '--out', at('few'), '--labels-per-class', '2', '--no-scratch'];
    const { stdout, code, stderr } = await startCommand([...words, ...short, '--pooling', 'attentive', '--json']);
    expect(code, stderr).to.equal(0);
    const result = JSON.parse(stdout) as { clips: object; chosen: object };
    expect(result.clips).to.deep.equal({ train: 16, validation: 8, test: 8 });
    expect(result.chosen).to.have.all.keys('pretrained');
  });

  it('refuse bad input in one sentence', async () => {
    const { run, dataset } = await trainedRun();
    const finetune = (...words: string[]) => ['finetune', ...words, '--out', at('x'), ...short];
    await expectRefusals([
      ['clips of another size', finetune(run, given.dataset), /trained on clips of 16 × 64 × 64 × 3/, 2],
      ['no labels', finetune(run, dataset), /at least two classes, and no clip has a label/, 1],
      ['too few labels', finetune(given.run, given.dataset, '--labels-per-class', '9'), /more clips than the class/, 2],
      [
        'a model in the place of the classifier',
        ['finetune', given.run, given.dataset, '--out', given.run, ...short],
        /--out .* holds a model that fills clips in/,
        2,
      ],
      [
        'no folder for the classes',
        ['classify', at('classifier'), given.world, '--out', at('none/classes.jsonl')],
        /none is no folder; make it first/,
        1,
      ],
      [
        'two inputs with videos of one name',
        ['classify', at('classifier'), given.dataset, given.world],
        /both have a .*\.mp4; take them one at a time/,
        2,
      ],
      ['no model', finetune(at('gone'), given.dataset), /gone is no model/, 1],
      ['a model that fills in', ['classify', given.run, given.world], /fills clips in and tells no classes apart/, 2],
      [
        'a classifier that is to fill in',
        ['evaluate', at('classifier'), given.dataset, '--hide', 'future:2'],
        /fills nothing in/,
        2,
      ],
    ]);
  });
});
