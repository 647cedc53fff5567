import { expect } from 'chai';
import { elementKernels } from '../../../lib/engine/tracing/element-kernels.js';
import { layoutKernels } from '../../../lib/engine/tracing/layout-kernels.js';
import { productKernels } from '../../../lib/engine/tracing/product-kernels.js';
import { reductionKernels } from '../../../lib/engine/tracing/reduction-kernels.js';
import { traceKernels } from '../../../lib/engine/tracing/trace-kernels.js';

describe('traceKernels', () => {
  it('has the kernels of every family, none of them twice', () => {
    const names = [elementKernels, layoutKernels, productKernels, reductionKernels].flatMap(Object.keys);
    expect(new Set(names).size).to.equal(names.length);
    expect(Object.keys(traceKernels).sort()).to.deep.equal(names.sort());
  });
});
