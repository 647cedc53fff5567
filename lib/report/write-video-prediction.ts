// Owns a whole video that was filled in as a file: MP4, GIF, a PNG strip or a NumPy array, by the file's ending, written while
// its frames come. Knows nothing of how they were made.
import { checkPlace } from '../clip/check-place.js';
import type { JobControls } from '../clip/job.js';
import { npyHeader } from '../formats/npy.js';
import type { PredictedFrame, VideoPrediction } from '../prediction/predict-video.js';
import { encodeVideo } from '../video/encode.js';
import { gifScale, streamGif } from './gif.js';
import { saveStream } from './save-stream.js';
import { encodeStrip } from './strip.js';
import { chooseStripFrames, type StripCell, stripCell } from './strip-frames.js';
import { checkPredictionFile, save } from './write-prediction.js';

type Write = (prediction: VideoPrediction, file: string, signal: AbortSignal | undefined) => Promise<void>;

const writers: { readonly [Ending in ReturnType<typeof checkPredictionFile>]: Write } = {
  '.mp4': ({ frames, shape, fps }, file, signal) => {
    const [, height, width] = shape;
    return encodeVideo(file, pixelsOf(frames), { width, height, fps }, { signal });
  },
  '.gif': ({ frames, shape, fps }, file) => {
    const [, height, width] = shape;
    const size = { width, height };
    return saveStream(file, streamGif(pixelsOf(frames), size, fps, gifScale(size)));
  },
  '.png': writeStrip,
  '.npy': ({ frames, shape }, file) => saveStream(file, npyOf(frames, shape)),
};

/**
 * Writes a video that is filled in, in its own size and rate; a file that is there is replaced. It stands whole under its
 * name or not at all. A strip has at most 16 frames, chosen evenly around what is hidden.
 * @throws {LacunaError} `usage` for an ending that is not written; `input` where the file cannot be written.
 * @throws what the reading and the filling in throw.
 */
export async function writeVideoPrediction(
  prediction: VideoPrediction,
  file: string,
  { signal }: Pick<JobControls, 'signal'> = {},
): Promise<void> {
  try {
    const write = writers[checkPredictionFile(file)];
    await checkPlace(file);
    signal?.throwIfAborted();
    await write(prediction, file, signal);
  } finally {
    await prediction.frames.return();
  }
}

async function* pixelsOf(frames: AsyncIterable<PredictedFrame>): AsyncGenerator<Uint8Array, void> {
  for await (const { pixels } of frames) yield pixels;
}

async function* npyOf(
  frames: AsyncIterable<PredictedFrame>,
  shape: VideoPrediction['shape'],
): AsyncGenerator<Uint8Array, void> {
  yield npyHeader('uint8', shape);
  yield* pixelsOf(frames);
}

/** Three rows: shown, filled in, truth. */
async function writeStrip({ frames, shape, isHidden }: VideoPrediction, file: string): Promise<void> {
  const [count, height, width] = shape;
  const cell = stripCell({ width, height });
  const chosen = new Set(chooseStripFrames(count, isHidden));
  const columns: StripColumn[] = [];
  for await (const frame of frames) {
    if (chosen.has(frame.index)) columns.push(columnOf(frame, cell));
    // What comes after the last one need not be read.
    if (columns.length === chosen.size) break;
  }
  const join = (of: (column: StripColumn) => Uint8Array) => Buffer.concat(columns.map(of));
  const rows = [
    { frames: join(({ truth }) => truth), hidden: join(({ hidden }) => hidden) },
    { frames: join(({ pixels }) => pixels) },
    { frames: join(({ truth }) => truth), hidden: join(({ unknown }) => unknown) },
  ];
  const strip = { frames: columns.length, height: cell.height, width: cell.width, channels: 3 };
  await save(file, encodeStrip(rows, strip, { scale: cell.scale }));
}

/** A frame in each of the rows; `unknown` is 1 where there is no truth. */
type StripColumn = Readonly<Record<'truth' | 'pixels' | 'hidden' | 'unknown', Uint8Array>>;

function columnOf({ pixels, truth, hidden }: PredictedFrame, cell: StripCell): StripColumn {
  const area = cell.width * cell.height;
  const drawn = cell.draw(pixels);
  return {
    pixels: drawn,
    truth: truth === undefined ? drawn : cell.draw(truth),
    hidden: hidden === undefined ? new Uint8Array(area) : cell.drawMask(hidden),
    unknown: new Uint8Array(area).fill(truth === undefined ? 1 : 0),
  };
}
