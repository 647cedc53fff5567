// Makes the videos whose golden values PyAV has said (fixtures/video/decoding.json): counters that tell frames apart, and
// patches that tell colours and sides apart.
import { readFile, writeFile } from 'node:fs/promises';
import { makeWithFfmpeg, setTurn, turns } from './made-videos.js';

/** Bits of the counter, the lowest first, each a column of 8 pixels. */
export const counterBits = 8;

/** 64 × 64 pixels, the frame's number from 0 in columns of black and white. */
export function counter(rate: string, frames: number): readonly string[] {
  const bit = 'mod(floor(N/pow(2,floor(X/8))),2)';
  const picture = `format=yuv420p,geq=lum='if(${bit},235,16)':cb=128:cr=128`;
  return ['-f', 'lavfi', '-i', `color=black:size=64x64:rate=${rate},trim=end_frame=${frames},${picture}`];
}

/** 64 × 48 pixels: eight greys above, the same with colour below. Numbers are of 8 bits. */
function patches(format: string, bits: number, frames = 2): string {
  const scale = 2 ** (bits - 8);
  const chroma = (offset: number) => `${scale}*(128+if(gte(Y,H/2),${offset}*(1-2*mod(floor(X*8/W),2)),0))`;
  const luma = `${scale}*(24+26*floor(X*8/W))`;
  const size = `color=black:size=64x48:rate=12,trim=end_frame=${frames},format=${format}`;
  return `${size},geq=lum='${luma}':cb='${chroma(30)}':cr='${chroma(-24)}'`;
}

/** Patches without loss, their numbers said to mean certain colours. */
function coloured(format: string, bits: number, matrix: string, primaries: string, transfer: string, range = 'tv') {
  const said = `setparams=range=${range}:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;
  const flags = ['-color_range', range, '-colorspace', matrix, '-color_primaries', primaries, '-color_trc', transfer];
  return ['-f', 'lavfi', '-i', `${patches(format, bits)},${said}`, '-c:v', 'ffv1', ...flags];
}

const h264 = ['-c:v', 'libx264', '-bf', '2', '-g', '10', '-sc_threshold', '0'];
const ownTimes = ['-vsync', 'passthrough'];

/** A left half that is whole, a right half that is half there below and not there above. */
const seeThrough = [
  '-f',
  'lavfi',
  '-i',
  "color=black:size=64x64:rate=12,trim=end_frame=3,format=rgba,geq=r=200:g=100:b=50:a='if(lt(X,32),255,if(lt(Y,32),0,128))'",
];

const turned = async (file: string, turn: keyof typeof turns) => {
  const words = ['-f', 'lavfi', '-i', patches('yuv420p', 8), '-c:v', 'libx264', '-qp', '4', '-bf', '0'];
  return setTurn(await makeWithFfmpeg(file, ...words), turns[turn]);
};

/** Each name with how the file is made; the name's ending is the container. */
export const exactVideos: { readonly [name: string]: (file: string) => Promise<string> } = {
  'plain.mp4': (file) => makeWithFfmpeg(file, ...counter('12', 24), ...h264),
  'variable-rate.mkv': (file) =>
    makeWithFfmpeg(
      file,
      ...counter('12', 24),
      ...['-vf', "settb=1/1000,setpts='N*50+mod(N*N*7,45)'", ...ownTimes, '-enc_time_base', '1:1000', ...h264],
    ),
  'ntsc.mkv': (file) => makeWithFfmpeg(file, ...counter('30000/1001', 40), ...h264),
  'edit-list.mp4': async (file) => {
    const whole = await makeWithFfmpeg(`${file}.whole.mp4`, ...counter('12', 36), ...h264);
    return makeWithFfmpeg(file, '-ss', '1.3', '-i', `file:${whole}`, '-c', 'copy');
  },
  'late.ts': (file) =>
    makeWithFfmpeg(
      file,
      ...counter('12', 24),
      ...['-f', 'lavfi', '-i', 'sine=duration=3', '-filter_complex', '[0:v]setpts=PTS+0.5/TB[v]'],
      ...['-map', '[v]', '-map', '1:a', ...ownTimes, ...h264, '-c:a', 'aac'],
    ),
  'long.mp4': (file) => makeWithFfmpeg(file, ...counter('5', 225), '-output_ts_offset', '3', ...h264, '-g', '80'),
  'no-first-key.ts': async (file) => cutFirstPictures(await makeWithFfmpeg(file, ...counter('12', 36), ...h264)),
  'no-first-key-2.ts': async (file) =>
    cutFirstPictures(
      await makeWithFfmpeg(file, ...counter('12', 36), '-c:v', 'mpeg2video', '-q:v', '2', '-bf', '2', '-g', '10'),
    ),
  'no-length.mkv': (file) => makeWithFfmpeg(file, ...counter('12', 24), ...h264, '-live', '1'),
  'no-times.h264': (file) => makeWithFfmpeg(file, ...counter('25', 24), ...h264),
  'tracks.mp4': async (file) => {
    const cover = await makeWithFfmpeg(`${file}.png`, '-f', 'lavfi', '-i', 'color=red:size=32x32', '-frames:v', '1');
    return makeWithFfmpeg(
      file,
      ...['-i', `file:${cover}`, ...counter('12', 24), '-f', 'lavfi', '-i', 'testsrc=size=64x64:duration=1'],
      ...['-map', '0:v', '-map', '1:v', '-map', '2:v', '-c:v:0', 'copy', '-disposition:v:0', 'attached_pic'],
      ...['-c:v:1', 'libx264', '-c:v:2', 'libx264', '-bf', '2'],
    );
  },
  'interlaced.ts': (file) =>
    makeWithFfmpeg(
      file,
      ...counter('24', 48),
      ...['-vf', 'tinterlace=interleave_top,fieldorder=tff', '-c:v', 'mpeg2video', '-q:v', '2'],
      ...['-flags', '+ildct+ilme', '-top', '1'],
    ),
  'turned-90.mp4': (file) => turned(file, 'clockwise'),
  'turned-180.mp4': (file) => turned(file, 'upsideDown'),
  'turned-270.mp4': (file) => turned(file, 'counterclockwise'),
  'mirrored.mp4': (file) => turned(file, 'mirrored'),
  'mirrored-turned.mp4': (file) => turned(file, 'mirroredClockwise'),
  'wide-pixels.mkv': (file) =>
    makeWithFfmpeg(file, '-f', 'lavfi', '-i', `${patches('yuv420p', 8)},setsar=4/3`, '-c:v', 'ffv1'),
  'odd.mkv': (file) =>
    makeWithFfmpeg(file, '-f', 'lavfi', '-i', `${patches('yuv420p', 8)},crop=33:47:0:0:exact=1`, '-c:v', 'ffv1'),
  'bt601.mkv': (file) => makeWithFfmpeg(file, ...coloured('yuv420p', 8, 'smpte170m', 'smpte170m', 'smpte170m')),
  'bt709.mkv': (file) => makeWithFfmpeg(file, ...coloured('yuv420p', 8, 'bt709', 'bt709', 'bt709')),
  'full-range.mkv': (file) => makeWithFfmpeg(file, ...coloured('yuv420p', 8, 'bt709', 'bt709', 'bt709', 'pc')),
  'untagged.mkv': (file) => makeWithFfmpeg(file, '-f', 'lavfi', '-i', patches('yuv420p', 8), '-c:v', 'ffv1'),
  'ten-bit.mkv': (file) => makeWithFfmpeg(file, ...coloured('yuv420p10le', 10, 'bt709', 'bt709', 'bt709')),
  'wide-gamut.mkv': (file) => makeWithFfmpeg(file, ...coloured('yuv420p10le', 10, 'bt2020nc', 'bt2020', 'bt2020-10')),
  'pq.mkv': (file) => makeWithFfmpeg(file, ...coloured('yuv420p10le', 10, 'bt2020nc', 'bt2020', 'smpte2084')),
  'hlg.mkv': (file) => makeWithFfmpeg(file, ...coloured('yuv420p10le', 10, 'bt2020nc', 'bt2020', 'arib-std-b67')),
  'see-through.webm': (file) =>
    makeWithFfmpeg(file, ...seeThrough, '-c:v', 'libvpx-vp9', '-pix_fmt', 'yuva420p', '-lossless', '1'),
  'see-through.mov': (file) => makeWithFfmpeg(file, ...seeThrough, '-c:v', 'png'),
  'see-through.gif': (file) => makeWithFfmpeg(file, ...seeThrough),
  'one-frame.gif': (file) => makeWithFfmpeg(file, ...counter('10', 1)),
};

const packetLength = 188;

/** Cuts the first pictures out of an MPEG transport stream, so that it begins between two key frames. */
async function cutFirstPictures(file: string): Promise<string> {
  const bytes = await readFile(file);
  const packets = Array.from({ length: bytes.length / packetLength }, (_, index) =>
    bytes.subarray(index * packetLength, (index + 1) * packetLength),
  );
  const videoPacket = 256;
  const begins = packets.flatMap((packet, index) =>
    (packet.readUInt16BE(1) & 0x1fff) === videoPacket && (packet.readUInt8(1) & 0x40) !== 0 ? [index] : [],
  );
  await writeFile(file, Buffer.concat([...packets.slice(0, begins[0]), ...packets.slice(begins[3])]));
  return file;
}
