import { expect } from 'chai';
import { nearestName } from '../../lib/masking/nearest-name.js';

const names = ['future', 'gap', 'drop', 'patches', 'tube', 'blocks', 'box'] as const;

describe('nearestName', () => {
  for (const [word, name] of [
    ['futur', 'future'],
    ['patchs', 'patches'],
    ['patch', 'patches'],
    ['gpa', 'gap'],
    ['BOX', 'box'],
    ['tubes', 'tube'],
    ['block', 'blocks'],
    ['dorp', 'drop'],
    ['zebra', undefined],
    ['', undefined],
  ] as const) {
    it(`takes ${JSON.stringify(word)} for ${name ?? 'nothing'}`, () => {
      expect(nearestName(word, names)).to.equal(name);
    });
  }
});
