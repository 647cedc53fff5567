import { expect } from 'chai';
import { z } from 'zod';
import { describeError } from '../../lib/cli/error-sentence.js';
import { checkOptions } from '../../lib/clip/check-options.js';
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

  it('names the flag of an option that a schema refused, as it is written, and what came', () => {
    const schema = z.strictObject({
      learningRate: z.number().positive().optional(),
      shardClips: z.int().optional(),
      model: z.string().min(1).optional(),
      engine: z.enum(['onnx', 'reference']).optional(),
      part: z.strictObject({ index: z.int().min(0) }).optional(),
      groups: z.string().min(1).optional(),
    });
    const refusal = (options: object) => {
      try {
        checkOptions(schema, options, 'pretrain');
      } catch (error) {
        return describeError(error);
      }
      throw new Error('it was taken');
    };
    expect(refusal({ learningRate: 0 }).sentence).to.match(/^--lr: too small.*, got 0; see --help$/);
    expect(refusal({ shardClips: 1.5 }).sentence).to.match(/^--shard-clips: .*; see --help$/);
    expect(refusal({ model: '' }).sentence).to.match(/^<model>: .*, got ""; see --help$/);
    expect(refusal({ engine: 'gpu' }).sentence).to.match(/^--engine: .*"onnx"\|"reference", got "gpu"; see --help$/);
    expect(refusal({ part: { index: -1 } }).sentence).to.match(/^--shard: .*, got -1; see --help$/);
    expect(refusal({ groups: '' }).sentence).to.match(/^--group: .*, got ""; see --help$/);
    expect(refusal({ lr: 1 }).sentence).to.match(/"lr"/);
    expect(refusal({ learningRate: 0 }).code).to.equal(2);
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
