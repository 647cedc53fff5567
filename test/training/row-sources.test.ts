import { expect } from 'chai';
import { sourcesOfRows } from '../../lib/training/row-sources.js';

describe('sourcesOfRows', () => {
  const clip = (video: string, group?: string) => ({
    ...{ video, startSeconds: 0, shard: '0', row: 0 },
    ...(group === undefined ? {} : { group }),
  });
  const clips = [clip('a.mp4'), clip('b.mp4'), clip('c.mp4', 'a.mp4'), clip('d.mp4', 'a.mp4')];

  it('numbers groups, and videos without one, as they first come', () => {
    expect(sourcesOfRows({ clips }, Int32Array.of(1, 2, 0, 1, 3))).to.deep.equal(Int32Array.of(0, 1, 2, 0, 1));
    expect(sourcesOfRows({ clips }, Int32Array.of(3))).to.deep.equal(Int32Array.of(0));
  });

  it('refuses rows that there are not', () => {
    expect(() => sourcesOfRows({ clips }, Int32Array.of(4))).to.throw(RangeError, 'no clip 4');
  });
});
