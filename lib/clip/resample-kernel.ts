// Owns the two inner loops of enlarging pictures of three channels, in WebAssembly's 128-bit instructions: 4 to 8 times as fast as
// the same in plain loops. Knows nothing of clips; `resample-clip.ts` says what comes out, and does the same without it.
import { weightBits } from './resampling-taps.js';
import {
  encodeWasm,
  isWasmSupported,
  openWasm,
  signed,
  unsigned,
  type WasmCall,
  wasmPageBytes,
} from './wasm-module.js';

/** The loops and the memory that they work on; all places in it are in bytes. */
export type ResampleKernel = {
  readonly memory: ArrayBuffer;
  /**
   * `(source, table, tableEnd, into)`: a line of pixels, each from two neighbours, in `int32` parts of `2 ** weightBits`. For each
   * pixel the table has an `int32`, bytes from `source` to the first neighbour, and the two weights as `int16`. Up to 2 bytes
   * after the source and 4 after the new line are touched.
   */
  readonly resampleLine: WasmCall;
  /**
   * `(upper, lower, upperEnd, near, far, into)`: the weighted sum of two such lines, rounded to bytes, 16 at a time, so that up to
   * 60 bytes after the lines are read and up to 15 after the new one are written.
   */
  readonly sumLines: WasmCall;
};

/** Bytes that must be free after each part of the memory. */
export const kernelSlack = 64;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const constant = (value: number) => [0x41, ...signed(value)];
const add = [0x6a];
const load = [0x28, 2, 0];
/** `loop … while top < bottom`. */
const repeatWhileBelow = (body: readonly number[], top: number, bottom: number) => [
  ...[0x03, 0x40, ...body, ...get(top), ...get(bottom)],
  ...[0x49, 0x0d, 0, 0x0b],
];
const vector = (opcode: number, ...rest: readonly number[]) => [0xfd, ...unsigned(opcode), ...rest];
const advance = (local: number, bytes: number) => [...get(local), ...constant(bytes), ...add, ...set(local)];

const loadVector = (offset: number) => vector(0, 0, offset);
const storeVector = vector(11, 0, 0);
const load64 = vector(93, 0, 0);
const loadSplat32 = (offset: number) => vector(9, 0, offset);
const swizzle = vector(14);
const splat32 = vector(17);
const narrow32to16 = vector(133);
const narrow16to8 = vector(102);
const shiftRight = vector(172);
const sum32 = vector(174);
const multiply32 = vector(181);
const dot16 = vector(186);

/** Six bytes of two pixels as `int16` pairs of one channel each; 16 stands for a zero. */
const pairs = [0, 16, 3, 16, 1, 16, 4, 16, 2, 16, 5, 16, 16, 16, 16, 16];

const resampleLine = (source: number, table: number, tableEnd: number, into: number) =>
  repeatWhileBelow(
    [
      ...[...get(into), ...get(source), ...get(table), ...load, ...add, ...load64, ...vector(12, ...pairs), ...swizzle],
      ...[...get(table), ...loadSplat32(4), ...dot16, ...storeVector],
      ...[...advance(table, 8), ...advance(into, 12)],
    ],
    table,
    tableEnd,
  );

const sumLines = (upper: number, lower: number, upperEnd: number, near: number, far: number, into: number) => {
  // (upper · near + lower · far + half) >> (2 · weightBits), four values
  const four = (offset: number) => [
    ...[...get(upper), ...loadVector(offset), ...get(near), ...splat32, ...multiply32],
    ...[...get(lower), ...loadVector(offset), ...get(far), ...splat32, ...multiply32],
    ...[...sum32, ...constant(2 ** (2 * weightBits - 1)), ...splat32, ...sum32],
    ...[...constant(2 * weightBits), ...shiftRight],
  ];
  const eight = (offset: number) => [...four(offset), ...four(offset + 16), ...narrow32to16];
  return repeatWhileBelow(
    [
      ...[...get(into), ...eight(0), ...eight(32), ...narrow16to8, ...storeVector],
      ...[...advance(upper, 64), ...advance(lower, 64), ...advance(into, 16)],
    ],
    upper,
    upperEnd,
  );
};

const names = ['resampleLine', 'sumLines'] as const;

/** The loops over a memory of at least so many bytes; nothing where the processor or Node has no such instructions. */
export function openResampleKernel(byteLength: number): ResampleKernel | undefined {
  const bytes = encodeWasm(
    [
      { name: 'resampleLine', parameters: 4, body: resampleLine(0, 1, 2, 3) },
      { name: 'sumLines', parameters: 6, body: sumLines(0, 1, 2, 3, 4, 5) },
    ],
    Math.ceil(byteLength / wasmPageBytes),
  );
  if (!isWasmSupported(bytes)) return undefined;
  const { memory, functions } = openWasm(bytes, names);
  return { memory, ...functions };
}
