// Owns the bytes of a WebAssembly module: the sections around functions that work on one memory of their own (WebAssembly Core
// Specification 2.0, chapter 5). Knows nothing of what the functions do.

/** One function without a result. */
export type WasmFunction = {
  /** What it is exported as. */
  readonly name: string;
  /** How many parameters it takes, all `i32`. */
  readonly parameters: number;
  /** Its instructions, without the last `end`. */
  readonly body: readonly number[];
};

/** A function whose arguments and results are all numbers. */
export type WasmCall = (...given: number[]) => void;

/** What Lacuna uses of Node's own; its types do not come with Node's. */
declare const WebAssembly: {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** Bytes of a page of memory. */
export const wasmPageBytes = 65_536;

const typeI32 = 0x7f;
const typeFunction = 0x60;
const opcodeEnd = 0x0b;

/** A module with these functions and a memory of so many pages, exported as `memory`. */
export function encodeWasm(functions: readonly WasmFunction[], pages: number): Uint8Array {
  const types = functions.map(({ parameters }) => [
    ...[typeFunction, ...sized(Array.from({ length: parameters }, () => [typeI32]))],
    0,
  ]);
  const exported = functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]);
  const bodies = functions.map(({ body }) => [0, ...body, opcodeEnd]);
  return Uint8Array.from([
    ...[0, ...Buffer.from('asm'), 1, 0, 0, 0],
    ...section(1, types),
    ...section(3, [...functions.keys()].map(unsigned)),
    ...section(5, [[0, ...unsigned(pages)]]),
    ...section(7, [...exported, [...text('memory'), 2, 0]]),
    ...section(
      10,
      bodies.map((body) => [...unsigned(body.length), ...body]),
    ),
  ]);
}

/** Whether this processor and this Node can run a module. */
export function isWasmSupported(bytes: Uint8Array): boolean {
  return WebAssembly.validate(bytes);
}

/** Makes a module ready: its memory, zeroed, and its functions by name. @throws {Error} where it is not supported. */
export function openWasm<Name extends string>(
  bytes: Uint8Array,
  names: readonly Name[],
): { readonly memory: ArrayBuffer; readonly functions: Readonly<Record<Name, WasmCall>> } {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory } = exports as { readonly memory: { readonly buffer: ArrayBuffer } };
  const functions = Object.fromEntries(names.map((name) => [name, exports[name]]));
  return { memory: memory.buffer, functions: functions as Record<Name, WasmCall> };
}

/** A whole number from 0 in LEB128. */
export function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** A whole number in signed LEB128. */
export function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}

function sized(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = sized(items);
  return [id, ...unsigned(content.length), ...content];
}

function text(words: string): number[] {
  return sized([...Buffer.from(words)].map((byte) => [byte]));
}
