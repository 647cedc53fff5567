// Owns grey values from colours and back. Knows nothing of where pictures come from.

/** Of red, green and blue in grey (ITU-R BT.601). */
export const greyWeights = [0.299, 0.587, 0.114] as const;

/** The same in 65536ths, of which they make up all: equal values stay what they are. */
const [ofRed, ofGreen, ofBlue] = [19_595, 38_470, 7_471] as const;

/** The grey of each pixel `uint8 [N]` of `[N, 3]` RGB, rounded (ITU-R BT.601, as Pillow's `L`); in memory of its own. */
export function greyOf(rgb: Uint8Array): Uint8Array<ArrayBuffer> {
  const grey = new Uint8Array(rgb.length / 3);
  for (let pixel = 0, from = 0; pixel < grey.length; pixel++, from += 3) {
    const sum = ofRed * (rgb[from] ?? 0) + ofGreen * (rgb[from + 1] ?? 0) + ofBlue * (rgb[from + 2] ?? 0);
    grey[pixel] = (sum + 0x80_00) >> 16;
  }
  return grey;
}

/** `[N, C]` as `uint8 [N, 3]`: RGB as it is, of grey each value as equal red, green and blue, in memory of its own. */
export function toRgb<Memory extends Uint8Array>(pixels: Memory, channels: number): Memory | Uint8Array<ArrayBuffer> {
  if (channels === 3) return pixels;
  const rgb = new Uint8Array(pixels.length * 3);
  for (let pixel = 0, to = 0; pixel < pixels.length; pixel++, to += 3) {
    const value = pixels[pixel] ?? 0;
    rgb[to] = value;
    rgb[to + 1] = value;
    rgb[to + 2] = value;
  }
  return rgb;
}
