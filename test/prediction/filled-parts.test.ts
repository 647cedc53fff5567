import { expect } from 'chai';
import { type Dataset, openDataset } from '../../lib/dataset/open-dataset.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { planMask } from '../../lib/masking/plan-mask.js';
import { gridOfModel } from '../../lib/model/model-config.js';
import { type FilledClip, fillInParts, fillOne, type FillRows } from '../../lib/prediction/filled-parts.js';
import { type LoadedModel, loadModel } from '../../lib/run/load-model.js';
import { trainedRun } from '../cli/trained-run.js';
import { rejectionOf } from '../video/made-videos.js';

describe('fillInParts', () => {
  let model: LoadedModel;
  let dataset: Dataset;
  before(async () => {
    const given = await trainedRun();
    model = await loadModel(given.run, { threads: 1 });
    dataset = await openDataset(given.dataset);
  });
  after(async () => {
    await dataset.close();
    await model.compute.close();
  });

  /** Rows backwards, so that a row is not its place. */
  const given = (changes: Partial<FillRows> = {}): FillRows => ({
    ...{ model, dataset, rows: Int32Array.from({ length: 11 }, (_, sample) => 20 - sample) },
    planOf: (sample) =>
      planMask(parseHide('patches:0.5'), gridOfModel(model.config.model), { seed: 1, step: 0, sample }),
    ...changes,
  });
  const fillAll = async (rows: FillRows, signal?: AbortSignal) => {
    const parts: (readonly FilledClip[])[] = [];
    for await (const part of fillInParts(rows, signal)) parts.push(part);
    return parts;
  };

  it('fills each row once, in order, a few at a time', async () => {
    const parts = await fillAll(given());
    expect(parts.map((part) => part.length)).to.deep.equal([8, 3]);
    for (const [sample, clip] of parts.flat().entries()) {
      expect([clip.sample, clip.row]).to.deep.equal([sample, 20 - sample]);
      expect(clip.plan).to.deep.equal(given().planOf(sample));
      const truth = new Uint8Array(clip.truth.length);
      await dataset.readClips([clip.row], truth);
      expect(clip.truth).to.deep.equal(truth);
      expect(clip.filled).not.to.deep.equal(Float32Array.from(truth));
    }
  });

  it('fills one of them again to the last bit', async () => {
    const clips = (await fillAll(given())).flat();
    for (const sample of [0, 5, 10]) expect(await fillOne(given(), sample)).to.deep.equal(clips[sample]);
    expect(await rejectionOf(fillOne(given(), 11))).to.be.instanceOf(RangeError);
  });

  it('has the next part under way while one is looked at, and waits for it when it is left', async () => {
    let calls = 0;
    let done = 0;
    const call: LoadedModel['compute']['call'] = async (...asked) => {
      calls += 1;
      const answer = await model.compute.call(...asked);
      done += 1;
      return answer;
    };
    const watched = given({ model: { ...model, compute: { ...model.compute, call } } });
    for await (const part of fillInParts(watched, undefined)) {
      expect(part).to.have.length(8);
      await dataset.readClips([0], new Uint8Array(part[0]?.truth.length ?? 0));
      break;
    }
    expect([calls, done]).to.deep.equal([2, 2]);
  });

  it('throws what a part throws when its turn comes, and the reason of the signal', async () => {
    const broken = new Error('broken');
    const planOf = (sample: number) => {
      if (sample === 9) throw broken;
      return given().planOf(sample);
    };
    let parts = 0;
    const failed = (async () => {
      for await (const part of fillInParts(given({ planOf }), undefined)) parts += part.length > 0 ? 1 : 0;
    })();
    expect(await rejectionOf(failed)).to.equal(broken);
    expect(parts).to.equal(1);

    const [stop, reason] = [new AbortController(), new Error('enough')];
    const stopped = (async () => {
      for await (const part of fillInParts(given(), stop.signal)) if (part.length === 8) stop.abort(reason);
    })();
    expect(await rejectionOf(stopped)).to.equal(reason);
    expect(await rejectionOf(fillAll(given(), AbortSignal.abort(reason)))).to.equal(reason);
  });
});
