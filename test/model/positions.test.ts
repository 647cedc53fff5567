import { expect } from 'chai';
import { sinusoidalPositions } from '../../lib/model/positions.js';

describe('sinusoidalPositions', () => {
  it('gives pairs of a sine and a cosine, each slower than the one before', () => {
    const expected = [
      ...[0, 1, 0, 1],
      ...[0.841471, 0.540302, 0.0099998, 0.99995],
      ...[0.909297, -0.416147, 0.0199987, 0.9998],
    ];
    const positions = sinusoidalPositions(3, 4);
    expect(positions).to.have.length(12);
    expected.forEach((value, index) => expect(positions[index], `value ${index}`).to.be.closeTo(value, 1e-6));
  });

  it('is computed in float64, so that far positions are exact', () => {
    // 1567 / 10000^(2/768) = 1529.868…
    const [, , sine, cosine] = sinusoidalPositions(1568, 768).subarray(1567 * 768);
    const angle = 1567 * Math.exp((-2 / 768) * Math.log(10_000));
    expect(sine).to.equal(Math.fround(Math.sin(angle)));
    expect(cosine).to.equal(Math.fround(Math.cos(angle)));
  });
});
