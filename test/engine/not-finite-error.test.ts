import { expect } from 'chai';
import { checkFinite, NotFiniteError } from '../../lib/engine/not-finite-error.js';

describe('checkFinite', () => {
  it('gives back a report of two numbers, zeros and large ones too', () => {
    for (const report of [
      { loss: 0.5, gradientNorm: 2 },
      { loss: -0, gradientNorm: 0 },
      { loss: -1e38, gradientNorm: 3e38 },
    ]) {
      expect(checkFinite(report, 'step 1')).to.equal(report);
    }
  });

  it('refuses what is no number or infinite, in either place, and says where and what', () => {
    for (const broken of [Number.NaN, Infinity, -Infinity]) {
      for (const report of [
        { loss: broken, gradientNorm: 1 },
        { loss: 1, gradientNorm: broken },
      ]) {
        let error: unknown;
        try {
          checkFinite(report, 'step 12 of conv reconstruction');
        } catch (thrown) {
          error = thrown;
        }
        expect(error).to.be.instanceOf(NotFiniteError).and.to.be.instanceOf(Error);
        expect(error).to.have.property('name', 'NotFiniteError');
        expect(error).to.have.property('report', report);
        expect(error).to.have.property(
          'message',
          `step 12 of conv reconstruction: the loss is ${report.loss} and the norm of its gradient ${report.gradientNorm}; nothing was changed`,
        );
      }
    }
  });
});
