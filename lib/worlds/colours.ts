// Owns colours: hues, brightness, mixtures. Knows nothing of what has them.
import { greyWeights } from '../clip/grey.js';

/** Red, green and blue, 0 to 255 each, not necessarily whole. */
export type Colour = readonly [red: number, green: number, blue: number];

/** `share` of the second colour in the first: 0 gives the first, 1 the second. */
export function mixColours(first: Colour, second: Colour, share: number): Colour {
  return [
    first[0] + (second[0] - first[0]) * share,
    first[1] + (second[1] - first[1]) * share,
    first[2] + (second[2] - first[2]) * share,
  ];
}

/** A saturated colour, lightened until its brightness (Rec. 601) is at least 150 of 255. */
export function brightColour(hue: number): Colour {
  const pure = hueColour(hue);
  const share = Math.max(0, (150 - brightnessOf(pure)) / (255 - brightnessOf(pure)));
  return mixColours(pure, [255, 255, 255], share);
}

/** A greyish colour of a brightness (Rec. 601) of 255. @param greyness 0 the pure hue, 1 grey */
export function mutedColour(hue: number, greyness: number, brightness: number): Colour {
  const grey = mixColours(hueColour(hue), [128, 128, 128], greyness);
  const factor = brightness / brightnessOf(grey);
  return [grey[0] * factor, grey[1] * factor, grey[2] * factor];
}

/** The pure colour of a hue in turns: 0 red, 1/3 green, 2/3 blue. */
function hueColour(hue: number): Colour {
  const channel = (offset: number) => {
    const distance = Math.abs(((((hue - offset) % 1) + 1.5) % 1) - 0.5);
    return 255 * Math.min(1, Math.max(0, 2 - 6 * distance));
  };
  return [channel(0), channel(1 / 3), channel(2 / 3)];
}

/** Rec. 601 luma, 0 to 255. */
function brightnessOf([red, green, blue]: Colour): number {
  const [ofRed, ofGreen, ofBlue] = greyWeights;
  return ofRed * red + ofGreen * green + ofBlue * blue;
}
