import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Progress } from '../../lib/clip/job.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { createRandom } from '../../lib/clip/random.js';
import { createLoader } from '../../lib/dataset/loader.js';
import { type Dataset, openDataset } from '../../lib/dataset/open-dataset.js';
import { prepare } from '../../lib/dataset/prepare.js';
import { splitByVideo } from '../../lib/dataset/split.js';
import { createEngine } from '../../lib/engine/engines.js';
import { decodeJsonLines } from '../../lib/formats/jsonl.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { chooseMask, createMaskMix } from '../../lib/masking/mask-mix.js';
import { planMask } from '../../lib/masking/plan-mask.js';
import { gridOfModel } from '../../lib/model/model-config.js';
import { lossProgram } from '../../lib/objectives/programs.js';
import { readCheckpoint, writeCheckpoint } from '../../lib/run/checkpoint.js';
import { loadModel } from '../../lib/run/load-model.js';
import { checkpointName } from '../../lib/run/run-files.js';
import { readRunConfig } from '../../lib/run/run-config.js';
import { checkPretrainOptions, type PretrainOptions, resolveRunConfig } from '../../lib/training/pretrain-options.js';
import { pretrain, type PretrainResult } from '../../lib/training/pretrain.js';
import { learningRateAt } from '../../lib/training/schedule.js';
import type { StepTiming } from '../../lib/training/training-log.js';
import { folderContents } from '../dataset/folder-contents.js';
import { initialParameters, inputsOf, layoutOf } from '../model/small-models.js';
import { makeVideo, rejectionOf } from '../video/made-videos.js';
import { makeMovingDataset } from './moving-dataset.js';
import { smallRuns } from './small-runs.js';

/** Steps of the run that the others are held against. */
const steps = 24;

describe('pretrain', () => {
  const { folder, metricsOf, stopAfter, asked: askedOf } = smallRuns();
  const asked = (out: string, changes: Partial<PretrainOptions> = {}): PretrainOptions =>
    askedOf(out, { weights: [2, 1], steps, ...changes });
  const refusalOf = async (options: PretrainOptions) => {
    const error = await rejectionOf(pretrain(options));
    expect(error).to.be.instanceOf(LacunaError);
    return error as LacunaError;
  };
  /** What the exactness of a run promises. */
  const exactPart = async (out: string) => {
    const { 'model.safetensors': weights, 'metrics.jsonl': metrics } = await folderContents(folder.path(out));
    return { weights, metrics };
  };

  const reports: Progress[] = [];
  let whole: PretrainResult;
  let dataset: Dataset;
  before(async () => {
    dataset = await openDataset(folder.path('data'));
    whole = await pretrain(asked('whole'), { onProgress: (progress) => reports.push(progress) });
  });
  after(() => dataset.close());

  it('writes a run that can be opened, and says what came out', async () => {
    const { compute, config } = await loadModel(folder.path('whole'), { threads: 1 });
    await compute.close();
    expect(config).to.deep.include({ preset: 'conv-tiny', seed: 5, hide: ['future:2', 'patches:0.5'] });
    expect(whole).to.include({ run: folder.path('whole'), steps, parameters: compute.layout.length });
    const { position } = (await readCheckpoint(folder.path('whole'))) ?? {};
    expect(position).to.include({ step: steps, isFinished: true, loss: whole.loss, elapsedSeconds: whole.seconds });
    expect(await readdir(folder.path('whole'))).to.include.members(['config.json', 'preprocessor_config.json']);
  });

  it('logs each step: what was hidden, the loss, the norm and the rate', async () => {
    const metrics = await metricsOf('whole');
    const config = await readRunConfig(folder.path('whole'));
    if (config === undefined) throw new Error('there is no configuration');
    expect(metrics.map(({ step }) => step)).to.deep.equal(Array.from({ length: steps }, (_, step) => step + 1));
    for (const { step, gradientNorm, learningRate } of metrics) {
      expect(learningRate).to.equal(learningRateAt(config, step - 1, (step - 1) / steps));
      expect(gradientNorm).to.be.above(0);
    }
    // Twice as often; 16 of 24 expected, deviation 2.3.
    expect(metrics.filter(({ hide }) => hide === 'future:2').length).to.be.within(10, 22);
    expect(new Set(metrics.map(({ hide }) => hide))).to.deep.equal(new Set(['future:2', 'patches:0.5']));
    const mean = metrics.reduce((sum, { loss }) => sum + loss, 0) / steps;
    expect(whole.loss).to.be.closeTo(mean, 1e-9);
    const timings = decodeJsonLines(await readFile(folder.path('whole/timing.jsonl'))).values as StepTiming[];
    expect(timings.reduce((sum, { seconds }) => sum + seconds, 0)).to.be.closeTo(whole.seconds, 1e-6);
    expect(timings.every(({ seconds, dataSeconds }) => dataSeconds <= seconds)).to.equal(true);
  });

  /** Expects of the first steps of a run what follows from its options. */
  const expectSteps = async (out: string, count: number, options: PretrainOptions) => {
    const { score = 1 } = options;
    const config = resolveRunConfig(checkPretrainOptions(options), dataset, '');
    const { model, hide, learningRate } = config;
    const rows = splitByVideo(dataset, { validation: 0.25, seed: 5 }).train;
    const loader = createLoader(dataset, { rows, batch: 2, seed: 5, flip: true });
    const mix = createMaskMix(hide.map(parseHide), [2, 1]);
    const engine = await createEngine('onnx', { threads: 1 });
    const state = engine.createState(layoutOf(model));
    const zeros = new Float32Array(layoutOf(model).length);
    await engine.writeState(state, { parameters: initialParameters(model, 5), moments1: zeros, moments2: zeros });
    const metrics = await metricsOf(out);
    for (let step = 0; step < count; step++) {
      const { pixels } = await loader.load(step);
      const chosen = hide[chooseMask(mix, { seed: 5, step })] ?? '';
      const plans = [0, 1].map((sample) =>
        planMask(parseHide(chosen), gridOfModel(model), { seed: 5, step, sample }, { score }),
      );
      const { plan, arrays } = inputsOf(model, pixels, plans);
      const program = await engine.compile('step', {
        ...lossProgram(model, 'reconstruction', 2, plan),
        optimiser: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1 },
      });
      const rate = learningRateAt({ learningRate, warmUpSteps: 30 }, step, step / (options.steps ?? NaN));
      const report = await program.run(state, arrays, { learningRate: rate, weightDecay: 0.05, step: step + 1 });
      expect(metrics[step]).to.deep.equal({ step: step + 1, hide: chosen, ...report, learningRate: rate });
    }
    await loader.close();
    await engine.dispose();
    return new Set(metrics.slice(0, count).map(({ hide: chosen }) => chosen));
  };

  it('makes its steps on the clips for training, with the masks and rates that follow from the options', async () => {
    expect((await expectSteps('whole', 4, asked('whole'))).size).to.equal(2);
  });

  it('scores the share of the hidden that it is told to', async () => {
    const options = asked('half', { score: 0.5, steps: 2 });
    await pretrain(options);
    await expectSteps('half', 2, options);
    const [[half], [all]] = [await metricsOf('half'), await metricsOf('whole')];
    expect(half?.loss).not.to.equal(all?.loss);
    expect((await refusalOf({ ...options, score: 1 })).message).to.include('score is 0.5 there and 1 here');
  });

  it('changes clips as asked, and the same way after it was stopped', async () => {
    const options = asked('changed', { crop: 0.5, colour: 0.3, repeat: 2, batch: 4, steps: 8 });
    const { crop, colour, repeat } = resolveRunConfig(checkPretrainOptions(options), dataset, '');
    expect({ crop, colour, repeat }).to.deep.equal({ crop: 0.5, colour: 0.3, repeat: 2 });
    await pretrain(options);
    const again = { ...options, out: folder.path('changed-again') };
    await stopAfter(3, again);
    await pretrain(again);
    expect(await exactPart('changed-again')).to.deep.equal(await exactPart('changed'));
    const lossOf = async (out: string) => (await metricsOf(out)).map(({ loss }) => loss);
    const changed = await lossOf('changed');
    for (const less of [{ crop: 1 }, { colour: 0 }, { repeat: 1 }]) {
      const out = `without-${Object.keys(less).join()}`;
      await pretrain({ ...options, ...less, out: folder.path(out), steps: 1 });
      expect((await lossOf(out))[0], out).not.to.equal(changed[0]);
    }
    expect((await refusalOf({ ...options, crop: 0.6 })).message).to.include('crop is 0.5 there and 0.6 here');
  });

  it('comes to the same weights on videos that are not prepared, and goes on with the dataset', async () => {
    await mkdir(folder.path('videos'));
    for (const [name, frames] of Object.entries({ a: 20, b: 33, c: 14 })) {
      const value = (frame: number, y: number, x: number) => 128 + 100 * Math.sin((x - 2 * frame + y) / 2.5);
      await makeVideo(folder.path(`videos/${name}.mp4`), { width: 16, height: 16, frames, fps: 12, value });
    }
    await writeFile(folder.path('videos/text.mp4'), 'not a video\n'.repeat(50));
    const cut = { size: 16, frames: 4, hop: 3 };
    await prepare({ inputs: [folder.path('videos')], out: folder.path('prepared'), ...cut });
    const prepared = asked('of-prepared', { dataset: folder.path('prepared'), crop: 0.5 });
    const streamed = asked('of-streamed', { dataset: folder.path('videos'), stream: cut, crop: 0.5 });
    expect(await pretrain(prepared))
      .to.have.property('failures')
      .that.deep.equals([]);
    await stopAfter(5, streamed);
    const result = await pretrain(streamed);
    expect(result.failures.map(({ video }) => video)).to.deep.equal(['text.mp4']);
    expect(await exactPart('of-streamed')).to.deep.equal(await exactPart('of-prepared'));
    // It is the same run, wherever its clips come from.
    const finished = { ...result, failures: [] };
    expect(await pretrain({ ...prepared, out: streamed.out })).to.deep.equal(finished);
    const again = await pretrain({ ...streamed, steps: 1, overwrite: true });
    expect(again).to.include({ steps: 1 });
    const refused = await refusalOf({ ...streamed, steps: 1, stream: { ...cut, hop: 4 } });
    expect(refused.message).to.include('the dataset is another');
    const wrong = await refusalOf(asked('never', { ...streamed, out: folder.path('never'), stream: { size: 1 } }));
    expect(wrong.message).to.match(/^pretrain cannot take these options: stream\.size/);
  });

  it('reports each step', () => {
    expect(reports.map(({ done }) => done)).to.deep.equal(Array.from({ length: steps }, (_, step) => step + 1));
    for (const { unit, total, note } of reports) {
      expect({ unit, total }).to.deep.equal({ unit: 'steps', total: steps });
      expect(note).to.match(/^loss [\d.e-]+ (future:2(, [\d.e-]+ patches:0.5)?|patches:0.5), [\d.e+]+ clips\/s$/);
    }
  });

  it('returns a run that is finished as it is', async () => {
    const before = await folderContents(folder.path('whole'));
    expect(await pretrain(asked('whole'))).to.deep.equal(whole);
    expect(await folderContents(folder.path('whole'))).to.deep.equal(before);
  });

  it('goes on where it was stopped by a signal, and ends in the same bytes', async () => {
    const options = asked('stopped');
    for (const done of [1, steps - 1]) {
      await stopAfter(done, options);
      const checkpoint = await readCheckpoint(folder.path('stopped'));
      expect(checkpoint?.position).to.include({ step: done, isFinished: false });
      // A model that was stopped can be used.
      expect(await readdir(folder.path('stopped'))).to.include('model.safetensors');
    }
    expect(await pretrain(options)).to.include({ steps, loss: whole.loss });
    expect(await exactPart('stopped')).to.deep.equal(await exactPart('whole'));
  });

  it('goes on with a run of an older version, which kept less of itself', async () => {
    const options = asked('older');
    await stopAfter(5, options);
    const without = async (file: string, names: readonly string[]) => {
      const text = await readFile(folder.path(file), 'utf8');
      await writeFile(
        folder.path(file),
        JSON.stringify(JSON.parse(text, (key, value: unknown) => (names.includes(key) ? undefined : value))),
      );
    };
    await without('older/config.json', [
      ...['isBatchChosen', 'accumulate', 'schedule', 'minLearningRate', 'average', 'validateEvery', 'patience', 'init'],
    ]);
    const known = ['kinds', 'highSteps', 'falls', 'anchor', 'validation'];
    await without(`older/checkpoints/${checkpointName(5)}/position.json`, known);
    await pretrain(options);
    expect(await exactPart('older')).to.deep.equal(await exactPart('whole'));
    // Where it had been gone on with, it could have gone back to.
    expect((await readCheckpoint(options.out))?.position.anchor).to.equal(5);
    expect(await readdir(folder.path('older/checkpoints'))).to.include(checkpointName(5));
  });

  it('makes nothing where the signal has ended it before it begins', async () => {
    const reason = new Error('SIGINT');
    const never = pretrain(asked('never'), { signal: AbortSignal.abort(reason) });
    expect(await rejectionOf(never)).to.equal(reason);
    expect(await readdir(folder.path('.'))).not.to.include('never');
  });

  it('goes on where it was killed, and ends in the same bytes', async () => {
    const options = asked('killed');
    const program = fileURLToPath(new URL('pretrain-process.ts', import.meta.url));
    const saved = 4;
    await stopAfter(saved, options);
    const last = saved + 1 + createRandom(3, 'kill').integer(steps - saved);
    const words = ['--import=tsx', program, JSON.stringify(options), String(last)];
    const child = spawn(process.execPath, words, { stdio: 'ignore' });
    const signal = await new Promise((ended) => child.on('close', (_code, by) => ended(by)));
    expect(signal).to.equal('SIGKILL');
    // The log is ahead of the checkpoint.
    expect(await metricsOf('killed')).to.have.length(last);
    expect((await readCheckpoint(folder.path('killed')))?.position.step).to.equal(saved);
    expect(await pretrain(options)).to.include({ steps, loss: whole.loss });
    expect(await exactPart('killed')).to.deep.equal(await exactPart('whole'));
    const timings = decodeJsonLines(await readFile(folder.path('killed/timing.jsonl'))).values;
    expect(timings).to.have.length(steps);
  });

  it('refuses a run with other options and says which', async () => {
    const before = await folderContents(folder.path('whole'));
    const { kind, message } = await refusalOf(asked('whole', { batch: 3, seed: 6 }));
    expect(kind).to.equal('usage');
    expect(message).to.include('batch is 2 there and 3 here, seed is 5 there and 6 here');
    await makeMovingDataset(folder.path('more'), [3, 3, 3, 4]);
    expect((await refusalOf(asked('whole', { dataset: folder.path('more') }))).message).to.include('dataset');
    expect(await folderContents(folder.path('whole'))).to.deep.equal(before);
  });

  it('replaces a run on demand, and comes to other weights without mirroring', async () => {
    await cp(folder.path('whole'), folder.path('replaced'), { recursive: true });
    await writeFile(folder.path('replaced/report.html'), '');
    await writeFile(folder.path('replaced/notes.txt'), 'mine');
    const result = await pretrain(asked('replaced', { flip: false, overwrite: true }));
    expect(result).to.include({ steps, run: folder.path('replaced') });
    expect(await metricsOf('replaced')).to.have.length(steps);
    const [made, before] = [await exactPart('replaced'), await exactPart('whole')];
    expect([made.weights === before.weights, made.metrics === before.metrics]).to.deep.equal([false, false]);
    expect(await readdir(folder.path('replaced')))
      .to.include('notes.txt')
      .and.not.include('report.html');
  });

  it('refuses what it cannot train on before it makes anything', async () => {
    const { kind, message } = await refusalOf(asked('never', { dataset: folder.path('absent') }));
    expect(kind).to.equal('input');
    expect(message).to.include(folder.path('absent'));
    await refusalOf(asked('never', { preset: 'vit-tiny' }));
    await refusalOf(asked('never', { hide: ['future:4'], weights: [1] }));
    expect(await readdir(folder.path('.'))).not.to.include('never');
  });

  it('ends after so many epochs', async () => {
    // 9 clips are for training: 2 steps of 6 and half a step.
    const { steps: made } = await pretrain(asked('epochs', { steps: undefined, epochs: 1.5, batch: 6 }));
    expect(made).to.equal(3);
  });

  it('ends after so many minutes', async () => {
    const options = asked('minutes', { steps: undefined, minutes: 0.03 });
    const progress: Progress[] = [];
    const result = await pretrain(options, { onProgress: (report) => progress.push(report) });
    expect(result.seconds).to.be.at.least(1.8);
    const timings = decodeJsonLines(await readFile(folder.path('minutes/timing.jsonl'))).values as StepTiming[];
    const beforeLast = timings.slice(0, -1).reduce((sum, { seconds }) => sum + seconds, 0);
    expect(beforeLast).to.be.below(1.8);
    for (const { done, total } of progress) expect(total).to.be.at.least(done);
    expect(progress.at(-1)?.total).to.equal(result.steps);
    const rates = (await metricsOf('minutes')).map(({ learningRate }) => learningRate);
    expect(rates).to.have.length(result.steps);
    expect(rates.at(-1)).to.be.below(Math.max(...rates) / 2);
  });

  it('is finished only once its weights are written', async () => {
    const options = asked('weightless', { steps: 3 });
    const inTheWay = folder.path('weightless/model.safetensors');
    const blocked = pretrain(options, { onProgress: ({ done }) => done === 3 && mkdirSync(inTheWay) });
    expect(await rejectionOf(blocked)).to.have.property('code', 'EISDIR');
    await rm(inTheWay, { recursive: true });
    await pretrain(options);
    expect((await stat(inTheWay)).isFile()).to.equal(true);
    expect((await readCheckpoint(options.out))?.position.isFinished).to.equal(true);
  });

  it('does not go on from a damaged checkpoint, or from that of another network', async () => {
    await cp(folder.path('whole'), folder.path('other'), { recursive: true });
    const checkpoint = await readCheckpoint(folder.path('other'));
    if (checkpoint === undefined) throw new Error('there is no checkpoint');
    const short = checkpoint.state.parameters.slice(1);
    await writeCheckpoint(folder.path('other'), {
      position: { ...checkpoint.position, step: steps - 1, isFinished: false },
      state: { parameters: short, moments1: short, moments2: short },
    });
    await writeFile(folder.path(`other/checkpoints/${checkpointName(steps)}/position.json`), '{');
    expect((await refusalOf(asked('other'))).message).to.include(checkpointName(steps));
    // As the sentence says: without it, the run goes on from the one before.
    await rm(folder.path(`other/checkpoints/${checkpointName(steps)}`), { recursive: true });
    expect((await refusalOf(asked('other'))).message).to.include(
      `hold ${short.length} parameters and the network has ${whole.parameters}`,
    );
  });
});
