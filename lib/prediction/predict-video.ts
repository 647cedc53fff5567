// Owns the filling in of a whole video of any size, rate and length, as a stream of its frames. Knows nothing of files that are
// written.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { formatHide, type HideExpression, parseHide } from '../masking/hide-expression.js';
import { gridOfModel } from '../model/model-config.js';
import { checkFills, type LoadedModel } from '../run/load-model.js';
import { decodeVideo } from '../video/decode.js';
import { DecodeError } from '../video/failure-reason.js';
import { limitFrames } from '../video/limit-frames.js';
import { defaultMaxPixels, largestMaxPixels } from '../video/limits.js';
import { probeVideo } from '../video/probe.js';
import { type FileHiding, planFileHiding, type SourceVideo } from './file-hiding.js';
import { type FillSchedule, planRounds } from './fill-rounds.js';
import { createFillStream, type FillStream } from './fill-stream.js';
import { createHiddenPlaces, type HiddenPlaces } from './hidden-places.js';
import { createPasteFill } from './paste-fill.js';
import { fileRate, phaseStep } from './phase-step.js';
import { createTilePictures } from './tile-pictures.js';
import { layOutTiles } from './tiles.js';
import { reachOfModel } from './trained-reach.js';

/** What is filled in of a video; at least one of `hide` and `extend` is asked for. */
export type PredictVideoOptions = {
  /** In the grammar of `--hide`; frames and pixels are those of the file. */
  readonly hide?: string | undefined;
  /** Frames beyond the end, 1 to 100,000. Default: none. */
  readonly extend?: number | undefined;
  /** Whether the file lacks the frames that `hide` names, all of them gaps. Default false. */
  readonly insert?: boolean | undefined;
  /** Whether the model works at the file's own resolution, in tiles of its size. Default false. */
  readonly tile?: boolean | undefined;
  /** Decides what `patches`, `gap:F` and other random parts hide, a whole number from 0. Default 0. */
  readonly seed?: number | undefined;
};

/** One frame of a video that was filled in; all pixels are `uint8 [H, W, 3]`. */
export type PredictedFrame = {
  /** From 0. */
  readonly index: number;
  /** Filled in where it was hidden, as it was elsewhere. */
  readonly pixels: Uint8Array;
  /** As it was; nothing where the file has no such frame. The model saw it only where nothing is hidden. */
  readonly truth: Uint8Array | undefined;
  /** `[H, W]`, 1 where it was hidden; nothing where nothing was. */
  readonly hidden: Uint8Array | undefined;
};

/** A video that a model fills in while it is read. */
export type VideoPrediction = {
  /** All frames in order; can be read once. Leaving the loop ends all work. */
  readonly frames: AsyncGenerator<PredictedFrame, void>;
  /** `[T, H, W, 3]` of all frames. */
  readonly shape: readonly [number, number, number, number];
  /** Frames a second: the file's, on average. */
  readonly fps: number;
  /** What was hidden, as it would be written; empty where it only goes on beyond the end. */
  readonly hide: string;
  /** Whether anything is hidden of a frame. */
  readonly isHidden: (index: number) => boolean;
  /** How much is filled in. */
  readonly filled: {
    /** Frames of which anything is. */
    readonly frames: number;
    /** Clips of T frames, each in all its tiles. */
    readonly windows: number;
    /** Squares of a picture of which anything is. */
    readonly tiles: number;
    /** Times that the model built on what it had filled in before, and one. */
    readonly passes: number;
  };
};

const optionsSchema = z.strictObject({
  hide: z.string().optional(),
  extend: z.int().min(1).max(100_000).optional(),
  insert: z.boolean().default(false),
  tile: z.boolean().default(false),
  seed: z.int().min(0).default(0),
});

/** Bytes of a gap's squares above which it is filled in from its begin alone. */
const mostHeldBytes = 256 * 2 ** 20;

/**
 * Reads a video, plans what is filled in of it, and gives its frames as they are done.
 * @throws {LacunaError} `usage` where what is hidden does not fit the video; `input` where it cannot be read or is too short.
 */
export async function predictVideo(
  model: LoadedModel,
  video: string,
  options: PredictVideoOptions,
  { signal, onProgress }: JobControls = {},
): Promise<VideoPrediction> {
  const { hide: text, extend = 0, insert, tile, seed } = checkOptions(optionsSchema, options, 'predictVideo');
  checkFills(model);
  const hide = readHide(text, extend, insert);
  signal?.throwIfAborted();
  const { model: network, data } = model.config;
  const info = await probeVideo(video, { signal });
  const source = { path: video, width: info.width, height: info.height };
  checkShownSize(source);
  const frames = await countFrames(source, info.fps ?? data.fps, { signal, onProgress });
  const fps = fileRate(info, frames) ?? data.fps / data.stride;
  const hiding = planFileHiding(hide, { ...source, frames }, { extend, insert, seed });
  const step = phaseStep(fps, data.fps / data.stride);
  checkLength(model, { ...source, frames }, hiding, { fps, step });

  const grid = gridOfModel(network);
  const tiles = layOutTiles(source, network.size, data.fit, tile);
  const places = createHiddenPlaces(hiding, { grid, tiles, step, seed });
  const schedule = planRounds({
    frames: hiding.frames,
    step,
    clipFrames: network.frames,
    tubeletFrames: network.tubeletFrames,
    reach: reachOfModel(model.config),
    isNamed: places.isNamed,
    isDrawn: (frame) => places.drawn(frame) !== undefined,
    mostHeld: mostHeldBytes / (places.tiles.length * network.size ** 2 * network.channels),
  });
  const pictures = createTilePictures(source, tiles, network);
  const decode = () => decodeVideo(video, { ...sizeOf(source), fit: 'stretch' }, { signal });
  const stream = createFillStream(
    { model, places, schedule, tiles, pictures, absent: hiding.absent, signal },
    decode(),
  );
  const paste = createPasteFill(hiding, places, { picture: source, tiles, pictures, grid });
  return {
    frames: pasteAll({ source, hiding, places, paste, stream, own: decode() }, { signal, onProgress }),
    shape: [hiding.frames, source.height, source.width, 3],
    fps,
    hide: formatHide(hide),
    isHidden: places.isTouched,
    filled: describeFilled(hiding, places, schedule),
  };
}

/** Pixels that are not square are shown as more or fewer than there are. */
function checkShownSize({ path, width, height }: Pick<SourceVideo, 'path' | 'width' | 'height'>): void {
  if (Math.max(width, height) <= Math.sqrt(largestMaxPixels) && width * height <= defaultMaxPixels) return;
  throw new DecodeError(path, 'too-large', `its pictures are shown at ${width} × ${height} pixels`);
}

function readHide(text: string | undefined, extend: number, insert: boolean): HideExpression {
  if (text !== undefined) return parseHide(text);
  if (insert) throw new LacunaError('usage', '--insert needs the gaps that the file lacks, such as --hide gap:4-9.');
  if (extend > 0) return [];
  throw new LacunaError('usage', 'Say what is filled in: --hide future:8 or another kind, or --extend 8.');
}

function sizeOf({ width, height }: Pick<SourceVideo, 'width' | 'height'>) {
  return { width, height };
}

/** Small, so that nothing but the decoding takes time. */
const countedSize = { width: 32, height: 32 };

/** Headers do not say it exactly. */
async function countFrames(
  { path }: Pick<SourceVideo, 'path'>,
  fps: number,
  { signal, onProgress }: JobControls,
): Promise<number> {
  let done = 0;
  const all = decodeVideo(path, { ...countedSize, fit: 'stretch' }, { signal });
  for await (const frame of limitFrames(path, all, { fps, maxSeconds: undefined })) {
    done += frame.length > 0 ? 1 : 0;
    onProgress?.({ unit: 'frames read', done });
  }
  return done;
}

function checkLength(
  { config: { model } }: LoadedModel,
  { path, frames }: SourceVideo,
  hiding: FileHiding,
  { fps, step }: { readonly fps: number; readonly step: number },
): void {
  const needed = model.frames * step;
  if (hiding.frames >= needed) return;
  const spaced = step === 1 ? '' : `, ${step} apart at this rate`;
  throw new LacunaError(
    'input',
    `${path} is too short: it has ${frames} frames at ${Number(fps.toFixed(3))} a second, and the model takes ${needed} (${model.frames}${spaced}).`,
  );
}

type Pasting = {
  readonly source: Pick<SourceVideo, 'path' | 'width' | 'height'>;
  readonly hiding: FileHiding;
  readonly places: HiddenPlaces;
  readonly paste: ReturnType<typeof createPasteFill>;
  readonly stream: FillStream;
  /** The file's own frames. */
  readonly own: AsyncGenerator<Uint8Array, void>;
};

async function* pasteAll(
  { source, hiding, places, paste, stream, own }: Pasting,
  { signal, onProgress }: JobControls,
): AsyncGenerator<PredictedFrame, void> {
  try {
    for (let index = 0; index < hiding.frames; index++) {
      signal?.throwIfAborted();
      const truth = hiding.absent[index] === 1 ? undefined : await nextFrame(own, source.path);
      if (places.isTouched(index)) {
        const pixels = truth?.slice() ?? new Uint8Array(source.width * source.height * 3);
        const hidden = paste(pixels, index, await stream.fillOf(index));
        yield { index, pixels, truth, hidden };
      } else if (truth) yield { index, pixels: truth, truth, hidden: undefined };
      onProgress?.({ unit: 'frames', done: index + 1, total: hiding.frames });
    }
  } finally {
    await Promise.all([stream.close(), own.return()]);
  }
}

async function nextFrame(own: AsyncGenerator<Uint8Array, void>, path: string): Promise<Uint8Array> {
  const { value } = await own.next();
  if (value) return value;
  throw new LacunaError('input', `${path} has fewer frames than before; leave it alone while it is read.`);
}

function describeFilled(
  hiding: FileHiding,
  places: HiddenPlaces,
  { rounds, passes }: FillSchedule,
): VideoPrediction['filled'] {
  let frames = 0;
  for (let frame = 0; frame < hiding.frames; frame++) frames += places.isTouched(frame) ? 1 : 0;
  const windows = rounds.reduce((sum, round) => sum + round.length, 0);
  return { frames, windows, tiles: places.tiles.length, passes };
}
