import { expect } from 'chai';
import { encodeWasm, isWasmSupported, openWasm, signed, unsigned, wasmPageBytes } from '../../lib/clip/wasm-module.js';

describe('encodeWasm', () => {
  // memory[place] = first + second
  const addition = { name: 'add', parameters: 3, body: [0x20, 0, 0x20, 1, 0x20, 2, 0x6a, 0x36, 2, 0] };
  // memory[place] = 70000
  const fixed = { name: 'fix', parameters: 1, body: [0x20, 0, 0x41, ...signed(70_000), 0x36, 2, 0] };

  it('gives a module whose functions work on its memory', () => {
    const bytes = encodeWasm([addition, fixed], 2);
    expect(isWasmSupported(bytes)).to.equal(true);
    const { memory, functions } = openWasm(bytes, ['add', 'fix']);
    expect(memory.byteLength).to.equal(2 * wasmPageBytes);
    functions.add(8, 40, -42);
    functions.fix(12);
    expect([...new Int32Array(memory, 0, 4)]).to.deep.equal([0, 0, -2, 70_000]);
    expect([...new Int32Array(openWasm(bytes, ['add', 'fix']).memory, 8, 2)]).to.deep.equal([0, 0]);
  });

  it('is refused where an instruction is unknown', () => {
    expect(isWasmSupported(encodeWasm([{ ...addition, body: [0xff] }], 1))).to.equal(false);
  });
});

describe('the numbers of WebAssembly', () => {
  it('are those of the examples of LEB128', () => {
    expect([0, 127, 128, 624_485].map(unsigned)).to.deep.equal([[0], [0x7f], [0x80, 1], [0xe5, 0x8e, 0x26]]);
    expect([-1, 63, 64, -64, -65, -123_456].map(signed)).to.deep.equal([
      ...[[0x7f], [0x3f], [0xc0, 0], [0x40], [0xbf, 0x7f], [0xc0, 0xbb, 0x78]],
    ]);
  });
});
