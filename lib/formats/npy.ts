// Owns the bytes of NumPy's array format 1.0 (numpy.lib.format). Knows nothing of what the arrays mean or where they lie.
import { LacunaError } from '../clip/lacuna-error.js';

/** The element types that Lacuna writes and reads. */
export type NpyType = 'uint8' | 'float32' | 'int32';

/** What a header says. */
export type NpyHeader = {
  readonly dtype: NpyType;
  /** Row-major (C order). */
  readonly shape: readonly number[];
  /** Where the values begin, in bytes from the start of the file; a multiple of 64 in what Lacuna writes. */
  readonly dataOffset: number;
};

/** A whole array with its values, row-major. */
export type NpyArray =
  | { readonly dtype: 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array }
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'int32'; readonly shape: readonly number[]; readonly data: Int32Array };

/** As many bytes from the start of a file as any header of format 1.0 takes. */
export const npyHeaderLimit = 10 + 0xffff;

/** Bytes an element of each type takes. */
export const npyElementLength = { uint8: 1, float32: 4, int32: 4 } as const satisfies Record<NpyType, number>;

const descriptors = { uint8: '|u1', float32: '<f4', int32: '<i4' } as const satisfies Record<NpyType, string>;
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;
const alignment = 64;
/** Room that NumPy leaves for the decimal digits of the first axis. */
const firstAxisDigits = 21;

/**
 * The bytes before the values, byte for byte as `numpy.save` writes them: padded so that the values begin at a multiple of
 * 64. The length does not depend on the first axis, so that a file may grow by appending rows and writing the header anew.
 * @throws {RangeError} where a size is no whole number.
 */
export function npyHeader(dtype: NpyType, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const wrong = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (wrong !== undefined) throw new RangeError(`each size of a shape must be a whole number from 0, got ${wrong}`);
  const [first] = shape;
  const sizes = shape.length === 1 ? `${first},` : shape.join(', ');
  const room = first === undefined ? 0 : firstAxisDigits - String(first).length;
  const text = `{'descr': '${descriptors[dtype]}', 'fortran_order': False, 'shape': (${sizes}), }${' '.repeat(room)}`;
  const unpadded = 10 + text.length + 1;
  const length = unpadded + alignment - (unpadded % alignment);
  const header = new Uint8Array(length).fill(0x20);
  header.set([...magic, 1, 0, (length - 10) & 0xff, (length - 10) >>> 8]);
  header.set(new TextEncoder().encode(text), 10);
  header[length - 1] = 0x0a;
  return header;
}

/**
 * Reads a header from the first bytes of a file; `npyHeaderLimit` of them always suffice.
 * @param source what messages call the bytes, such as a file name
 * @throws {LacunaError} `input` where it is no header, or one of a kind that Lacuna does not read.
 */
export function readNpyHeader(bytes: Uint8Array, source = 'the npy file'): NpyHeader {
  const fail = (wrong: string): never => {
    throw new LacunaError(
      'input',
      `${source} ${wrong}; save it with numpy.save as uint8, float32 or int32 in C order.`,
    );
  };
  if (magic.some((byte, index) => bytes[index] !== byte)) return fail('is not a NumPy array file');
  const [major = 0, low = 0, high = 0] = [bytes[6], bytes[8], bytes[9]];
  if (major !== 1) return fail(`has NumPy format version ${major}, not 1`);
  const dataOffset = 10 + low + 256 * high;
  if (bytes.length < dataOffset) return fail(`ends inside its header, after ${bytes.length} of ${dataOffset} bytes`);
  const text = new TextDecoder('latin1').decode(bytes.subarray(10, dataOffset));
  const descriptor = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1] ?? fail('does not say its element type');
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1] ?? fail('does not say its order');
  const sizes = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1] ?? fail('does not say its shape');
  if (order === 'True') return fail('is in Fortran order');
  const dtype = typeOf(descriptor) ?? fail(`holds elements of type ${JSON.stringify(descriptor)}`);
  // (3, 4), (3,) or ()
  const parts = sizes.split(',').map((size) => size.trim());
  if (parts.at(-1) === '') parts.pop();
  const shape = parts.map((size) => (size === '' ? NaN : Number(size)));
  if (!Number.isSafeInteger(countValues(shape))) return fail(`says that its shape is (${sizes})`);
  return { dtype, shape, dataOffset };
}

/**
 * A whole file: header and values.
 * @throws {RangeError} where the shape does not hold as many values as there are.
 */
export function encodeNpy(
  values: Uint8Array | Float32Array | Int32Array,
  shape: readonly number[],
): Uint8Array<ArrayBuffer> {
  if (countValues(shape) !== values.length) {
    throw new RangeError(`a shape of [${shape.join(', ')}] does not hold ${values.length} values`);
  }
  const dtype = values instanceof Uint8Array ? 'uint8' : values instanceof Int32Array ? 'int32' : 'float32';
  const header = npyHeader(dtype, shape);
  const file = new Uint8Array(header.length + values.byteLength);
  file.set(header);
  file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), header.length);
  return file;
}

/**
 * Reads a whole file; the values are a copy.
 * @param source what messages call the bytes, such as a file name
 * @throws {LacunaError} `input` where it is no such file or is cut short.
 */
export function decodeNpy(bytes: Uint8Array, source = 'the npy file'): NpyArray {
  const { dtype, shape, dataOffset } = readNpyHeader(bytes, source);
  const length = countValues(shape) * npyElementLength[dtype];
  if (bytes.length - dataOffset !== length) {
    throw new LacunaError(
      'input',
      `${source} should hold ${length} bytes of values but holds ${bytes.length - dataOffset}; write it again.`,
    );
  }
  // A copy in a buffer of its own: a Buffer shares its pool, at any offset, and so does its slice.
  const copy = new Uint8Array(length);
  copy.set(bytes.subarray(dataOffset));
  switch (dtype) {
    case 'uint8':
      return { dtype, shape, data: copy };
    case 'float32':
      return { dtype, shape, data: new Float32Array(copy.buffer) };
    case 'int32':
      return { dtype, shape, data: new Int32Array(copy.buffer) };
  }
}

function typeOf(descriptor: string): NpyType | undefined {
  if (/^[|<=>]?u1$/.test(descriptor)) return 'uint8';
  if (descriptor === '<f4') return 'float32';
  return descriptor === '<i4' ? 'int32' : undefined;
}

function countValues(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
