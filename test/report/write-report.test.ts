import { appendFile, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { decode } from 'fast-png';
import type { Progress } from '../../lib/clip/job.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { type Dataset, openDataset } from '../../lib/dataset/open-dataset.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { evaluateOn, splitForModel } from '../../lib/prediction/evaluate.js';
import { writeReport, type ReportResult } from '../../lib/report/write-report.js';
import { type LoadedModel, loadModel } from '../../lib/run/load-model.js';
import { type TrainedRun, trainedRun } from '../cli/trained-run.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

type StoredConfig = { lacuna: { hide: string[]; weights: number[]; data: { folder: string } } };

const hide = ['future:8', 'gap:4', 'box:8,8,32,32@2-9'];

describe('writeReport', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  let run: string;
  let result: ReportResult;
  let page: string;
  let model: LoadedModel;
  let dataset: Dataset;

  /** A copy of the trained run, with something changed in its configuration. */
  const copyRun = async (name: string, change: (config: StoredConfig['lacuna']) => void = () => undefined) => {
    const copy = folder.path(name);
    await cp(given.run, copy, { recursive: true });
    await rm(join(copy, 'report.html'), { force: true });
    const file = join(copy, 'config.json');
    const config = JSON.parse(await readFile(file, 'utf8')) as StoredConfig;
    change(config.lacuna);
    await writeFile(file, JSON.stringify(config));
    return copy;
  };

  before(async () => {
    given = await trainedRun();
    run = await copyRun('run', (config) => Object.assign(config, { hide, weights: [0.5, 0.25, 0.25] }));
    result = await writeReport({ run, clips: 2, threads: 1 });
    page = await readFile(result.file, 'utf8');
    model = await loadModel(run, { threads: 1 });
    dataset = await openDataset(given.dataset);
  });
  after(async () => {
    await model.compute.close();
    await dataset.close();
  });

  it('writes one page into the run folder and changes nothing else there', async () => {
    expect(result.file).to.equal(join(run, 'report.html'));
    expect(page).to.match(/^<!doctype html>/);
    const names = await readdir(given.run);
    const expected = [...new Set([...names, 'report.html'])].sort();
    expect((await readdir(run)).sort()).to.deep.equal(expected);
  });

  it('opens without anything outside itself', () => {
    const addresses = [...page.matchAll(/\b(?:src|href|srcset|data|poster|action)\s*=\s*["']?([^"'\s>]*)/gi)].map(
      ([, address]) => address,
    );
    // A strip and an animation for each way to hide.
    expect(addresses).to.have.length(6);
    for (const address of addresses) expect(address).to.match(/^data:image\/(png|gif);base64,/);
    const text = page.replaceAll(/data:image\/\w+;base64,[A-Za-z0-9+/=]*/g, '');
    expect(text).not.to.match(/https?:|\/\/[a-z]|url\(|@import|<script|<link|<iframe/i);
    expect(text).not.to.contain(folder.path(''));
  });

  it('shows each way to hide with the model and every fill, as they are measured', async () => {
    const evaluations = await evaluateOn(model, dataset, hide.map(parseHide), { clips: 2, seed: 0 }, {});
    const direct = evaluations.map(({ example, ...rest }) => {
      expect(example.truth.length).to.be.above(0);
      return rest;
    });
    expect(result.evaluations).to.deep.equal(direct);
    const sections = page.split('<article>').slice(1);
    expect(sections.map((section) => /<h3>(.*?) <code>(.*?)<\/code>/.exec(section)?.slice(1))).to.deep.equal([
      ['A · what happens next', 'future:8'],
      ['B · what happened in between', 'gap:4'],
      ['C · the missing parts', 'box:8,8,32,32@2-9'],
    ]);
    for (const [index, { figures }] of direct.entries()) {
      for (const { name } of figures) expect(sections[index]).to.contain(`<th scope="row">${name}</th>`);
      expect(sections[index]).to.contain('2 held-out clips');
    }
    expect(page)
      .to.contain('Training loss over 8 steps')
      .and.to.match(/<dd>\d\.\d\d M<\/dd>/);
  });

  it('draws of the shown row only what the model saw', () => {
    const strips = [...page.matchAll(/src="data:image\/png;base64,([^"]*)"/g)].map(([, text = '']) =>
      decode(Buffer.from(text, 'base64')),
    );
    expect(strips).to.have.length(3);
    for (const { width, height } of strips) expect([width, height]).to.deep.equal([16 * 130 - 2, 3 * 130 - 2]);
    const [future] = strips;
    const alphaAt = (frame: number, row: number) =>
      future?.data[4 * ((row * 130 + 64) * (16 * 130 - 2) + frame * 130 + 64) + 3];
    expect([0, 7, 8, 15].map((frame) => alphaAt(frame, 0) === 255)).to.deep.equal([true, true, false, false]);
    expect([0, 7, 8, 15].map((frame) => alphaAt(frame, 1))).to.deep.equal([255, 255, 255, 255]);
  });

  it('names the videos that were held out, and draws their clips alone', () => {
    const { heldOut } = splitForModel(model, dataset);
    const videos = [...new Set(Array.from(heldOut, (row) => dataset.clips[row]?.video ?? ''))];
    expect(result.heldOutVideos).to.deep.equal(videos);
    const [, scatter = ''] = page.split('What it made of the clips');
    expect(scatter.match(/<circle /g)).to.have.length(heldOut.length);
    for (const video of videos) expect(scatter).to.contain(`<title>${video}</title>`);
  });

  it('refuses a folder that is no run, and a run whose dataset has gone or changed or whose log is damaged', async () => {
    const damaged = await copyRun('damaged');
    await appendFile(join(damaged, 'metrics.jsonl'), '{"step":"five"}\n');
    const other = folder.path('other');
    await cp(given.dataset, other, { recursive: true });
    const lines = (await readFile(join(other, 'clips.jsonl'), 'utf8')).trimEnd().split('\n');
    await writeFile(join(other, 'clips.jsonl'), `${lines.slice(0, -1).join('\n')}\n`);
    const gone = folder.path('gone-data');
    const wrongs = [
      [given.dataset, /dataset is no model: it has no config\.json/],
      [await copyRun('gone', ({ data }) => (data.folder = gone)), /gone is not at .*gone-data any more; put it back/],
      [await copyRun('changed', ({ data }) => (data.folder = other)), /other has changed since .*changed was trained/],
      [damaged, /metrics\.jsonl holds a line that is no step; train the run again/],
    ] as const;
    const errors = await Promise.all(
      wrongs.map(([wrong]) => rejectionOf(writeReport({ run: wrong, clips: 1, threads: 1 }))),
    );
    for (const [index, [wrong, sentence]] of wrongs.entries()) {
      const error = errors[index];
      expect(error, String(sentence)).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.matches(sentence).and.not.includes('\n');
      expect(await readdir(wrong)).not.to.include('report.html');
    }
    const usage = await rejectionOf(writeReport({ run, clips: 0 }));
    expect(usage).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
  });

  it('ends with the reason of the signal and writes no page', async () => {
    const reason = new Error('enough');
    const stopped = await copyRun('stopped');
    const before = await readdir(stopped);
    const signal = AbortSignal.abort(reason);
    expect(await rejectionOf(writeReport({ run: stopped, threads: 1 }, { signal }))).to.equal(reason);
    const stop = new AbortController();
    const onProgress = ({ done }: Progress) => done === 2 && stop.abort(reason);
    const error = await rejectionOf(writeReport({ run: stopped, threads: 1 }, { signal: stop.signal, onProgress }));
    expect(error).to.equal(reason);
    expect(await readdir(stopped)).to.deep.equal(before);
  });
});
