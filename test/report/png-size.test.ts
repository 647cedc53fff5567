import { expect } from 'chai';
import { encode } from 'fast-png';
import { readPngSize } from '../../lib/report/png-size.js';

describe('png-size', () => {
  it('reads the size, though a Buffer begins anywhere in memory', () => {
    const png = encode({ width: 300, height: 7, data: new Uint8Array(6300), channels: 3 });
    const shifted = Buffer.concat([Buffer.from([0]), png]).subarray(1);
    expect(readPngSize(shifted)).to.deep.equal({ width: 300, height: 7 });
  });

  it('refuses what is no PNG', () => {
    expect(() => readPngSize(Buffer.from('GIF89a and enough bytes after it'))).to.throw(RangeError, 'must be a PNG');
    expect(() => readPngSize(new Uint8Array(8))).to.throw(RangeError, 'must be a PNG');
  });
});
