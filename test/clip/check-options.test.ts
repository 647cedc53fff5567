import { expect } from 'chai';
import { z } from 'zod';
import { checkOptions } from '../../lib/clip/check-options.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';

const schema = z.strictObject({
  out: z.string(),
  batch: z.int().min(1).default(8),
  data: z.strictObject({ folders: z.array(z.string()) }).optional(),
});

describe('checkOptions', () => {
  it('gives the options with every default in its place', () => {
    expect(checkOptions(schema, { out: 'run' }, 'pretrain')).to.deep.equal({ out: 'run', batch: 8 });
    expect(checkOptions(schema, { out: 'run', batch: 2 }, 'pretrain')).to.deep.equal({ out: 'run', batch: 2 });
  });

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['an unknown option', { out: 'run', bacth: 2 }, /"bacth"/],
    ['a missing one', {}, /out: /],
    ['one of another type', { out: 7 }, /out: .*string/],
    ['one out of its range', { out: 'run', batch: 0 }, /batch: .*1/],
    ['one deep inside', { out: 'run', data: { folders: ['a', 3] } }, /data\.folders\.1: /],
    ['no options at all', undefined, /expected object/],
  ];
  for (const [what, options, sentence] of wrong) {
    it(`refuses ${what} in one sentence that begins with the call`, () => {
      expect(() => checkOptions(schema, options, 'pretrain'))
        .to.throw(LacunaError, sentence)
        .that.satisfies(
          ({ kind, message, cause }: LacunaError) =>
            kind === 'usage' && /^pretrain cannot .*\.$/.test(message) && cause instanceof z.ZodError,
        );
    });
  }

  it('names all that is wrong', () => {
    expect(() => checkOptions(schema, { out: 7, batch: 0.5, more: 1 }, 'embed')).to.throw(
      LacunaError,
      /^embed cannot take these options: (?=.*out: )(?=.*batch: )(?=.*more)[^\n]*; [^\n]*; [^\n]*\.$/,
    );
  });
});
