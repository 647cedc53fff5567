import { expect } from 'chai';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { decodeNpy, encodeNpy, npyHeader, npyHeaderLimit, readNpyHeader, type NpyType } from '../../lib/formats/npy.js';

const floats = new Float32Array([0, 0.5, -1, 1.5, 3e38, -0.25]);
const bytes = Uint8Array.from({ length: 12 }, (_, index) => index * 20);

describe('npy', () => {
  it('writes byte for byte what NumPy writes', async () => {
    const golden = await readFile('fixtures/formats/float32-2x3.npy');
    expect(Buffer.from(encodeNpy(floats, [2, 3]))).to.deep.equal(golden);
    expect(Buffer.from(encodeNpy(bytes, [2, 3, 2]))).to.deep.equal(await readFile('fixtures/formats/uint8-2x3x2.npy'));
  });

  it('reads what NumPy wrote, though a Buffer begins anywhere in memory', async () => {
    const golden = await readFile('fixtures/formats/float32-2x3.npy');
    const shifted = Buffer.concat([Buffer.from([0]), golden]).subarray(1);
    expect(decodeNpy(shifted)).to.deep.equal({ dtype: 'float32', shape: [2, 3], data: floats });
    const read = decodeNpy(await readFile('fixtures/formats/uint8-2x3x2.npy'));
    expect(read).to.deep.equal({ dtype: 'uint8', shape: [2, 3, 2], data: bytes });
  });

  it('gives values that do not share the file’s memory', () => {
    const file = Buffer.from(encodeNpy(bytes, [12]));
    const { data } = decodeNpy(file);
    file.fill(255);
    expect(data).to.deep.equal(bytes);
  });

  it('returns every array that it wrote', () => {
    const shapes = fc.array(fc.nat(5), { maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.constantFrom('uint8', 'float32', 'int32'), fc.integer(), (shape, dtype, start) => {
        const length = shape.reduce((product, size) => product * size, 1);
        const types = { uint8: Uint8Array, float32: Float32Array, int32: Int32Array };
        const data = new types[dtype](length).fill(start);
        expect(decodeNpy(encodeNpy(data, shape))).to.deep.equal({ dtype, shape, data });
      }),
    );
  });

  it('keeps the length of a header while rows are added, and aligns the values', () => {
    const lengths = [0, 1, 1234567, Number.MAX_SAFE_INTEGER].map(
      (rows) => npyHeader('uint8', [rows, 20, 64, 64, 3]).length,
    );
    expect(lengths).to.deep.equal([128, 128, 128, 128]);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 32 }), (shape) => {
        const header = npyHeader('int32', shape);
        expect(header.length % 64).to.equal(0);
        expect(header.length).to.be.at.most(npyHeaderLimit);
      }),
    );
  });

  it('reads a header written by others: other order, other spacing, no room', () => {
    const text = `{"shape":(7 ,), 'shape' : ( 2,3 ,), 'fortran_order':False,'descr': '<i4'}\n`;
    expect(readNpyHeader(withHeader(text))).to.deep.equal({
      dtype: 'int32',
      shape: [2, 3],
      dataOffset: 10 + text.length,
    });
    const scalar = withHeader(`{'descr': '=u1', 'fortran_order': False, 'shape': ()}\n`);
    expect(readNpyHeader(scalar).shape).to.deep.equal([]);
  });

  const wrong: Record<string, [Uint8Array, RegExp]> = {
    'something else': [Buffer.from('RIFF and more bytes'), /holes\.npy is not a NumPy array file/],
    'nothing at all': [new Uint8Array(), /is not a NumPy array file/],
    'a later version': [Uint8Array.from([...Buffer.from('\x93NUMPY', 'latin1'), 2, 0, 0, 0]), /version 2, not 1/],
    'a cut header': [npyHeader('uint8', [3]).subarray(0, 50), /ends inside its header, after 50 of 128 bytes/],
    'another type': [withHeader(`{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}`), /type "<f8"/],
    'big-endian floats': [withHeader(`{'descr': '>f4', 'fortran_order': False, 'shape': (3,)}`), /type ">f4"/],
    'columns first': [withHeader(`{'descr': '|u1', 'fortran_order': True, 'shape': (3,)}`), /Fortran order/],
    'no shape': [withHeader(`{'descr': '|u1', 'fortran_order': False}`), /does not say its shape/],
    'a broken shape': [withHeader(`{'descr': '|u1', 'fortran_order': False, 'shape': (3,,4)}`), /shape is \(3,,4\)/],
    'a shape of nonsense': [withHeader(`{'descr': '|u1', 'fortran_order': False, 'shape': (3 4)}`), /shape is \(3 4\)/],
    'a shape beyond all memory': [
      withHeader(`{'descr': '|u1', 'fortran_order': False, 'shape': (9999999999, 9999999999)}`),
      /shape is/,
    ],
    'too few values': [encodeNpy(floats, [6]).subarray(0, -1), /should hold 24 bytes of values but holds 23/],
  };
  for (const [name, [file, message]] of Object.entries(wrong)) {
    it(`says what is wrong with ${name}`, () => {
      expect(() => decodeNpy(file, 'holes.npy'))
        .to.throw(LacunaError, message)
        .with.property('kind', 'input');
    });
  }

  it('reads a hostile header in no time', () => {
    const header = withHeader(`{'descr': '|u1', 'fortran_order': False, 'shape': (${' '.repeat(60000)}x`);
    const start = process.hrtime.bigint();
    expect(() => readNpyHeader(header)).to.throw(LacunaError);
    expect(Number(process.hrtime.bigint() - start) / 1e9).to.be.below(1);
  });

  it('gives an array or a LacunaError for any bytes', () => {
    const golden = encodeNpy(floats, [2, 3]);
    const change = fc.tuple(fc.nat(golden.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(golden.length), (changes, length) => {
        const file = golden.slice(0, length);
        for (const [place, byte] of changes) if (place < length) file[place] = byte;
        try {
          const { shape, data } = decodeNpy(file);
          expect(data.length).to.equal(shape.reduce((product, size) => product * size, 1));
        } catch (error) {
          expect(error).to.be.instanceOf(LacunaError);
        }
      }),
    );
  });

  it('refuses what cannot be written', () => {
    expect(() => encodeNpy(floats, [2, 2])).to.throw(RangeError, 'a shape of [2, 2] does not hold 6 values');
    expect(() => npyHeader('uint8', [1.5])).to.throw(RangeError, 'got 1.5');
    expect(() => npyHeader('uint8', [-1])).to.throw(RangeError, 'got -1');
  });

  it('names each type as NumPy does', () => {
    const descriptors: Record<NpyType, string> = { uint8: '|u1', float32: '<f4', int32: '<i4' };
    for (const dtype of ['uint8', 'float32', 'int32'] as const) {
      expect(Buffer.from(npyHeader(dtype, [1])).toString('latin1')).to.include(`'descr': '${descriptors[dtype]}'`);
    }
  });
});

function withHeader(text: string): Uint8Array {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, Buffer.from(text, 'latin1')]);
}
