// Owns the bytes of safetensors files: an 8-byte length, a JSON header, raw values. Trusts no file. Knows nothing of what the
// tensors mean.
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import { readAsFloat32, safetensorsElementLength, safetensorsTypes } from './safetensors-types.js';

/** A tensor to be written. */
export type SafetensorsTensor = {
  readonly name: string;
  readonly dtype: 'F32';
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
};

/** What stands in a file. */
export type SafetensorsFile = {
  /** By name, in the order of the values in the file; values of other types are converted to float32. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
  /** Strings by name; empty where the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
};

const metadataName = '__metadata__';
/** As in the reference implementation: a longer header is an attack or an accident. */
const headerLimit = 100_000_000;

const size = z.int().nonnegative();
const placeSchema = z.strictObject({
  dtype: z.enum(safetensorsTypes),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});

/**
 * The parts of a file, to be written one after the other: the header, padded with spaces to a multiple of 8 bytes, then the
 * values of each tensor in the given order (views, not copies). The same input gives the same bytes.
 * @throws {RangeError} where a name comes twice or a shape does not hold the values.
 */
export function encodeSafetensors(
  tensors: readonly SafetensorsTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const names = new Set([metadataName]);
  const entries: string[] = [];
  // Joined by hand: an object would put names that look like numbers first.
  if (Object.keys(metadata).length > 0) entries.push(`"${metadataName}":${JSON.stringify(metadata)}`);
  let offset = 0;
  for (const { name, dtype, shape, data } of tensors) {
    if (names.has(name)) throw new RangeError(`each tensor needs a name of its own, got ${name} again`);
    if (countValues(shape) !== data.length) {
      throw new RangeError(`${name}: a shape of [${shape.join(', ')}] does not hold ${data.length} values`);
    }
    names.add(name);
    const place = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(place)}`);
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(`{${entries.join(',')}}`);
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  return [header, ...tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

/**
 * Reads a whole file; the values are copies.
 * @param source what messages call the bytes, such as a file name
 * @throws {LacunaError} `input` where the bytes are no such file: cut short, with overlaps or holes, of an unknown type.
 */
export function decodeSafetensors(bytes: Uint8Array, source = 'the safetensors file'): SafetensorsFile {
  const fail = (wrong: string): never => {
    throw new LacunaError('input', `${source} ${wrong}; copy or make it again.`);
  };
  const { header, values } = splitFile(bytes, fail);
  const places: (z.infer<typeof placeSchema> & { name: string })[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === metadataName) {
      metadata = readMetadata(entry) ?? fail('has metadata that are not strings');
    } else {
      const place = placeSchema.safeParse(entry).data ?? fail(`does not say properly what its tensor ${show(name)} is`);
      places.push({ name, ...place });
    }
  }
  places.sort(
    (one, other) => one.data_offsets[0] - other.data_offsets[0] || one.data_offsets[1] - other.data_offsets[1],
  );
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  let end = 0;
  for (const { name, dtype, shape, data_offsets } of places) {
    if (data_offsets[0] !== end) fail(`has its tensor ${show(name)} at byte ${data_offsets[0]} instead of ${end}`);
    const count = countValues(shape);
    end += count * safetensorsElementLength[dtype];
    if (end !== data_offsets[1] || end > values.length) fail(`has a wrong length for its tensor ${show(name)}`);
    tensors.set(name, { shape, data: readAsFloat32(values.subarray(data_offsets[0], end), dtype, count) });
  }
  if (end !== values.length) fail(`holds ${values.length} bytes of values where its header names ${end}`);
  return { tensors, metadata };
}

function splitFile(
  bytes: Uint8Array,
  fail: (wrong: string) => never,
): { header: Record<string, unknown>; values: Uint8Array } {
  if (bytes.length < 8) return fail('is too short for a safetensors file');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(headerLimit, bytes.length - 8))) return fail('is no safetensors file or was cut short');
  const end = 8 + Number(length);
  const header = parseJson(bytes.subarray(8, end));
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    return fail('has no header of a safetensors file');
  }
  return { header: { ...header }, values: bytes.subarray(end) };
}

/** Strings by name, or nothing where it is something else. Keeps any name, even `__proto__`. */
function readMetadata(entry: unknown): Record<string, string> | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined;
  const strings = Object.entries(entry).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return strings.length === Object.keys(entry).length ? Object.fromEntries(strings) : undefined;
}

/** The JSON value, or nothing where the bytes are none. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return value;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** A name from an untrusted file, for a message: quoted, and cut where it is long. */
function show(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 79)}…` : name);
}

function countValues(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
