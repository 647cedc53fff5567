// Owns the command-line words that every call of ffmpeg shares: what it may open, how names are passed, how frames are
// timed. Knows nothing of processes.
import { resolve } from 'node:path';
import { type Ffmpeg, parseRelease } from './find-ffmpeg.js';
import { defaultMaxPixels } from './limits.js';

/**
 * Containers and elementary streams that may be opened, by demuxer. Left out on purpose: whatever opens other files or
 * addresses (hls, dash, concat, concatf, imf, sdp, rtsp, vapoursynth, image2 and its sequences), whatever takes any
 * bytes for pixels (rawvideo), text drawn as video (tty, bin), single pictures (the *_pipe demuxers). Sound-only
 * containers are in, so that such a file is reported as one without a picture.
 */
const allowedFormats = [
  'mov,matroska,avi,gif,apng,mpeg,mpegts,mpegtsraw,mpegvideo,flv,live_flv,ogg,asf,mxf,gxf,nut,ivf,obu,dv,rm,wtv',
  'h261,h263,h264,hevc,vvc,evc,av1,m4v,vc1,vc1test,avs,avs2,avs3,cavsvideo,dirac,mjpeg,mjpeg_2000,yuv4mpegpipe',
  'swf,nsv,amv,bink,smk,roq,flic,film_cpk,4xm,nuv,rpl,vivo,mp3,wav,w64,flac,aac,ac3,eac3,aiff,au,caf,amr,wv',
].join(',');

/** The words before everything else: no questions, no banner, errors marked as such and none folded into "repeated". */
export function quietArguments(level: 'error' | 'info' = 'error'): readonly string[] {
  return ['-nostdin', '-hide_banner', '-nostats', '-loglevel', `repeat+level+${level}`];
}

/**
 * A file as input: whatever its name holds is part of the name, and it can make ffmpeg open nothing else. Pictures of
 * more than `maxPixels` are refused before there is memory for them. External tracks of QuickTime files stay shut, which
 * is ffmpeg's default: to say so would be an error for each other container.
 */
export function inputFileArguments(path: string, maxPixels: number = defaultMaxPixels): readonly string[] {
  return [
    ['-max_alloc', `${largestBlock(maxPixels)}`],
    ['-max_pixels', `${maxPixels}`],
    ['-protocol_whitelist', 'file'],
    ['-format_whitelist', allowedFormats],
    ['-i', fileName(path)],
  ].flat();
}

/** Bytes that ffmpeg may take in one piece: a picture of the widest pixels, 4 × 32 bits, and some more. */
function largestBlock(maxPixels: number): number {
  return Math.min(2 ** 31 - 1, 256 * 2 ** 20 + 16 * maxPixels);
}

/** A name as ffmpeg must be given it: absolute and with its protocol, so that `-`, `:`, `%` and line feeds mean nothing. */
export function fileName(path: string): string {
  return `file:${resolve(path)}`;
}

/** Raw RGB frames on standard input. */
export function rawInputArguments(width: number, height: number, fps: number): readonly string[] {
  return [
    ['-f', 'rawvideo', '-pixel_format', 'rgb24'],
    ['-video_size', `${width}x${height}`],
    ['-framerate', `${fps}`],
    ['-i', 'pipe:0'],
  ].flat();
}

/** Raw RGB frames on a pipe, by default standard output; each one that the filters give exactly once. */
export function rawOutputArguments(ffmpeg: Ffmpeg, pipe = 'pipe:1'): readonly string[] {
  return [...eachFrameOnce(ffmpeg), '-pix_fmt', 'rgb24', '-f', 'rawvideo', pipe];
}

/** `-vsync` was renamed in FFmpeg 5.1 and will go. */
function eachFrameOnce({ version, year = 0 }: Ffmpeg): readonly string[] {
  const release = parseRelease(version);
  const isRenamed = release === undefined ? year >= 2023 : release >= 5.01;
  return isRenamed ? ['-fps_mode', 'passthrough'] : ['-vsync', '0'];
}
