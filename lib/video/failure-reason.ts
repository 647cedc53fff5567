// Owns why a video could not be read: a few classes, told from ffmpeg's words and its end. Knows nothing of processes.
import { LacunaError } from '../clip/lacuna-error.js';
import type { FfmpegOutcome } from './ffmpeg-process.js';
import { withoutFolder, withoutName } from './spoken-name.js';

/** Why a file gave no frames, or fewer than it should. */
export const failureReasons = [
  'not-a-video',
  'no-video-stream',
  'truncated',
  'timeout',
  'too-short',
  'too-large',
  'unreadable',
] as const;

/**
 * `not-a-video`: no container that may be opened; `no-video-stream`: only sound or text; `truncated`: it ends before its
 * end; `timeout`: ffmpeg gave nothing for too long; `too-short`: fewer frames than one clip; `too-large`: its
 * pictures, its length or the memory it asks for are beyond the limits; `unreadable`: anything else.
 */
export type FailureReason = (typeof failureReasons)[number];

/** A video, or a part of it, could not be decoded. */
export class DecodeError extends LacunaError {
  readonly reason: FailureReason;
  /** ffmpeg's own words, a few lines, without addresses and without the folder of the file. */
  readonly detail: string;

  constructor(source: string, reason: FailureReason, detail: string, options?: ErrorOptions) {
    super(
      'input',
      `${source} ${sentences[reason]}${detail === '' ? '' : `: ${detail.split('\n').join('; ')}`}`,
      options,
    );
    this.name = 'DecodeError';
    this.reason = reason;
    this.detail = detail;
  }
}

const sentences: { readonly [Reason in FailureReason]: string } = {
  'not-a-video': 'is not a video that ffmpeg can open; leave it out or convert it',
  'no-video-stream': 'has no video stream; leave it out',
  truncated: 'ends before its end; copy or download it again',
  timeout: 'gave no frame within the time limit; leave it out or raise the limit',
  'too-short': 'is too short; leave it out or ask for shorter clips',
  'too-large': 'is larger than the limits for untrusted files allow; leave it out, or raise them if you trust it',
  unreadable: 'could not be decoded in full; convert it or use a newer ffmpeg',
};

/** The classes in the order in which they are looked for. */
const patterns: readonly (readonly [FailureReason, RegExp])[] = [
  ['too-large', /Picture size [1-9]\d*x[1-9]\d* (?:is invalid|exceeds specified max pixel count)/],
  ['no-video-stream', /matches no streams|does not contain any stream|Output file is empty, nothing/i],
  [
    'truncated',
    /moov atom not found|partial file|ended prematurely|\bRead error|truncat|end of file|error reading header/i,
  ],
  ['not-a-video', /Format not on whitelist|not on whitelist/i],
  ['unreadable', /\bDecoder\b|decoder|codec|decoding|NAL unit|picture/i],
  [
    'not-a-video',
    /(?:Error opening input|file:[^\n]*): Invalid data found|could not find (?:tag|codec)|Unknown input format/i,
  ],
];

/** Sound, subtitles and data are not read: what their decoders say while the file is opened is no failure. */
const otherStreams =
  /^\[(?:aac|aac_latm|ac3|eac3|dca|mp[123](?:float|adu)?|opus|vorbis|flac|alac|pcm_\w+|amr\w+|wma\w+|mov_text|dvb\w*|ass|srt)\b/;

/** What decoders say where a recording begins between two key frames or a reference is missing that shows nothing. */
const harmless =
  /mmco:|co located POCs|non-existing [PS]PS|no frame!|Last message repeated|Invalid frame dimensions 0x0/;

/** What follows, for each picture, from parameters that stand before the recording's first picture. */
const beforeFirstKeyFrame = { cause: /non-existing [PS]PS/, effect: /decode_slice_header error/ } as const;

/** What follows from an error that has been named before. */
const aftermath =
  /Task finished with error|Terminating thread|Could not open encoder before EOF|Nothing was written into output|Conversion failed|To ignore this, add|Error (?:parsing options for|opening) output|Failed to set value .* for option 'map'|Error opening input file/;

/** The lines that say that something of the picture was lost; empty where all is well. */
export function lossesOf(log: readonly string[]): readonly string[] {
  const isWithoutStart = log.some((line) => beforeFirstKeyFrame.cause.test(line));
  return log.filter(
    (line) =>
      /\[(?:error|fatal|panic)\]/.test(line) &&
      !otherStreams.test(line) &&
      !harmless.test(line) &&
      !(isWithoutStart && beforeFirstKeyFrame.effect.test(line)),
  );
}

/** The error for a run of ffmpeg that failed or lost something. `source` is what the message calls it, such as a path. */
export function failureOf(source: string, outcome: FfmpegOutcome): DecodeError {
  return new DecodeError(source, reasonOf(source, outcome), detailOf(source, outcome));
}

/** The class that ffmpeg's words and end speak for; what the file is called says nothing. */
export function reasonOf(source: string, { timedOut, log }: FfmpegOutcome): FailureReason {
  if (timedOut) return 'timeout';
  const text = withoutName(log, source).join('\n');
  return patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? 'unreadable';
}

const detailLines = 6;
const longestDetailLine = 400;

/** ffmpeg's first words on what went wrong, the same for the same file on each run and in each folder. */
export function detailOf(source: string, { exitCode, endedBy, timedOut, log }: FfmpegOutcome): string {
  const losses = lossesOf(log);
  const lines = (losses.length > 0 ? losses : log).filter((line) => !aftermath.test(line));
  const said = withoutFolder(lines, source).map(clean);
  const end = isCrash(endedBy) ? [`ffmpeg crashed (${endedBy})`] : [];
  const first = [...new Set([...end, ...said])].slice(0, detailLines);
  if (first.length > 0) return first.join('\n');
  return timedOut || exitCode === null ? 'ffmpeg was killed' : `ffmpeg ended with exit code ${exitCode}`;
}

function isCrash(signal: NodeJS.Signals | undefined): signal is NodeJS.Signals {
  return (
    signal === 'SIGSEGV' || signal === 'SIGABRT' || signal === 'SIGBUS' || signal === 'SIGILL' || signal === 'SIGFPE'
  );
}

function clean(line: string): string {
  return line
    .replaceAll(/ @ 0x[0-9a-f]+/gi, '')
    .replaceAll(/0x[0-9a-f]{6,}/gi, '0x…')
    .replaceAll(/\[(?:error|fatal|panic)\] ?/g, '')
    .replaceAll(/\p{Cc}/gu, '?')
    .trim()
    .slice(0, longestDetailLine);
}
