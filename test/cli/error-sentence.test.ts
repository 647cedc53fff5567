import { expect } from 'chai';
import { z } from 'zod';
import { describeError } from '../../lib/cli/error-sentence.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';

describe('describeError', () => {
  it('passes on the sentence of an error that is meant for a person', () => {
    expect(describeError(new LacunaError('usage', 'no such preset'))).to.deep.equal({
      sentence: 'no such preset',
      code: 2,
    });
    expect(describeError(new LacunaError('input', 'a.mp4 is cut off'))).to.deep.equal({
      sentence: 'a.mp4 is cut off',
      code: 1,
    });
  });

  it('names the flag of an option that a schema refused', () => {
    const schema = z.strictObject({ out: z.string(), learningRate: z.number().positive(), jobs: z.int().optional() });
    const refusal = (value: unknown) => describeError(schema.safeParse(value).error);
    expect(refusal({ out: 'x', learningRate: 0 }).sentence).to.match(/^--lr: .*; see --help$/);
    expect(refusal({ out: 'x', learningRate: 1, jobs: 1.5 }).sentence).to.match(/^--jobs: /);
    expect(refusal({ out: 'x', learningRate: 0 }).code).to.equal(2);
  });

  it('says what to do about an error of the operating system', () => {
    const error = Object.assign(new Error("ENOENT: no such file or directory, open 'x'"), { code: 'ENOENT' });
    expect(describeError(error)).to.deep.equal({
      sentence: "ENOENT: no such file or directory, open 'x'; check the path",
      code: 1,
    });
  });

  it('makes one line of anything else and says how to see more', () => {
    const { sentence, code } = describeError(new TypeError('first\n  second'));
    expect(sentence).to.equal(
      'something failed inside Lacuna (first; second); run again with LACUNA_DEBUG=1 to see where',
    );
    expect(code).to.equal(1);
    expect(describeError('a text').sentence).to.contain('(a text)');
  });
});
