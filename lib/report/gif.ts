// Owns the picture of a clip that moves. Knows nothing of what the clip shows.
import * as gifenc from 'gifenc';
import { clipLength, type ClipShape } from '../clip/clip.js';

// As Node gives a CommonJS package, or as loaders that turn modules into CommonJS do.
const createEncoder = gifenc.GIFEncoder ?? gifenc.default.GIFEncoder;
const quantize = gifenc.quantize ?? gifenc.default.quantize;
const applyPalette = gifenc.applyPalette ?? gifenc.default.applyPalette;

/**
 * A GIF that repeats for ever, with one palette of up to 256 colours.
 * @param frames `uint8 [T, H, W, 3]`
 * @param fps frames a second, above 0; a GIF counts in hundredths of a second, so that 12 becomes 12.5
 * @param scale pixels of the picture for each pixel of a frame, a whole number from 1
 * @throws {RangeError} where the frames do not have the shape, or a number is out of range.
 */
export function encodeGif(frames: Uint8Array, shape: ClipShape, fps: number, scale = 1): Uint8Array {
  if (shape.channels !== 3) throw new RangeError(`a GIF needs 3 channels, got ${shape.channels}`);
  if (frames.length !== clipLength(shape)) {
    throw new RangeError(`the frames must hold ${clipLength(shape)} values, got ${frames.length}`);
  }
  if (!(fps > 0)) throw new RangeError(`fps must be above 0, got ${fps}`);
  if (!Number.isInteger(scale) || scale < 1) throw new RangeError(`scale must be a whole number from 1, got ${scale}`);
  const rgba = addAlpha(frames);
  const palette = quantize(rgba, 256);
  const indices = applyPalette(rgba, palette);
  const pixels = shape.height * shape.width;
  // Viewers slow down delays below 2 hundredths.
  const delay = Math.max(20, 1000 / fps);
  const encoder = createEncoder();
  for (let frame = 0; frame < shape.frames; frame++) {
    const index = enlarge(indices.subarray(frame * pixels, (frame + 1) * pixels), shape, scale);
    encoder.writeFrame(index, shape.width * scale, shape.height * scale, {
      delay,
      ...(frame === 0 ? { palette, repeat: 0 } : {}),
    });
  }
  encoder.finish();
  return encoder.bytes();
}

/** GIF counts in hundredths of a second, and viewers slow down delays below 2 of them. */
const mostFps = 50;

/**
 * A GIF that repeats for ever, as it comes, each frame with a palette of its own: nothing is kept. Above 50 frames a second
 * some are left out; delays are rounded so that the whole lasts as long as it should.
 * @param frames `uint8 [H, W, 3]` each, at least one
 * @param fps frames a second, above 0
 * @param scale pixels of the picture for each pixel of a frame, a whole number from 1
 */
export async function* streamGif(
  frames: AsyncIterable<Uint8Array>,
  { width, height }: Pick<ClipShape, 'width' | 'height'>,
  fps: number,
  scale = 1,
): AsyncGenerator<Uint8Array, void> {
  const encoder = createEncoder({ auto: false });
  const take = () => {
    const bytes = encoder.bytes();
    encoder.reset();
    return bytes;
  };
  const shape = { frames: 1, height, width, channels: 3 };
  const every = Math.ceil(fps / mostFps);
  const hundredthsAt = (shown: number) => Math.round((100 * shown * every) / fps);
  encoder.writeHeader();
  let index = 0;
  for await (const frame of frames) {
    if (index % every === 0) {
      const shown = index / every;
      const rgba = addAlpha(frame);
      const palette = quantize(rgba, 256);
      const delay = 10 * (hundredthsAt(shown + 1) - hundredthsAt(shown));
      const indices = enlarge(applyPalette(rgba, palette), shape, scale);
      encoder.writeFrame(indices, width * scale, height * scale, { palette, delay, first: index === 0, repeat: 0 });
      yield take();
    }
    index += 1;
  }
  encoder.finish();
  yield take();
}

/** So much larger is a small picture shown: up to about 256 pixels. */
export function gifScale({ height, width }: Pick<ClipShape, 'width' | 'height'>): number {
  return Math.max(1, Math.floor(256 / Math.max(height, width)));
}

function addAlpha(rgb: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((rgb.length / 3) * 4).fill(255);
  for (let pixel = 0; pixel < rgb.length / 3; pixel++) rgba.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  return rgba;
}

/** Each value of `[H, W]` as a square of `scale × scale`. */
function enlarge(values: Uint8Array, { height, width }: ClipShape, scale: number): Uint8Array {
  const enlarged = new Uint8Array(height * scale * width * scale);
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      enlarged[y * width * scale + x] = values[Math.floor(y / scale) * width + Math.floor(x / scale)] ?? 0;
    }
  }
  return enlarged;
}
