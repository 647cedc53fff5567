import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { encodeEvent, tensorboardFileVersion } from '../../lib/formats/tensorboard.js';

describe('tensorboard', () => {
  it('writes byte for byte what TensorBoard writes', async () => {
    const records = [
      encodeEvent({ fileVersion: tensorboardFileVersion, wallTimeSeconds: 1.5 }),
      encodeEvent({ wallTimeSeconds: 2.25, step: 3_000_000_000, scalars: { 'loss/future:8': 0.125, rate: 412.5 } }),
    ];
    expect(Buffer.concat(records)).to.deep.equal(await readFile('fixtures/formats/events.tfevents'));
  });

  it('writes a value of 0, which a reader would take for no value if it were left out', () => {
    const tag = Buffer.from('rate');
    const record = Buffer.from(encodeEvent({ wallTimeSeconds: 1, step: 1, scalars: { rate: 0 } }));
    // tag, then field 2 as a float32 of 0
    expect(record.includes(Buffer.concat([tag, Buffer.from([0x15, 0, 0, 0, 0])]))).to.equal(true);
  });

  it('frames each record with its own length', () => {
    const record = encodeEvent({ wallTimeSeconds: 1, step: 1, scalars: {} });
    expect(new DataView(record.buffer).getBigUint64(0, true)).to.equal(BigInt(record.length - 16));
  });
});
