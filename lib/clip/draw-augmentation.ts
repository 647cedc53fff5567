// Owns the choice of how each clip of a training step is changed: a pure function of the seed, the step and the clip's place. Knows
// nothing of how pixels are changed.
import type { ClipShape } from './clip.js';
import type { ColourFactors } from './jitter-colour.js';
import { createRandom, type Random } from './random.js';
import type { PictureWindow } from './resample-clip.js';

/** What may be changed. */
export type AugmentationOptions = {
  /** Mirror every second clip, at random, left to right. */
  readonly flip: boolean;
  /** The least part of a picture's area that is cut out and brought to the full size, above 0; at 1 nothing is cut out. */
  readonly crop: number;
  /** How far brightness, contrast and saturation may lie from 1, from 0 to 1; at 0 they are left alone. */
  readonly colour: number;
  /** How far hues may be turned, in parts of the whole circle, from 0 to a half; at 0 they are left alone. */
  readonly hue: number;
};

/** How one clip is changed: the same for all its frames. */
export type Augmentation = {
  readonly isMirrored: boolean;
  /** What is cut out; the whole picture where it is absent. */
  readonly window?: PictureWindow;
  readonly colour?: ColourFactors;
};

/** Whether these options change anything. */
export function isAugmented({ flip, crop, colour, hue }: AugmentationOptions): boolean {
  return flip || crop < 1 || colour > 0 || hue > 0;
}

/** For each place of a batch of `count` clips; that of one place does not depend on `count`. */
export function drawAugmentations(
  { flip, crop, colour, hue }: AugmentationOptions,
  shape: ClipShape,
  { seed, step, count }: { readonly seed: number; readonly step: number; readonly count: number },
): readonly Augmentation[] {
  const flips = createRandom(seed, 'flip', step);
  return Array.from({ length: count }, (_, place) => ({
    isMirrored: flip && flips.integer(2) === 1,
    ...(crop < 1 ? { window: drawWindow(createRandom(seed, 'crop', step, place), shape, crop) } : {}),
    ...(colour > 0 || hue > 0 ? { colour: drawColour(createRandom(seed, 'colour', step, place), colour, hue) } : {}),
  }));
}

/** Width ÷ height of a window in proportion to the picture's: from this to its reciprocal. */
const narrowest = 3 / 4;
const attempts = 10;

/**
 * A random resized crop (Szegedy et al. 2015, section 6): an area from `least` to all of the picture's, evenly; proportions from
 * 3:4 to 4:3 of the picture's, evenly in their logarithm; a place, evenly. What does not fit is drawn again; after ten times it is
 * the whole picture.
 */
function drawWindow(random: Random, { height, width }: ClipShape, least: number): PictureWindow {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const area = least + (1 - least) * random.uniform();
    const ratio = narrowest ** (1 - 2 * random.uniform());
    const windowWidth = Math.round(width * Math.sqrt(area * ratio));
    const windowHeight = Math.round(height * Math.sqrt(area / ratio));
    if (windowWidth < 1 || windowHeight < 1 || windowWidth > width || windowHeight > height) continue;
    return {
      left: random.integer(width - windowWidth + 1),
      top: random.integer(height - windowHeight + 1),
      ...{ width: windowWidth, height: windowHeight },
    };
  }
  return { left: 0, top: 0, width, height };
}

function drawColour(random: Random, strength: number, hue: number): ColourFactors {
  const draw = (around: number, by: number) => around + by * (2 * random.uniform() - 1);
  return {
    brightness: draw(1, strength),
    contrast: draw(1, strength),
    saturation: draw(1, strength),
    hue: draw(0, hue),
  };
}
