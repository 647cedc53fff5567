import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { chooseModel, type ModelOptions } from '../../lib/model/model-options.js';
import { smallConv, smallVit } from './small-models.js';

describe('chooseModel', () => {
  it('leaves a preset as it is where nothing is chosen', () => {
    const nothing = { target: undefined, attention: undefined, decoder: undefined, dropPath: undefined };
    expect(chooseModel(smallVit, nothing)).to.deep.equal(smallVit);
    expect(chooseModel(smallConv, {})).to.deep.equal(smallConv);
  });

  it('puts in place what is chosen', () => {
    const options: ModelOptions = { target: 'normalised', attention: 'divided', decoder: 'cross', dropPath: 0.1 };
    expect(chooseModel(smallVit, options)).to.deep.equal({ ...smallVit, ...options });
    expect(chooseModel(smallConv, { target: 'pixels' })).to.deep.equal({ ...smallConv, target: 'pixels' });
  });

  for (const [flag, options] of [
    ['--attention', { attention: 'joint' }],
    ['--decoder', { decoder: 'cross' }],
    ['--drop-path', { dropPath: 0 }],
  ] as const) {
    it(`refuses ${flag} for a conv`, () => {
      expect(() => chooseModel(smallConv, options)).to.throw(LacunaError, `${flag} goes with a vit preset`);
    });
  }

  it('refuses a guess of which nothing is made', () => {
    expect(() => chooseModel(smallVit, { guess: 'blend' })).to.throw(
      LacunaError,
      /^--guess goes with --target residual/,
    );
    expect(chooseModel(smallVit, { guess: 'blend', target: 'residual' })).to.include({ guess: 'blend' });
  });
});
