// Owns frames → a video file, MP4 or GIF by its extension. Knows nothing of what the frames show.
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { detailOf } from './failure-reason.js';
import { quietArguments } from './ffmpeg-arguments.js';
import { defaultTimeoutSeconds, hasEncoder, saveWithFfmpeg } from './ffmpeg-process.js';
import { type Ffmpeg, findFfmpeg } from './find-ffmpeg.js';

/** The frames' size and rate. */
export type EncodeOptions = {
  /** W, pixels. */
  readonly width: number;
  /** H, pixels. */
  readonly height: number;
  /** Frames a second. */
  readonly fps: number;
};

/** The extensions that `encodeVideo` writes. */
export const videoExtensions = ['.mp4', '.gif'] as const;

/**
 * Writes frames `uint8 [H, W, 3]` RGB to a file, `.mp4` or `.gif`; the file stands whole under its name or not at all. An
 * MP4 with an odd side gets one black row or column, since its colours are stored by pairs.
 * @throws {LacunaError} `usage` for another extension; `input` where ffmpeg cannot write there.
 * @throws {RangeError} where a frame has another length, or there is none.
 */
export async function encodeVideo(
  file: string,
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { width, height, fps }: EncodeOptions,
  controls: JobControls = {},
): Promise<void> {
  const extension = videoExtensions.find((known) => known === extname(file).toLowerCase());
  if (extension === undefined) {
    throw new LacunaError('usage', `${file} must end in ${videoExtensions.join(' or ')} to be written as a video.`);
  }
  const ffmpeg = await findFfmpeg();
  const unfinished = join(dirname(resolve(file)), `.${basename(file)}.${process.pid}.unfinished`);
  try {
    const outcome = await saveWithFfmpeg(
      ffmpeg,
      {
        input: checkFrames(frames, width * height * 3, controls),
        inputWords: [
          ...['-f', 'rawvideo', '-pixel_format', 'rgb24'],
          ...['-video_size', `${width}x${height}`, '-framerate', `${fps}`],
        ],
        outputWords: [...quietArguments(), '-y', ...(await formatWords[extension](ffmpeg))],
        outputFile: unfinished,
      },
      { signal: controls.signal },
    );
    if (outcome.exitCode !== 0) {
      const detail = outcome.timedOut
        ? `ffmpeg gave no sign of life for ${defaultTimeoutSeconds} seconds`
        : detailOf(unfinished, outcome).replaceAll('\n', '; ');
      throw new LacunaError(
        'input',
        `${file} could not be written; check that its folder exists and has room: ${detail}`,
      );
    }
    const handle = await open(unfinished, 'r+');
    await handle.sync().finally(() => handle.close());
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

const formatWords: {
  readonly [E in (typeof videoExtensions)[number]]: (ffmpeg: Ffmpeg) => Promise<readonly string[]>;
} = {
  '.mp4': async (ffmpeg) => [
    // Said twice, to the conversion and to whoever plays it: without that, players guess by the size of the picture.
    ...['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv'],
    ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
    ...((await hasEncoder(ffmpeg, 'libx264'))
      ? ['-c:v', 'libx264', '-preset', 'medium', '-crf', '16']
      : ['-c:v', 'mpeg4', '-q:v', '2']),
    ...['-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-f', 'mp4'],
  ],
  '.gif': () =>
    Promise.resolve([
      ...['-vf', 'split[shown][counted];[counted]palettegen=stats_mode=full[palette];[shown][palette]paletteuse'],
      ...['-f', 'gif'],
    ]),
};

async function* checkFrames(
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  length: number,
  { onProgress }: JobControls,
): AsyncGenerator<Uint8Array, void> {
  let done = 0;
  for await (const frame of frames) {
    if (frame.length !== length) throw new RangeError(`frame ${done} must have ${length} bytes, got ${frame.length}`);
    yield frame;
    done += 1;
    onProgress?.({ unit: 'frames', done });
  }
  if (done === 0) throw new RangeError('there must be at least one frame to write');
}
