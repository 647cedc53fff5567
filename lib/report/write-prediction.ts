// Owns a prediction as a file: MP4, GIF, a PNG strip or a NumPy array, by the file's ending. Knows nothing of how it was made.
import { extname } from 'node:path';
import { checkPlace } from '../clip/check-place.js';
import type { ClipShape } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { encodeNpy } from '../formats/npy.js';
import type { Prediction } from '../prediction/predict.js';
import { encodeVideo } from '../video/encode.js';
import { encodeGif, gifScale } from './gif.js';
import { saveStream } from './save-stream.js';
import { encodeStrip } from './strip.js';

type Write = (prediction: Prediction, file: string, controls: JobControls) => Promise<void>;

/** How each ending is written. A strip has three rows: shown, filled in, truth. */
const writers = {
  '.mp4': ({ frames, shape, fps }, file, controls) => {
    const [, height, width] = shape;
    return encodeVideo(file, framesOf(frames, shape), { width, height, fps }, controls);
  },
  '.gif': ({ frames, shape, fps }, file) => {
    const of = shapeOf(shape);
    return save(file, encodeGif(frames, of, fps, gifScale(of)));
  },
  '.png': ({ frames, truth, hidden, shape }, file) => {
    const rows = [{ frames: truth, hidden }, { frames }, { frames: truth }];
    return save(file, encodeStrip(rows, shapeOf(shape)));
  },
  '.npy': ({ frames, shape }, file) => save(file, encodeNpy(frames, shape)),
} as const satisfies Readonly<Record<string, Write>>;

type Ending = keyof typeof writers;

/**
 * Writes a prediction; a file that is there is replaced. It stands whole under its name or not at all.
 * @throws {LacunaError} `usage` for an ending that is not written; `input` where the file cannot be written.
 */
export async function writePrediction(prediction: Prediction, file: string, controls: JobControls = {}): Promise<void> {
  const ending = checkPredictionFile(file);
  await checkPlace(file);
  controls.signal?.throwIfAborted();
  const write: Write = writers[ending];
  await write(prediction, file, controls);
}

/**
 * The ending of a file that a prediction can be written to.
 * @throws {LacunaError} `usage` where it is another one.
 */
export function checkPredictionFile(file: string): Ending {
  const ending = extname(file).toLowerCase();
  if (isEnding(ending)) return ending;
  const endings = Object.keys(writers).join(', ');
  throw new LacunaError('usage', `${file} must end in one of ${endings}: the ending says what is written.`);
}

/**
 * Writes a file whole under its name or not at all; one that is there is replaced.
 * @throws {LacunaError} `input` where it cannot be written.
 */
export function save(file: string, bytes: Uint8Array): Promise<void> {
  return saveStream(file, [bytes]);
}

function isEnding(ending: string): ending is Ending {
  return Object.hasOwn(writers, ending);
}

function shapeOf([frames, height, width, channels]: Prediction['shape']): ClipShape {
  return { frames, height, width, channels };
}

function* framesOf(frames: Uint8Array, [count, height, width, channels]: Prediction['shape']): Generator<Uint8Array> {
  const length = height * width * channels;
  for (let frame = 0; frame < count; frame++) yield frames.subarray(frame * length, (frame + 1) * length);
}
