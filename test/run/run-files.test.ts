import { expect } from 'chai';
import { checkpointName, checkpointPattern } from '../../lib/run/run-files.js';

describe('checkpointName', () => {
  it('sorts by the step up to eight digits, and is read back by its pattern beyond', () => {
    const steps = [0, 9, 10, 12_345_678, 99_999_999, 1_234_567_890];
    const names = steps.map(checkpointName);
    expect(names.slice(0, 5)).to.deep.equal(names.slice(0, 5).sort());
    expect(names.map((name) => Number(checkpointPattern.exec(name)?.[1]))).to.deep.equal(steps);
  });

  it('is told from everything else', () => {
    for (const name of ['step-5', '.step-00000005.new', 'step-00000005.old', 'step-0000000x', 'steps-00000005']) {
      expect(checkpointPattern.test(name), name).to.equal(false);
    }
  });
});
