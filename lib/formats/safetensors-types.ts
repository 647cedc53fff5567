// Owns the element types of safetensors files and their conversion to float32. Knows nothing of headers.

/** The element types that Lacuna reads; it writes F32 alone. */
export const safetensorsTypes = ['F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'U8'] as const;

/** One of {@link safetensorsTypes}. */
export type SafetensorsType = (typeof safetensorsTypes)[number];

/** Bytes an element of each type takes. */
export const safetensorsElementLength = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  U8: 1,
} as const satisfies Record<SafetensorsType, number>;

const readers: { readonly [Type in SafetensorsType]: (view: DataView, offset: number) => number } = {
  F64: (view, offset) => view.getFloat64(offset, true),
  F32: (view, offset) => view.getFloat32(offset, true),
  F16: (view, offset) => widenHalf(view.getUint16(offset, true)),
  BF16: (view, offset) => widenBrainFloat(view.getUint16(offset, true)),
  I64: (view, offset) => Number(view.getBigInt64(offset, true)),
  I32: (view, offset) => view.getInt32(offset, true),
  U8: (view, offset) => view.getUint8(offset),
};

/** `count` little-endian values as a new float32 array; I64, I32 and F64 are rounded to the nearest float32. */
export function readAsFloat32(bytes: Uint8Array, dtype: SafetensorsType, count: number): Float32Array {
  const values = new Float32Array(count);
  if (dtype === 'F32') {
    new Uint8Array(values.buffer).set(bytes);
    return values;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[dtype];
  const length = safetensorsElementLength[dtype];
  for (let index = 0; index < count; index++) values[index] = read(view, index * length);
  return values;
}

/** IEEE 754 binary16: 1 sign bit, 5 of exponent, 10 of fraction. */
function widenHalf(bits: number): number {
  const sign = bits >>> 15 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a float32. */
function widenBrainFloat(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}
