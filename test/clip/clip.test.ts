import { expect } from 'chai';
import { clipLength, describeShape, frameLength } from '../../lib/clip/clip.js';

describe('clip', () => {
  const shape = { frames: 16, height: 48, width: 64, channels: 3 };

  it('counts the values of a frame and of a clip', () => {
    expect(frameLength(shape)).to.equal(9216);
    expect(clipLength(shape)).to.equal(147456);
  });

  it('writes a shape in the order of its axes', () => {
    expect(describeShape(shape)).to.equal('16 × 48 × 64 × 3');
  });
});
