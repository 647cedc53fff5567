import { expect } from 'chai';
import { readAsFloat32 } from '../../lib/formats/safetensors-types.js';

describe('safetensors-types', () => {
  it('widens half precision: normal, subnormal, infinite, not a number, negative zero', () => {
    const bits = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x7c00, 0xfc00, 0x7e00, 0x8000];
    const values = readAsFloat32(new Uint8Array(Uint16Array.from(bits).buffer), 'F16', bits.length);
    const expected = [1, -2, 65504, 2 ** -24, 1023 * 2 ** -24, Infinity, -Infinity, NaN, -0];
    expect([...values]).to.deep.equal(expected);
  });

  it('widens bfloat16', () => {
    const bits = [0x3f80, 0xc000, 0x7f80, 0x4049];
    const values = readAsFloat32(new Uint8Array(Uint16Array.from(bits).buffer), 'BF16', bits.length);
    expect([...values]).to.deep.equal([1, -2, Infinity, 3.140625]);
  });

  it('reads the other types at any offset in memory', () => {
    const sources = {
      F64: new Float64Array([0.1, -1e300]),
      F32: new Float32Array([0.1, -2]),
      I64: new BigInt64Array([-1n, 2n ** 40n]),
      I32: new Int32Array([-1, 2 ** 30]),
      U8: new Uint8Array([0, 255]),
    };
    const read = Object.entries(sources).map(([dtype, { buffer }]) => {
      const shifted = Buffer.concat([Buffer.from([0]), new Uint8Array(buffer)]).subarray(1);
      return [...readAsFloat32(shifted, dtype as keyof typeof sources, 2)];
    });
    expect(read).to.deep.equal([
      [Math.fround(0.1), -Infinity],
      [Math.fround(0.1), -2],
      [-1, 2 ** 40],
      [-1, 2 ** 30],
      [0, 255],
    ]);
  });
});
