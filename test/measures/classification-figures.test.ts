import { expect } from 'chai';
import { figureClassification, likeliest } from '../../lib/measures/classification-figures.js';

const clip = (video: string, truth: number, ...probabilities: number[]) => ({
  video,
  truth,
  probabilities: Float32Array.from(probabilities),
});

describe('classification-figures', () => {
  const figures = figureClassification(
    [
      // Together 0.9 for class 0, which is right, though its second clip is not.
      clip('a', 0, 0.7, 0.2, 0.1),
      clip('a', 0, 0.2, 0.3, 0.5),
      clip('b', 0, 0.1, 0.8, 0.1),
      clip('c', 1, 0.2, 0.6, 0.2),
      clip('d', 2, 0.3, 0.3, 0.4),
    ],
    3,
  );

  it('counts clips, and videos by the mean over their clips', () => {
    expect([figures.clips, figures.videos]).to.deep.equal([5, 4]);
    expect(figures.clipAccuracy).to.equal(3 / 5);
    expect(figures.videoAccuracy).to.equal(3 / 4);
  });

  it('says what was taken for what', () => {
    expect(figures.confusion).to.deep.equal([
      [1, 1, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
  });

  it('weighs classes alike, however many videos they have', () => {
    expect(figures.balancedAccuracy).to.be.closeTo((0.5 + 1 + 1) / 3, 1e-12);
  });

  it('gives the mean of −log p, which a certain mistake leaves finite', () => {
    const expected = -[0.7, 0.2, 0.1, 0.6, 0.4].reduce((sum, p) => sum + Math.log(p), 0) / 5;
    expect(figures.loss).to.be.closeTo(expected, 1e-6);
    expect(figureClassification([clip('a', 0, 0, 1)], 2).loss).to.be.within(16, 17);
  });

  it('leaves out classes without videos where it weighs, and is no number of nothing', () => {
    expect(figureClassification([clip('a', 1, 0, 1, 0)], 3).balancedAccuracy).to.equal(1);
    expect(figureClassification([], 3).clipAccuracy).to.be.NaN;
  });

  it('keeps clips of one video apart that are of two classes', () => {
    const mixed = figureClassification([clip('a', 0, 1, 0), clip('a', 1, 0, 1)], 2);
    expect([mixed.videos, mixed.videoAccuracy]).to.deep.equal([2, 1]);
  });

  it('takes the first of the likeliest', () => {
    expect(likeliest(Float32Array.of(0.2, 0.4, 0.4))).to.equal(1);
  });
});
