// Owns a look into an ONNX file without the code that writes it: its nodes, each with what it reads and gives.
import protobuf from 'protobufjs/light.js';

/** One node of a file, in its order. */
export type ReadNode = {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
};

/** All nodes of a file: the fields 1 of the field 7. */
export function readNodes(model: Uint8Array): ReadNode[] {
  return fieldsOf(model)
    .filter(({ id }) => id === 7)
    .flatMap(({ bytes }) => fieldsOf(bytes))
    .filter(({ id }) => id === 1)
    .map(({ bytes }) => {
      const texts = (wanted: number) =>
        fieldsOf(bytes)
          .filter(({ id }) => id === wanted)
          .map((field) => Buffer.from(field.bytes).toString());
      return { operator: texts(4)[0] ?? '', domain: texts(7)[0] ?? '', inputs: texts(1), outputs: texts(2) };
    });
}

/** The operators of a file, in the order of its nodes. */
export function operatorsOf(model: Uint8Array): string[] {
  return readNodes(model).map(({ operator }) => operator);
}

/** The length-delimited fields of a message, in their order; the others are passed over. */
function fieldsOf(message: Uint8Array): { readonly id: number; readonly bytes: Uint8Array }[] {
  const reader = protobuf.Reader.create(message);
  const fields: { id: number; bytes: Uint8Array }[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) fields.push({ id: tag >>> 3, bytes: reader.bytes() });
    else reader.skipType(tag & 7);
  }
  return fields;
}
