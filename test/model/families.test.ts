import { expect } from 'chai';
import { conv } from '../../lib/model/conv.js';
import { withFamily } from '../../lib/model/families.js';
import { vit } from '../../lib/model/vit.js';
import { smallConv, smallVit } from './small-models.js';

describe('withFamily', () => {
  it('brings each configuration together with its own family', () => {
    expect(withFamily(smallConv, (family, config) => [family, config])).to.deep.equal([conv, smallConv]);
    expect(withFamily(smallVit, (family, config) => [family, config])).to.deep.equal([vit, smallVit]);
  });
});
