import { expect } from 'chai';
import { describeEvaluation } from '../../lib/cli/figures-text.js';

const figuresOf = (name: string, hiddenMse: number, psnr: number, ssim: number) => ({
  ...{ name, hiddenMse, psnr, ssim },
  ...{ mse: hiddenMse / 2, mae: 1, hiddenMae: 2, hiddenPsnr: psnr },
});

const evaluation = (modelMse: number) => ({
  hide: 'future:8',
  clips: 12,
  figures: [
    figuresOf('black', 200, 25.128, 0.5),
    figuresOf('model', modelMse, 30, 0.91234),
    figuresOf('copy-last', 80, 29, 0.9),
  ],
});

describe('describeEvaluation', () => {
  it('sorts by error, aligns the columns and says how far the model is ahead', () => {
    expect(describeEvaluation(evaluation(60)).split('\n')).to.deep.equal([
      'future:8 (12 clips)',
      '             MSE of the hidden  PSNR dB    SSIM',
      '  model                   60.0    30.00  0.9123',
      '  copy-last               80.0    29.00  0.9000',
      '  black                  200.0    25.13  0.5000',
      "  The model's error is 25 % below the best trivial fill (copy-last).",
    ]);
  });

  it('says so where the model has not beaten a trivial fill', () => {
    expect(describeEvaluation(evaluation(100))).to.contain(
      'not yet beaten the best trivial fill (copy-last): its error is 25 % above',
    );
  });
});
