import { expect } from 'chai';
import { clipLength, frameLength } from '../../lib/clip/clip.js';
import type { Progress } from '../../lib/clip/job.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { type Dataset, openDataset } from '../../lib/dataset/open-dataset.js';
import { prepare } from '../../lib/dataset/prepare.js';
import { splitByVideo } from '../../lib/dataset/split.js';
import { pixelMask } from '../../lib/masking/hidden-pixels.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { planMask } from '../../lib/masking/plan-mask.js';
import { fillNames, trivialFills } from '../../lib/measures/trivial-fills.js';
import { gridOfModel } from '../../lib/model/model-config.js';
import {
  evaluate,
  evaluateOn,
  type EvaluateOptions,
  type Evaluation,
  splitForModel,
} from '../../lib/prediction/evaluate.js';
import { fillClips } from '../../lib/prediction/fill-clips.js';
import { type LoadedModel, loadModel } from '../../lib/run/load-model.js';
import { type TrainedRun, trainedRun } from '../cli/trained-run.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

const stillFills = fillNames.filter((name) => name !== 'motion interpolation');

/** What is measured once for all, and the fills that apply to it. */
const measured = [
  ['future:8', stillFills],
  ['gap:4', fillNames],
  ['patches:0.75', stillFills],
] as const;

describe('evaluate', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  let model: LoadedModel;
  let own: Dataset;
  let other: Dataset;
  let evaluations: readonly Evaluation[];
  const asked = (options: Partial<EvaluateOptions> = {}): EvaluateOptions => ({
    model: given.run,
    dataset: given.dataset,
    hide: ['future:8'],
    threads: 1,
    ...options,
  });

  before(async () => {
    given = await trainedRun();
    model = await loadModel(given.run, { threads: 1 });
    own = await openDataset(given.dataset);
    await prepare({ inputs: given.videos.slice(0, 2), out: folder.path('other') });
    other = await openDataset(folder.path('other'));
    evaluations = await evaluate(asked({ hide: measured.map(([hide]) => hide), seed: 5 }));
  });
  after(async () => {
    await own.close();
    await other.close();
    await model.compute.close();
  });

  /** The clips of some rows, and what is hidden of each. */
  const readRows = async (dataset: Dataset, rows: Int32Array, hide: string, seed: number) => {
    const length = clipLength(dataset.shape);
    const pixels = new Uint8Array(rows.length * length);
    await dataset.readClips(rows, pixels);
    const clips = Array.from(rows, (_, index) => pixels.subarray(index * length, (index + 1) * length));
    const grid = gridOfModel(model.config.model);
    const plans = clips.map((_, sample) => planMask(parseHide(hide), grid, { seed, step: 0, sample }));
    return { clips, plans };
  };

  it('uses only videos that the model was not trained on where it was trained on the dataset, and else all', async () => {
    const { training, heldOut, part } = splitForModel(model, own);
    expect(part).to.equal('validation');
    const { train, validation } = splitByVideo(own, { validation: 0.1, seed: 0 });
    expect(training).to.deep.equal(train);
    expect(heldOut).to.deep.equal(validation);
    const videosOf = (rows: Int32Array) => new Set(Array.from(rows, (row) => own.clips[row]?.video));
    expect([...videosOf(training)].filter((video) => videosOf(heldOut).has(video))).to.deep.equal([]);

    const all = Int32Array.from(other.clips.keys());
    expect(splitForModel(model, other)).to.deep.equal({ training: all, heldOut: all, part: 'all' });
    for (const evaluation of evaluations) {
      expect(evaluation.clips).to.equal(heldOut.length).and.below(own.clips.length);
      expect(evaluation).to.deep.include({ part: 'validation', sources: videosOf(heldOut).size });
    }
    const hides = [parseHide('future:8')];
    const [onOther] = await evaluateOn(model, other, hides, { clips: 64, seed: 0 }, {});
    expect(onOther).to.deep.include({ clips: 6, part: 'all', sources: 2 });
    const [onAll] = await evaluateOn(model, other, hides, { clips: 'all', seed: 0 }, {});
    expect(onAll).to.deep.equal(onOther);
  });

  it('measures on the clips that are kept for the test when asked, of either dataset', () => {
    const withTest = (dataset: Dataset): Dataset => ({
      ...dataset,
      clips: dataset.clips.map((clip) => (clip.video === dataset.clips[0]?.video ? { ...clip, split: 'test' } : clip)),
    });
    const rows = own.clips.flatMap(({ video }, row) => (video === own.clips[0]?.video ? [row] : []));
    const { training, heldOut, part } = splitForModel(model, withTest(own), true);
    expect([[...heldOut], part]).to.deep.equal([rows, 'test']);
    expect(rows.filter((row) => training.includes(row))).to.deep.equal([]);
    expect(splitForModel(model, withTest(other), true).heldOut).to.have.length(3);
    expect(() => splitForModel(model, own, true)).to.throw(LacunaError, 'has no clips for the test');
  });

  it('gives each time step by itself, of which the whole is the mean, and how much videos differ', async () => {
    const hides = [parseHide('future:8')];
    const [evaluation] = await evaluateOn(model, other, hides, { clips: 'all', seed: 0 }, {});
    for (const { name, perStep, mse, hiddenMse, hiddenMseError, ssimRange2 } of evaluation?.figures ?? []) {
      expect(perStep.map(({ frame, clips }) => `${frame} ${clips}`)).to.deep.equal(
        [8, 9, 10, 11, 12, 13, 14, 15].map((frame) => `${frame} 6`),
      );
      const mean = (of: 'mse' | 'ssimRange2') => perStep.reduce((sum, step) => sum + step[of], 0) / perStep.length;
      expect(mean('mse'), name).to.be.closeTo(mse, 1e-9 * mse);
      expect(mean('ssimRange2'), name).to.be.closeTo(ssimRange2, 1e-9);
      expect(hiddenMse, name).to.be.closeTo(mse, 1e-9 * mse);
      expect(hiddenMseError, name).to.be.above(0);
    }
    // The further from what was seen, the worse a copy of it is.
    const copied = evaluation?.figures.find(({ name }) => name === 'copy-last')?.perStep ?? [];
    expect(copied.at(-1)?.mse).to.be.above(1.5 * (copied[0]?.mse ?? NaN));
  });

  for (const [index, [hide, names]] of measured.entries()) {
    it(`gives for ${hide} the figures that are computed directly from each fill`, async () => {
      const { training, heldOut } = splitForModel(model, own);
      const { clips, plans } = await readRows(own, heldOut, hide, 5);
      const meanFrame = await meanFrameOf(own, training);
      const evaluation = evaluations[index];
      expect(evaluation?.hide).to.equal(hide);
      expect(evaluation?.figures.map(({ name }) => name)).to.deep.equal(['model', ...names]);
      for (const { name, hiddenMse, mse } of evaluation?.figures ?? []) {
        const fill = fillNames.find((known) => known === name);
        const filled =
          fill === undefined
            ? await fillClips(model, clips, plans)
            : await fillEach(clips, plans, (clip, plan) => trivialFills[fill].fill(clip, plan, { meanFrame }));
        const direct = errorsOf(clips, filled, plans, frameLength(own.shape));
        expect(hiddenMse, name).to.be.closeTo(direct.hiddenMse, 1e-6 * direct.hiddenMse);
        expect(mse, name).to.be.closeTo(direct.mse, 1e-6 * direct.mse);
      }
    });
  }

  it('takes clips spread evenly over all, tells how far it is, and shows the clip of median error', async () => {
    const progress: Progress[] = [];
    const hides = ['future:8', 'gap:4'].map(parseHide);
    const few = await evaluateOn(
      model,
      other,
      hides,
      { clips: 3, seed: 0 },
      { onProgress: (report) => progress.push(report) },
    );
    expect(few.map(({ clips }) => clips)).to.deep.equal([3, 3]);
    expect(progress).to.deep.equal(
      [1, 2, 3, 4, 5, 6].map((done) => ({
        ...{ unit: 'clips', done, total: 6 },
        note: done <= 3 ? 'future:8' : 'gap:4',
      })),
    );
    const rows = Int32Array.of(0, 2, 4);
    const { clips, plans } = await readRows(other, rows, 'future:8', 0);
    const filled = await fillClips(model, clips, plans);
    const errors = clips.map(
      (clip, index) =>
        errorsOf([clip], filled.slice(index, index + 1), plans.slice(index, index + 1), clip.length / 16).hiddenMse,
    );
    const [, median = NaN] = [...errors].sort((one, another) => one - another);
    const middle = errors.indexOf(median);
    const example = few[0]?.example;
    expect(example?.row).to.equal(rows[middle]);
    expect(example?.truth).to.deep.equal(clips[middle]);
    expect(example?.filled).to.deep.equal(filled[middle]);
    expect(example?.plan).to.deep.equal(plans[middle]);
  });

  it('hides the same for the same seed, and something else for another', async () => {
    const copied = async (seed: number) => {
      const [evaluation] = await evaluateOn(model, own, [parseHide('patches:0.5')], { clips: 1, seed }, {});
      return evaluation?.figures.find(({ name }) => name === 'copy-last');
    };
    const first = await copied(0);
    expect(await copied(0)).to.deep.equal(first);
    expect(await copied(1)).not.to.deep.equal(first);
  });

  it('refuses clips of another size, and a dataset of which the model knows every clip', async () => {
    await prepare({ inputs: given.videos.slice(0, 1), out: folder.path('small'), size: 32, frames: 8 });
    const small = await openDataset(folder.path('small'));
    const error = await rejectionOf(evaluateOn(model, small, [parseHide('future:4')], { clips: 1, seed: 0 }, {}));
    await small.close();
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
    expect(error)
      .to.have.property('message')
      .that.matches(/16 × 64 × 64 × 3, and .*small has clips of 8 × 32 × 32 × 3/);

    const config = { ...model.config, data: { ...model.config.data, validation: 0 } };
    expect(() => splitForModel({ ...model, config }, own))
      .to.throw(LacunaError, /was trained on all clips of .*; name a dataset of other videos/)
      .with.property('kind', 'input');
  });

  it('refuses options that are missing, out of range or unknown', async () => {
    for (const [wrong, sentence] of [
      [{ hide: [] }, /hide/],
      [{ hide: ['gapp:9'] }, /gapp:9/],
      [{ clips: 0 }, /clips: .*, got 0/],
      [{ clips: 'some' as 'all' }, /clips: must be a whole number from 1, or all, got "some"/],
      [{ engine: 'gpu' as 'onnx' }, /engine: .*, got "gpu"/],
      [Object.assign({ clips: 1 }, { clip: 3 }), /"clip"/],
    ] as const) {
      const error = await rejectionOf(evaluate(asked(wrong)));
      expect(error, String(sentence)).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
      expect(error).to.have.property('message').that.matches(sentence);
    }
  });

  it('ends with the reason of the signal before the first clip and after any', async () => {
    const reason = new Error('enough');
    expect(await rejectionOf(evaluate(asked(), { signal: AbortSignal.abort(reason) }))).to.equal(reason);
    for (const last of [1, 3]) {
      const stop = new AbortController();
      const done: number[] = [];
      const onProgress = (report: Progress) => {
        done.push(report.done);
        if (report.done === last) stop.abort(reason);
      };
      const controls = { signal: stop.signal, onProgress };
      const stopped = evaluateOn(model, own, [parseHide('future:8')], { clips: 3, seed: 0 }, controls);
      expect(await rejectionOf(stopped)).to.equal(reason);
      expect(done.at(-1)).to.equal(last);
    }
  });
});

async function fillEach(
  clips: readonly Uint8Array[],
  plans: readonly MaskPlan[],
  fill: (clip: Uint8Array, plan: MaskPlan) => Float32Array | Promise<Float32Array>,
): Promise<Float32Array[]> {
  const filled: Float32Array[] = [];
  for (const [index, clip] of clips.entries()) filled.push(await fill(clip, planAt(plans, index)));
  return filled;
}

function planAt(plans: readonly MaskPlan[], index: number): MaskPlan {
  const plan = plans[index];
  if (plan === undefined) throw new RangeError(`no plan ${index}`);
  return plan;
}

/** `[H, W, C]`: the mean over all frames of all these clips. */
async function meanFrameOf(dataset: Dataset, rows: Int32Array): Promise<Float32Array> {
  const pixels = new Uint8Array(rows.length * clipLength(dataset.shape));
  await dataset.readClips(rows, pixels);
  const length = frameLength(dataset.shape);
  const frames = pixels.length / length;
  return Float32Array.from({ length }, (_, index) => {
    let sum = 0;
    for (let frame = 0; frame < frames; frame++) sum += pixels[frame * length + index] ?? NaN;
    return sum / frames;
  });
}

/** The two squared errors as they are defined, from 0 to 1, summed over the values of a frame. */
function errorsOf(
  truths: readonly Uint8Array[],
  filled: readonly Float32Array[],
  plans: readonly MaskPlan[],
  frameValues: number,
): { readonly hiddenMse: number; readonly mse: number } {
  let [hiddenSum, hiddenValues, touchedSum, touchedFrames] = [0, 0, 0, 0];
  for (const [clip, truth] of truths.entries()) {
    const mask = pixelMask(planAt(plans, clip));
    for (let start = 0; start < truth.length; start += frameValues) {
      let [all, isTouched] = [0, false];
      for (let index = start; index < start + frameValues; index++) {
        const squared = (((truth[index] ?? NaN) - (filled[clip]?.[index] ?? NaN)) / 255) ** 2;
        all += squared;
        if (mask[Math.floor(index / 3)] !== 1) continue;
        isTouched = true;
        hiddenSum += squared;
        hiddenValues += 1;
      }
      if (!isTouched) continue;
      touchedSum += all;
      touchedFrames += 1;
    }
  }
  return { hiddenMse: (hiddenSum / hiddenValues) * frameValues, mse: touchedSum / touchedFrames };
}
