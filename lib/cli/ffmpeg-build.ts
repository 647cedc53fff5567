// Owns what a build of ffmpeg says of itself: its licence and the decoders that videos commonly need. Knows nothing of
// where it was found.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What an ffmpeg was built with. */
export type FfmpegBuild = {
  /** Such as `GPL-3.0-or-later`; `not redistributable` where it has parts that may not be passed on. */
  readonly licence: string;
  /** Of {@link commonDecoders}, those that it lacks. */
  readonly missingDecoders: readonly string[];
};

/** What phones, cameras and the web write. */
export const commonDecoders = ['h264', 'hevc', 'vp8', 'vp9', 'av1', 'mpeg4', 'mpeg2video', 'mjpeg', 'prores'] as const;

/** Asks a program that is known to be ffmpeg. */
export async function readFfmpegBuild(path: string): Promise<FfmpegBuild> {
  const ask = async (question: string) => {
    const { stdout } = await promisify(execFile)(path, ['-hide_banner', question], { windowsHide: true });
    return stdout;
  };
  const [version, decoders] = await Promise.all([ask('-version'), ask('-decoders')]);
  return { licence: licenceOf(version), missingDecoders: missingOf(decoders) };
}

/** The licence that the configuration flags give a build (FFmpeg's LICENSE.md). */
export function licenceOf(versionText: string): string {
  const has = (flag: string) => versionText.includes(`--enable-${flag}`);
  if (!versionText.includes('configuration:')) return 'unknown';
  if (has('nonfree')) return 'not redistributable';
  if (has('gpl')) return has('version3') ? 'GPL-3.0-or-later' : 'GPL-2.0-or-later';
  return has('version3') ? 'LGPL-3.0-or-later' : 'LGPL-2.1-or-later';
}

/** Lines are ` V....D h264  H.264 / AVC …`; another decoder of the same codec ends with `(codec av1)`. */
export function missingOf(decodersText: string): readonly string[] {
  const lines = decodersText.split('\n');
  return commonDecoders.filter(
    (codec) => !lines.some((line) => line.split(/\s+/)[2] === codec || line.includes(`(codec ${codec})`)),
  );
}
