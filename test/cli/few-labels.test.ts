import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { temporaryFolder } from '../video/made-videos.js';
import { type LabelledRun, labelledRun } from './labelled-run.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';

type Point = { labelsPerClass: number | 'all'; clipsPerClass: number; accuracies: number[]; mean: number };
type Result = { curves: { side: string; points: Point[] }[]; savings: object[]; testClips: number; chance: number };

const short = ['--steps', '4', '--batch', '8', '--lr', '0.001', '--threads', '1'];
const probes = ['--probe', 'knn', '--features', 'model', '--features', 'pixels'];

describe('lacuna few-labels', () => {
  const folder = temporaryFolder();
  const at = folder.path;
  let given: LabelledRun;
  before(async () => {
    given = await labelledRun();
  });

  it('measures each number of labels, and goes on with more', async () => {
    const words = ['few-labels', given.run, given.dataset, '--out', at('curves'), ...short, ...probes];
    const first = await startCommand([...words, '--labels-per-class', '2', '--draws', '1', '--json']);
    expect(first.code, first.stderr).to.equal(0);
    // What is kept is taken as it is.
    const kept = at('curves/draws/2-0.json');
    const draw = JSON.parse(await readFile(kept, 'utf8')) as { accuracies: Record<string, number> };
    expect(draw.accuracies).to.have.all.keys('pretrained', 'scratch', 'model knn', 'pixels knn');
    draw.accuracies['pretrained'] = 0.5;
    await writeFile(kept, JSON.stringify(draw));

    const { code, stdout, stderr } = await startCommand([
      ...words,
      ...['--labels-per-class', 'all,2', '--draws', '1', '--json'],
    ]);
    expect(code, stderr).to.equal(0);
    const { curves, savings, testClips, chance } = JSON.parse(stdout) as Result;
    expect([testClips, chance]).to.deep.equal([8, 1 / 8]);
    expect(curves.map(({ side }) => side)).to.deep.equal(['pretrained', 'scratch', 'model knn', 'pixels knn']);
    for (const { points } of curves) {
      expect(points.map((point) => [point.labelsPerClass, point.clipsPerClass])).to.deep.equal([
        [2, 2],
        ['all', 4],
      ]);
      for (const { accuracies, mean } of points) expect(accuracies).to.deep.equal([mean]);
    }
    expect(curves[0]?.points[0]?.accuracies).to.deep.equal([0.5]);
    expect(savings).to.have.length(2);
    expect((await readdir(at('curves/draws'))).sort()).to.deep.equal(['2-0.json', 'all-0.json']);
    expect(await readdir(at('curves/work'))).to.deep.equal([]);

    const lines = (await readFile(at('curves/few-labels.csv'), 'utf8')).trimEnd().split('\n');
    expect(lines).to.have.length(1 + 4 * 2);
    expect(lines.slice(0, 2)).to.deep.equal([
      'side,labels_per_class,clips_per_class,draw,accuracy',
      'pretrained,2,2.0,0,0.5000',
    ]);
    const chart = await readFile(at('curves/few-labels.svg'), 'utf8');
    expect(chart.match(/<polyline/g)).to.have.length(4);
    expect(chart).to.not.match(/NaN|undefined/);

    const text = await startCommand([...words, '--labels-per-class', '2,all', '--draws', '1']);
    expect(text.stdout).to.match(/labels a class +2 +all\n +pretrained, fine-tuned +50\.0 +[\d.]+\n/);
    expect(text.stdout).to.match(/chance +12\.5 +12\.5/);
    expect(text.stdout).to.match(/\(mean over 8 classes, 8 clips\): one draw\n/);
    expect(text.stdout).to.match(
      /\n(?:with|what pretrained reaches with) 2 labels a class, .*\n.* with all labels, .*\n/,
    );
  });

  it('refuses bad input in one sentence, before any work', async () => {
    const curves = (...words: string[]) => [
      'few-labels',
      given.run,
      given.dataset,
      '--out',
      at('x'),
      ...short,
      ...words,
    ];
    const other = [...curves('--labels-per-class', '2', ...probes), '--out', at('curves')];
    await expectRefusals([
      ['no count', curves('--labels-per-class', '1,none'), /whole numbers from 1, or all/, 2],
      ['too few labels', curves('--labels-per-class', '1,9'), /more clips than the class/, 2],
      ['another seed', [...other, '--seed', '4'], /holds what other options came to: seed is 0 there and 4 here/, 2],
    ]);
    expect(await readdir(folder.path('.'))).to.deep.equal(['curves']);
  });
});
