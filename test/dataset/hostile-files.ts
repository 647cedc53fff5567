// Makes files that ask ffmpeg for what a video must not ask: other files, addresses, endless memory, endless frames.
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeWithFfmpeg } from '../video/made-videos.js';

/** The trap that other files are: a video whose frames must not come out, and an address that must see no request. */
export type Bait = { readonly file: string; readonly address: string };

/** A name, its text or bytes, and what Lacuna must say of it. */
export type HostileFile = readonly [name: string, content: string | Uint8Array, reason: string];

/** Files that would have other files or addresses opened. */
export function luringFiles({ file, address }: Bait): readonly HostileFile[] {
  const playlist = (...entries: readonly string[]) =>
    [
      '#EXTM3U',
      '#EXT-X-TARGETDURATION:2',
      ...entries.flatMap((entry) => ['#EXTINF:2,', entry]),
      '#EXT-X-ENDLIST',
      '',
    ].join('\n');
  const manifest = (base: string) =>
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" type="static" mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1000"><BaseURL>${base}</BaseURL></Representation></AdaptationSet></Period></MPD>\n`;
  const picture = (href: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64"><image width="64" height="64" xlink:href="${href}"/></svg>\n`;
  return [
    ['playlist-file.mp4', playlist(`file:${file}`), 'not-a-video'],
    ['playlist-address.mp4', playlist(`${address}/segment.ts`), 'not-a-video'],
    [
      'playlist-subfile.ts',
      playlist(`subfile,,start,0,end,0,,:${file}`, `crypto:${file}`, `concat:${file}`),
      'not-a-video',
    ],
    ['playlist-data.mkv', playlist(`data:video/mp4;base64,AAAA`), 'not-a-video'],
    ['manifest-file.mp4', manifest(`file:${file}`), 'not-a-video'],
    ['manifest-address.webm', manifest(`${address}/stream.mp4`), 'not-a-video'],
    ['script.mp4', `ffconcat version 1.0\nfile '${file}'\n`, 'not-a-video'],
    ['script-address.mov', `ffconcat version 1.0\nfile '${address}/x.mp4'\n`, 'not-a-video'],
    ['picture.gif', picture(`${address}/x.png`), 'not-a-video'],
    ['picture.mp4', picture(`file://${file}`), 'not-a-video'],
    [
      'session.mp4',
      'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 47806 RTP/AVP 96\na=rtpmap:96 H264/90000\n',
      'not-a-video',
    ],
    [
      'package.mxf',
      `<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:0</Id></CompositionPlaylist>`,
      'not-a-video',
    ],
    ['stream.asf', `[Reference]\nRef1=${address}/x.asf\n`, 'not-a-video'],
    ['redirect.rm', `rtsp://127.0.0.1:9/x.rm\n`, 'not-a-video'],
    ['redirect.wmv', `[playlist]\nFile1=${address}/x.wmv\n`, 'not-a-video'],
  ];
}

/** Files that are nothing, or ask for too much. */
export function boundlessFiles(): readonly HostileFile[] {
  return [
    ['empty.mp4', '', 'not-a-video'],
    ['text.mp4', 'this is no video\n'.repeat(40), 'not-a-video'],
    ['widest.gif', madeGif({ width: 65_535, height: 65_535, frames: 8, delay: 10 }), 'too-large'],
    ['wide.gif', madeGif({ width: 16_000, height: 16_000, frames: 8, delay: 10 }), 'too-large'],
    ['widest.y4m', `YUV4MPEG2 W65535 H65535 F25:1 Ip A1:1 C420jpeg\nFRAME\n${'x'.repeat(1000)}`, 'too-large'],
    ['wide.y4m', `YUV4MPEG2 W16000 H16000 F25:1 Ip A1:1 C420jpeg\nFRAME\n${'x'.repeat(1000)}`, 'too-large'],
    // Sixteen minutes of one pixel in a few hundred bytes.
    ['bomb.gif', madeGif({ width: 1, height: 1, frames: 8, delay: 12_000 }), 'too-large'],
  ];
}

type MadeGif = { readonly width: number; readonly height: number; readonly frames: number; readonly delay: number };

/** A GIF whose every frame is one pixel; `delay` in hundredths of a second. */
export function madeGif({ width, height, frames, delay }: MadeGif): Uint8Array {
  const head = [...u16(width), ...u16(height), 0x80, 0, 0, ...[0, 0, 0], ...[255, 255, 255]];
  const control = [0x21, 0xf9, 4, 0, ...u16(delay), 0, 0];
  const image = [0x2c, ...u16(0), ...u16(0), ...u16(1), ...u16(1), 0, ...[2, 2, 0x44, 1, 0]];
  const all = Array.from({ length: frames }, () => [...control, ...image]).flat();
  return Uint8Array.from([...Buffer.from('GIF89a'), ...head, ...all, 0x3b]);
}

function u16(value: number): readonly number[] {
  return [value & 255, value >> 8];
}

/** What is not an ordinary file: a pipe, a link to a device, a folder with a video's name; gives what may be listed. */
export async function makeOddEntries(folder: string): Promise<void> {
  await promisify(execFile)('mkfifo', [join(folder, 'pipe.mp4')]);
  await symlink('/dev/zero', join(folder, 'device.mp4'));
  await symlink('loop.mp4', join(folder, 'loop.mp4'));
  await mkdir(join(folder, 'folder.mp4'));
}

/** Writes the files into a folder. */
export async function writeHostileFiles(folder: string, files: readonly HostileFile[]): Promise<void> {
  for (const [name, content] of files) await writeFile(join(folder, name), content);
}

/**
 * A QuickTime file without pictures of its own, whose data reference (an alias record, Inside Macintosh: Files) says that
 * they lie in `bait`, a copy of it that still has them.
 */
export async function makeLuringMovie(path: string, bait: string): Promise<void> {
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=12:duration=2'];
  await makeWithFfmpeg(bait, ...source, '-c:v', 'mjpeg', '-f', 'mov');
  const bytes = await readFile(bait);
  const data = findBox(bytes, 'mdat');
  bytes.fill(0, data.start + 8, data.end);
  const target = Buffer.from(`${bait}\0`);
  const even = target.length % 2 === 0 ? target : Buffer.concat([target, Buffer.alloc(1)]);
  const entry = Buffer.concat([
    ...[Buffer.alloc(4), Buffer.from('alis'), Buffer.alloc(4)],
    // A record of 150 bytes: the volume and the file's name are empty, and no level leads there.
    Buffer.alloc(10 + 28 + 12 + 64 + 16 + 4 + 16),
    // Kind 2, an absolute path; kind -1 ends the list.
    ...[Buffer.from([0, 2, even.length >> 8, even.length & 255]), even, Buffer.from([255, 255, 0, 0])],
  ]);
  entry.writeUInt32BE(entry.length, 0);
  const reference = Buffer.concat([box('dref', Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), entry]))]);
  await writeFile(path, replaceBox(bytes, ['moov', 'trak', 'mdia', 'minf', 'dinf', 'dref'], reference));
}

function box(kind: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8);
  head.write(kind, 4, 'latin1');
  return Buffer.concat([head, content]);
}

function findBox(bytes: Buffer, kind: string): { readonly start: number; readonly end: number } {
  for (let start = 0; start + 8 <= bytes.length; start += bytes.readUInt32BE(start)) {
    const end = start + bytes.readUInt32BE(start);
    if (bytes.toString('latin1', start + 4, start + 8) === kind) return { start, end };
  }
  throw new Error(`no box ${kind}`);
}

/** Replaces the box at the end of a path of boxes, and sets the sizes of those around it. */
function replaceBox(bytes: Buffer, [kind = '', ...inner]: readonly string[], by: Buffer): Buffer {
  const { start, end } = findBox(bytes, kind);
  const made = inner.length === 0 ? by : box(kind, replaceBox(bytes.subarray(start + 8, end), inner, by));
  return Buffer.concat([bytes.subarray(0, start), made, bytes.subarray(end)]);
}
