import { expect } from 'chai';
import {
  createMaskDraft,
  freePlaces,
  freeSteps,
  freeTokens,
  hidePlace,
  hideStep,
  isStepHidden,
  placesOf,
} from '../../lib/masking/mask-draft.js';
import { smallGrid } from './plan-hide.js';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('mask draft', () => {
  it('begins with everything free', () => {
    const draft = createMaskDraft(smallGrid);
    expect(freeSteps(draft)).to.deep.equal(upTo(4));
    expect(freePlaces(draft)).to.deep.equal(upTo(12));
    expect(freeTokens(draft)).to.deep.equal(upTo(48));
    expect(placesOf(smallGrid)).to.equal(12);
  });

  it('takes a hidden step from the steps but not from the places', () => {
    const draft = createMaskDraft(smallGrid);
    hideStep(draft, 2);
    expect(isStepHidden(draft, 2)).to.equal(true);
    expect(isStepHidden(draft, 1)).to.equal(false);
    expect(freeSteps(draft)).to.deep.equal([0, 1, 3]);
    expect(freePlaces(draft)).to.deep.equal(upTo(12));
    expect(freeTokens(draft)).to.deep.equal(upTo(48).filter((token) => Math.floor(token / 12) !== 2));
  });

  it('takes a hidden place from the places but not from the steps', () => {
    const draft = createMaskDraft(smallGrid);
    hidePlace(draft, 5);
    expect(freeSteps(draft)).to.deep.equal(upTo(4));
    expect(freePlaces(draft)).to.deep.equal(upTo(12).filter((place) => place !== 5));
    expect(freeTokens(draft)).to.deep.equal(upTo(48).filter((token) => token % 12 !== 5));
  });

  it('takes a single hidden token from both, unless its step or its place is hidden anyway', () => {
    const draft = createMaskDraft(smallGrid);
    draft.hidden[12 + 5] = 1;
    expect(freeSteps(draft)).to.deep.equal([0, 2, 3]);
    expect(freePlaces(draft)).to.not.include(5);
    hideStep(draft, 1);
    expect(freePlaces(draft)).to.include(5);
  });
});
