import { expect } from 'chai';
import { openResampleKernel } from '../../lib/clip/resample-kernel.js';

describe('openResampleKernel', () => {
  const kernel = openResampleKernel(4096);
  if (kernel === undefined) throw new Error('this machine has no vector instructions');
  const { memory, resampleLine, sumLines } = kernel;
  const bytes = new Uint8Array(memory);
  const words = new Int32Array(memory);

  it('makes each pixel of a line from two neighbours', () => {
    bytes.set([10, 20, 30, 40, 50, 60, 255, 255, 255], 1000);
    const view = new DataView(memory);
    [
      [0, 2048, 0],
      [0, 512, 1536],
      [3, 1, 2047],
    ].forEach(([offset = 0, near = 0, far = 0], place) => {
      view.setInt32(8 * place, offset, true);
      view.setInt16(8 * place + 4, near, true);
      view.setInt16(8 * place + 6, far, true);
    });
    resampleLine(1000, 0, 24, 2000);
    const mixed = [10 * 512 + 40 * 1536, 20 * 512 + 50 * 1536, 30 * 512 + 60 * 1536];
    const last = [40, 50, 60].map((value) => value + 255 * 2047);
    expect([...words.slice(500, 509)]).to.deep.equal([10, 20, 30].map((value) => 2048 * value).concat(mixed, last));
  });

  it('sums two lines and rounds to the nearest, halves upward', () => {
    const unit = 2 ** 11;
    words.set([0, 255 * unit, 100 * unit, 100 * unit, 7 * unit], 500);
    words.set([0, 255 * unit, 101 * unit, 103 * unit, 7 * unit], 600);
    sumLines(2000, 2400, 2000 + 5 * 4, 1024, 1024, 3000);
    expect([...bytes.slice(3000, 3005)]).to.deep.equal([0, 255, 101, 102, 7]);
    sumLines(2000, 2400, 2000 + 5 * 4, 2048, 0, 3000);
    expect([...bytes.slice(3000, 3005)]).to.deep.equal([0, 255, 100, 100, 7]);
  });
});
