// Owns the bytes of an ONNX model: the part of the public schema that Lacuna writes, through protobufjs. Knows nothing of
// what a graph computes.
import protobuf from 'protobufjs/light.js';

/** The element types that Lacuna's graphs use. */
export type OnnxType = 'float32' | 'uint8' | 'int32' | 'int64' | 'bool';

/** The numbers of `TensorProto.DataType`. */
export const onnxTypeNumbers = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const satisfies Record<
  OnnxType,
  number
>;

/** An attribute of a node; numbers are written as INT unless wrapped as `{ float }`. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

/** One node of a graph. */
export type OnnxNode = {
  readonly operator: string;
  /** `''` for the standard operators, else such as `com.microsoft`. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
};

/** A tensor stored in the file. */
export type OnnxConstant = {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array;
};

/** A graph input or output. */
export type OnnxValueInfo = {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  /** Whether it is a sequence of such tensors and not one of them. */
  readonly isSequence?: boolean;
};

/** Everything in a model file. */
export type OnnxModel = {
  readonly name: string;
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly constants: readonly OnnxConstant[];
  readonly nodes: readonly OnnxNode[];
};

/** Lacuna's graphs use this version of the standard operators everywhere. */
export const onnxOpset = 17;

const schema = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'GraphProto', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSetIdProto', id: 8 },
      },
    },
    OperatorSetIdProto: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    GraphProto: {
      fields: {
        node: { rule: 'repeated', type: 'NodeProto', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'TensorProto', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfoProto', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfoProto', id: 12 },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'AttributeProto', id: 5 },
        domain: { type: 'string', id: 7 },
      },
    },
    AttributeProto: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        t: { type: 'TensorProto', id: 5 },
        ints: { rule: 'repeated', type: 'int64', id: 8, options: { packed: false } },
        type: { type: 'int32', id: 20 },
      },
    },
    TensorProto: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1, options: { packed: false } },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    ValueInfoProto: { fields: { name: { type: 'string', id: 1 }, type: { type: 'TypeProto', id: 2 } } },
    TypeProto: {
      fields: { tensorType: { type: 'TypeProtoTensor', id: 1 }, sequenceType: { type: 'TypeProtoSequence', id: 4 } },
    },
    TypeProtoSequence: { fields: { elemType: { type: 'TypeProto', id: 1 } } },
    TypeProtoTensor: {
      fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShapeProto', id: 2 } },
    },
    TensorShapeProto: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
    Dimension: { fields: { dimValue: { type: 'int64', id: 1 } } },
  },
});
const modelProto = schema.lookupType('ModelProto');

/**
 * The bytes of a model file, readable by onnxruntime and every other ONNX tool.
 * @throws {RangeError} where an attribute that is no `{ float }` is not whole.
 */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const domains = new Set(model.nodes.map((node) => node.domain).filter((domain) => domain !== ''));
  return modelProto
    .encode({
      irVersion: 8,
      producerName: 'lacuna',
      opsetImport: [
        { domain: '', version: onnxOpset },
        ...[...domains].sort().map((domain) => ({ domain, version: 1 })),
      ],
      graph: {
        name: model.name,
        node: model.nodes.map((node) => ({
          opType: node.operator,
          domain: node.domain,
          input: node.inputs,
          output: node.outputs,
          attribute: Object.entries(node.attributes).map(([name, value]) => attributeMessage(name, value)),
        })),
        initializer: model.constants.map((constant) => ({
          name: constant.name,
          dims: constant.shape,
          dataType: onnxTypeNumbers[constant.type],
          rawData: constant.bytes,
        })),
        input: model.inputs.map(valueInfoMessage),
        output: model.outputs.map(valueInfoMessage),
      },
    })
    .finish();
}

function attributeMessage(name: string, value: OnnxAttribute): object {
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: 3 };
  if (typeof value === 'object' && 'float' in value) return { name, f: value.float, type: 1 };
  const ints = typeof value === 'number' ? [value] : value;
  const broken = ints.find((number) => !Number.isInteger(number));
  if (broken !== undefined) throw new RangeError(`the attribute ${name} must be whole, got ${broken}`);
  return typeof value === 'number' ? { name, i: value, type: 2 } : { name, ints, type: 7 };
}

function valueInfoMessage({ name, type, shape, isSequence }: OnnxValueInfo): object {
  const dim = shape.map((dimValue) => ({ dimValue }));
  const tensor = { tensorType: { elemType: onnxTypeNumbers[type], shape: { dim } } };
  return { name, type: isSequence ? { sequenceType: { elemType: tensor } } : tensor };
}
