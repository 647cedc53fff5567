// Owns one video file → its clips, and what was wrong with it. Knows nothing of where the clips go.
import { type DecodeOptions, decodeVideo } from '../video/decode.js';
import type { Fit } from '../video/decode-graph.js';
import { DecodeError } from '../video/failure-reason.js';
import { limitFrames } from '../video/limit-frames.js';
import { SourceFileError } from '../video/source-file.js';
import { clipSpan, type Cut, type CutClip, cutClips } from './cut-clips.js';
import type { FailureRecord } from './dataset-files.js';
import { decodeParts, type PartOptions, planParts } from './video-parts.js';

/** How a video is read. */
export type ReadOptions = Cut & {
  /** H and W, pixels. */
  readonly size: number;
  readonly fps: number;
  readonly fit: Fit;
  /** Whether frames are grey. Default false. */
  readonly grey?: boolean | undefined;
  /** Where reading begins, from the first frame. Default 0. */
  readonly startSeconds?: number | undefined;
  /** Where reading ends, from the first frame. Default: the end. */
  readonly endSeconds?: number | undefined;
  /** Seconds without a frame after which it is given up. */
  readonly timeoutSeconds?: number;
  /** Width × height of a picture above which it is not decoded. Default 8192 × 8192. */
  readonly maxPixels?: number;
  /** Seconds of frames after which it is given up, as one that never ends. Default: an hour, and a second more for every 100 bytes of the file, at most a day. */
  readonly maxSeconds?: number | undefined;
};

/** What reading one video gives, in this order: its clips, then at most one failure. */
export type ReadResult = { readonly clip: CutClip } | { readonly failure: Omit<FailureRecord, 'video'> };

/** Says that all that has come of a video is to be forgotten, since it is read again from its start. */
export type ReadAgain = { readonly again: true };

/**
 * Yields clips as they are whole. Never throws for what is wrong with the file: that is the last thing it yields. It does
 * throw for what is wrong with the disk or the machine, since the next file would fare no better.
 */
export async function* readVideo(
  path: string,
  options: ReadOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReadResult, void> {
  yield* readFrames(path, decodeVideo(path, decodeOptionsOf(options), { signal }), options, signal);
}

/**
 * The same by several cores. A file in which anything is damaged is read again by one thread, since only then the same build
 * gives the same bytes: its clips come once more, after `again`.
 */
export async function* readVideoByCores(
  path: string,
  options: ReadOptions,
  cores: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReadResult | ReadAgain, void> {
  if (cores > 1) {
    const frames = decodeByCores(path, { ...decodeOptionsOf(options), fps: options.fps }, cores, signal);
    let isDamaged = false;
    for await (const result of readFrames(path, frames, options, signal)) {
      isDamaged = 'failure' in result && result.failure.reason !== 'too-short';
      if (!isDamaged) yield result;
    }
    if (!isDamaged) return;
    yield { again: true };
  }
  yield* readVideo(path, options, signal);
}

async function* decodeByCores(
  path: string,
  options: PartOptions,
  cores: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  const parts = await planParts(path, options, cores, { signal });
  // By one thread more than cores, as ffmpeg does itself, since the thread that filters waits for them in turn.
  if (parts === undefined) yield* decodeVideo(path, { ...options, threads: cores + 1 }, { signal });
  else yield* decodeParts(path, options, parts, { signal });
}

/** What `decodeVideo` must be asked for. */
export function decodeOptionsOf(options: Omit<ReadOptions, keyof Cut>): DecodeOptions {
  const { size, fps, fit, grey, startSeconds, endSeconds, timeoutSeconds, maxPixels } = options;
  const durationSeconds = endSeconds === undefined ? undefined : endSeconds - (startSeconds ?? 0);
  return { width: size, height: size, fps, fit, grey, startSeconds, durationSeconds, timeoutSeconds, maxPixels };
}

/** Cuts the frames of a video; see {@link readVideo}. */
export async function* readFrames(
  path: string,
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReadResult, void> {
  const { fps, maxSeconds } = options;
  let clips = 0;
  const cut = cutClips(limitFrames(path, frames, { fps, maxSeconds }), options);
  try {
    for (;;) {
      const { done, value } = await cut.next();
      if (done === true) {
        if (clips === 0) yield { failure: tooShort(value, options) };
        return;
      }
      clips += 1;
      yield { clip: value };
    }
  } catch (error) {
    if (signal?.aborted === true) throw error;
    if (error instanceof DecodeError) yield { failure: { reason: error.reason, detail: error.detail } };
    else if (error instanceof SourceFileError) yield { failure: error.failure };
    else throw error;
  } finally {
    // Where the reader leaves early, the decoder must not stay behind.
    await cut.return(0);
  }
}

function tooShort(frames: number, options: ReadOptions): Omit<FailureRecord, 'video'> {
  const detail = `${frames} frames at ${options.fps} a second, where a clip takes ${clipSpan(options)}`;
  return { reason: 'too-short', detail };
}
