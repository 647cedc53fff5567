import { expect } from 'chai';
import { brightColour, type Colour, mixColours, mutedColour } from '../../lib/worlds/colours.js';

const brightness = ([red, green, blue]: Colour) => 0.299 * red + 0.587 * green + 0.114 * blue;
const hues = Array.from({ length: 24 }, (_, index) => index / 24);

describe('colours', () => {
  it('mixes', () => {
    expect(mixColours([0, 100, 200], [100, 100, 0], 0.25)).to.deep.equal([25, 100, 150]);
  });

  it('brightens each hue to where it stands out, and keeps the hue', () => {
    for (const hue of hues) {
      const colour = brightColour(hue);
      expect(brightness(colour)).to.be.at.least(149.9);
      expect(Math.max(...colour)).to.be.closeTo(255, 1e-9);
    }
    const [red, green, blue] = [0, 1 / 3, 2 / 3].map((hue) => brightColour(hue));
    expect([red, green, blue].map((colour) => colour?.indexOf(Math.max(...colour)))).to.deep.equal([0, 1, 2]);
  });

  it('mutes each hue to a brightness', () => {
    for (const hue of hues) expect(brightness(mutedColour(hue, 0.6, 50))).to.be.closeTo(50, 1e-9);
    for (const value of mutedColour(0, 1, 64)) expect(value).to.be.closeTo(64, 1e-9);
  });
});
