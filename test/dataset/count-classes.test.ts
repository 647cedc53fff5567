import { expect } from 'chai';
import { countClasses } from '../../lib/dataset/count-classes.js';

describe('countClasses', () => {
  it('counts clips, videos and groups of each label, sorted, and leaves clips without one out', () => {
    const clips = [
      { video: 'a', label: 'dog', group: 'g' },
      { video: 'a', label: 'dog', group: 'g' },
      { video: 'b', label: 'dog', group: 'g' },
      { video: 'c', label: 'cat' },
      // A video's name is not a group's.
      { video: 'd', label: 'cat', group: 'c' },
      { video: 'e' },
    ];
    expect(countClasses(clips)).to.deep.equal([
      { label: 'cat', clips: 2, videos: 2, groups: 2 },
      { label: 'dog', clips: 3, videos: 2, groups: 1 },
    ]);
    expect(countClasses([{ video: 'e', group: 'g' }])).to.deep.equal([]);
  });
});
