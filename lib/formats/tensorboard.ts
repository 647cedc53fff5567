// Owns the bytes of TensorBoard's event files: TFRecord frames around Event messages with scalars. Knows nothing of what is
// measured or where the file lies.
import protobuf from 'protobufjs/light.js';
import { crc32c } from './crc32c.js';

/** One record of an event file. */
export type TensorboardEvent =
  | {
      /** Seconds since 1970. */
      readonly wallTimeSeconds: number;
      /** The x axis, a whole number. */
      readonly step: number;
      /** Values by tag, such as `loss/future`; kept as float32. */
      readonly scalars: Readonly<Record<string, number>>;
    }
  | {
      /** Must be the first record of a file: {@link tensorboardFileVersion}. */
      readonly fileVersion: string;
      /** Seconds since 1970; 0 where it is left out. */
      readonly wallTimeSeconds?: number;
    };

/** What the first record of every event file says. */
export const tensorboardFileVersion = 'brain.Event:2';

// The fields of tensorflow/core/util/event.proto and framework/summary.proto that Lacuna writes.
const schema = protobuf.Root.fromJSON({
  nested: {
    Event: {
      oneofs: { what: { oneof: ['fileVersion', 'summary'] } },
      fields: {
        wallTime: { type: 'double', id: 1 },
        step: { type: 'int64', id: 2 },
        fileVersion: { type: 'string', id: 3 },
        summary: { type: 'Summary', id: 5 },
      },
    },
    Summary: { fields: { value: { rule: 'repeated', type: 'SummaryValue', id: 1 } } },
    SummaryValue: {
      oneofs: { value: { oneof: ['simpleValue'] } },
      fields: { tag: { type: 'string', id: 1 }, simpleValue: { type: 'float', id: 2 } },
    },
  },
});
const eventMessage = schema.lookupType('Event');

/** The bytes of one record, to be written at the end of the file. */
export function encodeEvent(event: TensorboardEvent): Uint8Array<ArrayBuffer> {
  const wallTime = event.wallTimeSeconds ?? 0;
  if ('fileVersion' in event) return frameRecord(encode({ wallTime, fileVersion: event.fileVersion }));
  const value = Object.entries(event.scalars).map(([tag, simpleValue]) => ({ tag, simpleValue }));
  return frameRecord(encode({ wallTime, step: event.step, summary: { value } }));
}

/** A record as TFRecord frames it: length, its checksum, the bytes, their checksum. */
function frameRecord(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(bytes.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, maskChecksum(crc32c(record.subarray(0, 8))), true);
  record.set(bytes, 12);
  view.setUint32(12 + bytes.length, maskChecksum(crc32c(bytes)), true);
  return record;
}

/** Rotated and shifted, because a checksum of bytes that hold checksums says little (TFRecord's `masked_crc`). */
function maskChecksum(checksum: number): number {
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}

function encode(message: Record<string, unknown>): Uint8Array {
  return eventMessage.encode(eventMessage.fromObject(message)).finish();
}
