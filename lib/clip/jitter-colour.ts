// Owns the change of a clip's brightness, contrast and saturation. Knows nothing of how much is wanted.

/** How much; 1 leaves all as it is. From 0 to 2. */
export type ColourFactors = {
  /** 0 is black. */
  readonly brightness: number;
  /** 0 is the clip's mean grey. */
  readonly contrast: number;
  /** 0 is grey. */
  readonly saturation: number;
};

/** Of red, green and blue in grey (ITU-R BT.601). */
const greyWeights = [0.299, 0.587, 0.114] as const;

/** Parts of one in the whole numbers that are reckoned with. */
const one = 2 ** 16;

/**
 * Changes a clip `[T, H, W, 3]` in place: brightness, then contrast, then saturation, as torchvision defines them, but all frames
 * alike (the mean is that of the whole clip, so that nothing flickers), and cut off at 0 and 255 and rounded once, at the end.
 */
export function jitterColour(pixels: Uint8Array, { brightness, contrast, saturation }: ColourFactors): void {
  // With x′ = b·x, x″ = c·x′ + (1 − c)·mean′ and y = s·x″ + (1 − s)·grey(x″): y = s·c·b·x + (1 − s)·c·b·grey(x) + (1 − c)·mean′
  const [red, green, blue] = greyWeights.map((weight) =>
    Math.round(one * weight * (1 - saturation) * contrast * brightness),
  );
  const own = Math.round(one * saturation * contrast * brightness);
  const rest = Math.round(one * (1 - contrast) * brightness * meanGrey(pixels)) + one / 2;
  mix(pixels, own, red ?? 0, green ?? 0, blue ?? 0, rest);
}

/** All factors are at most 2, so the sums stay below 31 bits. */
function mix(pixels: Uint8Array, own: number, red: number, green: number, blue: number, rest: number): void {
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let at = 0; at < pixels.length; at += 3) {
    const r = clamped[at] ?? 0;
    const g = clamped[at + 1] ?? 0;
    const b = clamped[at + 2] ?? 0;
    const grey = red * r + green * g + blue * b + rest;
    clamped[at] = (own * r + grey) >> 16;
    clamped[at + 1] = (own * g + grey) >> 16;
    clamped[at + 2] = (own * b + grey) >> 16;
  }
}

function meanGrey(pixels: Uint8Array): number {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    red += pixels[at] ?? 0;
    green += pixels[at + 1] ?? 0;
    blue += pixels[at + 2] ?? 0;
  }
  const [ofRed, ofGreen, ofBlue] = greyWeights;
  return (3 * (ofRed * red + ofGreen * green + ofBlue * blue)) / pixels.length;
}
