import { expect } from 'chai';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from '../../lib/formats/safetensors.js';

const tensor = (name: string, shape: readonly number[]): SafetensorsTensor => {
  const length = shape.reduce((product, size) => product * size, 1);
  return { name, dtype: 'F32', shape, data: Float32Array.from({ length }, (_, index) => index / 3) };
};
const write = (tensors: readonly SafetensorsTensor[], metadata?: Record<string, string>) =>
  Buffer.concat(encodeSafetensors(tensors, metadata));

describe('safetensors', () => {
  it('reads what the Python package wrote', async () => {
    const { tensors, metadata } = decodeSafetensors(await readFile('fixtures/formats/numpy.safetensors'));
    expect(metadata).to.deep.equal({ format: 'np', note: 'ü' });
    const floats = new Float32Array([0, 0.5, -1, 1.5, 3e38, -0.25]);
    expect(Object.fromEntries(tensors)).to.deep.equal({
      float: { shape: [2, 3], data: floats },
      half: { shape: [5], data: new Float32Array([1.5, -2, 65504, 2 ** -24, Infinity]) },
      whole: { shape: [2], data: new Float32Array([-1, 2 ** 40]) },
      scalar: { shape: [], data: new Float32Array([3.25]) },
      nothing: { shape: [0, 4], data: new Float32Array() },
    });
  });

  it('writes the bytes of the specification', () => {
    const json = '{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const file = write([tensor('w', [2])], { a: 'b' });
    expect(file.readBigUInt64LE(0)).to.equal(80n);
    expect(file.subarray(8, 88).toString()).to.equal(json.padEnd(80, ' '));
    expect(file.subarray(88)).to.deep.equal(Buffer.from(new Float32Array([0, 1 / 3]).buffer));
  });

  it('returns what it wrote, in its order, whatever the names, and aligns the values', () => {
    const shape = fc.array(fc.nat(4), { maxLength: 3 });
    const name = fc.oneof(fc.string(), fc.constantFrom('10', '9', '__proto__', 'constructor', 'ü "quoted"'));
    const names = fc.uniqueArray(name, { maxLength: 6 });
    const metadata = fc.dictionary(name, fc.string(), { maxKeys: 3 });
    fc.assert(
      fc.property(names, fc.array(shape, { minLength: 6, maxLength: 6 }), metadata, (chosen, shapes, about) => {
        const tensors = chosen.map((each, index) => tensor(each, shapes[index] ?? []));
        const file = write(tensors, about);
        const read = decodeSafetensors(file);
        const filled = tensors.filter(({ data }) => data.length > 0).map((each) => each.name);
        expect([...read.tensors.keys()].filter((each) => filled.includes(each))).to.deep.equal(filled);
        for (const { name: each, shape: size, data } of tensors) {
          expect(read.tensors.get(each)).to.deep.equal({ shape: size, data });
        }
        expect(read.tensors.size).to.equal(tensors.length);
        expect(Object.entries(read.metadata)).to.deep.equal(Object.entries(about));
        expect(Number(file.readBigUInt64LE(0)) % 8).to.equal(0);
      }),
    );
  });

  it('gives copies of the values', () => {
    const file = write([tensor('w', [3])]);
    const { tensors } = decodeSafetensors(file);
    file.fill(255);
    expect(tensors.get('w')?.data).to.deep.equal(new Float32Array([0, 1 / 3, 2 / 3]));
  });

  it('refuses names that come twice, and shapes that do not hold the values', () => {
    expect(() => write([tensor('w', []), tensor('w', [])])).to.throw(RangeError, 'got w again');
    expect(() => write([tensor('__metadata__', [])])).to.throw(RangeError, 'got __metadata__ again');
    expect(() => write([{ ...tensor('w', [2]), shape: [3] }])).to.throw(RangeError, '[3] does not hold 2 values');
  });

  const place = (dtype: string, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });
  const f32 = (from: number, to: number) => place('F32', [(to - from) / 4], [from, to]);
  const hostile: Record<string, [Uint8Array, RegExp]> = {
    'too few bytes': [Buffer.alloc(7), /too short/],
    'a header longer than the file': [Buffer.from([255, 255, 255, 255, 255, 255, 255, 255, 123]), /was cut short/],
    'a header that is no JSON': [withHeader('{"w":'), /no header/],
    'a header that is no UTF-8': [Buffer.concat([header8(2), Buffer.from([0x22, 0xff])]), /no header/],
    'a header that is a list': [withHeader('[]'), /no header/],
    'metadata that are no strings': [withHeader('{"__metadata__":{"a":1}}'), /metadata/],
    'metadata that are a list': [withHeader('{"__metadata__":["a"]}'), /metadata/],
    'an unknown type': [withEntries({ w: place('F8', [1], [0, 1]) }, 1), /tensor "w" is/],
    'a key too many': [withEntries({ w: { ...f32(0, 4), extra: 1 } }, 4), /tensor "w" is/],
    'a negative size': [withEntries({ w: place('F32', [-1, -1], [0, 4]) }, 4), /tensor "w" is/],
    'a broken size': [withEntries({ w: place('F32', [0.5, 2], [0, 4]) }, 4), /tensor "w" is/],
    'an offset that is a word': [withEntries({ w: place('F32', [1], ['0', 4]) }, 4), /tensor "w" is/],
    'offsets beyond the end': [withEntries({ w: f32(0, 8) }, 4), /wrong length for its tensor "w"/],
    'offsets the wrong way round': [withEntries({ w: place('F32', [1], [4, 0]) }, 4), /tensor "w" at byte 4/],
    'a shape of another length': [withEntries({ w: place('F32', [2], [0, 4]) }, 4), /wrong length/],
    'a shape that overflows': [
      withEntries({ w: place('F32', [2 ** 40, 2 ** 40, 0, 2 ** 40], [0, 4]) }, 4),
      /wrong length/,
    ],
    'an overlap': [withEntries({ a: f32(0, 8), b: f32(4, 12) }, 12), /tensor "b" at byte 4 instead of 8/],
    'the same place twice': [withEntries({ a: f32(0, 4), b: f32(0, 4) }, 4), /at byte 0 instead of 4/],
    'a hole': [withEntries({ a: f32(0, 4), b: f32(8, 12) }, 12), /tensor "b" at byte 8 instead of 4/],
    'bytes at the end that nothing names': [withEntries({ a: f32(0, 4) }, 5), /holds 5 bytes of values/],
    'a name of great length': [withEntries({ ['n'.repeat(1000)]: f32(4, 8) }, 8), /"n{79}…" at byte 4/],
  };
  for (const [name, [file, message]] of Object.entries(hostile)) {
    it(`refuses ${name}`, () => {
      expect(() => decodeSafetensors(file, 'w.safetensors'))
        .to.throw(LacunaError, message)
        .with.property('kind', 'input');
    });
  }

  it('refuses every cut', () => {
    const file = write([tensor('a', [2, 3]), tensor('b', [4])], { note: 'x' });
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeSafetensors(file.subarray(0, length))).to.throw(LacunaError);
    }
  });

  it('gives whole tensors or a LacunaError for any change of any bytes', () => {
    const golden = write([tensor('a', [2, 3]), tensor('b', []), tensor('c', [0, 2])], { note: 'x' });
    const change = fc.tuple(fc.nat(golden.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const file = Buffer.from(golden);
        for (const [offset, byte] of changes) file[offset] = byte;
        checkDecoding(file);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives whole tensors or a LacunaError for any header', () => {
    const size = fc.oneof(fc.nat(8), fc.integer(), fc.double(), fc.maxSafeNat());
    const entry = fc.record({
      dtype: fc.constantFrom('F32', 'F16', 'I64', 'BOOL', ''),
      shape: fc.array(size, { maxLength: 3 }),
      data_offsets: fc.array(size, { minLength: 1, maxLength: 3 }),
    });
    const entries = fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue()), { maxKeys: 4 });
    fc.assert(
      fc.property(entries, fc.nat(32), (header, length) => checkDecoding(withEntries(header, length))),
      { numRuns: 1000 },
    );
  });
});

function checkDecoding(file: Uint8Array): void {
  try {
    for (const { shape, data } of decodeSafetensors(file).tensors.values()) {
      expect(data.length).to.equal(shape.reduce((product, size) => product * size, 1));
    }
  } catch (error) {
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
  }
}

function header8(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}

function withHeader(json: string, values = 0): Buffer {
  return Buffer.concat([header8(Buffer.byteLength(json)), Buffer.from(json), Buffer.alloc(values)]);
}

function withEntries(entries: Record<string, unknown>, values: number): Buffer {
  return withHeader(JSON.stringify(entries), values);
}
