import { expect } from 'chai';
import { defaultMaxPixels, defaultMaxSeconds, largestMaxPixels } from '../../lib/video/limits.js';

describe('the limits', () => {
  it('let through what people record', () => {
    // 8K, a panorama of a 360° camera; an hour of one slide; 24 hours of a still hall at 1 kbit/s.
    expect(defaultMaxPixels)
      .to.be.at.least(7680 * 4320)
      .and.at.least(11_008 * 5504);
    expect(largestMaxPixels).to.be.at.least(defaultMaxPixels);
    expect(defaultMaxSeconds(4000)).to.be.at.least(3600);
    expect(defaultMaxSeconds((24 * 3600 * 1000) / 8)).to.equal(24 * 3600);
  });

  it('grow with the file, to a day', () => {
    expect(defaultMaxSeconds(0)).to.equal(3600);
    expect(defaultMaxSeconds(100_000)).to.equal(4600);
    expect(defaultMaxSeconds(1e12)).to.equal(86_400);
  });
});
