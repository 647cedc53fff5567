import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import {
  DecodeError,
  detailOf,
  failureOf,
  type FailureReason,
  lossesOf,
  reasonOf,
} from '../../lib/video/failure-reason.js';

const ended = (log: readonly string[], timedOut = false) => ({ exitCode: 1, timedOut, log });

/** What FFmpeg 7.0 and a build of 2018 say. */
const said: readonly (readonly [FailureReason, readonly string[]])[] = [
  [
    'not-a-video',
    [
      '[in#0 @ 0x561a7c8c8b80] [error] Error opening input: Invalid data found when processing input',
      '[error] Error opening input file file:/tmp/a/notes.mp4.',
      '[fatal] Error opening input files: Invalid data found when processing input',
    ],
  ],
  ['not-a-video', ['[error] file:/tmp/a/notes.mp4: Invalid data found when processing input']],
  [
    'not-a-video',
    ["[hls @ 0x55] [error] Format not on whitelist 'mov,mp4'", '[error] file:/tmp/a/notes.mp4: Invalid argument'],
  ],
  [
    'no-video-stream',
    ["[fatal] Stream map '0:V:0' matches no streams.", "To ignore this, add a trailing '?' to the map."],
  ],
  [
    'truncated',
    [
      '[mov,mp4,m4a,3gp,3g2,mj2 @ 0x1] [error] moov atom not found',
      '[error] file:/tmp/a/notes.mp4: Invalid data found when processing input',
    ],
  ],
  ['truncated', ['[matroska,webm @ 0x564ef184bf00] [error] File ended prematurely']],
  ['truncated', ['[matroska,webm @ 0x16ec1f40] [error] Read error']],
  ['unreadable', ['[h264 @ 0x353094c0] [error] error while decoding MB 3 79, bytestream -27']],
  ['unreadable', ['[error] Decoder (codec none) not found for input stream #0:0']],
  ['unreadable', ['[error] Error while decoding stream #0:0: Invalid data found when processing input']],
  ['unreadable', []],
  ['too-large', ['[IMGUTILS @ 0x7f] [error] Picture size 65535x65535 is invalid', '[error] file:/tmp/a/notes.mp4: x']],
  [
    'too-large',
    [
      '[error] Truncating packet of size 384000000 to 1000',
      '[IMGUTILS @ 0x7f] [error] Picture size 16000x16000 exceeds specified max pixel count 67108864, see the documentation',
    ],
  ],
  ['unreadable', ['[IMGUTILS @ 0x7f] [error] Picture size 0x64 is invalid']],
];

describe('reasonOf', () => {
  for (const [reason, log] of said) {
    it(`${reason}: ${log[0] ?? 'no words'}`, () => expect(reasonOf('/tmp/a/notes.mp4', ended(log))).to.equal(reason));
  }

  it('is a timeout whatever was said before', () => {
    expect(reasonOf('x', ended(said[0]?.[1] ?? [], true))).to.equal('timeout');
  });

  it('is not told from what the file or its folder is called', () => {
    for (const path of [
      '/moov atom not found/codec decoder.mp4',
      '/tmp/truncated.mp4',
      `/tmp/partial file${'x'.repeat(999)}`,
    ]) {
      const line = `[error] file:${path}: Invalid data found when processing input`;
      expect(reasonOf(path, ended([line, '[error] Error opening input: Invalid data found']))).to.equal('not-a-video');
      // ffmpeg cuts its lines.
      expect(reasonOf(path, ended([line.slice(0, 1000), '[error] Error opening input: Invalid data found']))).to.equal(
        'not-a-video',
      );
    }
  });
});

describe('detailOf', () => {
  it('leaves out addresses, folders and what follows from what was said before', () => {
    expect(detailOf('/tmp/a/notes.mp4', ended(said[0]?.[1] ?? []))).to.equal(
      '[in#0] Error opening input: Invalid data found when processing input',
    );
    expect(detailOf('/tmp/a/notes.mp4', ended(said[1]?.[1] ?? []))).to.equal(
      'notes.mp4: Invalid data found when processing input',
    );
  });

  it('says the same thing once, and at most six things', () => {
    const lines = Array.from(
      { length: 40 },
      (_, index) => `[h264 @ 0x${index}a] [error] error ${Math.floor(index / 2)}`,
    );
    expect(detailOf('x', ended(lines)).split('\n')).to.deep.equal([0, 1, 2, 3, 4, 5].map((n) => `[h264] error ${n}`));
  });

  it('has words where ffmpeg had none', () => {
    expect(detailOf('x', { exitCode: 7, timedOut: false, log: [] })).to.equal('ffmpeg ended with exit code 7');
    expect(detailOf('x', { exitCode: null, timedOut: true, log: [] })).to.equal('ffmpeg was killed');
    expect(detailOf('x', { exitCode: null, endedBy: 'SIGSEGV', timedOut: false, log: [] })).to.equal(
      'ffmpeg crashed (SIGSEGV)',
    );
  });

  it('holds nothing that a terminal would obey', () => {
    expect(detailOf('/a/\u001b[2J.mp4', ended(['[error] file:/a/?[2J.mp4: bad \u0007\u009b2J']))).to.equal(
      '?[2J.mp4: bad ??2J',
    );
  });
});

describe('lossesOf', () => {
  it('takes note of errors of the picture only', () => {
    const losses = ['[h264 @ 0x1] [error] error while decoding MB 3 79', '[mov,mp4 @ 0x2] [error] partial file'];
    const others = [
      '[h264 @ 0x1] [warning] deprecated pixel format',
      '[aac @ 0x3] [error] channel element 0.0 is not allocated',
      '[mp3float @ 0x3] [error] Header missing',
      '[h264 @ 0x1] [error] mmco: unref short failure',
      '[h264 @ 0x1] [error] non-existing PPS 0 referenced',
    ];
    expect(lossesOf([...others, ...losses])).to.deep.equal(losses);
  });

  it('takes a recording that begins between two key frames for whole', () => {
    const slice = '[h264 @ 0x1] [error] decode_slice_header error';
    expect(lossesOf(['[h264 @ 0x1] [error] non-existing PPS 0 referenced', slice])).to.deep.equal([]);
    expect(lossesOf(['[mpeg2video @ 0x1] [error] Invalid frame dimensions 0x0.'])).to.deep.equal([]);
    expect(lossesOf([slice])).to.deep.equal([slice]);
  });
});

describe('DecodeError', () => {
  it('is one sentence that names the file', () => {
    const error = failureOf('/tmp/a/notes.mp4', ended(said[5]?.[1] ?? []));
    expect(error).to.be.instanceOf(DecodeError).and.instanceOf(LacunaError);
    expect(error).to.include({ reason: 'truncated', kind: 'input', detail: '[matroska,webm] File ended prematurely' });
    expect(error.message).to.match(/^\/tmp\/a\/notes\.mp4 ends before its end.*File ended prematurely$/);
  });
});
