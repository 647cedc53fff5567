import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { DecodeError } from '../../lib/video/failure-reason.js';
import { limitFrames } from '../../lib/video/limit-frames.js';
import { rejectionOf, temporaryFolder } from './made-videos.js';

describe('limitFrames', () => {
  const folder = temporaryFolder();
  async function* frames(count: number) {
    for (let frame = 0; frame < count; frame++) yield Promise.resolve(Uint8Array.of(frame));
  }
  const passed: number[] = [];
  const pass = async (count: number, fps: number, maxSeconds?: number) => {
    passed.length = 0;
    await writeFile(folder.path('video'), new Uint8Array(100));
    for await (const [frame] of limitFrames(folder.path('video'), frames(count), { fps, maxSeconds })) {
      passed.push(frame ?? -1);
    }
  };

  it('passes on as many as there may be, in order', async () => {
    await pass(6, 2, 3);
    expect(passed).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('ends with too-large after those', async () => {
    const error = await rejectionOf(pass(7, 2, 3));
    expect(passed).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(error).to.be.instanceOf(DecodeError).and.include({
      reason: 'too-large',
      detail: 'more than 6 frames came of its 100 bytes, or 3 seconds at 2 a second',
    });
  });

  it('goes by the size of the file where nothing is said', async () => {
    await pass(3601, 1);
    expect(passed).to.have.length(3601);
    expect(await rejectionOf(pass(3602, 1))).to.have.property('reason', 'too-large');
  });
});
