// Owns one run of ffmpeg for several files, which takes them for common video. Knows nothing of frames.
import { collectOutputs, firstPipe } from './collect-outputs.js';
import type { FfmpegLimits, FfmpegOutcome } from './ffmpeg-process.js';
import type { Ffmpeg } from './find-ffmpeg.js';
import { createErrorsOnly, type DecodedPicture, decoderWords, safeMarginSeconds } from './run-decoder.js';
import { findVideoStream, guessLook, isSameLook, readLook } from './stream-look.js';

/** What a run gave of all files. */
export type DecodedFiles = FfmpegOutcome & {
  /** The raw frames of each file; nothing where there were too many, or a file is to be decoded in another way. */
  readonly outputs: readonly Uint8Array[] | undefined;
};

/**
 * Decodes several files at once into memory.
 * @param mostBytes of all files together
 */
export async function runDecoders(
  ffmpeg: Ffmpeg,
  paths: readonly string[],
  picture: DecodedPicture & { readonly mostBytes: number },
  limits: FfmpegLimits,
): Promise<DecodedFiles> {
  const { mostBytes, startSeconds = 0 } = picture;
  // Where so far a start is sought in each file by itself.
  if (startSeconds > safeMarginSeconds) return { exitCode: 0, timedOut: false, log: [], outputs: undefined };
  const inputs = paths.map((path, index) => ({ path, look: guessLook(path), pipe: `pipe:${firstPipe + index}` }));
  const said: string[] = [];
  const run = await collectOutputs(
    ffmpeg,
    decoderWords(ffmpeg, inputs, picture),
    { count: paths.length, mostBytes },
    { ...limits, keepsLine: createErrorsOnly((line) => said.push(line)) },
  );
  const isAsGuessed = inputs.every(({ look }, index) => {
    const stream = findVideoStream(said, index);
    return stream !== undefined && isSameLook(readLook(stream), look);
  });
  return isAsGuessed ? run : { ...run, outputs: undefined };
}
