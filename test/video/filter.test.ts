import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { filterFrames } from '../../lib/video/filter.js';
import { madeFrames, rejectionOf } from './made-videos.js';

const size = { width: 40, height: 36, fps: 12 };
const frames = (count: number) => Buffer.concat([...madeFrames({ ...size, frames: count })]);

describe('filterFrames', () => {
  it('gives the same bytes back through a filter that changes nothing', async () => {
    const noise = Uint8Array.from({ length: 40 * 36 * 3 * 30 }, (_, index) => (index * 7919) % 251);
    expect(Buffer.compare(await filterFrames(noise, { ...size, filter: 'null' }), noise)).to.equal(0);
  });

  it('changes size and rate', async () => {
    const half = await filterFrames(frames(6), { ...size, filter: 'scale=20:18' });
    expect(half.length).to.equal(6 * 20 * 18 * 3);
    const slow = await filterFrames(frames(6), { ...size, filter: 'null', outputFps: 6 });
    expect(slow.length).to.equal(3 * 40 * 36 * 3);
  });

  it('interpolates by motion', async () => {
    const filtered = await filterFrames(frames(8), { ...size, filter: 'minterpolate=fps=24:mi_mode=mci' });
    expect(filtered.length % (40 * 36 * 3)).to.equal(0);
    expect(filtered.length / (40 * 36 * 3)).to.be.within(9, 16);
  });

  it('gives nothing for nothing', async () => {
    expect(await filterFrames(new Uint8Array(0), { ...size, filter: 'null' })).to.have.length(0);
  });

  it('names a graph that ffmpeg refuses', async () => {
    const error = await rejectionOf(filterFrames(frames(1), { ...size, filter: 'nonsense=3' }));
    expect(error).to.be.instanceOf(LacunaError);
    expect(error)
      .to.have.property('message')
      .that.matches(/by nonsense=3: .*\[AVFilterGraph\]/);
  });

  it('refuses a part of a frame', async () => {
    expect(await rejectionOf(filterFrames(new Uint8Array(5), { ...size, filter: 'null' }))).to.be.instanceOf(
      RangeError,
    );
  });

  it('ends with the signal', async () => {
    const reason = new Error('enough');
    const filtered = filterFrames(frames(1), { ...size, filter: 'null' }, { signal: AbortSignal.abort(reason) });
    expect(await rejectionOf(filtered)).to.equal(reason);
  });
});
