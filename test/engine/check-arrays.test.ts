import { expect } from 'chai';
import { checkGradients, checkInputs } from '../../lib/engine/check-arrays.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';

describe('checkInputs', () => {
  const specs = {
    pixels: { type: 'uint8', shape: [2, 2] },
    order: { type: 'int32', shape: [3] },
    rate: { type: 'float32', shape: [] },
  } as const;
  const arrays = { pixels: new Uint8Array(4), order: new Int32Array(3), rate: new Float32Array(1) };

  it('takes what the program asks for, and what lies in a Buffer', () => {
    checkInputs(specs, arrays);
    checkInputs(specs, { ...arrays, pixels: Buffer.alloc(4) });
  });

  it('says which input is missing or of another length', () => {
    expect(() => checkInputs(specs, { ...arrays, order: new Int32Array(4) })).to.throw(
      RangeError,
      'the input order must hold 3 values, got 4',
    );
    const { pixels, order } = arrays;
    expect(() => checkInputs(specs, { pixels, order })).to.throw(
      RangeError,
      'the input rate must hold 1 values, got none',
    );
  });

  it('says which input is of another type', () => {
    expect(() => checkInputs(specs, { ...arrays, order: new Float32Array(3) })).to.throw(
      TypeError,
      'the input order must be a Int32Array, got a Float32Array',
    );
  });
});

describe('checkGradients', () => {
  it('takes one value for each parameter', () => {
    const layout = layOutParameters([{ name: 'w', shape: [2, 3], decay: true }]);
    checkGradients(layout, new Float32Array(6));
    expect(() => checkGradients(layout, new Float32Array(7))).to.throw(RangeError, 'must be 6 values, got 7');
  });
});
