import { expect } from 'chai';
import { isKind, kindNames, maskKinds } from '../../lib/masking/kinds.js';

describe('kinds of masks', () => {
  for (const kind of kindNames) {
    it(`shows how ${kind} is written by an example that is read`, () => {
      // The example is `text (what it hides)`, and may go on with another.
      const [, text = ''] = /^(\S+) \(.+\)$/.exec(maskKinds[kind].example) ?? [];
      const [name, argument] = text.split(/:(.*)/);
      expect(name).to.equal(kind);
      expect(maskKinds[kind].parse(argument, text)).to.have.property('kind', kind);
    });
  }

  it('applies what is fixed before what is chosen at random, and single patches last', () => {
    expect(kindNames.slice(0, 3)).to.deep.equal(['future', 'box', 'gap']);
    expect(kindNames.at(-1)).to.equal('patches');
  });

  it('knows its names and nothing that every object has', () => {
    expect(isKind('tube')).to.equal(true);
    expect(isKind('constructor')).to.equal(false);
  });
});
