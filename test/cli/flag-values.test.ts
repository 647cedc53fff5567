import { expect } from 'chai';
import {
  numberList,
  realNumber,
  repeated,
  timeInSeconds,
  wholeNumber,
  wholeNumberOr,
} from '../../lib/cli/flag-values.js';

describe('wholeNumber', () => {
  it('reads decimal notation within its bounds', () => {
    expect(wholeNumber()('0')).to.equal(0);
    expect(wholeNumber({ least: 1, most: 8 })('8')).to.equal(8);
    expect(wholeNumber()('1e3')).to.equal(1000);
  });

  for (const text of ['', ' ', '1.5', '-1', '0x10', 'abc', '9', 'Infinity', '1 2']) {
    it(`refuses ${JSON.stringify(text)} and says the bounds`, () => {
      expect(() => wholeNumber({ least: 1, most: 8 })(text)).to.throw('it must be a whole number from 1 to 8');
    });
  }

  it('does not speak of a bound that is not there', () => {
    expect(() => wholeNumber()('x')).to.throw(/^it must be a whole number from 0$/);
  });
});

describe('wholeNumberOr', () => {
  it('reads a number or the word, and says both', () => {
    const read = wholeNumberOr('all', { least: 1 });
    expect([read('12'), read('all')]).to.deep.equal([12, 'all']);
    for (const text of ['0', 'al', '', 'ALL']) {
      expect(() => read(text)).to.throw(/^it must be a whole number from 1, or all$/);
    }
  });
});

describe('realNumber', () => {
  it('reads numbers, ends included unless they are left out', () => {
    expect(realNumber({ least: 0 })('0')).to.equal(0);
    expect(realNumber({ above: 0 })('.5')).to.equal(0.5);
    expect(realNumber({ above: 0 })('3e-4')).to.equal(3e-4);
  });

  it('says which numbers it takes', () => {
    expect(() => realNumber({ above: 0 })('0')).to.throw(/^it must be a number above 0$/);
    expect(() => realNumber({ above: 0, most: 1 })('2')).to.throw(/^it must be a number above 0 and up to 1$/);
    expect(() => realNumber({ least: 0, most: 1 })('2')).to.throw(/^it must be a number from 0 to 1$/);
    expect(() => realNumber()('NaN')).to.throw(/^it must be a number$/);
  });
});

describe('timeInSeconds', () => {
  it('reads seconds and clock times', () => {
    const times = {
      '0': 0,
      '90': 90,
      '1.25': 1.25,
      '.5': 0.5,
      '1:30': 90,
      '90:00': 5400,
      '0:01:30.5': 90.5,
      '2:00:00': 7200,
    };
    for (const [text, seconds] of Object.entries(times)) expect(timeInSeconds(text), text).to.equal(seconds);
  });

  it('refuses what is no time', () => {
    for (const text of ['', 'x', '-1', '1:60', '1:60:00', '1:2:3:4', ':30', '1:', '1e3', 'Infinity']) {
      expect(() => timeInSeconds(text), text).to.throw('it must be seconds or h:mm:ss');
    }
  });
});

describe('numberList', () => {
  it('reads numbers with commas between them', () => {
    expect(numberList('0.5,0.3,0.2')).to.deep.equal([0.5, 0.3, 0.2]);
    expect(() => numberList('0.5,,0.2')).to.throw('numbers with commas');
  });
});

describe('repeated', () => {
  it('collects values in order', () => {
    expect(repeated('b', repeated('a', undefined))).to.deep.equal(['a', 'b']);
  });
});
