import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { type PrepareOptions, resolvePrepareOptions } from '../../lib/dataset/prepare-options.js';

const least: PrepareOptions = { inputs: ['videos'], out: 'data' };

describe('resolvePrepareOptions', () => {
  it('fills in the defaults', () => {
    const { clips, jobs, part, overwrite } = resolvePrepareOptions(least);
    expect(clips).to.deep.equal({
      ...{ size: 64, fps: 12, frames: 16, stride: 1, hop: 16, fit: 'cover' },
      shardClips: 1365,
    });
    expect(jobs).to.be.at.least(1);
    expect(part).to.deep.equal({ index: 0, count: 1 });
    expect(overwrite).to.equal(false);
  });

  it('lets one clip follow the other, and fills shards to 256 MiB', () => {
    expect(resolvePrepareOptions({ ...least, frames: 10, stride: 3 }).clips.hop).to.equal(30);
    expect(resolvePrepareOptions({ ...least, hop: 4 }).clips.hop).to.equal(4);
    expect(resolvePrepareOptions({ ...least, size: 2048, frames: 64 }).clips.shardClips).to.equal(1);
  });

  it('says that clips are grey where they are, and puts three times as many in a shard', () => {
    expect(resolvePrepareOptions({ ...least, grey: true }).clips).to.include({ grey: true, shardClips: 4096 });
    expect(resolvePrepareOptions({ ...least, grey: false }).clips).not.to.have.property('grey');
  });

  it('leaves a start at 0 out, so that datasets of whole videos are described as ever', () => {
    expect(resolvePrepareOptions({ ...least, startSeconds: 0 }).clips).to.have.all.keys(
      ...['size', 'fps', 'frames', 'stride', 'hop', 'fit', 'shardClips'],
    );
    expect(resolvePrepareOptions({ ...least, startSeconds: 1.5, endSeconds: 3 }).clips).to.include({
      startSeconds: 1.5,
      endSeconds: 3,
    });
  });

  it('names each option that is wrong', () => {
    const wrong: [object, RegExp][] = [
      [{ size: 0 }, /size/],
      [{ fps: -1 }, /fps/],
      [{ frames: 1.5 }, /frames/],
      [{ fit: 'squash' }, /fit/],
      [{ inputs: [] }, /inputs/],
      [{ part: { index: 3, count: 3 } }, /part/],
      [{ framez: 3 }, /framez/],
      [{ startSeconds: -1 }, /startSeconds/],
      [{ endSeconds: 0 }, /endSeconds/],
      [{ startSeconds: 5, endSeconds: 5 }, /endSeconds: must be above startSeconds/],
    ];
    for (const [option, name] of wrong) {
      expect(() => resolvePrepareOptions({ ...least, ...option }))
        .to.throw(LacunaError, name)
        .with.property('kind', 'usage');
    }
  });
});
