// Tests that labels say what is seen.
import { expect } from 'chai';
import { clipLength } from '../../../dist/clip/clip.js';
import { type Dataset, openDataset } from '../../../dist/dataset/open-dataset.js';
import { temporaryFolder } from '../../video/made-videos.js';
import { writeLabelledDigits } from './labelled-digits.js';

describe('labelled digits', () => {
  const folder = temporaryFolder();
  const open = async (label: 'digit' | 'direction') => {
    const at = folder.path(label);
    await writeLabelledDigits(at, label, { train: 60, test: 20, unlabelled: 10 });
    return openDataset(at);
  };
  /** Where the light of a frame lies in the mean. */
  const centre = (pixels: Uint8Array, frame: number, { shape: { height, width } }: Dataset) => {
    let [sum, x, y] = [0, 0, 0];
    for (let index = 0; index < height * width; index++) {
      const value = pixels[frame * height * width + index] ?? 0;
      [sum, x, y] = [sum + value, x + value * (index % width), y + value * Math.floor(index / width)];
    }
    return { x: x / sum, y: y / sum };
  };

  it('set out the way that the label says', async () => {
    const dataset = await open('direction');
    try {
      const ways = ['E', 'SE', 'S', 'SW', 'W', 'NW', 'N', 'NE'];
      expect(new Set(dataset.clips.slice(0, 80).map(({ label }) => label))).to.deep.equal(new Set(ways));
      let seen = 0;
      for (const [row, { label = '' }] of dataset.clips.slice(0, 80).entries()) {
        const pixels = new Uint8Array(clipLength(dataset.shape));
        await dataset.readClips([row], pixels);
        const [from, to] = [centre(pixels, 0, dataset), centre(pixels, 2, dataset)];
        // Where no wall is met within two steps of 3.6 pixels.
        if (Math.max(Math.abs(from.x - 32), Math.abs(from.y - 32)) > 9) continue;
        seen += 1;
        const angle = Math.atan2(to.y - from.y, to.x - from.x);
        const off = Math.abs(((angle - (ways.indexOf(label) * Math.PI) / 4 + 3 * Math.PI) % (2 * Math.PI)) - Math.PI);
        // Half of the sector, and what whole pixels of 7.2 make wrong.
        expect(off, `clip ${row}`).to.be.below(Math.PI / 8 + 0.2);
      }
      expect(seen).to.be.at.least(10);
    } finally {
      await dataset.close();
    }
  });

  it('are of ten classes, and those of the test are said', async () => {
    const dataset = await open('digit');
    try {
      const { clips } = dataset;
      expect(clips).to.have.length(90);
      for (const { label } of clips.slice(0, 80)) expect(label).to.match(/^\d$/);
      for (const { label, split } of clips.slice(80)) expect([label, split]).to.deep.equal([undefined, 'train']);
      expect(clips.filter(({ split }) => split === 'test')).to.have.length(20);
      expect(new Set(clips.map(({ video }) => video)).size).to.equal(90);
    } finally {
      await dataset.close();
    }
  });
});
