import { expect } from 'chai';
import { describeEvaluation, describeSteps } from '../../lib/cli/figures-text.js';
import type { Evaluation } from '../../lib/index.js';

const frameFigures = (hiddenMse: number, psnr: number, ssim: number) => ({
  ...{ hiddenMse, psnr, ssim, ssimRange2: ssim + 0.05 },
  ...{ mse: hiddenMse / 2, mae: 3 * hiddenMse, pixelMse: 0.1, pixelMae: 0.2, hiddenMae: 2, hiddenPsnr: psnr },
});

const figuresOf = (name: string, hiddenMse: number, psnr: number, ssim: number) => ({
  name,
  ...frameFigures(hiddenMse, psnr, ssim),
  hiddenMseError: hiddenMse / 8,
  perStep: [8, 9].map((frame) => ({ frame, clips: 12, ...frameFigures(frame * hiddenMse, frame + psnr, ssim) })),
});

const evaluation = (modelMse: number): Evaluation => ({
  ...{ hide: 'future:8', clips: 12, sources: 1, part: 'validation' },
  figures: [
    figuresOf('black', 200, 25.128, 0.5),
    figuresOf('model', modelMse, 30, 0.91234),
    figuresOf('copy-last', 80, 29, NaN),
  ],
});

describe('describeEvaluation', () => {
  it('sorts by error, aligns the columns and says how far the model is ahead', () => {
    expect(describeEvaluation(evaluation(60)).split('\n')).to.deep.equal([
      'future:8 (12 clips of 1 source kept for validation)',
      '             MSE of the hidden     ±    MSE    MAE  PSNR dB    SSIM  SSIM, range 2',
      '  model                   60.0   7.5   30.0  180.0    30.00  0.9123         0.9623',
      '  copy-last               80.0  10.0   40.0  240.0    29.00       –              –',
      '  black                  200.0  25.0  100.0  600.0    25.13  0.5000         0.5500',
      "  The model's error is 25 % below the best trivial fill (copy-last).",
    ]);
  });

  it('says so where the model has not beaten a trivial fill', () => {
    expect(describeEvaluation(evaluation(100))).to.contain(
      'not yet beaten the best trivial fill (copy-last): its error is 25 % above',
    );
  });

  it('says which clips they were', () => {
    expect(describeEvaluation({ ...evaluation(1), part: 'test' })).to.match(/^.* of 1 source kept for the test\)\n/);
    expect(describeEvaluation({ ...evaluation(1), part: 'all', sources: 3 })).to.match(
      /^.*\(12 clips of 3 sources\)\n/,
    );
  });
});

describe('describeSteps', () => {
  it('has a row for each frame and a column for each way to fill', () => {
    expect(describeSteps(evaluation(60)).split('\n')).to.deep.equal([
      '',
      "  MSE of the hidden by frame, and the model's PSNR and SSIM:",
      '  frame  model  copy-last   black  PSNR dB    SSIM',
      '  8      480.0      640.0  1600.0    38.00  0.9123',
      '  9      540.0      720.0  1800.0    39.00  0.9123',
    ]);
  });
});
