// Owns the reading of one clip of a video, for whoever wants no more than that. Knows nothing of what it is used for.
import { LacunaError } from '../clip/lacuna-error.js';
import { DecodeError } from '../video/failure-reason.js';
import { checkSourceFile } from '../video/source-file.js';
import { clipSpan } from './cut-clips.js';
import { type ReadOptions, readVideo } from './read-video.js';

/**
 * The clip `uint8 [T, H, W, C]` of a video that begins at `startSeconds`.
 * @throws {LacunaError} `input` where the video cannot be read or is too short.
 */
export async function readFirstClip(
  video: string,
  options: Omit<ReadOptions, 'hop'>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  signal?.throwIfAborted();
  await checkSourceFile(video);
  const cut = { ...options, hop: options.frames * options.stride };
  for await (const result of readVideo(video, cut, signal)) {
    if ('clip' in result) return Uint8Array.from(result.clip.pixels);
    const { reason, detail } = result.failure;
    if (reason !== 'too-short') throw new DecodeError(video, reason, detail);
    const seconds = (clipSpan(cut) / options.fps).toFixed(2);
    throw new LacunaError(
      'input',
      `${video} is too short: from ${options.startSeconds ?? 0} s it has ${detail} (${seconds} s).`,
    );
  }
  throw new LacunaError('input', `${video} gave no clip.`);
}
