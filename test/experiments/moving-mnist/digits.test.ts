// Tests that the digits are MNIST's and that no digit is on both sides.
import { expect } from 'chai';
import { digitLength, type Digits, readDigits } from './digits.js';

describe('digits', () => {
  it('are 8,000 for training and 2,000 others for the test', async () => {
    const { train, test } = await readDigits();
    expect([train.length, test.length]).to.deep.equal([8000 * digitLength, 2000 * digitLength]);
    const [trained, tested] = [keysOf(train), keysOf(test)];
    expect(trained.size + tested.size).to.equal(10_000);
    expect([...tested].filter((key) => trained.has(key))).to.deep.equal([]);
    // MNIST's mean is 0.1307.
    expect(train.reduce((sum, value) => sum + value, 0) / train.length / 255).to.be.closeTo(0.1307, 0.002);
    expect([...train].reduce((most, value) => Math.max(most, value), 0)).to.equal(255);
  });

  function keysOf(digits: Digits): Set<string> {
    return new Set(
      Array.from({ length: digits.length / digitLength }, (_, index) =>
        Buffer.from(digits.subarray(index * digitLength, (index + 1) * digitLength)).toString('latin1'),
      ),
    );
  }
});
